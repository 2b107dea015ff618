"""What a network is made of: nodes, inputs and the preprocessing of an image.

Shapes are those of one image: the batch is not part of them, and channels are the last axis, so an
image is height x width x channels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from netparity.errors import InputError, UsageError

Shape = tuple[int, ...]

MOST_VALUES = 2**31
"""Values of one tensor or one activation: more do not fit into this machine's memory anyway."""
MOST_RANK = 6

NOTHING: Mapping[str, Any] = MappingProxyType({})


class GraphError(InputError):
    """A graph that cannot be computed; the message names the node."""


class UnknownNodeError(UsageError):
    """The network has no node with the requested name."""


@dataclass(frozen=True)
class Preprocessing:
    """From an RGB image with values of 0 to 255 to the network's input.

    The image is resized to `resize` (or to the input's size), cropped in the middle to the input's
    size, and then each value becomes (value * scale - mean) / deviation.

    Attributes:
        order: order of the channels of the input; mean and deviation are in this order too.
        mean: one number for each channel, or a single one for all; after scaling.
        deviation: the divisor, in the same way.
        scale: the factor, 1 or 1/255, for example.
        mean_image: name of a tensor (height x width x channels) subtracted in place of `mean`.
        resize: height and width before the crop; None for the input's own size.
        keep_aspect: resize the shorter side to `resize` and keep the proportions.
        filter: `nearest`, `bilinear`, `bicubic` or `area`.
    """

    order: Literal["RGB", "BGR", "grey"] = "RGB"
    mean: tuple[float, ...] = (0.0,)
    deviation: tuple[float, ...] = (1.0,)
    scale: float = 1.0
    mean_image: str | None = None
    resize: tuple[int, int] | None = None
    keep_aspect: bool = False
    filter: Literal["nearest", "bilinear", "bicubic", "area"] = "bicubic"


@dataclass(frozen=True)
class Input:
    """One input of a network.

    Attributes:
        shape: of one image, usually height x width x channels.
        preprocessing: what the weights expect; None if the file does not say.
    """

    name: str
    shape: Shape
    preprocessing: Preprocessing | None = None


@dataclass(frozen=True)
class Node:
    """One operation; its output is a feature of the same name.

    Attributes:
        op: a key of `ops.OPS`.
        inputs: names of nodes, or of inputs of the network.
        attributes: as the operation defines them; what is absent has the operation's default.
        tensors: role to the name of a tensor, for example `kernel` to `conv1_1.kernel`.
        inner: computed inside another tool's layer, whose name the next node has: the sum before an
            activation that is part of the same layer. It is compared only if asked for by name.
        names: the node's name in each tool, where it differs.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    tensors: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    inner: bool = False
    names: Mapping[str, str] = field(default_factory=lambda: NOTHING)


def refuse_size(what: str, shape: Sequence[int]) -> None:
    """Refuse a shape that is not one, or that is larger than any machine here can hold.

    Raises:
        GraphError: naming `what`.
    """
    if len(shape) > MOST_RANK or any(size < 1 for size in shape):
        raise GraphError(f"{what}: {_product(shape)} is not a shape that can be computed")
    if (count := math.prod(shape)) > MOST_VALUES:
        shown = f"{count} values" if count < _MOST_NAMED else "more values than can be named"
        raise GraphError(f"{what}: {_product(shape)} is {shown}; the limit is {MOST_VALUES}")


_MOST_NAMED = 10**18


def _product(shape: Sequence[int]) -> str:
    shown = [str(size) if abs(size) < _MOST_NAMED else "..." for size in shape[: MOST_RANK + 1]]
    more = " x ..." if len(shape) > len(shown) else ""
    return (" x ".join(shown) or "nothing") + more
