"""Values from any framework, as far as NumPy can see them; what are no numbers is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from netparity.errors import UsageError
from netparity.features.tensors import as_numpy, real_numbers


class Tensor:
    """As a tensor of TensorFlow or JAX: NumPy asks it for an array."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array([0.5, 2.0], dtype)


@pytest.mark.parametrize("value", [np.array([0.5, 2.0]), [0.5, 2], (0.5, 2), Tensor()])
def test_arrays_lists_and_tensors_are_taken(value: object) -> None:
    assert real_numbers(value, "the features").tolist() == [0.5, 2.0]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (None, "NoneType"),
        pytest.param(object(), "object", id="object"),
        (["a"], "list"),
        (b"abc", "bytes"),
        ([[1, 2], [3]], "list"),
        (np.zeros(2, complex), "ndarray of complex128"),
        (np.zeros(2, bool), "ndarray of bool"),
    ],
    ids=str,
)
def test_what_are_no_real_numbers_is_refused_with_what_was_expected(
    value: object, named: str
) -> None:
    with pytest.raises(UsageError) as refused:
        real_numbers(value, "the features")
    said = str(refused.value)
    assert said.startswith(f"the features are given as {named}; expected real numbers")
    assert "fix: numpy.asarray(x, dtype=numpy.float32)" in said


def test_lists_of_different_lengths_are_an_object_among_named_features() -> None:
    assert as_numpy([[1, 2], [3]]).dtype == object
