"""From what a layer returns to arrays, whatever the framework."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.features.tensors import from_torch, packages_of

Array = npt.NDArray[np.float32]

_WITHOUT_VALUES = {"FakeTensor", "FunctionalTensor", "Tracer", "KerasTensor", "SymbolicTensor"}
"""Classes that stand for values while a framework traces or compiles."""


def arrays_in(output: object) -> Iterator[tuple[str, Array]]:
    """Every array in what a layer returns.

    Args:
        output: a tensor, or a list, tuple or mapping of tensors.

    Yields:
        What tells it from the layer's other arrays (`.0`, `.key`; empty if it is the only one), and
        a copy of its values as float32. Integers and values without numbers are left out.
    """
    found = list(_walk(output, ""))
    if len(found) == 1:
        yield "", found[0][1]
    else:
        yield from found


def _walk(output: object, path: str) -> Iterator[tuple[str, Array]]:
    if isinstance(output, Mapping):
        members = [(str(key), member) for key, member in output.items()]
    elif isinstance(output, list | tuple):
        members = [(str(place), member) for place, member in enumerate(output)]
    else:
        array = as_array(output)
        if array is not None:
            yield path, array
        return
    for name, member in members:
        yield from _walk(member, f"{path}.{name}")


def as_array(value: object) -> Array | None:
    """A copy of a tensor's values as float32 in main memory.

    Args:
        value: an array of NumPy, a tensor of PyTorch, TensorFlow or JAX.

    Returns:
        None for anything else, for integers, and for a tensor that has no values yet.
    """
    if {each.__name__ for each in type(value).__mro__} & _WITHOUT_VALUES:
        return None
    plain = _as_numpy(value)
    if plain is None or not (plain.dtype.kind == "f" or plain.dtype.name == "bfloat16"):
        return None
    with np.errstate(over="ignore"):  # too large for float32 is infinite, and judged as that
        return np.array(plain, dtype=np.float32, order="C")


def _as_numpy(value: Any) -> npt.NDArray[Any] | None:
    packages = packages_of(value)
    if isinstance(value, np.ndarray):
        return value
    if "torch" in packages:
        if not hasattr(value, "detach") or value.is_meta or not value.is_floating_point():
            return None
        return from_torch(value)
    if "tensorflow" in packages and hasattr(value, "numpy"):
        found = value.numpy() if type(value).__name__ != "Tensor" else None
        return found if isinstance(found, np.ndarray) else None
    if packages & {"jax", "jaxlib"}:
        return np.asarray(value)
    return None
