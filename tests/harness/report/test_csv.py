"""table.csv is RFC 4180, in full precision, with empty cells for what is missing."""

from __future__ import annotations

import csv
import io

import pytest

from netparity.protocol import INPUTS, PHASES
from netparity.report import csv as report_csv
from netparity.report.document import Document
from netparity.report.rows import harmless
from tests.support.cases import make_run
from tests.support.snapshots import assert_snapshot
from tests.support.stored_runs import HOSTILE, entry, failed, mixed_run, ok, presentable_run, timing


def rows(run) -> dict[str, dict[str, str]]:
    text = io.StringIO(report_csv.render(Document.of(run)), newline="")
    return {row["label"]: row for row in csv.DictReader(text, strict=True)}


RUN = mixed_run()
ROWS = rows(RUN)


def test_snapshot() -> None:
    assert_snapshot("table.csv", report_csv.render(Document.of(presentable_run())))


def test_there_is_a_row_for_every_runner_and_no_column_too_many() -> None:
    assert list(ROWS) == [record.label for record in RUN.runners]
    assert all(None not in row and None not in row.values() for row in ROWS.values())


def test_every_phase_and_feature_has_its_columns() -> None:
    columns = set(ROWS["fast"])
    for phase in PHASES:
        assert {f"{phase}_median_seconds", f"{phase}_min_seconds", f"{phase}_ratio"} <= columns
    for kind in INPUTS:
        for feature in RUN.settings.layers:
            assert {f"{kind}_{feature}_relative_l2", f"{kind}_{feature}_verdict"} <= columns


def test_numbers_keep_their_full_precision() -> None:
    third = 1 / 3
    run = make_run(
        [ok("a")],
        parity=[entry("a", "fc6", third * 1e-7, "pass")],
        timing=[timing("a", "predict", [third], 1.0)],
    )
    row = rows(run)["a"]
    assert float(row["predict_median_seconds"]) == third
    assert float(row["shared_fc6_relative_l2"]) == third * 1e-7


def test_what_is_missing_is_an_empty_cell_and_never_zero() -> None:
    for label in ("crashed", "absent", "late"):
        figures = {
            name: cell
            for name, cell in ROWS[label].items()
            if name.endswith(("_seconds", "_ratio", "_relative_l2", "_max_abs", "_verdict"))
        }
        assert set(figures.values()) == {""}
    assert ROWS["nan"]["peak_rss_bytes"] == ""
    assert ROWS["nan"]["shared_fc6_relative_l2"] == ""
    assert ROWS["nan"]["shared_fc6_verdict"] == "error"
    assert ROWS["fast"]["preprocess_median_seconds"] == ""


def test_only_what_passed_parity_is_ranked() -> None:
    assert {label: row["ranked"] for label, row in ROWS.items() if row["ranked"] == "True"} == {
        "fast": "True"
    }


def test_the_native_verdict_is_not_the_shared_one() -> None:
    assert ROWS["fast"]["shared_fc6_verdict"] == "pass"
    assert ROWS["fast"]["native_fc6_verdict"] == "divergent"


FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize("label", [*HOSTILE, '"quoted", comma', "\r", "lone\rreturn", "=1+1"])
def test_a_hostile_label_comes_back_as_it_was_unless_it_is_a_formula(label: str) -> None:
    run = make_run([failed(label, f"because of {label}", [label])])
    [row] = rows(run).values()
    shown = f"'{label}" if label.startswith(FORMULAS) else label
    assert (row["label"], row["reason"]) == (shown, f"because of {label}")


@pytest.mark.parametrize("begin", FORMULAS)
def test_no_text_begins_like_a_formula(begin: str) -> None:
    """See OWASP, "CSV Injection"."""
    assert harmless(f"{begin}cmd|' /C calc'!A0") == f"'{begin}cmd|' /C calc'!A0"
    assert harmless(f"a{begin}b") == f"a{begin}b"


@pytest.mark.parametrize("cell", [-1.5, None, -3, "-3", "-1e-5", "+2", ""])
def test_numbers_stay_as_they_are(cell: object) -> None:
    assert harmless(cell) == cell
