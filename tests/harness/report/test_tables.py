"""The cells of every table, and what is said beside them."""

from __future__ import annotations

import pytest

from netparity.protocol import Preprocessing, RunnerRecord
from netparity.report import agreement, tables
from netparity.report import cells as in_cells
from netparity.report import notes as in_notes
from netparity.results import outcomes
from tests.support.cases import make_run
from tests.support.stored_runs import entry, mixed_run, ok, timing

RUN = mixed_run()


def cells(table: in_cells.Table) -> dict[str, dict[str, str]]:
    """Row's name to header to cell."""
    return {row[0]: dict(zip(table.headers[1:], row[1:], strict=True)) for row in table.rows}


MAIN = cells(tables.comparison(RUN))


def test_there_is_a_row_for_every_runner_in_the_order_asked_for() -> None:
    assert list(MAIN) == ["fast", "wrong", "nan", "odd", "crashed", "absent", "late"]


@pytest.mark.parametrize("table", tables.tables(RUN), ids=lambda table: table.title)
def test_every_row_is_as_wide_as_the_headers(table: in_cells.Table) -> None:
    assert {len(row) for row in table.rows} == {len(table.headers)}


def test_a_runner_that_agrees() -> None:
    assert MAIN["fast"] == {
        "what ran": "Keras 3",
        "parity": "pass",
        "error": "3.5e-06",
        "predict, s": "0.20 (0.10–0.30)",
        "ratio": "1.00",
        "verdict": "–",
        "GiB": "1.00",
    }


def test_the_worst_feature_decides_and_a_failed_parity_is_not_ranked() -> None:
    assert MAIN["wrong"]["parity"] == "DIVERGES"
    assert MAIN["wrong"]["error"] == "5.0e-01 ≠"
    assert MAIN["wrong"]["predict, s"] == "0.400"
    assert MAIN["wrong"]["ratio"] == "unranked"


def test_nan_is_an_error_and_not_ranked() -> None:
    assert MAIN["nan"]["parity"] == MAIN["nan"]["error"] == "ERROR"
    assert (MAIN["nan"]["predict, s"], MAIN["nan"]["ratio"]) == ("123", "unranked")


@pytest.mark.parametrize("label", ["crashed", "absent", "late"])
def test_what_is_missing_is_a_dash_and_never_zero(label: str) -> None:
    dashes = {name: cell for name, cell in MAIN[label].items() if name != "parity"}
    assert set(dashes.values()) == {"–"}


def test_the_status_stands_where_the_verdict_would() -> None:
    found = {label: row["parity"] for label, row in MAIN.items()}
    assert (found["crashed"], found["absent"], found["late"]) == (
        "failed",
        "unavailable",
        "not run",
    )
    assert found["odd"] == "not judged"


def test_without_the_spread_only_medians_stand() -> None:
    assert cells(tables.comparison(RUN, spread=False))["fast"]["predict, s"] == "0.20"


def test_phases_that_were_not_measured_are_dashes() -> None:
    found = cells(tables.phases(RUN, spread=False))
    assert found["fast"] == {
        "start-up": "5.0",
        "load": "0.250",
        "preprocess": "–",
        "first predict": "0.500",
        "predict": "0.20",
    }
    assert found["odd"]["preprocess"] == "1.2e-05"
    assert "crashed" not in found


def test_parity_has_a_column_for_every_input_and_feature() -> None:
    found = cells(agreement.parity(RUN))
    assert list(found["fast"]) == ["fc6, shared", "fc7, shared", "fc6, native", "fc7, native"]
    assert found["fast"]["fc7, native"] == "–"
    assert found["nan"]["fc6, shared"] == "ERROR"
    assert found["fast"]["fc6, shared"] == "1.3e-06"


def test_a_divergent_feature_is_marked() -> None:
    assert in_cells.error(entry("a", "fc6", 0.5, "divergent")) != "5.0e-01"


def test_a_feature_that_shows_nothing_is_marked() -> None:
    assert "?" in in_cells.error(entry("a", "fc6", 0.0, "inconclusive"))


