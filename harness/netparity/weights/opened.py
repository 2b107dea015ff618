"""A weight file whose format and model are known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from netparity.errors import InputError
from netparity.files import hdf5
from netparity.models import Model
from netparity.weights.contents import Contents, FileTensors, Format, check, identify
from netparity.weights.examination import examine
from netparity.weights.formats import BY_NAME, FORMATS

_HEAD_BYTES = 2**16
_MATLAB_73 = b"MATLAB 7.3"


@dataclass(frozen=True)
class WeightFile:
    """A file whose layers have been checked against its model; the values are not read yet."""

    path: Path
    format: Format
    contents: Contents
    model: Model

    def tensors(self) -> FileTensors:
        """The canonical tensors, each read and checked on access."""
        return FileTensors(self.path, self.format.title, self.contents, self.model)


def open_weights(path: Path, model: Model | None = None) -> WeightFile:
    """Recognise a weight file and check its layers.

    Args:
        model: the expected model; by default it is identified from the layers.

    Raises:
        InputError: if it is damaged, in an unknown format, or does not contain the model.
    """
    head = _head(path)
    if _holds_hdf5(path, head):
        examine(path)
    format_ = _told(path, head)
    contents = format_.read(path)
    model = model or identify(contents)
    check(contents, model, path)
    return WeightFile(path, format_, contents, model)


def recognise(path: Path) -> Format:
    """The format of a file, from its contents or, failing that, from its name.

    Raises:
        InputError: if neither determines it.
    """
    return _told(path, _head(path))


def _head(path: Path) -> bytes:
    """The first bytes of a file, which must exist and not be empty."""
    if path.is_dir():
        raise InputError(f"weights {path} is a folder; give the path of a weight file")
    if not path.exists():
        raise InputError(
            f"weights {path} do not exist; give the path of a weight file, such as a Keras .h5 or "
            "a MatConvNet .mat, or synthetic:SEED"
        )
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise InputError(f"weights {path} cannot be read: {error.strerror}") from error
    if not head:
        raise InputError(f"weights {path} are empty (0 bytes); is the download complete?")
    return head


def _told(path: Path, head: bytes) -> Format:
    for format_ in FORMATS:
        if _recognises(format_, path, head):
            return format_
    return by_ending(path, "weights")


def _holds_hdf5(path: Path, head: bytes) -> bool:
    """Whether the HDF5 library would read this file or a part of it."""
    ending = path.name.lower().endswith((".h5", ".hdf5", ".keras"))
    return ending or hdf5.SIGNATURE in head or head.startswith(_MATLAB_73)


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


def _recognises(format_: Format, path: Path, head: bytes) -> bool:
    try:
        return format_.recognise is not None and format_.recognise(path, head)
    except Exception:  # libraries raise many types on damaged files; the reader reports them
        return False
