"""Distances are those of the formulas, and none can be fooled by rearranging values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netparity.parity import measure

vectors = st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=8)


def pairs(minimum: int = 1):
    value = st.floats(-1e3, 1e3, width=32)
    return st.lists(st.tuples(value, value), min_size=minimum, max_size=8).map(
        lambda both: tuple(map(list, zip(*both, strict=True)))
    )


def test_a_case_done_by_hand() -> None:
    # x - r = (1, 0, -2); |r| = sqrt(9 + 16) = 5; x.r = 12 + 16 = 28; |x| = sqrt(16 + 16 + 4) = 6
    found = measure([4, 4, -2], [3, 4, 0])
    assert found.relative_l2 == pytest.approx(math.sqrt(5) / 5, rel=1e-15)
    assert found.max_abs == 2
    assert found.cosine_distance == pytest.approx(1 - 28 / 30, rel=1e-14)


@given(pairs())
def test_relative_l2_and_max_abs_are_their_formulas(both) -> None:
    x, r = both
    norm = math.hypot(*r)
    assume(norm > 1e-6)
    found = measure(x, r)
    difference = [a - b for a, b in zip(x, r, strict=True)]
    assert found.relative_l2 == pytest.approx(math.hypot(*difference) / norm, rel=1e-12)
    assert found.max_abs == max(map(abs, difference))


@given(pairs(), st.sampled_from([1e-12, 0.5, 1024.0, 1e12]))
def test_relative_distances_do_not_depend_on_scale(both, factor: float) -> None:
    x, r = map(np.array, both)
    assume(np.linalg.norm(r) > 1e-3 and np.linalg.norm(x) > 1e-3)
    plain, scaled = measure(x, r), measure(x * factor, r * factor)
    assert scaled.relative_l2 == pytest.approx(plain.relative_l2, rel=1e-12, abs=1e-15)
    assert scaled.cosine_distance == pytest.approx(plain.cosine_distance, abs=1e-12)


@given(vectors)
def test_equal_arrays_are_at_distance_zero(values: list[float]) -> None:
    assume(any(values))
    found = measure(values, values)
    assert (found.relative_l2, found.max_abs) == (0, 0)
    assert found.cosine_distance is None or 0 <= found.cosine_distance < 1e-15


def test_float32_is_compared_in_float64() -> None:
    x = np.array([1 + 2**-23, 1], dtype=np.float32)
    assert measure(x, np.ones(2)).max_abs == 2**-23


def test_what_is_undefined_is_none_and_never_zero() -> None:
    zero = np.zeros(3)
    found = measure(np.ones(3), zero)
    assert (found.relative_l2, found.max_abs, found.cosine_distance) == (None, 1, None)
    assert measure(zero, np.ones(3)).cosine_distance is None
    assert measure(zero, np.ones(3)).relative_l2 == 1
    empty = measure([], [])
    assert (empty.relative_l2, empty.max_abs, empty.cosine_distance) == (None, None, None)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("side", [0, 1])
def test_one_value_that_is_not_finite_leaves_nothing_defined(bad: float, side: int) -> None:
    both = [np.ones(100), np.ones(100)]
    both[side][50] = bad
    found = measure(*both)
    assert (found.relative_l2, found.max_abs, found.cosine_distance) == (None, None, None)


@pytest.mark.parametrize("shape", [(99,), (1, 100), (10, 10), (101,), ()])
def test_another_shape_is_never_cut_or_broadcast(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shapes differ"):
        measure(np.ones(shape), np.ones(100))
