"""Octave's HDF5 (`save -hdf5`): each variable is a group of `type` in words, and `value`.

That holds inside structs and cells too; a cell's members are called `_0`, `_1` and so on. Axes are
turned round, as MATLAB's are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

import numpy as np

from netparity.files.hdf5 import Array, Group, Item, text_of
from netparity.files.limits import DEEPEST
from netparity.files.mat73 import Nodes
from netparity.files.matlab import Cell, Node, Struct
from netparity.files.stored import Stored, Unreadable


def is_octave(item: Item) -> TypeGuard[Group]:
    """Whether a group is a variable as Octave writes it."""
    if not isinstance(item, Group) or set(item.members) != {"type", "value"}:
        return False
    return text_of(item.members["type"]) is not None


def node(group: Group, name: str, nodes: Nodes, depth: int = 0) -> Node:
    """The value that such a group stands for.

    Raises:
        DamagedError: if there are more than a file may have.
    """
    kind, value = text_of(group.members["type"]) or "", group.members["value"]
    if depth > DEEPEST:
        return Unreadable(name, "values nested too deeply, or in circles")
    if isinstance(value, Group):
        members = {
            field: _member(item, field, nodes, depth) for field, item in value.members.items()
        }
        if kind != "cell":
            return Struct((members,))
        places = {int(field[1:]): field for field in members if field[1:].isdigit()}
        return Cell(tuple(members[places[place]] for place in sorted(places)))
    if isinstance(value, Array):
        return _array(value.values, kind, name)
    return Unreadable(name, "values elsewhere (it is a link)")


def _array(values: Stored | Unreadable, kind: str, name: str) -> Stored | Unreadable:
    if "string" in kind:
        return Unreadable(name, "text")
    if "range" in kind:
        return Unreadable(name, "a range; save it as a matrix")
    if "bool" in kind and isinstance(values, Stored):
        return replace(values, dtype=np.dtype(np.bool_))
    return values


def _member(item: Item, name: str, nodes: Nodes, depth: int) -> Node:
    if is_octave(item):
        nodes.count()
        return node(item, name, nodes, depth + 1)
    return nodes.node(item, name, depth + 1)
