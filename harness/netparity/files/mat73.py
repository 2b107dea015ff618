"""MATLAB's v7.3: HDF5 with references where structs and cells hold their members.

Every data set has an attribute `MATLAB_class`; a cell holds references into the group `#refs#`, a
struct is a group of its fields (a struct array: references per field), a text is an array of
UTF-16 units, and axes are turned round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from netparity.files import hdf5
from netparity.files.hdf5 import Array, Group, Item, Link, text
from netparity.files.limits import DEEPEST, MOST_TEXT, DamagedError, Limits
from netparity.files.matlab import Cell, Node, Struct
from netparity.files.stored import Stored, Unreadable, empty

OWN = ("#refs#", "#subsystem#")
"""Groups at the top that are not variables."""

_CLASS = "MATLAB_class"


def looks_like(head: bytes) -> bool:
    """Whether a file that begins so is HDF5 behind MATLAB's own header."""
    return head.startswith(b"MATLAB 7.3") and hdf5.looks_like(head)


def read(root: Group, limits: Limits) -> dict[str, Node]:
    """The variables of a file; the values of arrays are read when they are asked for.

    Raises:
        DamagedError: if it has more members than are accepted.
    """
    nodes = Nodes(limits)
    return {name: nodes.node(item, name) for name, item in root.members.items() if name not in OWN}


def is_matlab(item: Item) -> bool:
    """Whether an object of an HDF5 file has to be read as MATLAB's."""
    if isinstance(item, Link):
        return False
    if isinstance(item, Array) and item.targets is not None:
        return True
    return bool({_CLASS, "MATLAB_sparse"} & set(item.attributes))


class Nodes:
    """Makes MATLAB's values from HDF5 objects, up to the number that a file may have.

    They are counted, since a chain of references makes billions of values from a few objects.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits, self._made = limits, 0

    def node(self, item: Item | None, name: str, depth: int = 0) -> Node:
        """The value that an object stands for.

        Raises:
            DamagedError: if there were too many.
        """
        self.count()
        if depth > DEEPEST:
            return Unreadable(name, "values nested too deeply, or in circles")
        if isinstance(item, Link):
            return Unreadable(name, "values elsewhere (it is a link)")
        if item is None:
            return Unreadable(name, "a reference to nothing")
        if isinstance(item, Group):
            return self._group(item, name, depth)
        return self._array(item, name, depth)

    def count(self) -> None:
        """Count one more value.

        Raises:
            DamagedError: if there were too many.
        """
        self._made += 1
        if self._made > self._limits.members:
            raise DamagedError(
                f"it holds more than {self._limits.members:,} arrays, structs and cells; save the "
                "variable wanted alone"
            )

    def _group(self, group: Group, name: str, depth: int) -> Node:
        kind = text(group.attributes.get(_CLASS, ""))
        if "MATLAB_sparse" in group.attributes:
            return Unreadable(name, "a sparse matrix")
        if kind not in ("struct", ""):
            return Unreadable(name, f"an object of MATLAB's class {kind[:40]!r}")
        columns = [_column(field) for field in group.members.values()]
        if not columns or any(column is None for column in columns):
            fields = group.members.items()
            return Struct(({field: self.node(item, field, depth + 1) for field, item in fields},))
        rows = zip(*(column for column in columns if column is not None), strict=False)
        return Struct(
            tuple(
                {
                    field: self.node(item, field, depth + 1)
                    for field, item in zip(group.members, row, strict=True)
                }
                for row in rows
            )
        )

    def _array(self, array: Array, name: str, depth: int) -> Node:
        kind = text(array.attributes.get(_CLASS, ""))
        if array.attributes.get("MATLAB_empty"):
            return _empty(kind, name)
        if array.targets is not None:
            return Cell(tuple(self.node(item, name, depth + 1) for item in array.targets))
        if kind == "char" and isinstance(array.values, Stored):
            return _text(array.values)
        return _numbers(array.values, kind, name)


def _column(field: Item) -> Sequence[Item | None] | None:
    """A struct array's field is a data set of references without a class of its own."""
    if isinstance(field, Array) and _CLASS not in field.attributes:
        return field.targets
    return None


def _empty(kind: str, name: str) -> Node:
    empties: dict[str, Node] = {"cell": Cell(()), "struct": Struct(()), "char": ""}
    return empties.get(kind, empty(name))


def _numbers(values: Stored | Unreadable, kind: str, name: str) -> Stored | Unreadable:
    if kind == "function_handle":
        return Unreadable(name, "a function")
    if kind not in ("single", "double", "logical", "") and not kind.startswith(("int", "uint")):
        return Unreadable(name, f"an object of MATLAB's class {kind[:40]!r}")
    if kind == "logical" and isinstance(values, Stored):
        return replace(values, dtype=np.dtype(np.bool_))
    return values


def _text(values: Stored) -> str | Unreadable:
    if values.size > MOST_TEXT or values.dtype.kind not in "ui":
        return Unreadable(values.name, f"text of {values.size:,} characters")
    units = np.asarray(values.fetch(0, values.size), dtype="<u2")
    return units.tobytes().decode("utf-16-le", "replace")
