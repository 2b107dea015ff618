"""Tensors of a framework as NumPy arrays, by their own methods: no framework is imported."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.errors import UsageError


def packages_of(value: object) -> set[str]:
    """The packages in which a value's class and the classes above it are defined."""
    return {each.__module__.partition(".")[0] for each in type(value).__mro__}


def from_torch(value: Any) -> npt.NDArray[Any]:
    """The values of a tensor of PyTorch on any device; bfloat16, which NumPy lacks, as float32."""
    dense = value.detach()
    if "strided" not in str(getattr(dense, "layout", "strided")):
        dense = dense.to_dense()
    if "bfloat16" in str(getattr(dense, "dtype", "")):
        dense = dense.float()
    plain: npt.NDArray[Any] = dense.cpu().numpy()
    return plain


def as_numpy(value: object) -> npt.NDArray[Any]:
    """What the user gives as values: an array, a list, or a tensor of any framework.

    Returns:
        Values of a narrow type that NumPy lacks (bfloat16) as float32; what is no array, such as
        lists of different lengths, as one object.
    """
    if "torch" in packages_of(value) and hasattr(value, "detach"):
        return from_torch(value)
    try:
        plain: npt.NDArray[Any] = np.asarray(value)
    except (TypeError, ValueError):
        return np.array(None, dtype=object)
    return plain.astype(np.float32) if plain.dtype.name == "bfloat16" else plain


def real_numbers(value: object, what: str) -> npt.NDArray[Any]:
    """The same for values that must be numbers.

    Args:
        what: what they are called in a message: "the features".

    Raises:
        UsageError: if they are not real numbers.
    """
    plain = as_numpy(value)
    if plain.dtype.kind in "fiu":
        return plain
    given = type(value).__name__
    if hasattr(value, "dtype"):
        given += f" of {value.dtype}"
    raise UsageError(
        f"{what} are given as {given}; expected real numbers: an array, a tensor or nested lists "
        "of equal lengths; fix: numpy.asarray(x, dtype=numpy.float32), or the path of a file"
    )
