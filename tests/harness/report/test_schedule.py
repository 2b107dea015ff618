"""What a report says of processes that did not take turns."""

from __future__ import annotations

from netparity.protocol import Block, Round, Run, RunnerRecord
from netparity.report.repeats import counted_repeats
from netparity.report.schedule import schedule_notes
from tests.support.cases import make_run


def process(number: int, turns: bool, **changes) -> Round:
    blocks = [Block(turn=1, begun_seconds=0.0, seconds=[0.1])] if turns else None
    values = {"round": number, "order": 1, "status": "ok", "wall_seconds": 1.0, "log": "l"}
    return Round(**{**values, "blocks": blocks, "phases": {"predict": [0.1]}, **changes})


def run_of(schedule: str, reason: str | None, **rounds: list[Round]) -> Run:
    records = [
        RunnerRecord(label=label, runner="external", status="ok", rounds=processes)
        for label, processes in rounds.items()
    ]
    run = make_run(records)
    changes = {"schedule": schedule, "schedule_reason": reason, "repeats": None}
    return run.model_copy(update={"settings": run.settings.model_copy(update=changes)})


def test_the_reason_is_given_where_there_was_more_than_one_runner() -> None:
    reason = "they need 5.0 GiB at once (an estimate), and 1.0 GiB are free"
    both = run_of("sequential", reason, a=[process(1, False)], b=[process(1, False)])
    assert list(schedule_notes(both)) == [
        f"The processes of a round ran one after the other: {reason}."
    ]
    assert list(schedule_notes(run_of("sequential", "alone", a=[process(1, False)]))) == []


def test_a_runner_that_takes_no_turns_is_named() -> None:
    turns, none = [process(1, True), process(2, True)], [process(1, False), process(2, False)]
    [note] = schedule_notes(run_of("interleaved", None, a=turns, plain=none))
    assert note.startswith("plain does not take turns")


def test_a_process_that_was_repeated_or_failed_says_nothing_about_its_runner() -> None:
    turns = [process(1, True), process(2, False)]
    again = [process(1, False, wasted_seconds=3.0), process(2, False)]
    failed = [process(1, False, status="failed")]
    run = run_of("interleaved", "round 2: little memory", a=turns, again=again, failed=failed)
    assert list(schedule_notes(run)) == [
        "The processes of a round ran one after the other: round 2: little memory."
    ]


def test_chosen_numbers_of_predictions_are_counted() -> None:
    few, many = process(1, True), process(1, True, phases={"predict": [0.1] * 8})
    assert counted_repeats(run_of("interleaved", None, a=[few], b=[many]), "prediction") == (
        "1 to 8 predictions"
    )
    assert counted_repeats(run_of("interleaved", None, a=[many]), "prediction") == "8 predictions"
    assert counted_repeats(run_of("interleaved", None), "prediction") == "predictions"
