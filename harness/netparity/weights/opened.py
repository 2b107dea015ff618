"""A weight file whose network is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from netparity.errors import InputError
from netparity.files import strangers
from netparity.files.limits import WEIGHTS, reading
from netparity.files.source import Source, open_source
from netparity.files.unknown import unknown_file
from netparity.networks import NETWORKS, Network
from netparity.networks.reading import READERS, ReadNetwork
from netparity.protocol.lazy import LazyMapping
from netparity.weights import own_file, stated_weights
from netparity.weights.contents import Format, Tensors
from netparity.weights.formats import BY_NAME, FORMATS
from netparity.weights.layout import Tensor, all_finite
from netparity.weights.listing import Listing
from netparity.weights.matching import (
    Match,
    identify,
    match,
    naming_map,
    other_arithmetic,
    refusing,
    stating,
    without_dead_layers,
)
from netparity.weights.words import what_was_meant


@dataclass(frozen=True)
class Place:
    """Where the file has a tensor of the network.

    Attributes:
        name: in the file.
        shape: in the file, in its own order of axes.
        dtype: in the file, such as `float32`.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class WeightFile:
    """A file whose tensors have their places in a network; the values are not read yet.

    Attributes:
        format: its name.
        title: the format in words.
        model: the network: the one that was asked for, or what the file makes of it.
        tensors: the network's, each read and checked on access; access raises InputError if it
            cannot be read or holds NaN or infinite values.
        places: by tensor of the network, where the file has it.
        layout: how the file stores kernels, in words.
        reason: how that is known.
        dropout: whether the file lists dropout layers; None if it lists only those with weights.
        left_out: what the file holds besides.
        notes: what the user should know about the file.
        own_files: by format, the file itself, if a tool can load it as it is.
        read: the network that the file states, if it states one.
    """

    path: Path
    format: str
    title: str
    model: Network
    tensors: Tensors
    places: dict[str, Place]
    layout: str
    reason: str
    dropout: bool | None = None
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    own_files: dict[str, Path] = field(default_factory=dict)
    read: ReadNetwork | None = None


def open_weights(path: Path, model: Network | None = None, names: Path | None = None) -> WeightFile:
    """Recognise a weight file and find the place of each of its tensors.

    Args:
        model: the expected network; by default the one that the file states, or the one of the
            catalogue that has such layers.
        names: a file that says which layer is which (`--map`).

    Raises:
        UsageError: if there is such a file, but the weights' file states its own network.
        InputError: if it is damaged, in an unknown format, or does not contain the model.
    """
    source = refuse_unreadable(path)
    read = stated_weights.network_in(source, None if model is None else model.input_size)
    if read is not None:
        naming_map.refuse_unused(names, f"{path} states its own network")
        return _of_graph(source, read, model)
    return _of_listing(source, model, names)


def _of_graph(source: Source, read: ReadNetwork, model: Network | None) -> WeightFile:
    found = stated_weights.of_graph(source, read, model)
    places = {
        name: Place(own, tuple(read.network.tensors[own]), "float32")
        for name, own in found.names.items()
    }
    return WeightFile(
        source.path,
        found.reader.name,
        found.reader.title,
        found.network,
        found.tensors,
        places,
        layout="as the network that the file states",
        reason="the file states its own network",
        dropout=any(node.op == "dropout" for node in read.network.nodes),
        notes=(*read.notes, *found.notes),
        own_files=found.own_files,
        read=read,
    )


def _of_listing(source: Source, model: Network | None, names: Path | None) -> WeightFile:
    path = source.path
    format_ = recognise(source)
    assert format_.listing is not None
    listing = format_.listing(source)
    found = _placed(listing, path, model, names)
    own = own_file.of_layers(source, format_.name, found)
    return WeightFile(
        path,
        format_.name,
        format_.title,
        found.network,
        _values(path, format_.title, found),
        dict(_places(found)),
        layout=_layout(found, listing),
        reason=listing.reason,
        dropout=listing.dropout,
        left_out=found.left_out,
        notes=(*listing.notes, *found.notes, *_turned(found)),
        own_files=own,
    )


