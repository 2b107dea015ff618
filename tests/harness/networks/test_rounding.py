"""Narrow formats round as IEEE 754 says: to nearest, ties to even."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netparity.networks.rounding import SIGNIFICANT_BITS, UNIT_ROUNDOFF, rounded, stored_as

floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
EXPONENTS = {"tf32": -126, "bfloat16": -126, "float16": -14}
"""Of the smallest normal number."""


def by_definition(value: float, precision: str) -> float:
    """Python's `round` of the scaled number: exact, and half to even."""
    if value == 0:
        return value
    exponent = max(math.frexp(value)[1] - 1, EXPONENTS[precision])
    step = Fraction(2) ** (exponent - SIGNIFICANT_BITS[precision] + 1)
    result = float(round(Fraction(value) / step) * step)
    largest = 65504 if precision == "float16" else float(np.finfo(np.float32).max)
    return math.copysign(math.inf if abs(result) > largest else abs(result), value)


@pytest.mark.parametrize("precision", SIGNIFICANT_BITS)
@given(value=floats)
def test_rounding_is_the_nearest_value_of_the_format(precision: str, value: float) -> None:
    found = float(rounded(np.array([value], np.float32), precision)[0])
    expected = by_definition(value, precision)
    assert struct.pack(">d", found) == struct.pack(">d", expected)


@given(value=floats)
def test_float16_is_pythons_own(value: float) -> None:
    try:
        (expected,) = struct.unpack("<e", struct.pack("<e", value))
    except OverflowError:
        expected = math.copysign(math.inf, value)
    assert rounded(np.array([value], np.float32), "float16")[0] == expected


@pytest.mark.parametrize("precision", SIGNIFICANT_BITS)
def test_ties_go_to_the_even_neighbour(precision: str) -> None:
    step = 2.0 ** (1 - SIGNIFICANT_BITS[precision])
    values = np.array([1 + step * (n + 0.5) for n in range(6)], np.float32)
    expected = [1 + step * n for n in (0, 2, 2, 4, 4, 6)]
    np.testing.assert_array_equal(rounded(values, precision), expected)
    np.testing.assert_array_equal(rounded(-values, precision), -np.array(expected))
    above = np.nextafter(values, np.float32(9))
    np.testing.assert_array_equal(
        rounded(above, precision), [1 + step * n for n in (1, 2, 3, 4, 5, 6)]
    )


@pytest.mark.parametrize(("precision", "bits"), [("tf32", 10), ("bfloat16", 7), ("float16", 10)])
def test_formats_have_the_mantissas_of_their_definitions(precision, bits: int) -> None:
    """NVIDIA A100 white paper; bfloat16 is the upper half of a float32; IEEE 754 binary16."""
    assert SIGNIFICANT_BITS[precision] == bits + 1
    last = np.array([1 + 2.0**-bits], np.float32)
    np.testing.assert_array_equal(rounded(last, precision), last)
    below = np.array([1 + 2.0 ** (-bits - 2)], np.float32)
    np.testing.assert_array_equal(rounded(below, precision), [1])


@pytest.mark.parametrize("precision", SIGNIFICANT_BITS)
def test_what_is_rounded_stays(precision: str) -> None:
    values = np.random.default_rng(0).normal(0, 100, 1000).astype(np.float32)
    once = rounded(values, precision)
    assert (once != values).any()
    np.testing.assert_array_equal(rounded(once, precision), once)
    worst = np.abs(once - values) / np.abs(values)
    assert worst.max() <= 2.0 ** -SIGNIFICANT_BITS[precision]


@pytest.mark.parametrize("precision", SIGNIFICANT_BITS)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_type_and_the_input_stay(precision: str, kind) -> None:
    values = np.array([[1.2345, -6.789]], kind)
    before = values.copy()
    found = rounded(values, precision)
    assert (found.dtype, found.shape) == (kind, (1, 2))
    np.testing.assert_array_equal(values, before)


def test_no_precision_changes_nothing() -> None:
    values = np.array([1.2345])
    assert rounded(values, None) is values


@pytest.mark.parametrize("precision", ["tf32", "bfloat16", "float16"])
def test_infinite_values_stay(precision: str) -> None:
    values = np.array([np.inf, -np.inf], np.float32)
    np.testing.assert_array_equal(rounded(values, precision), values)


def test_float16_has_a_narrower_range() -> None:
    values = np.array([65504, 65520, 1e6, -1e6, 1e-9], np.float32)
    np.testing.assert_array_equal(rounded(values, "float16"), [65504, np.inf, np.inf, -np.inf, 0])
    for wide in ("tf32", "bfloat16"):
        assert np.isfinite(rounded(values, wide)).all()


def test_float32s_unit_roundoff() -> None:
    assert np.finfo(np.float32).eps / 2 == UNIT_ROUNDOFF


# --- formats told by the values -------------------------------------------------------------

VALUES = np.random.default_rng(1).normal(0, 3, (2, 50, 7)).astype(np.float32)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_values_stored_narrowly_are_recognised(precision: str) -> None:
    narrow = rounded(VALUES, precision)
    assert stored_as(narrow) == precision
    assert stored_as(narrow.astype(np.float64)) == precision
    assert stored_as(np.where(VALUES < 0, 0, narrow)) == precision


def test_float32_values_fit_no_narrow_format() -> None:
    assert stored_as(VALUES) is None


def test_a_single_value_that_does_not_fit_decides() -> None:
    narrow = rounded(VALUES, "float16")
    narrow[1, 49, 6] = 1.0001
    assert stored_as(narrow) is None


def test_few_values_that_always_fit_show_nothing() -> None:
    assert stored_as(np.zeros(1000)) is None
    assert stored_as(np.tile([0.0, 0.5, 1.0, 2.0], 100)) is None
