"""Ratios of a whole table: intervals that hold together, and words that come from them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from netparity.protocol import Settings
from netparity.run.request import Request
from netparity.timing.comparison import (
    adjusted,
    compare_all,
    compare_runs,
    least_difference,
    single_level,
)
from netparity.timing.verdict import SAME_WITHIN
from tests.harness.timing.test_estimate import simulated

RANDOM = np.random.default_rng(20261126)


def by_logs(logs, base: float = 1.0):
    """Rounds whose seconds are `base` times the exponentials of these logarithms."""
    return {number: [base * math.exp(log)] for number, log in enumerate(logs, start=1)}


def test_the_level_of_one_comparison_by_hand() -> None:
    # Z. Šidák 1967: three comparisons at 1.695 % each make 5 % together.
    assert single_level(3) == pytest.approx(0.016952, abs=1e-6)
    assert 1 - (1 - single_level(7)) ** 7 == pytest.approx(0.05)
    assert single_level(1) == single_level(0) == pytest.approx(0.05)
    assert adjusted(single_level(4), 4) == pytest.approx(0.05)
    assert adjusted(1.0, 3) == 1.0


def test_an_adjusted_interval_by_hand() -> None:
    logs = [0.10, 0.20, 0.30, 0.40, 0.50]
    runners = {"base": by_logs([0.0] * 5), "a": by_logs(logs), "b": by_logs(logs[::-1])}
    found = compare_all(runners, "base")["a"]
    # Standard error 0.1 sqrt(2.5 / 5); two comparisons at 2.532 % each; t with four degrees of
    # freedom at 98.734 % is 3.4822 (inverted numerically from the distribution function).
    half = 3.4822 * 0.1 * math.sqrt(0.5)
    assert stats.t.cdf(3.4822, 4) == pytest.approx(1 - single_level(2) / 2, abs=1e-5)
    assert math.log(found.ratio.interval.low) == pytest.approx(0.3 - half, abs=1e-4)
    assert math.log(found.ratio.interval.high) == pytest.approx(0.3 + half, abs=1e-4)
    alone = compare_all({"base": runners["base"], "a": runners["a"]}, "base")["a"]
    assert alone.ratio.interval.half_width < found.ratio.interval.half_width
    assert alone.p_value == pytest.approx(stats.ttest_1samp(logs, 0).pvalue)
    assert found.p_value == pytest.approx(1 - (1 - alone.p_value) ** 2)


@pytest.mark.parametrize("comparisons", [1, 3, 11])
def test_five_rounds_can_show_a_difference(comparisons: int) -> None:
    runners = {f"r{number}": simulated(5, noise=0.01) for number in range(comparisons)}
    base = {"base": simulated(5, noise=0.01), "slow": simulated(5, noise=0.01, shift=0.4)}
    assert compare_all({**base, **runners}, "base")["slow"].word == "slower"
    assert compare_all({**base, **runners}, "slow")["base"].word == "faster"


def test_the_word_is_what_the_interval_and_the_p_value_say() -> None:
    words = set()
    for _ in range(200):
        runners = {label: simulated(5, shift=RANDOM.normal(0, 0.05)) for label in "abc"}
        for found in compare_all(runners, "a", same_within=0.06).values():
            interval = found.ratio.interval
            excludes = not interval.low <= 1 <= interval.high
            assert excludes == (found.word in ("faster", "slower")) == (found.p_value < 0.05)
            assert found.largest_difference == max(interval.high, 1 / interval.low) - 1
            words.add(found.word)
    assert words == {"faster", "slower", "same", "no difference shown"}


def test_a_tool_with_two_modes_is_not_called_faster_by_an_unknown_amount() -> None:
    """One runner has two modes; the other takes longer than both."""
    base = {number: [0.18 if number == 1 else 0.33] for number in range(1, 6)}
    ours = {number: [0.355 + 0.001 * number] for number in base}
    found = compare_all({"a": base, "b": ours}, "a")["b"]
    assert found.ratio.interval.low < 1 < found.ratio.interval.high
    assert (found.word, found.p_value > 0.05) == ("no difference shown", True)
    assert found.largest_difference > 0.5


def test_one_round_is_inconclusive_and_two_are_not() -> None:
    one = compare_all({"a": {1: [1.0]}, "b": {1: [2.0]}}, "a")["b"]
    assert (one.word, one.p_value, one.largest_difference) == ("inconclusive", None, None)
    assert one.ratio.value == 2
    two = compare_all({"a": by_logs([0.0, 0.0]), "b": by_logs([0.4, 0.5])}, "a")["b"]
    assert two.word == "no difference shown"
    # Student's t with one degree of freedom at 97.5 %: 12.7062; standard error 0.05.
    assert two.largest_difference == pytest.approx(math.exp(0.45 + 0.05 * 12.7062) - 1, rel=1e-4)


def test_equal_seconds_are_the_same() -> None:
    processes = {number: [0.1, 0.1] for number in range(1, 9)}
    found = compare_all({"a": processes, "b": processes}, "a")["b"]
    assert (found.word, found.p_value) == ("same", 1.0)
    assert found.largest_difference == found.least_difference == 0.0
    twice = {number: [0.2, 0.2] for number in range(1, 9)}
    found = compare_all({"a": processes, "b": twice}, "a")["b"]
    assert (found.word, found.p_value) == ("slower", 0.0)


def test_runners_that_cannot_be_compared_do_not_widen_the_others() -> None:
    runners = {"a": simulated(5), "b": simulated(5)}
    alone = compare_all(runners, "a")["b"]
    missing = {"other rounds": {9: [1.0]}, "zero": {number: [0.0] for number in range(1, 6)}}
    found = compare_all({**runners, **missing}, "a")
    assert found["b"] == alone
    assert {found[label].word for label in missing} == {"inconclusive"}
    assert {found[label].ratio for label in missing} == {None}


def test_a_huge_uncertainty_stays_a_number() -> None:
    wild = {"base": by_logs([0.0, 0.0]), "wild": by_logs([-300.0, 300.0])}
    found = compare_all(wild, "base")["wild"]
    assert 0 < found.ratio.interval.low < found.ratio.interval.high < math.inf
    assert found.largest_difference < math.inf and found.least_difference < math.inf


def test_the_least_difference_is_found_in_four_cases_of_five() -> None:
    found = 0
    for _ in range(200):
        base, ours = simulated(10), simulated(10)
        logs = np.array([math.log(np.median(ours[n]) / np.median(base[n])) for n in base])
        least = math.log1p(least_difference(logs, 1))
        shifted = logs - logs.mean() + least + RANDOM.normal(0, 1) * stats.sem(logs)
        found += stats.ttest_1samp(shifted, 0).pvalue < 0.05
    assert 0.7 < found / 200 < 0.92


def test_runs_are_compared_by_the_same_rule_without_pairs() -> None:
    one, other = [0.10, 0.13, 0.09, 0.12, 0.11], [0.02, 0.01, 0.05]
    later = {"a": by_logs(one), "b": by_logs(one), "single": {1: [1.0]}, "new": {1: [1.0]}}
    earlier = {"a": by_logs(other), "b": by_logs(other), "single": {1: [1.0]}}
    found = compare_runs(later, earlier)
    assert found.keys() == {"a", "b", "single"}
    welch = stats.ttest_ind(one, other, equal_var=False)
    low, high = welch.confidence_interval(1 - single_level(2))
    assert math.log(found["a"].ratio.interval.low) == pytest.approx(low)
    assert math.log(found["a"].ratio.interval.high) == pytest.approx(high)
    assert found["a"].p_value == pytest.approx(1 - (1 - welch.pvalue) ** 2)
    assert (found["a"].word, found["single"].word) == ("slower", "inconclusive")
    assert compare_runs(earlier, earlier)["a"].word in ("same", "no difference shown")
    steady = {"a": {1: [1.0], 2: [1.0]}}
    assert compare_runs(steady, steady)["a"].word == "same"
    assert compare_runs({"a": {1: [2.0], 2: [2.0]}}, steady)["a"].p_value == 0.0


@pytest.mark.parametrize("rounds", [3, 5, 10])
def test_all_intervals_of_a_table_hold_together_and_equal_runners_are_rarely_different(
    rounds: int,
) -> None:
    runs, held, wrong = 400, 0, 0
    for _ in range(runs):
        runners = {label: simulated(rounds, values=3) for label in "abc"}
        runners["slow"] = simulated(rounds, values=3, shift=0.05)
        truths = {"b": 1.0, "c": 1.0, "slow": math.exp(0.05)}
        found = compare_all(runners, "a")
        intervals = {label: each.ratio.interval for label, each in found.items()}
        held += all(
            intervals[label].low <= truth <= intervals[label].high
            for label, truth in truths.items()
        )
        wrong += bool({found["b"].word, found["c"].word} & {"faster", "slower"})
    # Four standard deviations of a binomial are 4.4 %.
    assert held / runs > 0.906
    assert wrong / runs < 0.05 + 0.044


def test_the_default_of_same_within_is_the_same_everywhere() -> None:
    assert Request().same_within == SAME_WITHIN == Settings.model_fields["same_within"].default
