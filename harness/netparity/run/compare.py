"""The whole story: check the request, run the rounds, judge, time, report."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from statistics import median

from netparity.judge.evaluate import evaluate, write_report
from netparity.judge.truths import noise_floor
from netparity.parity import ReferencePass
from netparity.protocol import Round, Run, WallClock
from netparity.results.folder import RunFolder, utc_now
from netparity.results.seconds import ok_phases
from netparity.run.planning import (
    Plan,
    Request,
    begin_run,
    make_assignment,
    make_plan,
    prepare_runners,
)
from netparity.run.process import Assignment, Turn, execute
from netparity.run.recording import add_outcome
from netparity.runners import Availability, Runner
from netparity.timing import (
    calibrate,
    compare_all,
    shuffled_rounds,
)
from netparity.watch import SILENT, Watch
from netparity.weights.canonical import Tensors

__all__ = ["Request", "compare"]


def compare(request: Request, watch: Watch = SILENT) -> tuple[Run, RunFolder]:
    """Run every runner on the same weights and images, then judge, time and store the results.

    Raises:
        NetparityError: for what is wrong with the request, its files or the results folder,
            before any runner starts. What goes wrong in a runner becomes part of the run.
        KeyboardInterrupt: after what was done has been stored and reported.
    """
    begun = request.begun_monotonic or time.monotonic()
    plan = make_plan(request, watch)
    store = RunFolder.create(request.results)
    with store.discarded_unless_begun():
        available = prepare_runners(plan, watch)
        assignment = make_assignment(plan, available, store, watch)
        prepared = time.monotonic()
        run = begin_run(plan, available, store)
    weights = plan.weights.tensors()
    with finishing_on_interrupt(store, weights, watch):
        reference = ReferencePass(plan.model, weights, assignment.tensor)
        run = run_reference(run, plan, reference, store, watch)
        referenced = time.monotonic()
        run = run_rounds(run, plan, available, assignment, store, watch)
        ended = time.monotonic()
        run = evaluate(run, store, weights, watch)
        judged = time.monotonic()
    extractors = sum(
        round_.wall_seconds + round_.wasted_seconds
        for record in run.runners
        for round_ in record.rounds
    )
    wall = WallClock(
        total_seconds=time.monotonic() - begun,
        preparation_seconds=prepared - begun,
        reference_seconds=referenced - prepared,
        extractor_seconds=extractors,
        parity_seconds=judged - ended,
    )
    run = run.model_copy(update={"finished": utc_now(), "wall": wall})
    write_report(run, store, watch)
    return run, store


# --- the measurements -----------------------------------------------------------------------


def run_reference(
    run: Run, plan: Plan, reference: ReferencePass, store: RunFolder, watch: Watch
) -> Run:
    """The float64 features and their noise floor, computed before any runner and beside none."""
    wanted = [layer.name for layer in plan.layers]
    stored = {}
    with watch.task("reference and noise floor", len(wanted)) as task:
        for name in wanted:
            stored[name] = store.write_array(f"features/reference/{name}.npy", reference[name])
            task.advance()
    floor = noise_floor("shared", [], reference.layer_floors, wanted)
    run = run.model_copy(update={"reference_features": stored, "noise_floors": [floor]})
    store.write_run(run)
    return run


def run_rounds(
    run: Run,
    plan: Plan,
    available: Mapping[str, Availability],
    assignment: Assignment,
    store: RunFolder,
    watch: Watch,
) -> Run:
    """Every runner once per round, in a shuffled order; the run is stored after each process.

    A runner that has failed is left out of the rounds after it.
    """
    ready = [runner for runner in plan.runners if available[runner.label].available]
    positions = {runner.label: index for index, runner in enumerate(plan.runners, start=1)}
    orders = shuffled_rounds(ready, run.settings.order_seed)
    begun = time.monotonic()
    with watch.task("comparing", 1.0) as task:
        done = 0.0
        for rounds, order in enumerate(orders):
            state = rounds, time.monotonic() - begun, widest_interval(run)
            if plan.schedule.is_over(*state) or not order:
                break
            for place, runner in enumerate(order, start=1):
                if has_failed(run, runner.label):
                    continue
                task.note(f"{runner.label}, {plan.schedule.words(*state)}")
                turn = Turn(positions[runner.label], rounds + 1, place, calibrate())
                run = take_turn(run, plan, runner, assignment, store, turn, watch)
                part = rounds + place / len(order), time.monotonic() - begun, state[2]
                step = max(0.0, plan.schedule.progress(*part) - done)
                task.advance(step)
                done += step
    return run


def take_turn(
    run: Run,
    plan: Plan,
    runner: Runner,
    assignment: Assignment,
    store: RunFolder,
    turn: Turn,
    watch: Watch,
) -> Run:
    """One process of one runner; the run is stored with what it did."""
    outcome = execute(runner, assignment, store, plan.request.environments, turn)
    run = add_outcome(run, runner.label, outcome, store)
    store.write_run(run)
    tell(watch, runner.label, outcome.record, store)
    return run


def widest_interval(run: Run) -> float | None:
    """Half-width of the widest interval of all predict ratios; None where one has none yet.

    Whether a runner agrees is not known yet, so all are looked at.
    """
    predict = {label: phases.get("predict", {}) for label, phases in ok_phases(run).items()}
    asked = run.settings.ratio_reference
    base = asked if asked in predict else next(iter(predict), None)
    widths = [
        each.ratio.interval.half_width if each.ratio and each.ratio.interval else None
        for each in compare_all(predict, base).values()
    ]
    if base is None:
        return None
    known = [width for width in widths if width is not None]
    return max(known, default=0.0) if len(known) == len(widths) else None


def has_failed(run: Run, label: str) -> bool:
    """Whether a process of this runner has failed: then it is left out of the rounds after it."""
    return next(each for each in run.runners if each.label == label).status == "failed"


def tell(watch: Watch, label: str, record: Round, store: RunFolder) -> None:
    """Say how one process went."""
    watch.detail(describe(label, record))
    if record.reason is not None:
        watch.warning(f"{label} failed: {record.reason}")
        watch.message(f"  its log: {store.path / record.log}")


def describe(label: str, record: Round) -> str:
    """One process in a line, for `--verbose`."""
    phases = ", ".join(f"{name} {median(values):.3g} s" for name, values in record.phases.items())
    return f"{label}: {record.status} in {record.wall_seconds:.1f} s ({phases}); log {record.log}"


@contextmanager
def finishing_on_interrupt(store: RunFolder, weights: Tensors, watch: Watch) -> Iterator[None]:
    """On Ctrl-C, judge and report what was done before passing the interrupt on."""
    try:
        yield
    except KeyboardInterrupt:
        run = store.read_run().model_copy(update={"interrupted": True})
        write_report(evaluate(run, store, weights, watch), store, watch)
        watch.message(f"what was done is kept; show it with: netparity report {store.path}")
        raise
