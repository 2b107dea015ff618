"""The settings that a sweep goes through. Light to import, as `run/request.py` is."""

# The types of the fields are read at run time, so annotations are evaluated here.

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from netparity.errors import UsageError
from netparity.run.option import Typed, documented, option

_MOST_DIGITS = 9


def numbers_of(name: str) -> Callable[[str], tuple[int, ...]]:
    """Return a reader of `1,2,4` for the option of that name; it may raise UsageError."""

    def read(text: str) -> tuple[int, ...]:
        parts = split(text)
        if not all(
            part.isascii() and part.isdecimal() and len(part) <= _MOST_DIGITS for part in parts
        ):
            raise UsageError(f"{name} {text!r}: expected numbers such as 1,2,4")
        return tuple(int(part) for part in parts)

    return read


def split(text: str) -> tuple[str, ...]:
    """Return what stands between commas."""
    return tuple(part.strip() for part in text.split(",")) if text else ()


@documented
@dataclass(frozen=True)
class Grid:
    """The settings to go through; each batch size is combined with each number of threads."""

    batches: Sequence[int] = option(
        (1,),
        "Images per prediction; the images given are repeated to fill a batch.",
        "--batch",
        metavar="N,N",
        typed=Typed(str, "1", numbers_of("--batch")),
    )
    threads: Sequence[int] = option(
        (),
        "Threads per tool.",
        "--threads",
        metavar="N,N",
        shown="all",
        typed=Typed(str | None, None, numbers_of("--threads")),
    )
    data_formats: Sequence[str] = option(
        (),
        "channels_last, channels_first or both, for the runners that have the choice.",
        "--data-format",
        metavar="ORDER,ORDER",
        typed=Typed(str | None, None, split),
    )
