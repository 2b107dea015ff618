"""Several networks in one table: ratios, geometric means, and a reason in every other cell."""

from __future__ import annotations

import math

import pytest

from netparity.protocol import Run
from netparity.report import Document
from netparity.report.by_network import MEAN_ROW, by_network, geometric_mean
from netparity.report.several import beginning
from tests.support.cases import make_run
from tests.support.stored_runs import entry, failed, ok, timing


def run_of(model: str, ratios: dict[str, float], **changes: object) -> Run:
    """A run of a network in which everything passed; the runner `base` has ratio 1."""
    known = {"base": 1.0, **ratios}
    return make_run(
        [ok(label) for label in known],
        model=model,
        parity=[entry(label, "fc6", 1e-7, "pass") for label in known],
        timing=[timing(label, "predict", [ratio], ratio) for label, ratio in known.items()],
        **changes,
    )


def table(*runs: Run) -> dict[str, dict[str, str]]:
    names = [f"run {number}" for number in range(1, len(runs) + 1)]
    found = by_network(runs, names, "predict")
    assert found is not None
    return {row[0]: dict(zip(found.headers[1:], row[1:], strict=True)) for row in found.rows}


def test_the_last_row_has_geometric_means_over_the_networks() -> None:
    found = table(run_of("small", {"a": 2.0}), run_of("large", {"a": 8.0}))
    assert list(found) == ["small, run 1", "large, run 2", MEAN_ROW]
    assert found["small, run 1"]["a"].startswith("2")
    assert found[MEAN_ROW] == {"base": "1.00 (2 of 2)", "a": "4.00 (2 of 2)"}  # sqrt(2 * 8)


def test_a_network_of_several_runs_counts_once() -> None:
    runs = run_of("small", {"a": 2.0}), run_of("small", {"a": 8.0}), run_of("large", {"a": 9.0})
    mean = math.sqrt(math.sqrt(2 * 8) * 9)
    assert table(*runs)[MEAN_ROW]["a"] == f"{mean:.2f} (2 of 2)"


def test_a_cell_without_a_ratio_says_why_and_does_not_enter_the_mean() -> None:
    wrong = run_of("wrong", {"a": 3.0})
    wrong = wrong.model_copy(
        update={"parity": [entry("base", "fc6", 1e-7, "pass"), entry("a", "fc6", 0.5, "divergent")]}
    )
    broken = run_of("broken", {})
    crashed = failed("a", "it crashed", [])
    broken = broken.model_copy(update={"runners": [*broken.runners, crashed]})
    found = table(run_of("fine", {"a": 2.0}), wrong, broken, run_of("without", {}))
    assert [row["a"] for row in found.values()][1:] == [
        *("failed parity", "failed", "–"),
        "2.00 (1 of 4)",
    ]


def test_ratios_to_another_base_are_not_mixed_in() -> None:
    other = make_run(
        [ok("a"), ok("base")],
        model="large",
        parity=[entry(label, "fc6", 1e-7, "pass") for label in ("a", "base")],
        timing=[timing("a", "predict", [1.0], 1.0), timing("base", "predict", [0.5], 0.5)],
        settings={"ratio_reference": "a"},
    )
    found = table(run_of("small", {"a": 2.0}), other)
    assert set(found["large, run 2"].values()) == {"other base"}
    assert found[MEAN_ROW]["a"] == "2.00 (1 of 2)"


def test_runs_of_one_network_have_no_such_table() -> None:
    same = run_of("small", {"a": 2.0}), run_of("small", {"a": 3.0})
    assert by_network(same, ["run 1", "run 2"], "predict") is None
    assert len(beginning(Document(same))) == 3
    different = run_of("small", {"a": 2.0}), run_of("large", {"a": 3.0})
    assert beginning(Document(different))[1].title == (
        "Seconds of predict, as a ratio to base, by network"
    )


def test_a_geometric_mean() -> None:
    assert geometric_mean([1.0, 10.0, 100.0]) == pytest.approx(10.0)
