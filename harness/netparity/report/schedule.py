"""How the processes of a round were run, where it was not in turns, in words."""

from __future__ import annotations

from collections.abc import Iterator

from netparity.protocol import Run


def schedule_notes(run: Run) -> Iterator[str]:
    """Why processes ran one after the other, and which runners did although the others did not."""
    settings = run.settings
    if settings.schedule_reason is not None and len(run.runners) > 1:
        yield f"The processes of a round ran one after the other: {settings.schedule_reason}."
    for label in runners_without_turns(run):
        yield (
            f"{label} does not take turns: in every round it ran alone from its start to its end, "
            "while the others were stopped."
        )


def runners_without_turns(run: Run) -> list[str]:
    """Labels of the runners none of whose processes took turns in rounds in which others did.

    A process whose timings did not count is repeated alone; it says nothing about its runner.
    """
    took_turns = {
        record.label: {
            process.round: process.blocks is not None
            for process in record.rounds
            if process.status == "ok" and process.wasted_seconds == 0
        }
        for record in run.runners
    }
    interleaved = {n for rounds in took_turns.values() for n, took in rounds.items() if took}
    found = []
    for label, rounds in took_turns.items():
        compared = [took for number, took in rounds.items() if number in interleaved]
        if compared and not any(compared):
            found.append(label)
    return found
