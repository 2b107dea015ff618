"""Medians, extremes and ratios of raw seconds."""

from __future__ import annotations

from netparity.timing import summarise


def entries(runners, base=None):
    return {(e.label, e.phase): e for e in summarise(runners, base)}


def test_the_median_of_an_odd_and_an_even_number_of_values() -> None:
    found = entries({"a": {"predict": [3.0, 1.0, 10.0], "load": [1.0, 2.0, 4.0, 100.0]}})
    assert found["a", "predict"].median_seconds == 3
    assert found["a", "load"].median_seconds == 3


def test_extremes_and_every_value_in_its_order() -> None:
    entry = entries({"a": {"predict": [3.0, 1.0, 10.0]}})["a", "predict"]
    assert (entry.min_seconds, entry.max_seconds) == (1, 10)
    assert entry.values == [3, 1, 10]


def test_ratios_are_of_medians_phase_by_phase() -> None:
    runners = {
        "a": {"predict": [1.0, 2.0, 3.0], "load": [10.0]},
        "b": {"predict": [5.0], "load": [5.0]},
    }
    found = entries(runners, "a")
    assert found["a", "predict"].ratio_to_reference == 1
    assert found["b", "predict"].ratio_to_reference == 2.5
    assert found["b", "load"].ratio_to_reference == 0.5


def test_without_a_base_there_are_no_ratios() -> None:
    for base in (None, "somebody else"):
        assert entries({"a": {"load": [1.0]}}, base)["a", "load"].ratio_to_reference is None


def test_a_ratio_to_a_missing_or_zero_phase_is_absent_and_not_zero() -> None:
    runners = {"a": {"load": [0.0]}, "b": {"load": [1.0], "predict": [1.0]}}
    found = entries(runners, "a")
    assert found["b", "load"].ratio_to_reference is None
    assert found["b", "predict"].ratio_to_reference is None


def test_a_phase_without_values_has_no_entry() -> None:
    assert entries({"a": {"predict": [], "load": [1.0]}}).keys() == {("a", "load")}


def test_phases_come_in_the_order_of_the_protocol() -> None:
    phases = {"predict": [1.0], "load": [1.0], "startup": [1.0], "unheard-of": [1.0]}
    found = [entry.phase for entry in summarise({"a": phases}, None)]
    assert found == ["startup", "load", "predict"]
