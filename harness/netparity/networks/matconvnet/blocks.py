"""MatConvNet's blocks as operations of netparity.

Defaults are those of MatConvNet's classes. Whatever is not listed here is refused by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks.matconvnet.block import Block, Tensor
from netparity.networks.node import Shape


@dataclass(frozen=True)
class Operation:
    """An operation of netparity.

    Attributes:
        tensors: role to tensor.
        reads: how many of the block's inputs it reads; None for all.
    """

    op: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    reads: int | None = None


def operation(block: Block) -> Operation:
    """What a block does.

    Raises:
        GraphError: naming the block, if it is not understood.
    """
    make = _BLOCKS.get(block.kind)
    if make is None:
        raise block.wrong(
            f"is not understood; netparity reads {', '.join(sorted(_BLOCKS))} and no other blocks"
        )
    least, most = (2, 2) if block.kind == "Crop" else (1, _MOST_INPUTS.get(block.kind, 1))
    if not least <= len(block.inputs) <= most:
        raise block.wrong(f"has {len(block.inputs)} inputs, expected {least}")
    block.check_options()
    return make(block)


_MANY = 1_000
_MOST_LOOKED_AT = 2**20
_MOST_INPUTS = {"Concat": _MANY, "Sum": _MANY, "Scale": 2}


def _conv(block: Block) -> Operation:
    channels = block.inputs[0][2]
    top, bottom, left, right = pads = block.whole("pad", 4, (0,))
    strides, dilations = block.whole("stride", 2, (1,)), block.whole("dilate", 2, (1,))
    if not block.has_tensor(0):
        if strides != (1, 1) or _biased(block):
            raise block.wrong("has no filters")
        # Without filters MatConvNet only pads.
        return Operation("pad", {"pads": ((top, bottom), (left, right), (0, 0))})
    kernel = block.tensor(0, "filters", 4)
    depth, units = kernel.shape[2:]
    groups = channels // depth
    if groups * depth != channels or units % groups:
        raise block.wrong(
            f"has filters of {_product(kernel.shape)}, which do not fit {channels} channels"
        )
    attributes = {"strides": strides, "pads": pads, "dilations": dilations, "groups": groups}
    return Operation("conv", attributes, _with_bias(block, kernel, units))


def _conv_transpose(block: Block) -> Operation:
    kernel = block.tensor(0, "filters", 4)
    [groups] = block.whole("numGroups", 1, (1,))
    attributes = {
        "strides": block.whole("upsample", 2, (1,)),
        "crops": block.whole("crop", 4, (0,)),
        "groups": groups,
    }
    tensors = _with_bias(block, kernel, kernel.shape[2] * max(1, groups))
    return Operation("conv_transpose", attributes, tensors)


def _biased(block: Block) -> bool:
    """`hasBias` is a field of DagNN's blocks only; SimpleNN has empty biases."""
    return block.has_tensor(1) and bool(block.number("hasBias", 1.0))


def _with_bias(block: Block, kernel: Tensor, count: int) -> dict[str, Tensor]:
    bias = {"bias": block.vector(1, "biases", count)} if _biased(block) else {}
    return {"kernel": kernel, **bias}


def _pool(block: Block) -> Operation:
    method = block.text("method", "max").lower()
    if method not in ("max", "avg"):
        raise block.wrong(f"has the method {method[:40]!r}, expected max or avg")
    attributes = {
        "window": block.whole("poolSize", 2, (1,)),
        "strides": block.whole("stride", 2, (1,)),
        "pads": block.whole("pad", 4, (0,)),
    }
    return Operation("max_pool" if method == "max" else "average_pool", attributes)


