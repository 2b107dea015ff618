"""The contents of a weight file, and the check of them against a model."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from netparity.errors import InputError
from netparity.files.limits import reading
from netparity.files.source import Source
from netparity.files.stored import Stored
from netparity.networks import Layer, Network
from netparity.networks.catalogue import vgg
from netparity.protocol.lazy import LazyMapping
from netparity.weights import layout as layouts
from netparity.weights.layout import Layout, Tensor

Tensors = Mapping[str, Tensor]


@dataclass(frozen=True)
class Pair:
    """A layer's kernel and bias, with the layer's name in the file."""

    name: str
    kernel: Stored
    bias: Stored


@dataclass(frozen=True)
class Contents:
    """The contents of a weight file, before its model is known.

    Attributes:
        pairs: in the network's order, as far as the file determines it.
        layout: how the file stores kernels.
        reason: how the layout was determined.
        names: the names that a model's layers with weights should have in the file, in order.
        dropout: whether the file lists dropout layers; None if it lists only those with weights.
        as_it_is: whether the tools of this format load the file without a conversion.
        check: checks whatever else the file says about the network; raises InputError.
        notes: what the user should know about the file.
    """

    pairs: tuple[Pair, ...]
    layout: Layout
    reason: str
    names: Callable[[Network], Sequence[str]]
    dropout: bool | None = None
    as_it_is: bool = False
    check: Callable[[Network], None] = field(default=lambda model: None)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """One format of weight files.

    Attributes:
        name: in `--to` and in tables.
        title: in words.
        suffixes: of file names, the usual one first.
        recognise: whether a file is in this format; None for a variant, which is recognised as
            its main format.
        read: reads the file's contents; the values are read later, on access.
        write: writes the weights, tensor by tensor; None if the format is only read.
        only_to: whether it is written only on `--to`, because its suffix is another format's.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognise: Callable[[Source], bool] | None
    read: Callable[[Source], Contents]
    write: Callable[[Path, Network, Tensors], None] | None
    only_to: bool = False


def file_tensors(path: Path, kind: str, contents: Contents, model: Network) -> Tensors:
    """The canonical tensors of a file, each read and checked on access.

    Access raises InputError if it cannot be read or holds NaN or infinite values.
    """
    sources: dict[str, tuple[Layer, Stored]] = {}
    for layer, pair in zip(model.parametric_layers, contents.pairs, strict=True):
        sources[layer.kernel] = (layer, pair.kernel)
        sources[layer.bias] = (layer, pair.bias)

    def fetch(name: str) -> Tensor:
        layer, stored = sources[name]
        with reading(path, kind):
            if name == layer.kernel:
                tensor = layouts.load(stored, layer, contents.layout)
            else:
                tensor = layouts.load_flat(stored, np.empty(stored.size, dtype=np.float32))
        if not layouts.all_finite(tensor):
            raise InputError(f"weights {path}: {name} holds NaN or infinite values")
        return tensor

    return LazyMapping(sources, fetch)


def identify(contents: Contents) -> Network:
    """The model with these layers, or the most similar one."""

    def likeness(model: Network) -> tuple[int, int]:
        pairs = list(zip(model.parametric_layers, contents.pairs, strict=False))
        same = sum(pair.kernel.shape == contents.layout.shape(layer) for layer, pair in pairs)
        return same, -abs(len(model.parametric_layers) - len(contents.pairs))

    return max(vgg.ALL, key=likeness)


def check(contents: Contents, model: Network, path: Path) -> None:
    """Check that a file's layers are exactly the model's.

    Raises:
        InputError: naming the first layer that is missing, unknown, out of order or of
            another shape.
    """
    expected = dict(zip(contents.names(model), model.parametric_layers, strict=True))
    found = [pair.name for pair in contents.pairs]
    hint = _hint(contents, model)
    for name in found:
        if name not in expected:
            raise InputError(
                f"weights {path}: layer {name[:80]!r} does not belong to {model.name}, whose "
                f"layers with weights are {', '.join(expected)}{hint}"
            )
        if found.count(name) > 1:
            raise InputError(f"weights {path}: layer {name!r} is duplicated")
    for name, layer in expected.items():
        if name not in found:
            raise InputError(
                f"weights {path}: {layer.kernel} is missing; {model.name} needs it in a layer "
                f"named {name!r}{hint}"
            )
    if found != list(expected):
        # Tools that load by position would fill the wrong layers, whatever their names.
        raise InputError(f"weights {path}: its layers are not in the order of {model.name}")
    for pair in contents.pairs:
        layer = expected[pair.name]
        assert layer.kernel_shape is not None
        _check_shape(pair.kernel, contents.layout.shape(layer), pair, model, path, hint)
        _check_shape(pair.bias, (layer.kernel_shape[3],), pair, model, path, hint)
    with reading(path, model.name):
        contents.check(model)


def convolution_axes(kernels: Iterable[Stored]) -> str | None:
    """Whether 3 x 3 kernels are stored as HWIO or OIHW; None if their shapes do not say."""
    shapes = [kernel.shape for kernel in kernels if len(kernel.shape) == 4]
    as_hwio = all(shape[:2] == (3, 3) for shape in shapes)
    as_oihw = all(shape[2:] == (3, 3) for shape in shapes)
    if as_hwio == as_oihw:
        return None
    return "HWIO" if as_hwio else "OIHW"


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


def _check_shape(
    stored: Stored, expected: tuple[int, ...], pair: Pair, model: Network, path: Path, hint: str
) -> None:
    # Tools store a bias as a row, a column or a vector.
    bias = len(expected) == 1 and math.prod(stored.shape) == max((*stored.shape, 1)) == expected[0]
    if stored.shape != expected and not bias:
        raise InputError(
            f"weights {path}: {stored.name!r} of layer {pair.name!r} has shape {stored.shape}, "
            f"expected {expected} for {model.name}{hint}"
        )


def _hint(contents: Contents, model: Network) -> str:
    """Name the model that the file contains instead, if there is one."""
    for other in vgg.ALL:
        if other is model or len(other.parametric_layers) != len(contents.pairs):
            continue
        if all(
            pair.kernel.shape == contents.layout.shape(layer)
            for layer, pair in zip(other.parametric_layers, contents.pairs, strict=True)
        ):
            return f"; the file contains {other.name}: use --model {other.name}"
    return ""
