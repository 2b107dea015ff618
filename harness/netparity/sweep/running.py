"""netparity sweep: every runner under every setting of a grid, with one schedule for all.

Each pair of batch size and number of threads is a run of its own, stored and judged as any other;
their processes take turns within the same rounds, so that settings can be compared in pairs.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from netparity.errors import UsageError
from netparity.inputs import MAX_IMAGES, SAMPLE_IMAGE
from netparity.judge.evaluate import evaluate, write_report
from netparity.parity import ReferencePass
from netparity.protocol import DataFormat, Run, RunnerRecord
from netparity.results.folder import RunFolder, new_name, utc_now
from netparity.results.outcomes import outcome, parity_passed, title
from netparity.results.seconds import ok_phases
from netparity.run.compare import has_failed, run_reference, take_turn, widest_interval
from netparity.run.planning import (
    Plan,
    begin_run,
    make_assignment,
    make_plan,
    prepare_runners,
)
from netparity.run.process import Assignment, Turn
from netparity.run.request import MOST_THREADS, Request
from netparity.runners import DEFAULT_RUNNERS, RUNNERS, Runner, create_runners
from netparity.sweep.grid import Grid
from netparity.sweep.tables import FILES, Row, Sweep
from netparity.timing import calibrate, winner
from netparity.watch import SILENT, Watch

DATA_FORMATS: tuple[str, ...] = get_args(DataFormat)
MOST_POINTS = 256
MOST_NAMED = 3


@dataclass
class Point:
    """One batch size with one number of threads: a run in the making."""

    plan: Plan
    runners: list[Runner]
    assignment: Assignment
    store: RunFolder
    run: Run


def run_sweep(request: Request, grid: Grid, watch: Watch = SILENT) -> tuple[Sweep, list[Run], Path]:
    """Run the grid; judge and store every point; return what was found, and where it lies.

    The images given are repeated until a batch is full.

    Raises:
        NetparityError: for what is wrong with the request, before any runner starts.
        KeyboardInterrupt: after what was done has been judged and stored.
    """
    plans = list(make_plans(request, grid, watch))
    parent = RunFolder.create(request.results, f"{new_name()}-sweep")
    with parent.discarded_unless_begun():
        points = list(begin_points(plans, parent, watch))
    try:
        run_points(points, watch)
    finally:
        # After Ctrl-C as well: what was measured is worth its table.
        for point in points:
            finish(point, watch)
        found = summarise_sweep(parent.run_id, [point.run for point in points])
        for name, render in FILES.items():
            parent.write_text(name, render(found))
    return found, [point.run for point in points], parent.path


def make_plans(request: Request, grid: Grid, watch: Watch = SILENT) -> Iterator[Plan]:
    """A checked plan for each point.

    Raises:
        UsageError: if a setting is out of range, or the grid too large.
    """
    check_grid(grid)
    runners = spread_runners(request.runners, grid.data_formats)
    images = list(request.images) or [SAMPLE_IMAGE]
    if request.reference is not None:
        raise UsageError("--reference is for one comparison; a sweep compares all its settings")
    for batch in grid.batches:
        if len(images) > batch:
            raise UsageError(f"--batch {batch}: {len(images)} images were given; give at most that")
        batch_images = [images[index % len(images)] for index in range(batch)]
        every: Sequence[int | None] = grid.threads or [request.threads]
        for threads in every:
            point = replace(request, images=batch_images, runners=runners, threads=threads)
            yield make_plan(point, watch)
            watch = SILENT  # the next points would repeat what is said of images and weights


def check_grid(grid: Grid) -> None:
    """Settings are in range and named once.

    Raises:
        UsageError: naming the first that is not.
    """
    for option, values, most in (
        ("--batch", grid.batches, MAX_IMAGES),
        ("--threads", grid.threads, MOST_THREADS),
    ):
        for value in values:
            if not 1 <= value <= most:
                raise UsageError(f"{option} {value}: expected numbers from 1 to {most}")
        if len(set(values)) < len(values):
            raise UsageError(f"{option} names a value twice")
    if not grid.batches:
        raise UsageError("--batch is empty: expected numbers such as 1,2,4")
    for data_format in grid.data_formats:
        if data_format not in DATA_FORMATS:
            known = ", ".join(DATA_FORMATS)
            raise UsageError(f"--data-format {data_format!r} is not one of {known}")
    if len(set(grid.data_formats)) < len(grid.data_formats):
        raise UsageError("--data-format names a value twice")
    points = len(grid.batches) * max(1, len(grid.threads))
    if points > MOST_POINTS:
        raise UsageError(f"{points} pairs of --batch and --threads; at most {MOST_POINTS}")


def spread_runners(texts: Sequence[str], data_formats: Sequence[str]) -> list[str]:
    """The runners with every data format that each can take, as the user would write them.

    Raises:
        UsageError: if there is no such runner.
    """
    if not data_formats:
        return list(texts or DEFAULT_RUNNERS)
    spread = []
    for runner in create_runners(texts or DEFAULT_RUNNERS, RUNNERS):
        kept = {key: value for key, value in runner.chosen.items() if key != "data_format"}
        option = runner.options.get("data_format")
        choices = option.choices if option else ()
        takes = [each for each in data_formats if each in choices and len(choices) > 1]
        spread_over: Sequence[str | None] = takes or [None]
        for data_format in spread_over:
            keys = {**kept, **({"data_format": data_format} if data_format else {})}
            inside = ",".join(f"{key}={value}" for key, value in keys.items())
            spread.append(f"{runner.name}[{inside}]" if inside else runner.name)
    return list(dict.fromkeys(spread))


def begin_points(plans: Sequence[Plan], parent: RunFolder, watch: Watch) -> Iterator[Point]:
    """Prepare and store every point, its reference included; one reference serves a batch size."""
    available = prepare_runners(plans[0], watch)
    referenced: dict[int, tuple[Run, RunFolder]] = {}
    for plan in plans:
        batch = len(plan.images)
        name = f"{parent.run_id}-batch-{batch}-threads-{plan.threads}"
        store = RunFolder.create(parent.path, name)
        with store.discarded_unless_begun():
            assignment = make_assignment(plan, available, store, watch)
            run = begin_run(plan, available, store)
        if batch in referenced:
            run = copy_reference(run, store, *referenced[batch])
        else:
            reference = ReferencePass(plan.model, plan.weights.tensors(), assignment.tensor)
            run = run_reference(run, plan, reference, store, watch)
            referenced[batch] = run, store
        ready = [runner for runner in plan.runners if available[runner.label].available]
        yield Point(plan, ready, assignment, store, run)


def copy_reference(run: Run, store: RunFolder, done: Run, done_store: RunFolder) -> Run:
    """The reference of another run with the same images."""
    for file in done.reference_features.values():
        store.write_array(file.file, done_store.read_array(file))
    changes = {
        "reference_features": done.reference_features,
        "noise_floors": done.noise_floors,
    }
    run = run.model_copy(update=changes)
    store.write_run(run)
    return run


def run_points(points: Sequence[Point], watch: Watch) -> None:
    """Every runner of every point once per round, all shuffled together."""
    schedule = points[0].plan.schedule
    cells = [(point, runner) for point in points for runner in point.runners]
    generator = random.Random(points[0].run.settings.order_seed)
    begun = time.monotonic()
    rounds = 0
    done = 0.0
    with watch.task("sweeping", 1.0) as task:
        while cells:
            state = rounds, time.monotonic() - begun, widest_of([point.run for point in points])
            if schedule.is_over(*state):
                break
            order = generator.sample(cells, len(cells))
            for place, (point, runner) in enumerate(order, start=1):
                if not has_failed(point.run, runner.label):
                    task.note(f"{describe(point)}: {runner.label}, {schedule.words(*state)}")
                    take_place(point, runner, rounds + 1, place, watch)
                part = rounds + place / len(order), time.monotonic() - begun, state[2]
                step = max(0.0, schedule.progress(*part) - done)
                task.advance(step)
                done += step
            cells = [cell for cell in cells if not has_failed(cell[0].run, cell[1].label)]
            rounds += 1


def take_place(point: Point, runner: Runner, number: int, place: int, watch: Watch) -> None:
    """One process at one point."""
    labels = [each.label for each in point.plan.runners]
    turn = Turn(labels.index(runner.label) + 1, number, place, calibrate())
    point.run = take_turn(point.run, point.plan, runner, point.assignment, point.store, turn, watch)


def widest_of(runs: Sequence[Run]) -> float | None:
    """Half-width of the widest interval of all ratios at all points; None where one has none."""
    widths = [widest_interval(run) for run in runs]
    known = [width for width in widths if width is not None]
    return max(known, default=0.0) if len(known) == len(widths) else None


def describe(point: Point) -> str:
    """The point's settings, for the progress bar."""
    return f"batch {len(point.plan.images)}, {point.plan.threads} threads"


