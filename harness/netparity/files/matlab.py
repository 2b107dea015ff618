"""MATLAB's values as every version of its files holds them: structs, cells, texts and arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from netparity.files.limits import NAME_SHOWN, DamagedError
from netparity.files.stored import Stored, Unreadable

_MOST_SMALL = 4096


@dataclass(frozen=True)
class Struct:
    """A struct array: the fields of each member. MATLAB's old objects are structs of a class."""

    members: tuple[dict[str, Node], ...]
    is_object: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell array's members, by columns."""

    members: tuple[Node, ...]


Leaf: TypeAlias = "str | Stored | Unreadable"
Node: TypeAlias = "Struct | Cell | Leaf"


def leaves(name: str, node: Node) -> Iterator[tuple[str, Leaf]]:
    """Everything in a variable that is neither struct nor cell, by MATLAB's notation.

    The second member of the struct array `res` has the field `res(2).x`; `maps{1}` is a cell's
    first member.
    """
    if isinstance(node, Cell):
        for place, member in enumerate(node.members, start=1):
            yield from leaves(f"{name}{{{place}}}", member)
    elif isinstance(node, Struct):
        for place, values in enumerate(node.members, start=1):
            owner = name if len(node.members) == 1 else f"{name}({place})"
            for field, value in values.items():
                yield from leaves(f"{owner}.{field}", value)
    else:
        yield name, node


def check_plain(variables: Mapping[str, Node]) -> None:
    """Refuse variables that MATLAB would run code to load, and others that no weights need.

    Raises:
        DamagedError: naming the first object, function, sparse or complex matrix or the like.
    """
    for name, node in variables.items():
        if _holds_object(node):
            raise DamagedError(f"{name[:NAME_SHOWN]!r} holds an object of MATLAB's: not read")
        for place, leaf in leaves(name, node):
            if isinstance(leaf, Unreadable):
                raise DamagedError(f"{place[:NAME_SHOWN]!r} holds {leaf.what}: not read")


def fields(node: Node | None, what: str) -> dict[str, Node]:
    """The fields of a single struct.

    Raises:
        DamagedError: if it is none.
    """
    if not isinstance(node, Struct) or len(node.members) != 1:
        raise DamagedError(f"{what} is not a struct")
    return node.members[0]


def numbers(node: Node | None) -> npt.NDArray[np.float64]:
    """The values of a small array, flat and by columns; empty if it is none."""
    if not isinstance(node, Stored) or node.size > _MOST_SMALL or not node.size:
        return np.empty(0)
    return node.fetch(0, node.size).astype(np.float64).reshape(-1)


def _holds_object(node: Node) -> bool:
    if isinstance(node, Cell):
        return any(map(_holds_object, node.members))
    if isinstance(node, Struct):
        values = [value for member in node.members for value in member.values()]
        return node.is_object or any(map(_holds_object, values))
    return False