def _batch_norm(block: Block) -> Operation:
    """Moments are the mean and the root of variance plus epsilon.

    A root that is too small for this epsilon comes from another one: then all of it is variance.
    """
    channels = block.inputs[0][2]
    moments = block.tensor(2, "moments (mean and deviation of each channel)", 2)
    if moments.shape != (channels, 2):
        raise block.wrong(f"has moments of {_product(moments.shape)}, expected {channels} x 2")
    values = cache(moments.load)  # kept: in a compressed file, a look back reads it all again

    def squared() -> npt.NDArray[np.float64]:
        return values()[:, 1].astype(np.float64) ** 2

    epsilon = block.number("epsilon", 1e-5)
    if epsilon < 0 or (channels <= _MOST_LOOKED_AT and np.min(squared()) < epsilon):
        epsilon = 0.0
    tensors = {
        "scale": block.vector(0, "multipliers", channels),
        "bias": block.vector(1, "biases", channels),
        "mean": Tensor((channels,), lambda: np.ascontiguousarray(values()[:, 0])),
        "variance": Tensor((channels,), lambda: (squared() - epsilon).astype(np.float32)),
    }
    return Operation("batch_norm", {"epsilon": epsilon}, tensors)


def _lrn(block: Block) -> Operation:
    param = block.row("param", (5, 1, 0.0001 / 5, 0.75))
    if len(param) != 4 or param[0] != int(param[0]):
        raise block.wrong(f"has param {list(param)[:8]}, expected size, kappa, alpha and beta")
    size, kappa, alpha, beta = param
    return Operation("lrn", {"size": int(size), "kappa": kappa, "alpha": alpha, "beta": beta})


def _relu(block: Block) -> Operation:
    leak = block.number("leak", 0.0)
    if leak < 0:  # which MatConvNet's own functions take for none
        raise block.wrong(f"has leak {leak:g}, expected a number of at least 0")
    return Operation("leaky_relu", {"slope": leak}) if leak else Operation("relu")


def _dropout(block: Block) -> Operation:
    rate = block.number("rate", 0.5)
    return Operation("dropout", {"rate": rate}) if rate else Operation("identity")


def _sum(block: Block) -> Operation:
    return Operation("add" if len(block.inputs) > 1 else "identity")


def _concat(block: Block) -> Operation:
    [dim] = block.whole("dim", 1, (3,))
    if not 1 <= dim <= 3:
        raise block.wrong(f"has dim {dim}, expected 1, 2 or 3")
    return Operation("concat", {"axis": dim - 1})


def _scale(block: Block) -> Operation:
    if len(block.inputs) == 2:
        if block.has_tensor(0):
            raise block.wrong("scales by a variable and adds a bias, which is not understood")
        return Operation("multiply")
    tensors = {"scale": _aligned(block, 0, "factors")}
    if _biased(block):
        tensors["bias"] = _aligned(block, 1, "biases")
    return Operation("scale_shift", {}, tensors)


def _aligned(block: Block, place: int, what: str) -> Tensor:
    """An array that is repeated along its axes of size 1."""
    tensor = block.tensor(place, what, 3)
    fits = zip(tensor.shape, block.inputs[0], strict=True)
    if any(size not in (1, full) for size, full in fits):
        raise block.wrong(
            f"has {what} of {_product(tensor.shape)}, which do not fit an input of "
            f"{_product(block.inputs[0])}"
        )
    return tensor if tensor.shape[:2] != (1, 1) else tensor.reshaped(tensor.shape[2:])


def _crop(block: Block) -> Operation:
    """To the second input's size: so many rows at the top, the others at the bottom."""
    crops = []
    for surplus, most in zip(
        (a - b for a, b in zip(*(shape[:2] for shape in block.inputs), strict=True)),
        block.whole("crop", 2, (0,)),
        strict=True,
    ):
        if surplus < 0:
            raise block.wrong(
                f"crops {_product(block.inputs[0])} to the larger {_product(block.inputs[1])}"
            )
        after = max(0, surplus - most)
        crops.append((surplus - after, after))
    return Operation("crop", {"crops": (*crops, (0, 0))}, reads=1)


def _product(shape: Shape) -> str:
    return " x ".join(map(str, shape))


def _softmax(block: Block) -> Operation:
    return Operation("softmax")


def _sigmoid(block: Block) -> Operation:
    return Operation("sigmoid")


_BLOCKS: dict[str, Callable[[Block], Operation]] = {
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "Pooling": _pool,
    "BatchNorm": _batch_norm,
    "LRN": _lrn,
    "ReLU": _relu,
    "Sigmoid": _sigmoid,
    "SoftMax": _softmax,
    "DropOut": _dropout,
    "Sum": _sum,
    "Concat": _concat,
    "Scale": _scale,
    "Crop": _crop,
}
