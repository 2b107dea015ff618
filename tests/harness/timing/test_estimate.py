"""Estimates, ratios and words: worked examples, and coverage on simulated seconds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from netparity.timing.comparison import compare_all, holm, least_difference, p_value, rounds_needed
from netparity.timing.estimate import Interval, estimate, ratio

RANDOM = np.random.default_rng(20261124)


def simulated(rounds: int, values: int = 5, shift: float = 0.0, noise: float = 0.03):
    """Rounds of a runner that takes about a second; processes differ three times as values do."""
    return {
        number: list(np.exp(shift + RANDOM.normal(0, noise) + RANDOM.normal(0, noise / 3, values)))
        for number in range(1, rounds + 1)
    }


# --- estimates ------------------------------------------------------------------------------


def test_an_interval_by_hand() -> None:
    found = estimate({1: [1.0], 2: [math.e], 3: [math.e**2]})
    assert found.seconds == pytest.approx(math.e)
    # Standard error 1 / sqrt(3); t with two degrees of freedom 4.3027.
    assert math.log(found.interval.high) == pytest.approx(1 + 4.3027 / math.sqrt(3), abs=1e-4)
    assert math.log(found.interval.low) == pytest.approx(1 - 4.3027 / math.sqrt(3), abs=1e-4)
    assert found.interval.half_width == pytest.approx(math.exp(4.3027 / math.sqrt(3)) - 1, rel=1e-4)


def test_spread_and_outliers() -> None:
    found = estimate({1: [1.0, 1.01, 0.99, 1.0, 1.02, 9.0], 2: [1.0, 1.0, 1.0]})
    assert found.mad == pytest.approx(0.0)
    assert found.quantiles[0] < 1.0 < found.quantiles[3]
    assert found.outliers == ((1, 5),)


def test_equal_values_have_an_interval_of_no_width() -> None:
    found = estimate({1: [0.5, 0.5], 2: [0.5]})
    assert found.interval == Interval(0.5, 0.5)
    assert found.interval.half_width == 0
    assert found.outliers == ()


@pytest.mark.parametrize("processes", [{}, {1: []}, {1: [math.nan]}, {1: [-0.1]}])
def test_what_cannot_be_estimated(processes) -> None:
    with pytest.raises(ValueError, match="finite numbers of at least 0"):
        estimate(processes)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.floats(1e-6, 1e3), min_size=2, max_size=8),
    st.floats(0.01, 100),
)
def test_other_units_change_nothing_but_the_scale(values: list[float], scale: float) -> None:
    processes = {number: [value] for number, value in enumerate(values)}
    scaled = {number: [scale * value] for number, value in enumerate(values)}
    one, other = estimate(processes), estimate(scaled)
    assert other.seconds == pytest.approx(scale * one.seconds)
    assert other.interval.high == pytest.approx(scale * one.interval.high)
    found = ratio(scaled, processes)
    assert found.value == pytest.approx(scale)
    inverse = ratio(processes, scaled)
    assert inverse.interval.low == pytest.approx(1 / found.interval.high)


def test_a_ratio_needs_rounds_that_both_have() -> None:
    assert ratio({1: [1.0]}, {2: [1.0]}) is None
    assert ratio({1: [1.0]}, {1: [0.0]}) is None
    assert ratio({1: [3.0], 2: [8.0]}, {1: [1.0], 3: [1.0]}).rounds == 1


# --- words ----------------------------------------------------------------------------------


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_signs_are_flipped_in_every_way() -> None:
    base = {number: [1.0] for number in range(1, 7)}
    ours = {number: [1.0 + 0.1 * number] for number in base}
    # All six are slower: of 64 ways only this one and its opposite are as far from zero.
    assert p_value(ours, base, 1) == pytest.approx(2 / 64)
    ours[1] = [0.95]
    logs = np.log([value for [value] in ours.values()])
    expected = stats.permutation_test(
        (logs,), np.mean, permutation_type="samples", n_resamples=10**6
    ).pvalue
    assert p_value(ours, base, 1) == pytest.approx(expected)


def test_five_rounds_are_enough_where_all_processes_change_places() -> None:
    base = {number: [1.0 + 0.01 * number] for number in range(1, 6)}
    ours = {number: [1.2 + 0.01 * number] for number in range(1, 6)}
    assert p_value(ours, base, 1) == pytest.approx(2 / 252)
    assert compare_all({"a": base, "b": ours}, "a")["b"].word == "slower"
    assert compare_all({"a": base, "b": ours}, "b")["a"].word == "faster"


def test_a_difference_of_unknown_size_is_inconclusive() -> None:
    """One runner has two modes; the other takes longer than both."""
    base = {number: [0.18 if number == 1 else 0.33] for number in range(1, 6)}
    ours = {number: [0.355 + 0.001 * number] for number in base}
    found = compare_all({"a": base, "b": ours}, "a")["b"]
    assert found.p_value < 0.05
    assert found.ratio.interval.low < 1 < found.ratio.interval.high
    assert found.word == "inconclusive"


@pytest.mark.parametrize(("comparisons", "rounds"), [(0, 4), (1, 4), (3, 5), (6, 5), (7, 6)])
def test_how_many_rounds_are_needed(comparisons: int, rounds: int) -> None:
    assert rounds_needed(comparisons) == rounds
    few = {number: [float(number)] for number in range(1, rounds)}
    assert p_value(few, {number: [9.0 * number] for number in few}, max(1, comparisons)) is None


def test_many_rounds_are_sampled_and_never_certain() -> None:
    base, ours = simulated(30), simulated(30, shift=1.0)
    assert 0 < p_value(ours, base, 1) < 1e-3
    assert p_value(ours, base, 1) == p_value(ours, base, 1)


def test_equal_seconds_show_no_difference() -> None:
    processes = {number: [0.1, 0.1] for number in range(1, 9)}
    found = compare_all({"a": processes, "b": processes}, "a")["b"]
    assert (found.word, found.p_value, found.least_difference) == ("no difference shown", 1.0, 0.0)


def test_the_least_difference_is_found_in_four_cases_of_five() -> None:
    found = 0
    for _ in range(200):
        base, ours = simulated(10), simulated(10)
        logs = np.array([math.log(np.median(ours[n]) / np.median(base[n])) for n in base])
        least = math.log1p(least_difference(logs, 1))
        shifted = logs - logs.mean() + least + RANDOM.normal(0, 1) * stats.sem(logs)
        found += stats.ttest_1samp(shifted, 0).pvalue < 0.05
    assert 0.7 < found / 200 < 0.92


# --- simulated truth ------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [3, 5, 10])
def test_intervals_hold_the_truth(rounds: int) -> None:
    """A percentile bootstrap holds it in 79 % of the cases with three processes, 87 % with five."""
    runs, one, two = 400, 0, 0
    for _ in range(runs):
        base, ours = simulated(rounds), simulated(rounds, shift=0.05)
        interval = estimate(ours).interval
        one += interval.low <= math.exp(0.05) <= interval.high
        interval = ratio(ours, base).interval
        two += interval.low <= math.exp(0.05) <= interval.high
    # Four standard deviations of a binomial are 4.4 %.
    assert one / runs > 0.906 and two / runs > 0.906


def test_equal_runners_are_rarely_called_different() -> None:
    wrong = 0
    for _ in range(150):
        runners = {label: simulated(6, values=3) for label in "abcd"}
        words = {each.word for each in compare_all(runners, "a").values()}
        wrong += bool(words & {"faster", "slower"})
    assert wrong / 150 < 0.05 + 4 * 0.018
