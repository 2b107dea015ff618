"""Networks with a branch for each operation that MatConvNet can compute, with random attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from netparity.networks.checking import checked
from netparity.networks.graph import Network
from netparity.networks.node import Input, Node, Shape

SHAPE = (9, 11, 6)


class Branches:
    """Nodes that read the input `x` or one another, with tensors of the shapes that they need."""

    def __init__(self, seed: int, shape: Shape = SHAPE) -> None:
        self.random = np.random.default_rng(seed)
        self.shape = shape
        self.nodes: list[Node] = []
        self.tensors: dict[str, Shape] = {}

    def add(
        self,
        op: str,
        *inputs: str,
        tensors: Mapping[str, Shape] | None = None,
        **attributes: Any,
    ) -> str:
        """Append a node and return its name."""
        name = f"{op}_{len(self.nodes)}"
        roles = {}
        for role, shape in (tensors or {}).items():
            roles[role] = f"{name}.{role}"
            self.tensors[roles[role]] = shape
        self.nodes.append(Node(name, op, inputs or ("x",), attributes, roles))
        return name

    def whole(self, low: int, high: int, count: int) -> tuple[int, ...]:
        """Random whole numbers, `high` excluded."""
        return tuple(int(value) for value in self.random.integers(low, high, count))

    def network(self) -> Network:
        """The network."""
        return checked(
            Network("branches", (Input("x", self.shape),), tuple(self.nodes), self.tensors)
        )


def convolutions(branches: Branches) -> None:
    """With groups, one for each channel among them, dilations, and kernels larger than the map."""
    channels = branches.shape[2]
    for groups in (1, 1, 1, 2, 3, channels):
        units = groups * branches.whole(1, 4, 1)[0]
        window = branches.whole(1, 4, 2)
        attributes = {
            "strides": branches.whole(1, 4, 2),
            "pads": branches.whole(0, 4, 4),
            "dilations": branches.whole(1, 4, 2),
            "groups": groups,
        }
        tensors = {"kernel": (*window, channels // groups, units), "bias": (units,)}
        if branches.random.random() < 0.3:
            tensors.pop("bias")
        branches.add("conv", tensors=tensors, **attributes)
    for groups in (1, 2):
        upsample, window = branches.whole(1, 4, 2), branches.whole(2, 5, 2)
        branches.add(
            "conv_transpose",
            tensors={"kernel": (*window, 2, channels), "bias": (2 * groups,)},
            strides=upsample,
            crops=branches.whole(0, 2, 4),
            groups=groups,
        )


def pools(branches: Branches) -> None:
    """With floor and ceiling."""
    for op in ("max_pool", "average_pool"):
        for ceil in (False, True, True):
            window = branches.whole(1, 5, 2)
            pads = tuple(int(branches.random.integers(0, window[side // 2])) for side in range(4))
            strides = branches.whole(1, 4, 2)
            geometry = {"window": window, "strides": strides, "pads": pads, "ceil": ceil}
            branches.add(op, **geometry)
            if op == "average_pool":
                branches.add(op, **geometry, count_padding=True)
    for op in ("global_average", "global_max"):
        for keep_dims in (False, True):
            branches.add(op, keep_dims=keep_dims)
    branches.add("mean", axes=(0, 1), keep_dims=True)


def activations(branches: Branches) -> None:
    """Of values on both sides of every bend."""
    wide = branches.add("scale_shift", tensors={"scale": (branches.shape[2],)})
    for op, attributes in (
        ("relu", {}),
        ("leaky_relu", {"slope": 0.2}),
        ("clipped_relu", {}),
        ("clipped_relu", {"minimum": -0.5, "maximum": 0.75}),
        ("clipped_relu", {"minimum": 0.0, "maximum": None}),
        ("clipped_relu", {"minimum": None, "maximum": 0.5}),
        ("clipped_relu", {"minimum": 0.25, "maximum": None}),
        ("sigmoid", {}),
        ("swish", {}),
        ("softmax", {}),
        ("dropout", {"rate": 0.3}),
        ("identity", {}),
    ):
        branches.add(op, wide, **attributes)
    for shape in ((branches.shape[2],), branches.shape):
        branches.add("prelu", wide, tensors={"slope": shape})


def normalisations(branches: Branches) -> None:
    """Of channels and over channels."""
    channels = branches.shape[2]
    every = ("mean", "variance", "scale", "bias")
    for roles in (every, every[:2]):
        branches.add("batch_norm", tensors=dict.fromkeys(roles, (channels,)), epsilon=1e-3)
    for size in (1, 3, 4, 5, 30):
        branches.add("lrn", size=size, alpha=0.3, beta=0.75, kappa=1.5)
    branches.add("l2_norm", axes=(-1,), epsilon=1e-6, combine="add")


def arithmetic(branches: Branches) -> None:
    """With broadcasting from a vector to a map, and constants of several shapes."""
    height, width, channels = branches.shape
    vector = branches.add("global_average")
    for op in ("add", "multiply"):
        branches.add(op, "x", vector)
        branches.add(op, "x", vector, "x")
        branches.add(op, "x", "x")
    branches.add("subtract", "x", vector)
    for shape in ((channels,), (1, 1, channels), (height, width, channels), (height, 1, 1), (1,)):
        branches.add("scale_shift", tensors={"scale": shape, "bias": shape})
    branches.add("scale_shift", tensors={"bias": (channels,)})


def shapes(branches: Branches) -> None:
    """What joins, cuts, pads and flattens."""
    channels = branches.shape[2]
    pool = branches.add("max_pool", window=(2, 2), strides=(2, 2))
    vector = branches.add("global_max")
    branches.add("concat", "x", "x", axis=-1)
    branches.add("concat", "x", "x", axis=0)
    branches.add("concat", "x", "x", "x", axis=1)
    branches.add("concat", vector, vector)
    branches.add("crop", crops=((2, 3), (1, 5), (0, 0)))
    branches.add("pad", pads=((1, 0), (2, 3), (0, 0)))
    branches.add("reshape", vector, shape=(1, 1, channels))
    whole = int(np.prod((4, 5, channels)))
    for order in ((0, 1, 2), (2, 0, 1), (1, 0, 2), (2, 1, 0)):
        flat = branches.add("flatten", pool, order=order)
        kept = branches.add("relu", flat)
        branches.add("dense", kept, tensors={"kernel": (whole, 3), "bias": (3,)})
    branches.add("dense", pool, tensors={"kernel": (4, 5, channels, 3), "bias": (3,)})
    branches.add("dense", pool, tensors={"kernel": (channels, 4)})
    branches.add("dense", vector, tensors={"kernel": (channels, 4), "bias": (4,)})
    flat = branches.add("reshape", pool, shape=(whole,))
    branches.add("dense", flat, tensors={"kernel": (4, 5, channels, 2)})


KINDS = (convolutions, pools, activations, normalisations, arithmetic, shapes)


def every_operation(seed: int = 0) -> Network:
    """A branch and more for every operation."""
    branches = Branches(seed)
    for kind in KINDS:
        kind(branches)
    return branches.network()
