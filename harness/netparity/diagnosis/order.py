"""In which order mistakes are tried: how likely people make them.

Most people tell a tool nothing, so the likeliest mistakes are its defaults. Keras's `load_img`
resizes with the nearest neighbour and gives RGB, where VGG's weights want BGR; OpenCV's `imread`
gives BGR, where torchvision's want RGB; `Normalize` of torchvision and `mode='torch'` of Keras are
in most examples; images are divided by 255 before anything else; MatConvNet's script leaves the
mean to the user; PyTorch flattens channels first. docs/decisions/0010 has the sources.
"""

from __future__ import annotations

from collections.abc import Sequence

INPUT_CHANGES: Sequence[str] = (
    "channels-swapped",
    "mean-missing",
    "scale-0-1",
    "scale-torch",
    "scale-pm1",
    "mean-swapped",
    "scale-after-mean",
    "mean-twice",
    "axes-swapped",
    "scale-0-1-mean-255",
)
"""Mistakes with the values of the input."""

COMMON_INPUTS = 20
"""How many of the other inputs, in the order of `inputs.recipes`, are tried before mistakes within
the network."""

MORE_EXACTLY = 8
"""How many inputs that go into the detail of another one, such as the filter of a crop, are tried
before other mistakes beside it."""

ENDS: Sequence[str] = (
    "relu-missing",
    "relu-applied",
    "off-by-one",
    "flatten-chw",
    "treated-l2",
    "treated-scaled",
)
"""What is tried beside every other input and every mistake with the input, since it costs next to
nothing: mistakes at the end of the network and with the finished feature."""

AT_NODES: Sequence[str] = (
    "kernels-rotated",
    "kernels-transposed",
    "bias-missing",
)
"""Mistakes inside the network that are tried first, everywhere and at each node; the others follow
as their operations list them."""


def place_of(keys: Sequence[str], order: Sequence[str]) -> int:
    """Where in an order a combination of mistakes stands: at its rarest."""
    return max((order.index(key) if key in order else len(order)) for key in keys)
