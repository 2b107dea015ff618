"""Runs side by side: a column for each, and what must be known before they are compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netparity.judge.documents import open_document
from netparity.protocol import PHASES, Machine, Run
from netparity.report import Choice, Document
from netparity.report.cells import Table
from netparity.report.columns import PHASE_HEADERS
from netparity.report.several import beginning, errors, names, overview, seconds
from netparity.results.folder import RunFolder
from tests.support.cases import make_run
from tests.support.odd_runs import whole_run
from tests.support.stored_runs import entry, failed, ok, timing


def earlier() -> Run:
    return make_run(
        [ok("both"), ok("old"), ok("turns"), failed("crashes", "it crashed", [])],
        parity=[
            entry("both", "fc6", 1e-7, "pass"),
            entry("both", "fc7", 4e-7, "pass"),
            entry("old", "fc6", 2e-7, "pass"),
            entry("turns", "fc6", 1e-7, "pass"),
        ],
        timing=[
            timing("both", "predict", [0.1, 0.2, 0.3], 1.0),
            timing("both", "load", [7.0], 1.0),
            timing("old", "predict", [0.5], 2.0),
            timing("turns", "predict", [0.6], 3.0),
        ],
    )


def later() -> Run:
    return make_run(
        [ok("both"), ok("new"), ok("turns"), ok("crashes")],
        run_id="20260203T040506Z-123456",
        started="2026-02-03T04:05:06Z",
        parity=[
            entry("both", "fc6", 3e-7, "pass"),
            entry("turns", "fc6", 0.5, "divergent"),
            entry("crashes", "fc6", None, "error"),
        ],
        timing=[
            timing("both", "predict", [0.4], 1.0),
            timing("turns", "predict", [0.6], 3.0),
            timing("new", "predict", [0.9], None),
        ],
        machine=Machine(
            cpu="Another", cpus_available=1, memory_bytes=2**30, system="S", python="3.12.0"
        ),
    )


TWO = Document((earlier(), later()))


def cells(table: Table) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in table.rows}


def stored(folder: Path, run: Run) -> Path:
    store = RunFolder.create(folder, run.run_id)
    store.write_run(run)
    return store.path


# --- the tables -----------------------------------------------------------------------------


def test_a_single_run_has_nothing_before_its_tables() -> None:
    assert beginning(Document.of(earlier())) == []


def test_every_run_has_a_row_that_says_what_its_number_stands_for() -> None:
    table = overview(TWO)
    assert cells(table)["run 2"] == (
        "20260203T040506Z-123456",
        "2026-02-03T04:05:06Z",
        "0.1.0",
        "vgg16-tiny",
        "synthetic:0 (0123456789ab)",
        "Another, 1 processor",
        "S",
        "2",
        "1",
    )
    assert cells(table)["run 1"][5] == "A processor, 2 processors"


def test_labels_stand_in_the_order_in_which_they_were_met() -> None:
    for table in (seconds(TWO), errors(TWO)):
        assert list(cells(table)) == ["both", "old", "turns", "crashes", "new"]
        assert table.headers == ("runner", "run 1", "run 2")


def test_seconds_have_a_dash_where_a_run_does_not_have_the_runner() -> None:
    found = cells(seconds(TWO))
    assert found["both"] == ("0.20 (0.10–0.30)", "0.400")
    assert found["old"] == ("0.500", "–")
    assert found["new"] == ("–", "0.900")
    assert found["crashes"] == ("–", "–")


def test_a_failed_parity_is_marked_in_that_run_alone() -> None:
    assert cells(seconds(TWO))["turns"] == ("0.600", "0.600 ≠")
    assert cells(errors(TWO))["turns"] == ("1.0e-07", "5.0e-01 ≠")
    assert "≠: failed parity" in seconds(TWO).title


def test_what_was_timed_before_it_failed_is_not_said_to_have_failed_parity() -> None:
    broken = ok("a").model_copy(update={"status": "failed", "reason": "it crashed"})
    run = make_run([broken], timing=[timing("a", "predict", [0.5], None)])
    assert cells(seconds(Document((run, run))))["a"] == ("0.500", "0.500")


def test_errors_are_the_worst_or_the_fate() -> None:
    found = cells(errors(TWO))
    assert found["both"] == ("4.0e-07", "3.0e-07")
    assert found["crashes"] == ("failed", "ERROR")
    assert found["new"] == ("–", "–"), "it was not judged"
    assert errors(TWO).title.startswith("Relative L2 error at the worst feature of the shared")


def test_a_feature_that_one_run_does_not_have_is_a_dash() -> None:
    table = errors(Document(TWO.runs, choice=Choice(feature="fc7")))
    assert cells(table)["both"] == ("4.0e-07", "–")
    assert table.title.startswith("Relative L2 error at fc7 of the shared input")


@pytest.mark.parametrize("phase", PHASES)
def test_a_phase_changes_the_seconds(phase: str) -> None:
    table = seconds(Document(TWO.runs, choice=Choice(phase=phase)))
    assert table.title.startswith(f"Seconds of {PHASE_HEADERS[phase]}, side by side")
    measured = {"predict": "0.20 (0.10–0.30)", "load": "7.00"}
    assert cells(table)["both"][0] == measured.get(phase, "–")


def test_three_runs_and_the_same_run_twice() -> None:
    three = Document((earlier(), later(), earlier()))
    assert names(three) == ["run 1", "run 2", "run 3"]
    assert cells(seconds(three))["old"] == ("0.500", "–", "0.500")
    for table in beginning(three):
        assert {len(row) for row in table.rows} == {len(table.headers)}


# --- from folders ---------------------------------------------------------------------------


def test_each_run_is_tested_against_the_one_before_it(tmp_path: Path) -> None:
    runs = [
        whole_run(["a", "b", "wrong"], run_id=f"2026010{day}T000000Z-abcdef") for day in (1, 2, 3)
    ]
    document = open_document([stored(tmp_path, run) for run in runs])
    assert [table.title for table in document.across] == [
        "Seconds of predict, 20260102T000000Z-abcdef against 20260101T000000Z-abcdef",
        "Seconds of predict, 20260103T000000Z-abcdef against 20260102T000000Z-abcdef",
    ]
    assert [list(cells(table)) for table in document.across] == [["a", "b"], ["a", "b"]]
    assert len(beginning(document)) == 5


def test_runs_that_cannot_be_compared_are_shown_with_the_reason(tmp_path: Path) -> None:
    paths = [
        stored(tmp_path, earlier()),
        stored(tmp_path, later().model_copy(update={"model": "vgg16"})),
    ]
    document = open_document(paths)
    assert document.across == ()
    assert document.remarks == (
        "Run 2 against run 1 is not tested: the runs cannot "
        "be compared: model vgg16-tiny in 20260102T030405Z-abcdef, vgg16 in "
        "20260203T040506Z-123456.",
    )
    assert cells(seconds(document))["both"] == ("0.20 (0.10–0.30)", "0.400")


def test_what_differs_between_the_runs_is_remarked(tmp_path: Path) -> None:
    paths = [stored(tmp_path, run) for run in (earlier(), later())]
    remarks = open_document(paths).remarks
    assert any(remark.startswith("The runs differ in machine: A processor") for remark in remarks)


def test_of_more_than_two_runs_it_is_said_which_are_meant(tmp_path: Path) -> None:
    again = earlier().model_copy(update={"run_id": "20260301T000000Z-abcdef"})
    paths = [stored(tmp_path, run) for run in (earlier(), later(), again)]
    remarks = open_document(paths).remarks
    assert {remark[: len("Run 2 against run 1")] for remark in remarks} == {
        "Run 2 against run 1",
        "Run 3 against run 2",
    }


def test_a_feature_of_any_of_the_runs_can_be_chosen(tmp_path: Path) -> None:
    other = whole_run(["a", "b"], layers=["conv1_1"], run_id="20260301T000000Z-abcdef")
    paths = [stored(tmp_path, earlier()), stored(tmp_path, other)]
    document = open_document(paths, Choice(feature="conv1_1"))
    assert cells(errors(document))["a"] == ("–", "2.0e-07")


def test_the_runs_are_read_in_the_order_given(tmp_path: Path) -> None:
    paths = [stored(tmp_path, run) for run in (later(), earlier())]
    document = open_document([paths[0], paths[1] / "run.json"])
    assert [run.run_id for run in document.runs] == [
        json.loads((path / "run.json").read_text())["run_id"] for path in paths
    ]


def test_reading_runs_writes_nothing(tmp_path: Path) -> None:
    paths = [stored(tmp_path, run) for run in (earlier(), later())]
    open_document(paths)
    assert [file.name for path in paths for file in path.iterdir()] == ["run.json", "run.json"]
