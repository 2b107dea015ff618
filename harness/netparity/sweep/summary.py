"""What a sweep shows, from its judged runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from netparity.protocol import Run, RunnerRecord
from netparity.results.outcomes import NOT_RUN, outcome, parity_passed, title
from netparity.results.seconds import ok_phases, round_nodes
from netparity.run.planning import Plan
from netparity.sweep.tables import Row, Sweep
from netparity.sweep.winners import name_winners


def summarise_sweep(
    name: str, runs: Sequence[Run], interrupted: bool = False, planned: Sequence[Row] = ()
) -> Sweep:
    """The rows of all runs, and which setting wins where.

    Args:
        planned: every row that was planned; those that no run has are shown as not run.
    """
    rows = [make_row(run, record) for run in runs for record in run.runners]
    begun = {_cell(row) for row in rows}
    rows += [row for row in planned if _cell(row) not in begun]
    rows.sort(key=lambda row: (row.setting, row.batch, row.threads, row.data_format or ""))
    heading = title(runs[0]) if runs else "no run had begun"
    heading += " and more" if len(runs) > 1 else ""
    # A round of a sweep on a cluster is one task for all runs, so they share its node.
    nodes = {number: node for run in runs for number, node in round_nodes(run).items()}
    winners = list(name_winners(rows, seconds_per_image(runs), nodes))
    return Sweep(name, heading, rows, winners, interrupted)


def _cell(row: Row) -> tuple[str, int, int]:
    return row.label, row.batch, row.threads


def planned_rows(plans: Sequence[Plan]) -> Iterator[Row]:
    """The rows of a sweep in which nothing has run yet."""
    for plan in plans:
        for runner in plan.runners:
            record = RunnerRecord(
                label=runner.label,
                runner=runner.name,
                options=runner.chosen,
                status="pending",
                data_format=runner.data_format,
            )
            yield Row(
                run_id="",
                model=plan.model.name,
                label=record.label,
                setting=without_data_format(record),
                batch=len(plan.images),
                threads=plan.threads,
                data_format=record.data_format,
                parity=NOT_RUN,
                processes=0,
            )


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
