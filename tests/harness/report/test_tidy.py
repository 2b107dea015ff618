"""Tidy rows: one figure each, with its interval and its unit, typed as readers expect."""

from __future__ import annotations

import csv
import io

import pandas
import pytest

from netparity.protocol import Run
from netparity.report import Document, render
from netparity.report.tidy import COLUMNS
from tests.support.odd_runs import odd_runs, whole_run
from tests.support.stored_runs import mixed_run, presentable_run


def text(*runs: Run) -> str:
    return str(render(Document(runs), "tidy"))


def rows(*runs: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(*runs), newline=""), strict=True))


def frame(*runs: Run) -> pandas.DataFrame:
    # By default pandas takes a runner that is called "nan" or "NA" for a missing one.
    return pandas.read_csv(io.StringIO(text(*runs)), keep_default_na=False, na_values=[""])


def figures(run: Run, **wanted: str) -> list[dict[str, str]]:
    return [row for row in rows(run) if all(row[key] == value for key, value in wanted.items())]


@pytest.mark.parametrize("name", odd_runs())
def test_every_row_is_whole(name: str) -> None:
    for row in rows(odd_runs()[name]):
        assert tuple(row) == COLUMNS and None not in row.values()
        assert row["quantity"] and row["unit"] and row["value"]
        assert (row["low"] == "") == (row["high"] == "")
        float(row["value"])


def test_pandas_finds_numbers_where_numbers_are() -> None:
    table = frame(whole_run(["a", "b"]), presentable_run())
    for name in ("value", "low", "high"):
        assert table[name].dtype == "float64"
    for name in ("run_id", "label", "quantity", "unit"):
        assert table[name].map(lambda value: isinstance(value, str)).all()
    assert table["value"].notna().all()
    assert len(table) == len(rows(whole_run(["a", "b"]), presentable_run())) > 50


def test_every_figure_of_the_run_is_there_once() -> None:
    run = whole_run(["a", "b"])
    key = ["run_id", "label", "input", "feature", "against", "phase", "quantity"]
    table = frame(run)
    assert not table.duplicated(key).any()
    counts = table["quantity"].value_counts()
    assert counts["relative_l2"] == len(run.parity)
    assert counts["seconds"] == counts["best_seconds"] == len(run.timing)
    assert counts["layer_seconds"] == len(run.layer_timing)
    assert counts["peak_rss"] == len(run.runners)


def test_the_figures_and_their_intervals_are_those_of_the_run() -> None:
    run = whole_run(["a", "b"])
    [seconds] = figures(run, label="b", phase="predict", quantity="seconds")
    assert [float(seconds[name]) for name in ("value", "low", "high")] == [0.2, 0.1, 0.3]
    assert (seconds["unit"], seconds["runner"]) == ("s", "keras3-tensorflow")
    [ratio] = figures(run, label="b", phase="predict", quantity="ratio")
    assert float(ratio["value"]) == 1.5 and float(ratio["low"]) < 1.5 < float(ratio["high"])
    [share] = figures(run, label="b", quantity="share_of_limit")
    assert float(share["value"]) == pytest.approx(0.01 / 0.2)
    [error] = figures(run, label="a", feature="fc7", quantity="relative_l2", against="reference")
    assert (float(error["value"]), error["verdict"], error["input"]) == (4e-7, "pass", "shared")
    [floor] = figures(run, label="a", feature="fc7", quantity="floor")
    assert float(floor["value"]) == 1e-7


def test_what_is_missing_has_no_row() -> None:
    labels = {row["label"] for row in rows(mixed_run())}
    assert labels == {"fast", "wrong", "nan", "odd"}
    assert figures(mixed_run(), label="nan", quantity="relative_l2") == []
    assert figures(mixed_run(), label="nan", quantity="peak_rss") == []


def test_runs_side_by_side_are_told_apart() -> None:
    later = whole_run(["a"], run_id="another", netparity_version="0.2.0")
    found = {(row["run_id"], row["netparity_version"]) for row in rows(presentable_run(), later)}
    assert found == {("20260102T030405Z-abcdef", "0.1.0"), ("another", "0.2.0")}
