"""A message of Caffe's, whether it was read from bytes or from text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from netparity.files.limits import DamagedError
from netparity.networks.reading.caffe.schema import BY_NAME

_MOST = 2**31


class WrongError(DamagedError):
    """What is wrong with a layer, in words that follow its name."""


class Word(str):
    """A word of a text file that is not quoted: an enumeration's name, `true` or `false`."""

    __slots__ = ()


@dataclass
class Message:
    """Fields by their names, each with all its values in the file's order.

    Attributes:
        kind: a key of `schema.MESSAGES`.
        unknown: fields that Caffe's own format does not have.
    """

    kind: str
    values: dict[str, list[Any]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def add(self, name: str, value: Any) -> None:
        """Append a value."""
        self.values.setdefault(name, []).append(value)

    def has(self, name: str) -> bool:
        """Whether the file gives the field a value."""
        return bool(self.values.get(name))

    def text(self, name: str, default: str = "") -> str:
        """The last value, as Protocol Buffers prescribe for a field that occurs once."""
        return self.texts(name)[-1] if self.has(name) else default

    def texts(self, name: str) -> list[str]:
        """Every value."""
        return [self._fits(name, value, str, "text") for value in self.values.get(name, ())]

    def integer(self, name: str, default: int) -> int:
        """The last value."""
        return self.integers(name)[-1] if self.has(name) else default

    def integers(self, name: str) -> list[int]:
        """Every value."""
        found = [
            self._fits(name, value, int, "a whole number") for value in self.values.get(name, ())
        ]
        for value in found:
            if not -_MOST < value < _MOST:
                raise WrongError(f"has {name} {value:.3g}, which is not a size")
        return found

    def number(self, name: str, default: float) -> float:
        """The last value."""
        return self.numbers(name)[-1] if self.has(name) else default

    def numbers(self, name: str) -> list[float]:
        """Every value, each finite."""
        found = []
        for value in self.values.get(name, ()):
            number = float(self._fits(name, value, (int, float), "a number"))
            if not math.isfinite(number):
                raise WrongError(f"has {name} {number}, expected a finite number")
            found.append(number)
        return found

    def flag(self, name: str, default: bool) -> bool:
        """The last value."""
        if not self.has(name):
            return default
        value = self.values[name][-1]
        known = {"true": True, "t": True, "false": False, "f": False, "True": True, "False": False}
        if isinstance(value, Word) and value in known:
            return known[value]
        return bool(self._fits(name, value, int, "true or false"))

    def word(self, name: str, default: str) -> str:
        """The last value of an enumeration, as its name."""
        if not self.has(name):
            return default
        value, words = self.values[name][-1], BY_NAME[self.kind][name].words
        if isinstance(value, int) and 0 <= value < len(words):
            return words[value]
        if not isinstance(value, str) or value not in words:
            raise WrongError(f"has {name} {shown(value)}, expected {' or '.join(words[:8])}")
        return str(value)

    def messages(self, name: str) -> list[Message]:
        """Every value of a field that holds messages."""
        return [self._fits(name, value, Message, "a group") for value in self.values.get(name, ())]

    def message(self, name: str) -> Message:
        """All values of a field that occurs once merged into one, empty if there is none."""
        parts = self.messages(name)
        merged = Message(parts[0].kind if parts else name)
        for part in parts:
            for key, values in part.values.items():
                merged.values.setdefault(key, []).extend(values)
            merged.unknown += part.unknown
        return merged

    def _fits(self, name: str, value: Any, kind: Any, expected: str) -> Any:
        if not isinstance(value, kind) or (isinstance(value, Word) and kind is str):
            raise WrongError(f"has {name} {shown(value)}, expected {expected}")
        return value


def shown(value: Any) -> str:
    """A value in an error."""
    return "{...}" if isinstance(value, Message) else repr(value)[:60]


def plain(text: str, most: int = 40) -> str:
    """A name or a type in an error, quoted if it could control a terminal."""
    return text[:most] if text.isprintable() else repr(text[:most])


def product(shape: Iterable[int]) -> str:
    """A shape in an error."""
    return " x ".join(map(str, shape)) or "of one value"
