"""One format of weight files, and the tensors that are read from one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from netparity.files.source import Source
from netparity.networks import Layer, Network
from netparity.weights import layout as layouts
from netparity.weights.layout import Layout, Tensor
from netparity.weights.listing import Listing

Tensors = Mapping[str, Tensor]


@dataclass(frozen=True)
class Format:
    """One format of weight files.

    Attributes:
        name: in `--to` and in tables.
        title: in words.
        suffixes: of file names, the usual one first.
        recognise: whether a file is in this format; None for one that is only written, such as the
            formats of files that state a network, which `netparity.networks.reading` reads.
        listing: reads what the file lists; the values are read later, on access.
        write: writes the weights, tensor by tensor; None if the format is only read.
        only_to: whether it is written only on `--to`, because its suffix is another format's.
        any_network: whether it can be written for any network, and not for VGG networks alone.
        tool: who writes the files that are read, for the table of what can be brought.
        brought: what these files hold, in words.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognise: Callable[[Source], bool] | None
    listing: Callable[[Source], Listing] | None
    write: Callable[[Path, Network, Tensors], None] | None
    only_to: bool = False
    any_network: bool = False
    tool: str = ""
    brought: str = ""


def kernel_values(
    tensors: Tensors, layer: Layer, layout: Layout
) -> tuple[tuple[int, ...], Iterator[Tensor]]:
    """A kernel's shape and values in a layout; the values come in pieces, read on iteration."""

    def values() -> Iterator[Tensor]:
        yield from layouts.pieces(tensors[layer.kernel], layer, layout)

    return layout.shape(layer), values()


def bias_values(tensors: Tensors, layer: Layer) -> tuple[tuple[int, ...], Iterator[Tensor]]:
    """The same for a bias."""
    assert layer.kernel_shape is not None

    def values() -> Iterator[Tensor]:
        yield np.ascontiguousarray(tensors[layer.bias])

    return (layer.kernel_shape[3],), values()