def finish(point: Point, watch: Watch) -> None:
    """Judge a point and write its report."""
    run = evaluate(point.run, point.store, point.plan.weights.tensors(), watch)
    point.run = run.model_copy(update={"finished": utc_now()})
    write_report(point.run, point.store, watch)


# --- what it shows --------------------------------------------------------------------------


def summarise_sweep(name: str, runs: Sequence[Run]) -> Sweep:
    """The rows of all runs, and which setting wins where."""
    rows = [make_row(run, record) for run in runs for record in run.runners]
    rows.sort(key=lambda row: (row.setting, row.batch, row.threads, row.data_format or ""))
    said = f"{title(runs[0])} and more" if len(runs) > 1 else title(runs[0])
    return Sweep(name, said, rows, list(say_winners(rows, seconds_of(runs))))


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


def seconds_of(runs: Sequence[Run]) -> dict[tuple[str, str], dict[int, list[float]]]:
    """Seconds of `predict` per image, by run and label, then by round."""
    return {
        (run.run_id, label): {
            number: [value / len(run.images) for value in values]
            for number, values in phases.get("predict", {}).items()
        }
        for run in runs
        for label, phases in ok_phases(run).items()
    }


def say_winners(
    rows: Sequence[Row], measured: dict[tuple[str, str], dict[int, list[float]]]
) -> Iterator[str]:
    """For each batch size the fastest runner and setting; for each runner its best setting."""
    ranked = [row for row in rows if row.images_per_second is not None]
    for batch in sorted({row.batch for row in ranked}):
        cells = [row for row in ranked if row.batch == batch]
        yield from say_winner(f"Batch {batch}", cells, measured)
    for setting in dict.fromkeys(row.setting for row in ranked):
        cells = [row for row in ranked if row.setting == setting]
        if len(cells) > 1:
            yield from say_winner(setting, cells, measured)


def say_winner(
    where: str, cells: Sequence[Row], measured: dict[tuple[str, str], dict[int, list[float]]]
) -> Iterator[str]:
    """One sentence, if there is anything to compare."""
    by_name = {describe_row(row): row for row in cells}
    found = winner({name: measured[row.run_id, row.label] for name, row in by_name.items()})
    if found is None or len(cells) < 2:
        return
    best = by_name[found.key]
    said = f"{where}: {best.images_per_second:.4g} images/s at best, with {found.key}; "
    if not found.not_shown:
        yield f"{said}every other setting is slower."
    elif best.processes < found.rounds_needed:
        needed = f"{found.rounds_needed} rounds are the fewest that can show a difference"
        yield f"{said}{needed} among {len(cells)} settings."
    else:
        names = "; ".join(found.not_shown[:MOST_NAMED])
        more = len(found.not_shown) - MOST_NAMED
        yield f"{said}not shown to be slower: {names}{f'; {more} more' if more > 0 else ''}."


def describe_row(row: Row) -> str:
    """A setting in words."""
    threads = "1 thread" if row.threads == 1 else f"{row.threads} threads"
    order = f", {row.data_format}" if row.data_format else ""
    return f"{row.setting}, batch {row.batch}, {threads}{order}"
