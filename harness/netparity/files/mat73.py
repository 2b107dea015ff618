"""MATLAB's v7.3: HDF5 with references where structs and cells hold their members.

Every data set has an attribute `MATLAB_class`; a cell holds references into the group `#refs#`, a
struct is a group of its fields, a text is an array of UTF-16 units, and axes are turned round.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from netparity.files import hdf5
from netparity.files.limits import DEEPEST, MOST_ARRAYS, MOST_TEXT, DamagedError
from netparity.files.matlab import Cell, Node, Struct

_USER_BLOCK_BYTES = 512


def looks_like(path: Path, head: bytes) -> bool:
    """Whether it is HDF5 behind MATLAB's own header."""
    with path.open("rb") as file:
        file.seek(_USER_BLOCK_BYTES)
        return head.startswith(b"MATLAB 7.3") and file.read(8) == hdf5.SIGNATURE


def read(path: Path) -> dict[str, Node]:
    """The variables of a file; the values of arrays are read when they are asked for.

    Raises:
        DamagedError: if it holds what weights have no use for, or loops.
    """
    import h5py

    file = h5py.File(path, "r")
    walk = _Walk(file)
    return {name: walk.node(hdf5.member(file, name), name, 0) for name in file if name[:1] != "#"}


class _Walk:
    """Follows members and references, each to a limited depth and number."""

    def __init__(self, file: Any) -> None:
        self._file, self._seen = file, 0

    def node(self, item: Any, name: str, depth: int) -> Node:
        import h5py

        self._seen += 1
        if depth > DEEPEST or self._seen > MOST_ARRAYS:
            raise DamagedError("its cells or structs are nested too deeply, or go in circles")
        kind = hdf5.text(item.attrs.get("MATLAB_class", b""))
        if isinstance(item, h5py.Group):
            if kind not in ("struct", ""):
                raise DamagedError(f"{name[:80]!r} is of MATLAB's class {kind[:40]!r}, not read")
            return self._struct(item, depth)
        if item.attrs.get("MATLAB_empty"):
            return Cell(())
        if kind == "cell":
            return Cell(tuple(self._references(item, depth)))
        if kind == "char":
            if item.size > MOST_TEXT:
                raise DamagedError(f"{name[:80]!r} is a text of {item.size:,} characters")
            units = np.asarray(item[()], dtype="<u2").reshape(-1)
            return units.tobytes().decode("utf-16-le", "replace")
        if kind not in ("single", "double", "logical") and not kind.startswith(("int", "uint")):
            raise DamagedError(f"{name[:80]!r} is of MATLAB's class {kind[:40]!r}, not read")
        return hdf5.stored(item, name, kinds="fiu")

    def _struct(self, group: Any, depth: int) -> Struct:
        fields = {name: hdf5.member(group, name) for name in group}
        if any(self._is_array_of(field) for field in fields.values()):
            columns = {name: list(self._references(field, depth)) for name, field in fields.items()}
            count = min(map(len, columns.values()))
            return Struct(
                tuple({name: column[at] for name, column in columns.items()} for at in range(count))
            )
        return Struct(
            ({name: self.node(field, name, depth + 1) for name, field in fields.items()},)
        )

    def _is_array_of(self, field: Any) -> bool:
        """A struct array's field is a data set of references without a class of its own."""
        return (
            hasattr(field, "dtype")
            and field.dtype.kind == "O"
            and "MATLAB_class" not in field.attrs
        )

    def _references(self, data: Any, depth: int) -> list[Node]:
        import h5py

        if data.size > MOST_ARRAYS or h5py.check_ref_dtype(data.dtype) is None:
            raise DamagedError("a cell holds no references, or too many")
        found = []
        for reference in np.asarray(data[()]).reshape(-1):
            if not reference:
                raise DamagedError("a cell refers to nothing")
            found.append(
                self.node(self._file[reference], str(self._file[reference].name), depth + 1)
            )
        return found
