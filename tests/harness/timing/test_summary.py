"""Seconds, ratios, intervals and words of every phase, from raw seconds by round."""

from __future__ import annotations

import math

import pytest

from netparity.timing import summarise


def entries(runners, base=None, ranked=None):
    ranked = list(runners) if ranked is None else ranked
    return {(e.label, e.phase): e for e in summarise(runners, base, ranked)}


def test_a_process_is_its_median_and_processes_are_averaged_as_ratios_are() -> None:
    entry = entries({"a": {"predict": {1: [1.0, 2.0, 90.0], 2: [8.0]}}})["a", "predict"]
    assert entry.median_seconds == pytest.approx(4.0)  # the geometric mean of 2 and 8
    assert entry.processes == 2
    assert (entry.min_seconds, entry.max_seconds) == (1.0, 90.0)
    assert entry.values == [1.0, 2.0, 90.0, 8.0]
    low, high = entry.interval_seconds
    # Student's t with one degree of freedom at 97.5 % is 12.706; the standard error is ln(2).
    assert low == pytest.approx(4 / 2**12.7062, rel=1e-4)
    assert high == pytest.approx(4 * 2**12.7062, rel=1e-4)


def test_one_process_has_no_interval_and_shows_nothing() -> None:
    found = entries({"a": {"predict": {1: [1.0, 3.0]}}, "b": {"predict": {1: [4.0]}}}, "a")
    assert found["a", "predict"].interval_seconds is None
    assert found["b", "predict"].ratio_to_reference == pytest.approx(2.0)
    assert found["b", "predict"].ratio_interval is None
    assert found["b", "predict"].verdict == "inconclusive"


def test_ratios_are_taken_within_rounds_phase_by_phase() -> None:
    runners = {
        "a": {"predict": {1: [1.0], 2: [10.0]}, "load": {1: [10.0]}},
        "b": {"predict": {1: [2.0], 2: [20.0], 3: [1e6]}, "load": {1: [5.0]}},
    }
    found = entries(runners, "a")
    assert found["a", "predict"].ratio_to_reference == 1
    assert found["a", "predict"].verdict is None
    assert found["b", "predict"].ratio_to_reference == pytest.approx(2)
    assert found["b", "predict"].ratio_interval == pytest.approx((2, 2))
    assert found["b", "load"].ratio_to_reference == pytest.approx(0.5)


def test_words() -> None:
    base = {number: [1.0 + 0.001 * number] for number in range(1, 9)}
    runners = {
        "base": {"predict": base},
        "slow": {"predict": {n: [1.2 * v[0] + 1e-3 * (n % 3)] for n, v in base.items()}},
        "fast": {"predict": {n: [0.8 * v[0] + 1e-3 * (n % 3)] for n, v in base.items()}},
        "same": {"predict": {n: [v[0] * (1.01 if n % 2 else 1 / 1.01)] for n, v in base.items()}},
    }
    found = {label: entry for (label, _), entry in entries(runners, "base").items()}
    words = {label: entry.verdict for label, entry in found.items()}
    assert words == {
        "base": None, "slow": "slower", "fast": "faster", "same": "same"
    }  # fmt: skip
    low, high = found["slow"].ratio_interval
    assert low < found["slow"].ratio_to_reference < high < 1.21
    assert 0.005 < found["same"].least_difference < 0.03
    assert found["same"].p_value > 0.5
    assert found["slow"].p_value < 1e-6
    low, high = found["same"].ratio_interval
    assert found["same"].largest_difference == max(high, 1 / low) - 1 < 0.05


def test_turns_pair_the_seconds_of_predict_alone() -> None:
    phases = {
        "a": {"predict": {1: [1.0, 3.0], 2: [1.0, 3.0]}, "load": {1: [1.0], 2: [1.0]}},
        "b": {"predict": {1: [6.0, 2.0, 6.0], 2: [2.0, 6.0]}, "load": {1: [3.0], 2: [3.0]}},
    }
    turns = {
        "a": {number: {1: [1.0], 2: [3.0]} for number in (1, 2)},
        "b": {1: {1: [2.0], 2: [6.0, 6.0]}, 2: {1: [2.0], 2: [6.0]}},
    }
    found = {(e.label, e.phase): e for e in summarise(phases, "a", ["a", "b"], turns)}
    assert found["b", "predict"].ratio_to_reference == pytest.approx(2.0)
    assert found["b", "load"].ratio_to_reference == pytest.approx(3.0)


def test_how_much_counts_as_the_same_can_be_chosen() -> None:
    base = {number: [1.0] for number in range(1, 9)}
    ours = {number: [1.03 if number % 2 else 1 / 1.03] for number in range(1, 9)}
    phases = {"a": {"predict": base}, "b": {"predict": ours}}
    words = [
        next(e.verdict for e in summarise(phases, "a", "ab", None, None, bound) if e.label == "b")
        for bound in (0.01, 0.1)
    ]
    assert words == ["no difference shown", "same"]


def test_a_runner_that_failed_parity_has_seconds_and_no_ratio() -> None:
    runners = {label: {"load": {1: [1.0]}} for label in ("a", "wrong", "b")}
    found = entries(runners, "a", ranked=["a", "b"])
    assert found["wrong", "load"].median_seconds == 1
    assert found["wrong", "load"].ratio_to_reference is None
    assert found["b", "load"].ratio_to_reference == 1
    found = entries(runners, "wrong", ranked=["a", "b"])
    assert {entry.ratio_to_reference for entry in found.values()} == {None}


def test_without_a_base_there_are_no_ratios() -> None:
    for base in (None, "somebody else"):
        entry = entries({"a": {"load": {1: [1.0]}}}, base)["a", "load"]
        assert entry.ratio_to_reference is entry.verdict is None


def test_a_ratio_to_a_missing_or_zero_phase_is_absent_and_not_zero() -> None:
    runners = {
        "a": {"load": {1: [0.0]}},
        "b": {"load": {1: [1.0]}, "predict": {1: [1.0]}},
        "c": {"load": {2: [1.0]}},
    }
    found = entries(runners, "a")
    assert {entry.ratio_to_reference for entry in found.values()} == {None}
    assert found["a", "load"].median_seconds == 0


def test_a_phase_without_values_has_no_entry() -> None:
    runners = {"a": {"predict": {1: []}, "load": {1: [1.0], 2: []}}}
    assert entries(runners).keys() == {("a", "load")}
    assert entries(runners)["a", "load"].processes == 1


def test_phases_come_in_the_order_of_the_protocol() -> None:
    phases = {name: {1: [1.0]} for name in ("predict", "load", "startup", "unheard-of")}
    found = [entry.phase for entry in summarise({"a": phases}, None, ["a"])]
    assert found == ["startup", "load", "predict"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
def test_what_is_no_time_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite numbers of at least 0"):
        entries({"a": {"load": {1: [1.0, value]}}})
