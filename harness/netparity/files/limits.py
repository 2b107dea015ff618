"""What no file of weights or features has a reason to exceed, and errors in words."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from netparity.errors import InputError
from netparity.files import strangers

MOST_HEADER_BYTES = 2**24
MOST_UNPACKED_BYTES = 2**33
MOST_TEXT = 4096
LONGEST_NAME = 512
"""Of a member, in characters. Names of members inside members are joined, and there may be 10,000
in a group, so that long ones would take gigabytes."""
MOST_FIELDS = 256
MOST_AXES = 32
DEEPEST = 32
MOST_CHUNK_VALUES = 2**24
NAME_SHOWN = 80
_TEXTS = (".prototxt", ".pbtxt", ".json", ".txt")


@dataclass(frozen=True)
class Limits:
    """What a file may ask of its reader.

    Attributes:
        array_bytes: of one array. The largest of a VGG network has 103 million float32 values.
        members: arrays, groups, structs and cells in one file.
        ratio: how many times its size compressed data may unpack to, beyond `free_bytes`.
        free_bytes: an array of up to this size is accepted whatever the ratio.
        rooted_names: whether a member of an archive may have a name that begins with a slash, as
            ONNX's values do. Nothing is ever unpacked to where a name leads.
    """

    array_bytes: int = 2**31
    members: int = 10_000
    ratio: int = 100
    free_bytes: int = 2**24
    rooted_names: bool = False

    def allows(self, unpacked_bytes: int, packed_bytes: int) -> bool:
        """Whether `packed_bytes` may become as many as `unpacked_bytes`."""
        return unpacked_bytes <= max(self.ratio * packed_bytes, self.free_bytes)


WEIGHTS = Limits()
FEATURES = Limits(free_bytes=2**26, rooted_names=True)
"""A broken network's features may be all zero, which deflate packs a thousandfold."""


class DamagedError(Exception):
    """A file is not what its kind prescribes."""


class CutOffError(DamagedError):
    """A file ends before what it announces, as an unfinished download does."""


_IN_WORDS = (DamagedError, OSError, zipfile.BadZipFile, zlib.error)
"""Errors whose message is a sentence by itself."""


@contextmanager
def reading(path: Path, kind: str, what: str = "weights") -> Iterator[None]:
    """Turn every error of a reader into one sentence that names the file.

    Whether the file is complete is asked only where it ends too early. If it is of another kind
    than the reader's, as a page of HTML named .h5, the sentence says so.

    Raises:
        InputError: for anything but an interrupt and its like.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # libraries raise many types on damaged files
        stranger = strangers.recognise(path)
        # The reader of a text knows best what is wrong with it.
        is_read = what == "features" or path.suffix.lower() in _TEXTS
        if stranger is not None and not (stranger.sort == "text" and is_read):
            raise InputError(strangers.sentence(path, what, stranger)) from error
        reason = _in_words(error)
        question = "; is the file complete?" if isinstance(error, (CutOffError, EOFError)) else ""
        raise InputError(
            f"{what} {path} cannot be read as {kind}: {reason[:400]}{question}"
        ) from error


def _in_words(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "it takes more memory than there is"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error) if isinstance(error, _IN_WORDS) else repr(error)


def check_size(
    name: str, shape: Sequence[int], dtype: np.dtype[np.generic], limits: Limits
) -> None:
    """Refuse an array that claims more than there is a use for.

    Raises:
        DamagedError: naming the array.
    """
    if (problem := size_problem(shape, dtype, limits)) is not None:
        raise DamagedError(f"{name[:NAME_SHOWN]!r} claims {problem}")


def size_problem(shape: Sequence[int], dtype: np.dtype[np.generic], limits: Limits) -> str | None:
    """Why an array is too large, in words; None if it is not."""
    needed = math.prod(shape) * dtype.itemsize
    if needed > limits.array_bytes:
        return f"{needed:,} bytes where at most {limits.array_bytes:,} are accepted"
    return None
