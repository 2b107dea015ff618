"""Random nodes of every operation: attributes, shapes of the inputs, and tensors.

Numbers that are attributes are exact in float32, because ONNX stores them so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any
from zlib import crc32

import numpy as np

from netparity.networks.checking import checked
from netparity.networks.graph import GraphError, Input, Network, Node, Shape
from netparity.networks.ops import OPS
from netparity.networks.ops.base import Known, Step, attribute_of

Attributes = dict[str, Any]
Generator = np.random.Generator


def exact(value: float) -> float:
    """The nearest number that float32 holds."""
    return float(np.float32(value))


@dataclass(frozen=True, eq=False)
class Case:
    """One node with everything that it reads."""

    op: str
    shapes: tuple[Shape, ...]
    attributes: Attributes = field(default_factory=dict)
    tensors: dict[str, np.ndarray] = field(default_factory=dict)
    seed: int = 0

    def __str__(self) -> str:
        tensors = {role: tensor.shape for role, tensor in self.tensors.items()}
        return f"{self.op} {self.attributes} of {self.shapes} with {tensors}"

    def __getitem__(self, attribute: str) -> Any:
        return attribute_of(OPS[self.op], self.node, attribute)

    @cached_property
    def node(self) -> Node:
        inputs = tuple(f"x{place}" for place in range(len(self.shapes)))
        roles = {role: f"node.{role}" for role in self.tensors}
        return Node("node", self.op, inputs, self.attributes, roles)

    @cached_property
    def network(self) -> Network:
        inputs = [
            Input(name, shape) for name, shape in zip(self.node.inputs, self.shapes, strict=True)
        ]
        tensors = {f"node.{role}": tensor.shape for role, tensor in self.tensors.items()}
        return checked(Network("case", tuple(inputs), (self.node,), tensors))

    @property
    def shape(self) -> Shape:
        return self.network.shapes["node"]

    @property
    def known(self) -> Known:
        tensors = {role: tensor.shape for role, tensor in self.tensors.items()}
        return Known(self.shapes, tensors, self.shape)

    def inputs(self, images: int = 2) -> tuple[np.ndarray, ...]:
        """Values of -20 to 20 or so, exact in float32, as float64."""
        rng = np.random.default_rng(self.seed)
        return tuple(
            rng.normal(0, 5, (images, *shape)).astype(np.float32).astype(np.float64)
            for shape in self.shapes
        )

    def step(self, dtype: type = np.float64, images: int = 2) -> Step:
        inputs = tuple(x.astype(dtype) for x in self.inputs(images))
        return Step(self.node, inputs, self.tensors)


def cases(op: str, count: int) -> list[Case]:
    """The first nodes of an operation that can be computed, the same in every run."""
    found, rest = _DRAWN.setdefault(op, ([], _endless(op)))
    found += islice(rest, max(0, count - len(found)))
    return found[:count]


def _endless(op: str) -> Iterator[Case]:
    rng = np.random.default_rng(crc32(op.encode()))
    while True:
        case = DRAWN.get(op, elementwise)(op, rng)
        with suppress(GraphError):
            _ = case.shape
            yield case


_DRAWN: dict[str, tuple[list[Case], Iterator[Case]]] = {}


def _seed(rng: Generator) -> int:
    return int(rng.integers(2**31))


def _sometimes(rng: Generator) -> bool:
    return bool(rng.integers(2))


def _ints(rng: Generator, low: int, high: int, count: int) -> tuple[int, ...]:
    return tuple(int(value) for value in rng.integers(low, high + 1, count))


def _map(rng: Generator) -> tuple[int, int, int]:
    height, width, channels = _ints(rng, 1, 9, 2) + _ints(rng, 1, 6, 1)
    return (height, width, channels)


def _any_shape(rng: Generator) -> Shape:
    return _map(rng) if _sometimes(rng) else _ints(rng, 1, 7, int(rng.integers(1, 4)))


def _values(rng: Generator, *shape: int) -> np.ndarray:
    return rng.normal(0, 1, shape).astype(np.float32)


def _number(rng: Generator, low: float, high: float) -> float:
    return exact(rng.uniform(low, high))


def _pick(rng: Generator, *choices: Any) -> Any:
    return choices[int(rng.integers(len(choices)))]


def elementwise(op: str, rng: Generator) -> Case:
    attributes: Attributes = {}
    for name, default in OPS[op].defaults.items():
        if isinstance(default, bool):
            attributes[name] = _sometimes(rng)
        elif _sometimes(rng):
            attributes[name] = _number(rng, 0.05, 0.9)
        else:
            attributes[name] = exact(default)
    return Case(op, (_any_shape(rng),), attributes, seed=_seed(rng))


def clipped(op: str, rng: Generator) -> Case:
    low, high = sorted((_number(rng, -3, 3), _number(rng, -3, 8)))
    limits = _pick(
        rng,
        {},
        {"minimum": low, "maximum": high},
        {"minimum": -1.0, "maximum": 0.0},
        {"minimum": None, "maximum": high},
        {"minimum": low, "maximum": None},
    )
    return Case(op, (_any_shape(rng),), limits, seed=_seed(rng))


def prelu(op: str, rng: Generator) -> Case:
    shape = _map(rng)
    slope = _pick(rng, shape[2:], shape, (1, 1, shape[2]), (1, 1, 1))
    return Case(op, (shape,), {}, {"slope": abs(_values(rng, *slope))}, _seed(rng))


def _spacing(rng: Generator) -> Attributes:
    return {
        "strides": _pick(rng, (1, 1), (2, 2), _ints(rng, 1, 3, 2)),
        "dilations": _pick(rng, (1, 1), (1, 1), _ints(rng, 1, 3, 2)),
    }


def conv(op: str, rng: Generator) -> Case:
    height, width, _ = _map(rng)
    groups, share, units = _pick(rng, 1, 1, 2, 3), *_ints(rng, 1, 3, 2)
    if _sometimes(rng):
        groups, share = _pick(rng, 1, 4), 1
    kernel = (*_ints(rng, 1, 4, 2), share, groups * units)
    attributes = {**_spacing(rng), "pads": _ints(rng, 0, 3, 4), "groups": groups}
    return _weighted(op, rng, (height, width, groups * share), attributes, kernel, kernel[3])


def conv_transpose(op: str, rng: Generator) -> Case:
    height, width, _ = _map(rng)
    groups, share, units = _pick(rng, 1, 1, 2, 3), *_ints(rng, 1, 3, 2)
    kernel = (*_ints(rng, 1, 4, 2), units, groups * share)
    attributes = {**_spacing(rng), "crops": _ints(rng, -2, 3, 4), "groups": groups}
    return _weighted(op, rng, (height, width, kernel[3]), attributes, kernel, units * groups)


def dense(op: str, rng: Generator) -> Case:
    units, shape = int(rng.integers(1, 8)), _any_shape(rng)
    kernel = (shape[-1], units)
    if len(shape) == 3 and _sometimes(rng):
        kernel = (*shape, units)
        if _sometimes(rng):
            shape = (int(np.prod(shape)),)
    return _weighted(op, rng, shape, {}, kernel, units)


def _weighted(
    op: str, rng: Generator, shape: Shape, attributes: Attributes, kernel: Shape, units: int
) -> Case:
    tensors = {"kernel": _values(rng, *kernel)}
    if _sometimes(rng):
        tensors["bias"] = _values(rng, units)
    return Case(op, (shape,), attributes, tensors, _seed(rng))


def pool(op: str, rng: Generator) -> Case:
    attributes = {
        "window": _ints(rng, 1, 4, 2),
        **_spacing(rng),
        "pads": _pick(rng, (0, 0, 0, 0), (0, 1, 0, 1), (1, 1, 1, 1), _ints(rng, 0, 3, 4)),
        "ceil": _sometimes(rng),
    }
    if op == "average_pool":
        attributes["count_padding"] = _sometimes(rng)
    return Case(op, (_map(rng),), attributes, seed=_seed(rng))


def global_pool(op: str, rng: Generator) -> Case:
    return Case(op, (_map(rng),), {"keep_dims": _sometimes(rng)}, seed=_seed(rng))


def batch_norm(op: str, rng: Generator) -> Case:
    shape = _any_shape(rng)
    tensors = {
        "mean": _values(rng, shape[-1]),
        "variance": abs(_values(rng, shape[-1])) + np.float32(0.01),
    }
    for role in ("scale", "bias"):
        if _sometimes(rng):
            tensors[role] = _values(rng, shape[-1])
    epsilon = exact(_pick(rng, 1e-3, 1e-4, 1e-5, 1.001e-5))
    return Case(op, (shape,), {"epsilon": epsilon}, tensors, _seed(rng))


def lrn(op: str, rng: Generator) -> Case:
    height, width, channels = *_ints(rng, 1, 4, 2), int(rng.integers(1, 12))
    attributes = {
        "size": int(rng.integers(1, 8)),
        "alpha": int(rng.integers(1, 32)) / 64,
        "beta": _pick(rng, 0.75, 0.5, 1.0, 1.25),
        "kappa": _pick(rng, 1.0, 2.0, 0.5),
    }
    return Case(op, ((height, width, channels),), attributes, seed=_seed(rng))


def layer_norm(op: str, rng: Generator) -> Case:
    shape = _any_shape(rng)
    rank = len(shape)
    axes = _pick(rng, (-1,), tuple(range(int(rng.integers(rank)), rank)))
    sizes = tuple(shape[axis] for axis in axes)
    tensors = {role: _values(rng, *sizes) for role in ("scale", "bias") if _sometimes(rng)}
    epsilon = exact(_pick(rng, 1e-3, 1e-5, 1e-6))
    return Case(op, (shape,), {"axes": axes, "epsilon": epsilon}, tensors, _seed(rng))


def _axes(rng: Generator, rank: int) -> tuple[int, ...]:
    count = int(rng.integers(1, rank + 1))
    axes = rng.permutation(rank)[:count]
    return tuple(int(axis) - rank if _sometimes(rng) else int(axis) for axis in axes)


def l2_norm(op: str, rng: Generator) -> Case:
    shape = _any_shape(rng)
    attributes = {
        "axes": _axes(rng, len(shape)),
        "epsilon": _pick(rng, 0.0, exact(1e-3), 4.0),
        "combine": _pick(rng, "max", "add", "max_square"),
    }
    return Case(op, (shape,), attributes, seed=_seed(rng))


def mean(op: str, rng: Generator) -> Case:
    shape = _any_shape(rng)
    attributes = {"axes": _axes(rng, len(shape)), "keep_dims": _sometimes(rng)}
    return Case(op, (shape,), attributes, seed=_seed(rng))


def softmax(op: str, rng: Generator) -> Case:
    shape = _any_shape(rng)
    axis = int(rng.integers(-len(shape), len(shape)))
    return Case(op, (shape,), {"axis": axis}, seed=_seed(rng))


def broadcasting(op: str, rng: Generator) -> Case:
    shape, count = _any_shape(rng), 2 if OPS[op].inputs[1] == 2 else int(rng.integers(2, 6))
    shapes = []
    for _ in range(count):
        smaller = tuple(_pick(rng, size, size, 1) for size in shape)
        shapes.append(_pick(rng, shape, smaller, smaller[int(rng.integers(len(shape))) :]))
    return Case(op, tuple(shapes), seed=_seed(rng))


def scale_shift(op: str, rng: Generator) -> Case:
    shape, tensors = _any_shape(rng), {}
    for role in ("scale", "bias"):
        if rng.integers(3):
            sizes = _pick(rng, shape, shape[-1:], tuple(_pick(rng, size, 1) for size in shape))
            tensors[role] = _values(rng, *sizes)
    return Case(op, (shape,), {}, tensors, _seed(rng))


def concat(op: str, rng: Generator) -> Case:
    shape = _any_shape(rng)
    axis = int(rng.integers(-len(shape), len(shape)))
    shapes = []
    for _ in range(int(rng.integers(1, 5))):
        sizes = list(shape)
        sizes[axis] = int(rng.integers(1, 5))
        shapes.append(tuple(sizes))
    return Case(op, tuple(shapes), {"axis": axis}, seed=_seed(rng))


def _order(rng: Generator, rank: int) -> tuple[int, ...]:
    return tuple(int(axis) for axis in rng.permutation(rank))


def ordered(op: str, rng: Generator) -> Case:
    shape = _map(rng) if rng.integers(4) else _any_shape(rng)
    return Case(op, (shape,), {"order": _order(rng, len(shape))}, seed=_seed(rng))


def reshape(op: str, rng: Generator) -> Case:
    sizes = _ints(rng, 1, 4, 4)
    shape = (sizes[0] * sizes[1], sizes[2], sizes[3])
    target = _pick(rng, sizes, sizes[::-1], (sizes[0], sizes[1] * sizes[2], sizes[3]), shape[::-1])
    return Case(op, (shape,), {"shape": target}, seed=_seed(rng))


def pad(op: str, rng: Generator) -> Case:
    shape = _any_shape(rng)
    attributes = {
        "pads": tuple(_ints(rng, 0, 3, 2) for _ in shape),
        "mode": _pick(rng, "constant", "reflect", "edge"),
        "value": _pick(rng, 0.0, _number(rng, -2, 2)),
    }
    return Case(op, (shape,), attributes, seed=_seed(rng))


def crop(op: str, rng: Generator) -> Case:
    shape = _any_shape(rng)
    return Case(op, (shape,), {"crops": tuple(_ints(rng, 0, 2, 2) for _ in shape)}, seed=_seed(rng))


def resize(op: str, rng: Generator) -> Case:
    height, width, channels = *_ints(rng, 1, 7, 2), int(rng.integers(1, 4))
    size = _pick(rng, (2 * height, 4 * width), (1, width), _ints(rng, 1, 12, 2))
    attributes = {
        "size": size,
        "method": _pick(rng, "nearest", "bilinear"),
        "coordinates": _pick(
            rng, "half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"
        ),
        "rounding": _pick(rng, "floor", "round_prefer_floor", "round_prefer_ceil", "ceil"),
    }
    return Case(op, ((height, width, channels),), attributes, seed=_seed(rng))


DRAWN: dict[str, Callable[[str, Generator], Case]] = {
    "clipped_relu": clipped,
    "prelu": prelu,
    "conv": conv,
    "conv_transpose": conv_transpose,
    "dense": dense,
    "max_pool": pool,
    "average_pool": pool,
    "global_average": global_pool,
    "global_max": global_pool,
    "batch_norm": batch_norm,
    "lrn": lrn,
    "layer_norm": layer_norm,
    "l2_norm": l2_norm,
    "mean": mean,
    "softmax": softmax,
    "add": broadcasting,
    "subtract": broadcasting,
    "multiply": broadcasting,
    "divide": broadcasting,
    "scale_shift": scale_shift,
    "concat": concat,
    "flatten": ordered,
    "transpose": ordered,
    "reshape": reshape,
    "pad": pad,
    "crop": crop,
    "resize": resize,
}
