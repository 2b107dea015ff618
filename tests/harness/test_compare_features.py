"""Every runner is held against the reference and every other runner, input by input."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.parity import compare_features, measure

R = np.random.default_rng(0).normal(0, 1, (1, 6))
REFERENCE = {"fc6": R, "fc7": R * 2}


def features(scale: float = 1.0):
    return {name: (value * scale).astype(np.float32) for name, value in REFERENCE.items()}


def compared(runners, reference=REFERENCE):
    return list(compare_features(runners, reference, 1e-5))


def test_every_pair_is_judged_once() -> None:
    both = {"shared": features(), "native": features(1.1)}
    entries = compared({"a": both, "b": both, "c": both})
    pairs = [(e.label, e.against, e.input, e.feature) for e in entries]
    assert len(pairs) == len(set(pairs)) == (3 + 3) * 2 * 2
    assert {(e.label, e.against) for e in entries} == {
        ("a", "reference"),
        ("b", "reference"),
        ("c", "reference"),
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    }


def test_an_entry_holds_the_metrics_and_the_verdict() -> None:
    [entry] = compared({"a": {"shared": {"fc6": R * 1.5}}})
    expected = measure(R * 1.5, R)
    assert entry.relative_l2 == expected.relative_l2 == pytest.approx(0.5)
    assert (entry.max_abs, entry.cosine_distance) == (expected.max_abs, expected.cosine_distance)
    assert entry.verdict == "divergent"


def test_the_native_input_is_held_against_the_shared_reference() -> None:
    entries = compared({"a": {"shared": features(), "native": features(1.2)}})
    verdicts = {(e.input, e.feature): e.verdict for e in entries}
    assert verdicts["shared", "fc6"] == "pass"
    assert verdicts["native", "fc6"] == "divergent"


def test_a_missing_feature_has_no_entry() -> None:
    entries = compared({"a": {"shared": features()}, "b": {"shared": {"fc6": R}}})
    assert ("b", "reference", "fc7") not in {(e.label, e.against, e.feature) for e in entries}
    assert [(e.feature) for e in entries if e.against == "b"] == ["fc6"]


def test_without_a_reference_runners_are_still_compared() -> None:
    entries = compared({"a": {"shared": features()}, "b": {"shared": features()}}, {})
    assert {(e.label, e.against) for e in entries} == {("a", "b")}


def test_no_runners_no_entries() -> None:
    assert compared({}) == []


def test_nan_is_an_error_with_no_distances() -> None:
    [entry] = compared({"a": {"shared": {"fc6": np.full((1, 6), np.nan)}}})
    assert (entry.verdict, entry.relative_l2, entry.max_abs) == ("error", None, None)


def test_shapes_that_differ_are_never_compared() -> None:
    with pytest.raises(ValueError, match="shapes differ"):
        compared({"a": {"shared": {"fc6": R[:, :5]}}})
