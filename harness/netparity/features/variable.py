"""What a feature file holds: named arrays whose shapes are known before their values are read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.files.matlab import Leaf
from netparity.files.stored import Unreadable

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.floating[Any]]

_UNUSABLE = {
    "b": "true/false values",
    "c": "complex numbers",
    "S": "text",
    "U": "text",
    "O": "objects, which are never unpickled",
    "V": "records",
}


@dataclass(frozen=True)
class Variable:
    """One member of a feature file.

    Attributes:
        name: as the file's own tool writes it (`fc6`, `features/fc6`, `res(3).x`); None where the
            format has no names.
        shape: as the file's own tool shows it, MATLAB's axes included.
        load: reads the values; called for the one chosen variable.
        problem: why these are not numbers ("text"), or None.
        matlab: whether MATLAB's axes (H x W x C x N, the first one fastest) are its natural ones.
        label: what the field `name` beside it calls it, as in the variables of a DagNN; else empty.
    """

    name: str | None
    shape: tuple[int, ...]
    load: Callable[[], Array]
    problem: str | None = None
    matlab: bool = False
    label: str = ""

    @property
    def described(self) -> str:
        """Name, and shape or why it cannot be used, for a list in a message."""
        name = "the array" if self.name is None else repr(self.name)
        return f"{name} ({self.problem or shape_text(self.shape)})"


def variable_of(name: str | None, leaf: Leaf, matlab: bool = False) -> Variable:
    """What a reader of `files` found, as a variable."""
    if isinstance(leaf, str):
        return Variable(name, (), _nothing, _UNUSABLE["U"], matlab)
    if isinstance(leaf, Unreadable):
        return Variable(name, leaf.shape, _nothing, leaf.what, matlab)
    problem = problem_of(leaf.dtype, leaf.shape)
    if not matlab:
        return Variable(name, leaf.shape, leaf.load, problem)
    return Variable(name, leaf.shape[::-1], lambda: leaf.load().T, problem, matlab)


def variables_of_structs(leaves: Iterable[tuple[str, Leaf]]) -> Iterator[Variable]:
    """MATLAB's values; those of structs with a field `name` have it as their label."""
    found = list(leaves)
    names = {
        place.removesuffix(".name"): leaf
        for place, leaf in found
        if isinstance(leaf, str) and place.endswith(".name")
    }
    for place, leaf in found:
        variable = variable_of(place, leaf, matlab=True)
        label = names.get(place.rpartition(".")[0], "")
        yield replace(variable, label=label) if variable.problem is None else variable


def _nothing() -> Array:
    return np.empty(0)


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape in words: `3 x 4`."""
    return " x ".join(map(str, shape)) or "a single number"


def problem_of(dtype: np.dtype[Any], shape: tuple[int, ...]) -> str | None:
    """Why arrays of this type and shape are not features, or None."""
    if dtype.kind == "V" and set(dtype.names or ()) == {"real", "imag"}:
        return _UNUSABLE["c"]  # as MATLAB and Octave store them in HDF5
    if dtype.kind not in "fiu":
        return _UNUSABLE.get(dtype.kind, f"values of type {dtype}")
    return "no values" if math.prod(shape) == 0 else None


def as_floats(array: Array) -> Floats:
    """The same values as native floats: float16, 32 and 64 as they are, all else as float64."""
    kept = array.dtype.kind == "f" and array.dtype.itemsize <= 8
    dtype = array.dtype.newbyteorder("=") if kept else np.dtype(np.float64)
    return np.ascontiguousarray(array, dtype=dtype)
