"""Distributions over images, against NumPy on all rows at once."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.dataset.tally import Tally


def rows(values, *, runner="a", start=0, verdicts=None, **more):
    for number, value in enumerate(values):
        yield {
            **{"row": start + number, "image": f"{start + number}.png", "runner": runner},
            **{"input": "shared", "feature": "fc6", "over_floor": value},
            "verdict": verdicts[number] if verdicts else "pass",
            **dict.fromkeys(("top1", "top5", "input_mean_abs", "input_max_abs")),
            **{name: given[number] for name, given in more.items()},
        }


def test_quantiles_are_those_of_all_rows_together():
    values = np.exp(np.random.default_rng(0).normal(0, 2, 3000))
    tally = Tally(keep=3)
    for start in range(0, 3000, 500):
        tally.add(rows(values[start : start + 500], start=start))
    [found] = tally.distributions()
    for percent, given in ((50, found.median), (95, found.p95), (99, found.p99)):
        expected = np.quantile(values, percent / 100, method="inverted_cdf")
        assert given == pytest.approx(expected, rel=2**-7)
    assert (found.worst.over_floor, found.worst.row) == (values.max(), int(values.argmax()))
    ordered = np.argsort(values)[::-1][:3]
    assert [each.row for each in tally.worst()["a", "shared"]] == list(ordered)


def test_infinite_errors_are_the_worst_and_in_no_quantile():
    tally = Tally(keep=1)
    tally.add(rows([1.0, np.inf, 2.0], verdicts=["pass", "error", "pass"]))
    [found] = tally.distributions()
    assert (found.images, found.passed, found.worst.row) == (3, 2, 1)
    assert found.p99 == pytest.approx(2.0)


def test_without_a_finite_error_there_is_no_quantile():
    tally = Tally(keep=1)
    tally.add(rows([np.inf], verdicts=["error"]))
    assert tally.distributions()[0].median is None


def test_classes_and_inputs_are_counted():
    tally = Tally(keep=0)
    tally.add(
        rows(
            *([1.0, 1.0],),
            top1=[True, False],
            top5=[0.8, 1.0],
            input_mean_abs=[1.0, 3.0],
            input_max_abs=[9.0, 5.0],
        )
    )
    [found] = tally.distributions()
    assert (found.top1_changed, found.top5_changed) == (1, 1)
    assert (found.input_mean_abs, found.input_max_abs) == (2.0, 9.0)
    assert tally.worst()["a", "shared"] == []


def test_of_several_features_an_image_counts_with_its_worst():
    tally = Tally(keep=2)
    tally.add(rows([1.0, 5.0]))
    tally.add({**row, "feature": "fc7"} for row in rows([7.0, 2.0]))
    worst = tally.worst()["a", "shared"]
    assert [(each.row, each.feature) for each in worst] == [(0, "fc7"), (1, "fc6")]


def test_memory_does_not_grow_with_the_images():
    tally = Tally(keep=2)
    for start in range(0, 20000, 1000):
        tally.add(rows(np.full(1000, 1.0 + start), start=start))
    [kept] = tally._worst.values()
    assert len(kept) <= 12
