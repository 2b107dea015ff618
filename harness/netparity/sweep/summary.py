"""What a sweep shows, from its judged runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netparity.protocol import Run, RunnerRecord
from netparity.results.outcomes import outcome, parity_passed, title
from netparity.results.seconds import ok_phases
from netparity.sweep.tables import Row, Sweep
from netparity.sweep.winners import name_winners


def summarise_sweep(name: str, runs: Sequence[Run], interrupted: bool = False) -> Sweep:
    """The rows of all runs, and which setting wins where."""
    rows = [make_row(run, record) for run in runs for record in run.runners]
    rows.sort(key=lambda row: (row.setting, row.batch, row.threads, row.data_format or ""))
    heading = f"{title(runs[0])} and more" if len(runs) > 1 else title(runs[0])
    winners = list(name_winners(rows, seconds_per_image(runs)))
    return Sweep(name, heading, rows, winners, interrupted)


def make_row(run: Run, record: RunnerRecord) -> Row:
    """One runner of one point."""
    batch = len(run.images)
    row = Row(
        run_id=run.run_id,
        model=run.model,
        label=record.label,
        setting=without_data_format(record),
        batch=batch,
        threads=run.settings.threads,
        data_format=record.data_format,
        parity=outcome(run, record),
        processes=sum(round_.status == "ok" for round_ in record.rounds),
        peak_rss_bytes=record.peak_rss_bytes,
    )
    taken = (each for each in run.timing if (each.label, each.phase) == (record.label, "predict"))
    entry = next(taken, None)
    if entry is None:
        return row
    low, high = entry.interval_seconds or (None, None)
    row = replace(row, predict_seconds=entry.median_seconds, predict_low=low, predict_high=high)
    if not parity_passed(run, record.label):
        return row
    return replace(
        row,
        images_per_second=batch / entry.median_seconds,
        images_per_second_low=batch / high if high else None,
        images_per_second_high=batch / low if low else None,
    )


def without_data_format(record: RunnerRecord) -> str:
    """The runner's label as it is over all data formats."""
    named = ",".join(
        f"{key}={value}"
        for key, value in record.options.items()
        if key != "data_format" and f"{key}={value}" in record.label
    )
    if not record.label.startswith(record.runner):
        return record.label  # the user's own name for it
    return f"{record.runner}[{named}]" if named else record.runner


def seconds_per_image(runs: Sequence[Run]) -> dict[tuple[str, str], dict[int, list[float]]]:
    """Seconds of `predict` per image, by run and label, then by round."""
    return {
        (run.run_id, label): {
            number: [value / len(run.images) for value in values]
            for number, values in phases.get("predict", {}).items()
        }
        for run in runs
        for label, phases in ok_phases(run).items()
    }
