"""Named values that are read or computed when they are asked for, as rooms hand them on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class LazyMapping(Mapping[str, Value]):
    """A mapping whose values `fetch` makes, each time that one is asked for."""

    def __init__(self, names: Iterable[str], fetch: Callable[[str], Value]) -> None:
        self._names, self._fetch = dict.fromkeys(names), fetch

    def __getitem__(self, name: str) -> Value:
        """One value.

        Raises:
            KeyError: if there is none of this name.
        """
        if name not in self._names:
            raise KeyError(name)
        return self._fetch(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names  # the default would make the value to find out

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


MOST_BYTES = 2**30
"""How much a search keeps of the weights: all of VGG16's."""


class Remembering(Mapping[str, Value]):
    """A mapping that keeps what was asked for, up to a number of bytes.

    Args:
        values: each has `nbytes`, and is read anew each time that it is asked for.
        most_bytes: what does not fit is not kept.
    """

    def __init__(self, values: Mapping[str, Value], most_bytes: int) -> None:
        self._values, self._left = values, most_bytes
        self._kept: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        """One value.

        Raises:
            KeyError: if there is none of this name.
        """
        if name in self._kept:
            return self._kept[name]
        value = self._values[name]
        size = int(getattr(value, "nbytes", 0))
        if size <= self._left:
            self._left -= size
            self._kept[name] = value
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
