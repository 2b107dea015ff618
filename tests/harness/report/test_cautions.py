"""What a reader is told beside the three answers, and what is left to the full report."""

from __future__ import annotations

import pytest

from netparity.protocol import Run, RunnerRecord
from netparity.report.cautions import MOST, cautions
from netparity.report.notes import asked_for, notes
from netparity.results.diagnosis import StoredDiagnosis
from tests.support.cases import make_run
from tests.support.odd_runs import odd_runs
from tests.support.stored_runs import entry, failed, mixed_run, ok


def absent(label: str) -> RunnerRecord:
    return RunnerRecord(
        label=label, runner=label, status="unavailable", reason="no MATLAB", fix="install it"
    )


def run_of(*records: RunnerRecord, command: str = "netparity compare", **changes: object) -> Run:
    return make_run(
        list(records),
        parity=[entry(r.label, "fc6", 2.5e-7, "pass") for r in records if r.status == "ok"],
        settings={"command": command.split()},
        **changes,
    )


def told(run: Run, *diagnoses: StoredDiagnosis) -> str:
    return "\n".join(cautions(run, list(diagnoses)).sentences)


def test_a_failed_runner_has_its_cause_and_its_log() -> None:
    text = told(run_of(ok("a"), failed("b", "it was ended by SIGSEGV", [])))
    assert "b failed: it was ended by SIGSEGV. Log: runners/03-x/round-1/log.txt" in text


def test_a_long_cause_is_cut_but_not_its_log() -> None:
    text = told(run_of(ok("a"), failed("b", "ValueError: " + "word " * 200, [])))
    [line] = [line for line in text.splitlines() if line.startswith("b failed")]
    assert len(line) < 550 and line.endswith("word … Log: runners/03-x/round-1/log.txt")


def test_runners_that_nobody_named_share_a_line() -> None:
    text = told(run_of(ok("a"), absent("b"), absent("c")))
    assert "Not available: b and c; netparity doctor says what they need." in text
    assert "no MATLAB" not in text


def test_those_left_out_of_all_are_in_that_line_too() -> None:
    sentence = "b is not ready and was left out: no MATLAB; fix: install it"
    text = told(run_of(ok("a"), warnings=[sentence]))
    assert "Not available: b; netparity doctor says what it needs." in text


@pytest.mark.parametrize("option", ["--runner b", "--runner=b[key=value]"])
def test_a_runner_that_was_named_has_its_reason_and_fix(option: str) -> None:
    """Its absence changes the exit code."""
    text = told(run_of(ok("a"), absent("b"), command=f"netparity compare {option}"))
    assert "b unavailable: no MATLAB. Fix: install it." in text


def test_runners_that_were_named_are_stored() -> None:
    run = make_run([absent("a"), absent("b")])
    settings = run.settings.model_copy(update={"named_runners": ["b[key=value]"]})
    run = run.model_copy(update={"settings": settings})
    assert [asked_for(run, absent(label)) for label in "ab"] == [False, True]


def test_without_a_stored_command_every_runner_counts_as_named() -> None:
    assert asked_for(make_run([absent("b")]), absent("b"))


def test_a_diagnosis_is_its_first_cause_with_the_fix() -> None:
    found = StoredDiagnosis(
        "a", ["first faulty layer: fc6", "confirmed: fc6: the bias is missing", "  fix: Add it."]
    )
    assert "Diagnosis of a: confirmed: fc6: the bias is missing; fix: Add it." in told(
        run_of(ok("a")), found
    )


def test_a_diagnosis_without_a_cause_is_its_first_line() -> None:
    found = StoredDiagnosis("a", ["no layer is faulty on its own"])
    assert "Diagnosis of a: no layer is faulty on its own." in told(run_of(ok("a")), found)


def test_a_tool_whose_own_code_did_not_run_is_named() -> None:
    code = "netparity compatibility functions on GNU Octave 7.3.0"
    text = told(run_of(ok("a", code="Keras 3"), ok("b", code=code)))
    assert f"b: {code}." in text and "Keras 3" not in text


def test_warnings_of_a_kind_share_a_line_and_the_lines_are_few() -> None:
    modes = [f"r{n} takes either 1 s or 2 s, so the median can be one or the other." for n in "abc"]
    unsteady = [f"The machine was unsteady: {n}." for n in "abc"]
    many = ["Too few rounds: 1.", *unsteady, *modes, "Stolen time: 1 s.", "All runners drifted x."]
    found = cautions(run_of(ok("a"), cautions=many), [])
    assert len(found.sentences) == MOST
    assert "The machine was unsteady: a. (2 more like this)" in found.sentences


def test_the_notes_that_are_not_told_are_counted() -> None:
    run = run_of(ok("a"), cautions=["Too few rounds: 1."])
    shown = [note for note in notes(run) if note in cautions(run, []).sentences]
    assert len(shown) == 2 and cautions(run, []).left == len(notes(run)) - 2


def test_what_changes_the_exit_code_is_never_left_out() -> None:
    many = [failed(f"r{number}", "it crashed", []) for number in range(20)]
    found = cautions(run_of(*many, cautions=["Too few rounds: 1."]), [])
    assert sum("failed: it crashed" in sentence for sentence in found.sentences) == 20


def test_a_run_with_every_outcome() -> None:
    text = told(mixed_run())
    for words in ("nan, fc6: 1 values are NaN", "crashed failed", "absent unavailable", "late was"):
        assert words in text


@pytest.mark.parametrize("name", odd_runs())
def test_every_run_has_few(name: str) -> None:
    run = odd_runs()[name]
    found = cautions(run, [])
    assert 0 <= found.left <= len(notes(run)) and len(set(found.sentences)) == len(found.sentences)