def test_pairs_of_runners() -> None:
    header, *rows = [agreement.matrix(RUN).headers, *agreement.matrix(RUN).rows]
    by_name = {row[0].split(" ", 1)[1]: row for row in rows}
    number = next(row[0].split(" ")[0] for row in rows if row[0].endswith(" wrong"))
    assert by_name["fast"][header.index(number)] == "0"


def test_pairs_at_the_feature_asked_for() -> None:
    for feature in ("fc6", "fc7"):
        assert f"every pair at {feature}," in agreement.matrix(RUN, feature).title


def test_a_run_in_which_nothing_ran_has_one_table() -> None:
    run = make_run([RunnerRecord(label="a", runner="x", status="unavailable", reason="none")])
    assert len(tables.tables(run)) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0001, "0.000100"),
        (0.00001234, "1.2e-05"),
        (0.1234, "0.123"),
        (1.0, "1.00"),
        (9.996, "10.0"),
        (12.34, "12.3"),
        (99.94, "99.9"),
        (99.96, "100"),
        (123.4, "123"),
        (98765.4, "98765"),
        (0.0, "0"),
    ],
)
def test_seconds_have_three_significant_digits(value: float, text: str) -> None:
    found = in_cells.seconds(value)
    if value in (99.96, 0.0):  # "100." and "0.0e+00" say the same
        assert float(found) == float(text)
    else:
        assert found == text


def test_no_number_ends_in_a_point() -> None:
    assert in_cells.seconds(99.96) == "100"


def test_the_title_says_that_weights_are_synthetic() -> None:
    assert outcomes.title(RUN).startswith(
        "vgg16-tiny, synthetic weights synthetic:0 (0123456789ab)"
    )


def notes(run) -> str:
    return "\n".join(in_notes.notes(run))


def test_notes_say_what_went_wrong_and_what_mends_it() -> None:
    text = notes(RUN)
    assert "The weights are synthetic" in text
    assert "wrong failed parity: its timings are shown, but not ranked." in text
    assert "wrong: its features differ from process to process." in text
    assert "crashed failed: it was ended by SIGSEGV. Log: runners/03-x/round-1/log.txt" in text
    assert "absent unavailable: no MATLAB was found. Fix: install MATLAB" in text
    assert "fast: Keras 3." in text
    assert "cut short" not in text


@pytest.mark.parametrize("label", ["late", "odd"])
def test_what_was_not_judged_is_not_said_to_have_failed_parity(label: str) -> None:
    assert f"{label} failed parity" not in notes(RUN)


def test_notes_of_a_run_that_was_cut_short() -> None:
    assert "cut short" in notes(RUN.model_copy(update={"finished": None}))
    assert "cut short" in notes(RUN.model_copy(update={"interrupted": True}))


def test_the_runner_that_ratios_are_taken_to_is_named() -> None:
    assert "Ratio: to fast in the same round" in notes(RUN)


def test_a_base_that_failed_is_not_named() -> None:
    run = make_run(
        [ok("a"), RunnerRecord(label="b", runner="x", status="failed", reason="it crashed")],
        settings={"ratio_reference": "b"},
        parity=[entry("a", "fc6", 1e-7, "pass")],
        timing=[timing("a", "predict", [1.0], None)],
    )
    assert "over that of b" not in notes(run)


@pytest.mark.parametrize(
    ("exact", "rms", "words"),
    [
        (False, 4e-6, "the same as the shared input."),  # resized and cropped, as the network says
        (True, 4e-6, "reproduced exactly by bilinear."),
        (False, 0.5, "not reproduced; nearest is bilinear."),
    ],
)
def test_an_input_like_the_shared_one_needs_no_resize_to_explain_it(
    exact: bool, rms: float, words: str
) -> None:
    own = Preprocessing(label="a", resize="bilinear", exact=exact, rms=rms)
    run = make_run([ok("a")], preprocessing=[own], parity=[entry("a", "fc6", 1e-7, "pass")])
    assert f"a, its own input: {words}" in notes(run)


def test_tails_are_those_of_failed_runners() -> None:
    assert in_notes.log_tails(RUN) == [("crashed", ["Traceback", "  <boom> | *"])]


def test_parity_passed() -> None:
    passed = {label for label in MAIN if outcomes.parity_passed(RUN, label)}
    assert passed == {"fast"}
