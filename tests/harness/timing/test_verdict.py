"""The word for a comparison, from its interval alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netparity.timing.estimate import Interval
from netparity.timing.verdict import largest_difference, word


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1.01, 1.03, "slower"),
        (0.90, 0.99, "faster"),
        (0.97, 1.02, "same"),
        (0.94, 1.02, "no difference shown"),
        (1.00, 1.04, "same"),
        (1.00, 1.06, "no difference shown"),
        (0.5, 2.1, "no difference shown"),
    ],
)
def test_words(low: float, high: float, expected: str) -> None:
    assert word(Interval(low, high)) == expected
    assert word(None) == "inconclusive"


def test_how_much_still_counts_as_the_same_can_be_chosen() -> None:
    assert word(Interval(0.94, 1.02), 0.07) == "same"
    assert word(Interval(0.99, 1.02), 0.01) == "no difference shown"
    assert word(Interval(1.0, 1.0), 0.0) == "same"


@given(st.floats(0.01, 100), st.floats(1, 10))
def test_exchanging_the_runners_turns_the_word_round(low: float, width: float) -> None:
    interval, swapped = Interval(low, low * width), Interval(1 / (low * width), 1 / low)
    turned = {"faster": "slower", "slower": "faster"}
    found = word(interval)
    assert largest_difference(swapped) == pytest.approx(largest_difference(interval))
    if min(abs(end - 1) for end in (interval.low, interval.high)) > 1e-9:
        near = abs(largest_difference(interval) - 0.05) < 1e-9
        assert near or word(swapped) == turned.get(found, found)


def test_the_largest_difference_in_either_direction() -> None:
    assert largest_difference(Interval(0.5, 1.2)) == pytest.approx(1.0)
    assert largest_difference(Interval(0.9, 1.2)) == pytest.approx(0.2)
    assert largest_difference(None) is None