def _placed(listing: Listing, path: Path, model: Network | None, names: Path | None) -> Match:
    """Where the tensors belong.

    Raises:
        InputError: if that is not certain, or they do not fit.
    """
    if names is not None:
        if model is None:
            raise InputError(
                f"--map {names} says which layer of a network is which of {path}, but no network "
                "is given; name it with --model"
            )
        return stating.stated(listing, model, naming_map.read_map(names), names)
    found = identify(listing, NETWORKS.values()) if model is None else match(listing, model)
    if found is None and model is None:
        raise InputError(
            f"weights {path}: no network of the catalogue has such layers; say which network they "
            "are for with --model, as a name, as a file that states it (ONNX, .keras, .mat), as "
            "torchvision:NAME or as keras:NAME"
        )
    if found is None:
        assert model is not None
        instead = identify(listing, NETWORKS.values())
        raise InputError(f"weights {path}: {refusing.refusal(listing, model, instead)}")
    if (other := other_arithmetic(listing, found.network)) is not None:
        raise InputError(f"weights {path}: {other}")
    if found.uncertain:
        raise InputError(f"weights {path}: {refusing.uncertain(found)}")
    with reading(path, "a file of tensors"):
        return without_dead_layers(found)


def _values(path: Path, kind: str, found: Match) -> Tensors:
    def fetch(name: str) -> Tensor:
        with reading(path, kind):
            tensor = found.tensors[name].load()
        if not all_finite(tensor):
            raise InputError(f"weights {path}: {name} holds NaN or infinite values")
        return tensor

    return LazyMapping(found.tensors, fetch)


def _places(found: Match) -> Iterator[tuple[str, Place]]:
    for name, placed in found.tensors.items():
        dtype = np.dtype(placed.stored.dtype).newbyteorder("=")
        yield name, Place(placed.stored.name, placed.stored.shape, str(dtype))


def _turned(found: Match) -> Iterator[str]:
    """A note if the first layer's channels were put into the network's order."""
    if any(placed.reversed for placed in found.tensors.values()):
        yield (
            "its first layer takes BGR, as Keras's VGG networks do, and is turned round for an "
            "input in RGB; --channel-order BGR leaves it as it is"
        )


def _layout(found: Match, listing: Listing) -> str:
    parts = [found.axes.describe()]
    if any(placed.reversed for placed in found.tensors.values()):
        parts.append(f"first layer {listing.convention.first}")
    if listing.convention.rotated:
        parts.append("convolutions rotated by 180 degrees (Theano's)")
    return ", ".join(parts)


def refuse_unreadable(path: Path) -> Source:
    """The file, if it is one that can be opened.

    Raises:
        InputError: saying what it is instead.
    """
    example = "a Keras .h5 or a MatConvNet .mat (or give synthetic:SEED)"
    try:
        return open_source(path, WEIGHTS, "weights", example)
    except InputError:
        meant = what_was_meant(str(path))
        if meant is None:
            raise
        raise InputError(f"weights {path} do not exist. {meant}") from None


def recognise(source: Source) -> Format:
    """The format of a file of tensors, from its contents or, failing that, from its name.

    Raises:
        InputError: if neither determines it; what it is instead is named where it is known.
    """
    for format_ in FORMATS:
        if _recognises(format_, source):
            return format_
    if strangers.recognise(source.path) is not None:
        raise unknown_file(source, "weights")
    try:
        found = by_ending(source.path, "weights")
    except InputError:
        endings = sorted({suffix for format_ in FORMATS for suffix in format_.suffixes})
        raise unknown_file(source, "weights", ", ".join(endings)) from None
    if found.listing is None:
        # It states no network, though its ending says so: the reader of such files says why.
        for reader in READERS:
            if source.path.name.lower().endswith(reader.suffixes):
                reader.read(source, None)
        raise unknown_file(source, "weights", found.title)
    return found


def by_ending(path: Path, what: str) -> Format:
    """The format of a file name, by its suffix.

    Raises:
        InputError: if the suffix is unknown.
    """
    fitting = [
        (len(suffix), format_)
        for format_ in FORMATS
        for suffix in format_.suffixes
        if not format_.only_to and path.name.lower().endswith(suffix)
    ]
    if not fitting:
        endings = sorted({suffix for format_ in FORMATS for suffix in format_.suffixes})
        raise InputError(
            f"{what} {path}: unknown suffix {path.suffix!r}; known are {', '.join(endings)}"
        )
    return max(fitting, key=lambda pair: pair[0])[1]


def named(name: str) -> Format:
    """The format called `name`, for writing.

    Raises:
        InputError: if it does not exist or cannot be written.
    """
    format_ = BY_NAME.get(name)
    if format_ is None or format_.write is None:
        written = ", ".join(format_.name for format_ in FORMATS if format_.write is not None)
        raise InputError(f"weights cannot be written as {name[:60]!r}; formats are {written}")
    return format_


def _recognises(format_: Format, source: Source) -> bool:
    try:
        return format_.recognise is not None and format_.recognise(source)
    except Exception:  # libraries raise many types on damaged files; the reader reports them
        return False
