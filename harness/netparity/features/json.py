"""JSON: a list of numbers, nested or not, or objects that give such lists names."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

import numpy as np

from netparity.errors import InputError
from netparity.features.text import read_text
from netparity.features.variable import Array, Variable
from netparity.files.limits import MOST_TEXT
from netparity.files.source import Source

NAME = "JSON"
SUFFIXES = (".json",)

_MOST_AXES = 32


def recognises(head: bytes) -> bool:
    """Whether a file that starts so is of this format: text does not say."""
    return False


def variables(source: Source) -> list[Variable]:
    """The list, or every list in the objects, `outer/inner` by name. null is NaN.

    Raises:
        InputError: if it is not JSON, or nested too deeply.
    """
    path = source.path
    text = read_text(path, separators=(b",",))
    try:
        # Whole numbers too become floats, which have no limit on their digits.
        document = json.loads(text, parse_int=float, object_pairs_hook=_without_doubles)
    except RecursionError:
        raise InputError(
            f"features {path} are nested too deeply for a list of numbers; expected at most "
            f"{_MOST_AXES} levels"
        ) from None
    except ValueError as error:
        raise InputError(
            f"features {path} are not JSON: {error}; expected a list of numbers, or an object "
            'as {"fc6": [...]}'
        ) from None
    found = []
    waiting: list[tuple[str | None, Any]] = [(None, document)]
    while waiting:
        name, value = waiting.pop()
        if len(name or "") > MOST_TEXT:
            raise InputError(
                f"features {path} have objects in objects whose names have more than {MOST_TEXT:,} "
                "characters together; expected lists of numbers"
            )
        if isinstance(value, dict):
            prefix = "" if name is None else f"{name}/"
            waiting += [(prefix + key, value[key]) for key in reversed(value)]
        else:
            found.append(_variable(name, value))
        if len(found) + len(waiting) > source.limits.members:
            raise InputError(
                f"features {path} hold more than {source.limits.members:,} named values; expected "
                "lists of numbers"
            )
    return found


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name is duplicated in an object")
    return members


def _variable(name: str | None, value: Any) -> Variable:
    shape: list[int] = []
    level = [value]
    while level and len(shape) < _MOST_AXES and isinstance(level[0], list):
        if {type(item) for item in level} != {list} or len({len(item) for item in level}) > 1:
            return _no_array(name, "lists of unequal length")
        shape.append(len(level[0]))
        level = list(chain.from_iterable(level))
    kinds = {type(item) for item in level}
    if not level:
        return _no_array(name, "an empty list")
    if list in kinds:
        return _no_array(name, "numbers and lists side by side, or lists nested too deeply")
    for kind, problem in ((bool, "true/false values"), (str, "text"), (dict, "objects in a list")):
        if kind in kinds:
            return _no_array(name, problem)
    if not shape and level == [None]:
        return _no_array(name, "null")

    def load() -> Array:
        return np.array(level, dtype=np.float64).reshape(shape)  # None becomes NaN

    return Variable(name, tuple(shape), load)


def _no_array(name: str | None, problem: str) -> Variable:
    return Variable(name, (), lambda: np.empty(0), problem)
