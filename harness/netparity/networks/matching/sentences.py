"""Differences as sentences: one for each kind, with the nodes that have it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from netparity.networks.graph import Shape

_MOST_NAMES = 4


@dataclass(frozen=True)
class Difference:
    """What differs at one node.

    Attributes:
        words: a sentence with `{where}` in the place of the node.
        where: the node, as it is shown.
    """

    words: str
    where: str


def sentences(found: Iterable[Difference]) -> tuple[str, ...]:
    """A sentence for each kind of difference, with the nodes that have it."""
    places: dict[str, list[str]] = {}
    for difference in found:
        places.setdefault(difference.words, []).append(difference.where)
    return tuple(words.replace("{where}", listed(names)) for words, names in places.items())


def listed(names: list[str]) -> str:
    """Names in a sentence: all of them, or the first few and how many more there are."""
    shown = names if len(names) <= _MOST_NAMES + 1 else names[:_MOST_NAMES]
    if len(shown) < len(names):
        return f"{', '.join(shown)} and {len(names) - len(shown)} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def article(noun: str) -> str:
    """A noun with its article."""
    return f"{'an' if noun[0].lower() in 'aeio' else 'a'} {noun}"


def by(shape: Shape) -> str:
    """A shape in words."""
    return " x ".join(map(str, shape)) or "a single number"


def value(given: Any) -> str:
    """An attribute's value without the marks of Python."""
    if isinstance(given, (tuple, list)):
        return f"({','.join(value(item) for item in given)})"
    if isinstance(given, bool):
        return "yes" if given else "no"
    return f"{given:g}" if isinstance(given, float) else "none" if given is None else str(given)
