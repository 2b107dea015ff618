"""The weights of a file that states its own network."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from netparity.errors import InputError
from netparity.files.source import Source
from netparity.networks import Network, opening
from netparity.networks.graph import GraphError
from netparity.networks.input_size import InputSize
from netparity.networks.matching import Matching, known_as, match_beginning, match_catalogue
from netparity.networks.reading import Reader, ReadNetwork, keras
from netparity.weights import own_file
from netparity.weights.contents import Tensors
from netparity.weights.keras_images import KERAS_VGG, SENTENCE, prepared_as_for_keras
from netparity.weights.matching.variants import has_own_preprocessing
from netparity.weights.network_files import finite, matched, rearranged

_MOST_NAMED = 4


@dataclass(frozen=True)
class Stated:
    """The weights of such a file, for one network.

    Attributes:
        network: the one that was asked for, the one of the catalogue that the file states, or its
            own.
        tensors: the network's, each read and checked on access.
        names: tensor of the network to that of the file's own.
        notes: what the user should know.
        own_files: by format, the file itself, if a tool can load it as it is.
    """

    reader: Reader
    network: Network
    tensors: Tensors
    names: Mapping[str, str]
    notes: tuple[str, ...] = ()
    own_files: dict[str, Path] = field(default_factory=dict)


def network_in(source: Source, input_size: InputSize | None) -> ReadNetwork | None:
    """The network that a file states, at the size wanted if it can have it; None without one.

    Raises:
        InputError: if it is not understood; the message names the file.
    """
    try:
        with contextlib.suppress(GraphError):  # its dense layers may need another size
            return opening.stated_by(source, input_size)
        return opening.stated_by(source)
    except InputError as error:
        if str(source.path) in str(error):
            raise
        raise InputError(f"weights {source.path}: {error}") from error


def of_graph(source: Source, read: ReadNetwork, model: Network | None) -> Stated:
    """The weights for a network.

    Args:
        model: None for the one of the catalogue with this structure, or else the file's own.

    Raises:
        InputError: with the first differences, if the file states another network than `model`.
    """
    reader = opening.reader_of(source)
    assert reader is not None
    taken = _as_keras_takes_images(read, reader, model)
    if model is None:
        known = match_catalogue(taken.network, taken.tensors)
        if known is not None:
            return _rearranged(source, reader, taken, known[1])
        return _own(source, reader, read, match_beginning(read.network))
    try:
        return _rearranged(source, reader, taken, matched(taken, model, source.path))
    except InputError as error:
        return _other_head(source, reader, model, error)


def _rearranged(source: Source, reader: Reader, read: ReadNetwork, matching: Matching) -> Stated:
    return Stated(
        reader,
        matching.b,
        rearranged(read, matching, source.path),
        {match.second: match.first for match in matching.tensors},
        own_files=own_file.of_network(source, read, matching),
    )


def _own(
    source: Source,
    reader: Reader,
    read: ReadNetwork,
    beginning: tuple[Network, Matching] | None,
    images_stated: bool = False,
) -> Stated:
    network, notes = replace(read.network, name=source.path.stem), tuple[str, ...]()
    if beginning is not None:
        known, matching = beginning
        network = known_as(network, matching)
        common = {match.first for match in matching.tensors}
        others = [name for name in network.tensors if name not in common]
        layers = list(dict.fromkeys(name.rpartition(".")[0] for name in others))
        more = f" and {len(layers) - _MOST_NAMED} more" if len(layers) > _MOST_NAMED else ""
        named = f"{', '.join(layers[:_MOST_NAMED])}{more}"
        notes = (f"it begins as {known.name}{_own_end(network, layers, named)}",)
        prepared = prepared_as_for_keras(network, known)
        notes += (SENTENCE,) if prepared is not network and not images_stated else ()
        network = prepared
    own_files = {read.as_it_is: source.path.absolute()} if read.as_it_is else {}
    tensors = finite(read.tensors, source.path)
    return Stated(reader, network, tensors, {name: name for name in tensors}, notes, own_files)


def _own_end(network: Network, layers: Sequence[str], named: str) -> str:
    """How a network goes on that begins as a known one, in words that follow its name."""
    if not layers:
        return f" and ends at {network.nodes[-1].name}"
    return f"; its own {'layer is' if len(layers) == 1 else 'layers are'} {named}"


def _other_head(source: Source, reader: Reader, model: Network, error: InputError) -> Stated:
    """The file's own network, if it is the one that is wanted up to its head.

    Raises:
        InputError: if it is not.
    """
    path, own = source.path, network_in(source, None)  # at its own size
    if own is None:
        raise error
    known = match_catalogue(own.network, own.tensors)
    if known is not None:
        name = known[0].name
        raise InputError(
            f"weights {path}: the file's network is {name}, not {model.name}; fix: --model {name}"
        ) from error
    beginning = match_beginning(own.network)
    if beginning is None or not _is_same_but_head(beginning, model):
        raise error
    return _own(source, reader, own, beginning, not has_own_preprocessing(model))


def _is_same_but_head(beginning: tuple[Network, Matching], model: Network) -> bool:
    """Whether all convolutions of the network that is wanted are those of the file's."""
    known, matching = beginning
    if known.name.removesuffix("-notop") != model.name.removesuffix("-notop"):
        return False
    common = {match.second for match in matching.tensors}
    return all(
        node.tensors["kernel"] in common
        for node in model.nodes
        if node.op == "conv" and "kernel" in node.tensors
    )


def _as_keras_takes_images(read: ReadNetwork, reader: Reader, model: Network | None) -> ReadNetwork:
    """The same network, which takes BGR if it is Keras's and nobody says otherwise.

    A Keras file does not say so, but `keras.applications.vgg16.preprocess_input` gives BGR.
    """
    image = read.network.inputs[0]
    stated = model is not None and not has_own_preprocessing(model)
    if reader is not keras.READER or image.preprocessing is not None or stated:
        return read
    taken = replace(image, preprocessing=KERAS_VGG)
    return replace(read, network=replace(read.network, inputs=(taken, *read.network.inputs[1:])))
