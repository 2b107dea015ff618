"""MATLAB's values as every version of its files holds them: structs, cells, texts and arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from netparity.files.limits import DamagedError
from netparity.files.stored import Stored

_MOST_SMALL = 4096


@dataclass(frozen=True)
class Struct:
    """A struct array: the fields of each member."""

    members: tuple[dict[str, Node], ...]


@dataclass(frozen=True)
class Cell:
    """A cell array's members, by columns."""

    members: tuple[Node, ...]


Node: TypeAlias = "Struct | Cell | str | Stored"


def fields(node: Node | None, what: str) -> dict[str, Node]:
    """The fields of a single struct.

    Raises:
        DamagedError: if it is none.
    """
    if not isinstance(node, Struct) or len(node.members) != 1:
        raise DamagedError(f"{what} is no struct")
    return node.members[0]


def numbers(node: Node | None) -> npt.NDArray[np.float64]:
    """The values of a small array, flat and by columns; empty if it is none."""
    if not isinstance(node, Stored) or node.size > _MOST_SMALL or not node.size:
        return np.empty(0)
    return node.fetch(0, node.size).astype(np.float64).reshape(-1)
