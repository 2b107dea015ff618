"""Opens a network: one of the catalogue by its name, or the one that a file states."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from netparity.errors import InputError, UsageError
from netparity.files import strangers
from netparity.files.limits import WEIGHTS
from netparity.files.source import Source, open_source
from netparity.networks.catalogue import NETWORKS, catalogue_name
from netparity.networks.catalogue.names import nearest
from netparity.networks.input_size import InputSize, resized
from netparity.networks.reading import READERS
from netparity.networks.reading.base import Reader, ReadNetwork
from netparity.system.paths import usable_path


def open_network(name_or_path: str, input_size: InputSize | None = None) -> ReadNetwork:
    """The network with this name in the catalogue, or the one that a file states.

    Args:
        input_size: height and width of the input; None for what the network states.

    Returns:
        A network of the catalogue has no tensors.

    Raises:
        UsageError: if it is neither a name nor a file.
        InputError: if the file states no network, or one that is not understood.
    """
    path = usable_path(Path(name_or_path), "network")
    known = catalogue_name(name_or_path)
    if known is not None and (known == name_or_path or not path.exists()):
        network = NETWORKS[known]
        if input_size is not None:
            network = resized(network, (*input_size, *network.inputs[0].shape[2:]))
        return ReadNetwork(network, {})
    if not path.exists():
        near = " or ".join(nearest(name_or_path, NETWORKS))
        hint = strangers.hint(path) or (f"Did you mean {near}?" if near else "")
        raise UsageError(
            f"network {name_or_path[:200]!r} is neither a file nor in the catalogue "
            f"({', '.join(NETWORKS)}){'. ' if hint else ''}{hint}"
        )
    return read_network(path, input_size)


def read_network(path: Path, input_size: InputSize | None = None) -> ReadNetwork:
    """The network that a file states.

    Raises:
        InputError: if it states none, or one that is not understood.
    """
    read = stated_network(path, input_size)
    if read is None and (stranger := strangers.recognise(path)) is not None:
        raise InputError(strangers.sentence(path, "network", stranger))
    if read is None:
        kinds = ", ".join(dict.fromkeys(reader.title for reader in READERS)) or "nothing"
        raise InputError(
            f"network {path}: the file states no network that is known here (tried: {kinds}); a "
            "file that holds only weights needs a network beside it, by name or as a file of its "
            "own"
        )
    return read


def stated_network(path: Path, input_size: InputSize | None = None) -> ReadNetwork | None:
    """The network that a file states; None if it states none, such as a file of weights alone.

    Raises:
        InputError: if it cannot be read, or states a network that is not understood.
    """
    return stated_by(_source(path), input_size)


def stated_by(source: Source, input_size: InputSize | None = None) -> ReadNetwork | None:
    """The same for a file that is open already.

    Raises:
        InputError: as `stated_network`.
    """
    reader = reader_of(source)
    if reader is None:
        return None
    read = reader.read(source, input_size)
    first = read.network.inputs[0].shape
    if input_size is not None and first[:2] != input_size:
        return replace(read, network=resized(read.network, (*input_size, *first[2:])))
    return read


def reader_of(source: Source) -> Reader | None:
    """The reader that recognises a file; None if none does."""
    return next((reader for reader in READERS if _recognises(reader, source)), None)


def _recognises(reader: Reader, source: Source) -> bool:
    try:
        return reader.recognises(source)
    except Exception:  # libraries raise many types on damaged files
        return False


def _source(path: Path) -> Source:
    return open_source(path, WEIGHTS, "network", "net.onnx, net.keras or net.mat")
