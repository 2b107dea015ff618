"""HDF5: data sets anywhere in groups, also as MATLAB 7.3 and Octave lay their variables out.

MATLAB and Octave store the axes of an array in reverse, which is undone here. MATLAB's structs
are groups (a struct array: one data set of references per field), its cells data sets of
references; the attribute `MATLAB_class` tells. Octave wraps each variable, also inside structs
and cells, in a group of `type` and `value`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from netparity.errors import InputError
from netparity.features.variable import (
    MAX_BYTES,
    MAX_VARIABLES,
    Array,
    Variable,
    problem_of,
)

if TYPE_CHECKING:
    import h5py

NAME = "HDF5"
SUFFIXES = (".h5", ".hdf5", ".hdf", ".he5")

SIGNATURE = b"\x89HDF\r\n\x1a\n"

_USER_BLOCKS = (0, 512, 1024, 2048, 4096)
_DEEPEST = 32
_MATLAB_PROBLEMS = {"logical": "true/false values", "char": "text", "function_handle": "a function"}
_OWN_OF_MATLAB = ("#refs#", "#subsystem#")


def recognises(head: bytes) -> bool:
    """Whether a file that starts so is of this format, perhaps after a user block."""
    return any(head[start:].startswith(SIGNATURE) for start in _USER_BLOCKS)


def variables(path: Path) -> list[Variable]:
    """Every data set, by its path in the file or by MATLAB's notation.

    Raises:
        InputError: if there are too many.
    """
    import h5py

    found = []
    with h5py.File(path, "r") as file:
        for variable in _Walk(path, file).members(file, "", "/"):
            found.append(variable)
            if len(found) > MAX_VARIABLES:
                raise InputError(
                    f"features {path} hold more than {MAX_VARIABLES:,} arrays; copy the one "
                    "wanted into a file of its own"
                )
    return found


class _Walk:
    """One pass through a file; nothing is read but what tells shapes."""

    def __init__(self, path: Path, file: h5py.File) -> None:
        self.path = path
        self.file = file
        self.seen: set[Any] = set()  # a group may hold itself

    def members(
        self, group: h5py.Group, prefix: str, mark: str, depth: int = 0
    ) -> Iterator[Variable]:
        """Everything in a group; `mark` stands between its name and theirs."""
        import h5py

        if group in self.seen:
            return
        self.seen.add(group)
        for name in group:
            # A soft or external link could make us read any file there is.
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                continue
            if group == self.file and name in _OWN_OF_MATLAB:
                continue
            full_name = f"{prefix}{mark}{name}" if prefix else name
            yield from self.member(group[name], full_name, depth + 1)

    def member(self, item: Any, name: str, depth: int) -> Iterator[Variable]:
        """What one member of a group or of a cell is: variables of its own, or one variable."""
        import h5py

        if depth > _DEEPEST:
            yield Variable(name, (), _nothing, "nested too deeply")
            return
        matlab_class = _text(item.attrs.get("MATLAB_class"))
        if isinstance(item, h5py.Group):
            if _is_octave(item):
                yield from self.octave(item, name, depth)
            elif "MATLAB_sparse" in item.attrs:
                yield Variable(name, (), _nothing, "a sparse matrix")
            else:
                yield from self.members(item, name, "." if matlab_class else "/", depth)
        elif isinstance(item, h5py.Dataset):
            if h5py.check_ref_dtype(item.dtype) is h5py.Reference and item.shape is not None:
                yield from self.referenced(item, name, matlab_class == "cell", depth)
            else:
                problem = _MATLAB_PROBLEMS.get(matlab_class or "")
                if "MATLAB_empty" in item.attrs:
                    problem = "no values"
                yield self.variable(item, name, problem, matlab=matlab_class is not None)

    def octave(self, wrapped: h5py.Group, name: str, depth: int) -> Iterator[Variable]:
        """A variable of Octave: `type` in words, and `value`."""
        import h5py

        kind, value = _text(wrapped["type"][()]) or "", wrapped["value"]
        if isinstance(value, h5py.Group):
            if kind != "cell":
                yield from self.members(value, name, ".", depth)
                return
            for place in (place for place in value if place[1:].isdigit()):
                if isinstance(value.get(place, getlink=True), h5py.HardLink):
                    own_name = f"{name}{{{int(place[1:]) + 1}}}"
                    yield from self.member(value[place], own_name, depth + 1)
        else:
            problem = "true/false values" if "bool" in kind else None
            problem = "text" if "string" in kind else problem
            problem = "a range; save it as a matrix" if "range" in kind else problem
            yield self.variable(value, name, problem, matlab=True)

    def referenced(
        self, references: h5py.Dataset, name: str, cell: bool, depth: int
    ) -> Iterator[Variable]:
        """The members of a MATLAB cell, or one field of the members of a struct array."""
        if _kept_elsewhere(references) or references.size > MAX_VARIABLES:
            yield Variable(name, references.shape, _nothing, "references")
            return
        owner, _, field = name.rpartition(".")
        # Stored with its axes in reverse, so that this is MATLAB's own order.
        for place, reference in enumerate(references[()].ravel(), start=1):
            if reference:
                own_name = (
                    f"{name}{{{place}}}" if cell or not owner else f"{owner}({place}).{field}"
                )
                yield from self.member(self.file[reference], own_name, depth + 1)

    def variable(
        self, data: h5py.Dataset, name: str, problem: str | None, matlab: bool
    ) -> Variable:
        """A data set as a variable that is read later."""
        shape = tuple(data.shape or ())
        if _kept_elsewhere(data):
            problem = "values that lie in another file"
        elif data.shape is None:
            problem = "no values"
        if problem is None:
            problem = problem_of(data.dtype, shape)
        bytes_needed = math.prod(shape) * data.dtype.itemsize
        if problem is None and bytes_needed > MAX_BYTES:
            problem = f"{bytes_needed:,} bytes where at most {MAX_BYTES:,} are accepted"
        if data.name is None:
            problem = "a data set without a path"
        load = partial(_load, self.path, data.name, matlab)
        return Variable(name, shape[::-1] if matlab else shape, load, problem, matlab)


def _nothing() -> Array:
    return np.empty(0)


def _load(path: Path, name: str, matlab: bool) -> Array:
    import h5py

    with h5py.File(path, "r") as file:
        array: Array = file[name][()]
        return np.transpose(array) if matlab else array


def _is_octave(group: h5py.Group) -> bool:
    """Whether a group is a variable as Octave writes it."""
    import h5py

    if set(group) != {"type", "value"}:
        return False
    if not all(isinstance(group.get(name, getlink=True), h5py.HardLink) for name in group):
        return False
    kind = group["type"]
    return isinstance(kind, h5py.Dataset) and kind.dtype.kind == "S" and kind.shape == ()


def _kept_elsewhere(data: h5py.Dataset) -> bool:
    return bool(data.external or data.is_virtual)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
