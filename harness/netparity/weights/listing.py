"""What a file of tensors lists, before it is known which network they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from netparity.files.stored import Stored


@dataclass(frozen=True)
class Convention:
    """How the tool that writes such files stores tensors.

    Where several orders of axes are given, the shapes decide among them; if they do not, it is the
    first.

    Attributes:
        kernels: the axes of a convolution's kernel, slowest first: `HWIO`, `OIHW`, or MATLAB's
            HWIO by columns, `OIWH`.
        matrices: the axes of a dense layer's matrix, `OI` or `IO`.
        flattened: the order in which the first dense layer reads a map, `CHW` or `HWC`; None if it
            follows from the axes of kernels (`OIHW`: `CHW`).
        first: the order of the image's channels in the first layer.
        rotated: whether convolutions are rotated by 180 degrees, as Theano's convolution needs.
        epsilon: what batch normalisations of this tool add to the variance unless told otherwise.
    """

    kernels: tuple[str, ...] = ("OIHW",)
    matrices: tuple[str, ...] = ("OI",)
    flattened: Literal["CHW", "HWC"] | None = None
    first: Literal["RGB", "BGR"] = "RGB"
    rotated: bool = False
    epsilon: float = 1e-5


TORCH = Convention()
KERAS = Convention(("HWIO", "OIHW"), ("IO",), first="BGR", epsilon=1e-3)
"""Keras's VGG networks take BGR. Old files may have Theano's order of axes."""
UNKNOWN = Convention(("HWIO", "OIHW"), ("IO", "OI"))
"""For files that several tools write."""


@dataclass(frozen=True)
class Listing:
    """The tensors that a file lists.

    Attributes:
        tensors: by their names in the file, in its order. The part of a name before the last `/` or
            `.` says which layer it belongs to.
        convention: how they are stored.
        reason: how that is known, in words that follow "because": `the names are torchvision's`.
        ordered: whether the file's order is that in which the layers were made. If not, names are
            sorted with their numbers as numbers.
        dropout: whether the file lists dropout layers; None if it lists only those with weights.
        left_out: what else the file holds, such as `state of an optimizer (52 tensors)`.
        notes: what the user should know about the file.
    """

    tensors: Mapping[str, Stored]
    convention: Convention
    reason: str
    ordered: bool = True
    dropout: bool | None = None
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
