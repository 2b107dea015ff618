"""A weight file whose format and model are known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from netparity.errors import InputError
from netparity.files.limits import WEIGHTS
from netparity.files.source import Source, open_source
from netparity.networks import Network, opening
from netparity.networks.matching import match_catalogue
from netparity.weights.contents import Contents, Format, Tensors, check, file_tensors, identify
from netparity.weights.formats import BY_NAME, FORMATS
from netparity.weights.network_files import matched


@dataclass(frozen=True)
class WeightFile:
    """A file whose layers have been checked against its model; the values are not read yet."""

    path: Path
    format: Format
    contents: Contents
    model: Network

    def tensors(self) -> Tensors:
        """The canonical tensors, each read and checked on access."""
        return file_tensors(self.path, self.format.title, self.contents, self.model)


def open_weights(path: Path, model: Network | None = None) -> WeightFile:
    """Recognise a weight file and check its layers.

    Args:
        model: the expected model; by default it is identified from the layers.

    Raises:
        InputError: if it is damaged, in an unknown format, or does not contain the model.
    """
    source = refuse_unreadable(path)
    try:
        format_ = recognise(source)
        contents = format_.read(source)
        model = model or identify(contents)
        check(contents, model, path)
    except InputError as error:
        raise _of_network(source, error) from error
    refuse_other_structure(source, model)
    return WeightFile(path, format_, contents, model)


def _of_network(source: Source, error: InputError) -> InputError:
    """A better error for a file whose layers are not VGG's, if it states its own network."""
    try:
        read = opening.stated_by(source)
    except InputError:
        return error
    if read is None:
        return error
    found = match_catalogue(read.network, read.tensors)
    known = f" with the structure of {found[0].name}" if found is not None else ""
    return InputError(
        f"{error}. The file states a network of its own{known}: see it with netparity network "
        "show, compare it with netparity compare --model, write it for another tool with netparity "
        "network convert"
    )


def refuse_other_structure(source: Source, model: Network) -> None:
    """Layers of the right sizes are not enough, if the file states how they are connected.

    Raises:
        InputError: if the file states another network, or one that is not understood.
    """
    read = opening.stated_by(source, model.input_size)
    if read is not None:
        matched(read, model, source.path)


def refuse_unreadable(path: Path) -> Source:
    """The file, if it is one that can be opened.

    Raises:
        InputError: saying what it is instead.
    """
    example = "a Keras .h5 or a MatConvNet .mat (or give synthetic:SEED)"
    return open_source(path, WEIGHTS, "weights", example)


def recognise(source: Source) -> Format:
    """The format of a file, from its contents or, failing that, from its name.

    Raises:
        InputError: if neither determines it.
    """
    for format_ in FORMATS:
        if _recognises(format_, source):
            return format_
    return by_ending(source.path, "weights")


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
