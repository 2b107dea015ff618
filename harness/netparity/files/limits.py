"""What no weight file has a reason to exceed, and errors in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from netparity.errors import InputError

MOST_VALUES = 2**28
"""Of one array; the largest of a VGG network has 103 million."""

MOST_ARRAYS = 4096
MOST_HEADER_BYTES = 2**24
MOST_TEXT = 4096
DEEPEST = 32


class DamagedError(Exception):
    """A file is not what its kind prescribes."""


@contextmanager
def reading(path: Path, kind: str) -> Iterator[None]:
    """Turn whatever a reader stumbles over into one sentence that names the file.

    Raises:
        InputError: for anything but a defect of the machine (memory, an interrupt).
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # libraries raise many types on damaged files
        said = str(error) if isinstance(error, (DamagedError, OSError)) else repr(error)
        raise InputError(
            f"weights {path} cannot be read as {kind}: {said[:400]}; is the file complete?"
        ) from error


def check_size(name: str, shape: Sequence[int]) -> None:
    """Refuse an array that claims more than any VGG layer has.

    Raises:
        DamagedError: naming it.
    """
    if math.prod(shape) > MOST_VALUES:
        raise DamagedError(
            f"{name[:80]!r} declares {math.prod(shape):,} values; no VGG layer has so many"
        )
