"""Fields of `network.json`, each of the kind that it must have.

Every function raises a `GraphError` that names the field, its value and what was expected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_args, get_type_hints

from netparity.networks.node import GraphError, Preprocessing, Shape

Result = TypeVar("Result")

DEEPEST = 8
"""Lists in lists in an attribute."""
MOST_ENTRIES = 100_000
"""Of a list or a mapping."""
_MOST_SHOWN = 80


def unexpected(field: str, value: Any, expected: str) -> GraphError:
    """The error for one field."""
    shown = type(value).__name__ if isinstance(value, (Mapping, list, tuple)) else shortened(value)
    return GraphError(f"network.json: {field} is {shown}, expected {expected}")


def shortened(value: Any) -> str:
    """A value as it would be typed, cut to what fits a line."""
    try:
        shown = repr(value)
    except ValueError:  # whole numbers of more than 4300 digits
        return "a huge number"
    return shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}..."


def text(value: Any, field: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise unexpected(field, value, "text")
    return value


def flag(value: Any, field: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise unexpected(field, value, "true or false")
    return value


def number(value: Any, field: str) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise unexpected(field, value, "a number")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise unexpected(field, value, "a finite number")
    return found


def whole(value: Any, field: str) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise unexpected(field, value, "a whole number")
    return value


def entries(value: Any, field: str) -> Sequence[Any]:
    """A list that is not absurdly long; in a document that was never text, also a tuple."""
    if not isinstance(value, (list, tuple)) or len(value) > MOST_ENTRIES:
        raise unexpected(field, value, f"a list of at most {MOST_ENTRIES} entries")
    return value


def mapping(value: Any, field: str) -> Mapping[str, Any]:
    """A mapping that is not absurdly large."""
    if not isinstance(value, Mapping) or len(value) > MOST_ENTRIES:
        raise unexpected(field, value, f"a mapping of at most {MOST_ENTRIES} entries")
    return value


def each(read: Callable[[Any, str], Result], value: Any, field: str) -> tuple[Result, ...]:
    """A list whose entries are all of one kind."""
    found = entries(value, field)
    return tuple(read(entry, f"{field}[{place}]") for place, entry in enumerate(found))


def texts(value: Any, field: str) -> dict[str, str]:
    """A mapping from text to text."""
    return {
        text(key, field): text(entry, f"{field}.{shortened(key)}")
        for key, entry in mapping(value, field).items()
    }


def shape(value: Any, field: str) -> Shape:
    """A list of whole numbers."""
    return each(whole, value, field)


def attributes(value: Any, field: str) -> dict[str, Any]:
    """Values with tuples for lists; what they must be is for the operation to say."""
    return {
        text(key, field): frozen(entry, f"{field}.{shortened(key)}")
        for key, entry in mapping(value, field).items()
    }


def frozen(value: Any, field: str, depth: int = 0) -> Any:
    """Lists as tuples, at every depth."""
    if not isinstance(value, (list, tuple)):
        return value
    if depth >= DEEPEST:
        raise unexpected(field, value, f"lists nested at most {DEEPEST} deep")
    return tuple(frozen(entry, field, depth + 1) for entry in entries(value, field))


def preprocessing(value: Any, field: str) -> Preprocessing | None:
    """How an image becomes the input; null where the file does not say."""
    if value is None:
        return None
    given = mapping(value, field)
    readers: dict[str, Callable[[Any, str], Any]] = {
        "order": _one_of("order"),
        "filter": _one_of("filter"),
        "mean": lambda entry, name: each(number, entry, name),
        "deviation": lambda entry, name: each(_divisor, entry, name),
        "scale": number,
        "mean_image": lambda entry, name: None if entry is None else text(entry, name),
        "resize": lambda entry, name: None if entry is None else _size(entry, name),
        "keep_aspect": flag,
    }
    for name in given:
        if name not in readers:
            raise GraphError(f"network.json: {field} has a field {shortened(name)} that is unknown")
    return Preprocessing(
        **{name: readers[name](entry, f"{field}.{name}") for name, entry in given.items()}
    )


def _one_of(name: str) -> Callable[[Any, str], str]:
    choices = get_args(get_type_hints(Preprocessing)[name])

    def read(value: Any, field: str) -> str:
        if not isinstance(value, str) or value not in choices:
            raise unexpected(field, value, f"one of {', '.join(choices)}")
        return value

    return read


def _divisor(value: Any, field: str) -> float:
    found = number(value, field)
    if found == 0:
        raise unexpected(field, value, "a number other than 0")
    return found


def _size(value: Any, field: str) -> tuple[int, int]:
    found = shape(value, field)
    if len(found) != 2 or min(found) < 1:
        raise unexpected(field, value, "a height and a width")
    return (found[0], found[1])
