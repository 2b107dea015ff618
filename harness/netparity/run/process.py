"""One process of one runner: from job to judged result."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from netparity.protocol import (
    PHASES,
    Block,
    Calibration,
    FeatureFile,
    Job,
    Round,
    RunResult,
)
from netparity.results.folder import RunFolder
from netparity.run.acceptance import (
    Features,
    ProcessFailedError,
    check_features,
    check_native_input,
    read_result,
)
from netparity.run.assignment import Assignment
from netparity.run.blocks import Asked, cut_blocks
from netparity.run.jobs import make_job
from netparity.runners import Runner
from netparity.runners.base import SCRATCH
from netparity.runners.environments import Environments
from netparity.system.launch import Command, Exit, LaunchError, Limits, launch
from netparity.system.logs import log_tail, printable

WITHOUT_IMAGES = tuple(phase for phase in PHASES if phase != "preprocess")
"""The phases of a run on a tensor."""


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: a runner's row, the round, the place in it; the machine's state before.

    `repeats` is the number of timed predictions, if it is not the assignment's.
    """

    position: int
    round: int
    order: int
    calibration: Calibration | None = None
    repeats: int | None = None


@dataclass(frozen=True)
class Process:
    """One process that is about to be started; `folder` has its job and gets its results."""

    runner: Runner
    assignment: Assignment
    store: RunFolder
    environments: Environments
    turn: Turn
    folder: Path
    job: Job

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.folder / "log.txt"

    @property
    def command(self) -> Command:
        """How it is started."""
        file = self.folder / "job.json"
        return self.runner.command(self.environments, file, self.assignment.threads)


@dataclass(frozen=True)
class Outcome:
    """What one process did, and the arrays that it left."""

    record: Round
    folder: Path
    result: RunResult | None = None
    features: Features = field(default_factory=dict)
    native_input: FeatureFile | None = None


def execute(
    runner: Runner,
    assignment: Assignment,
    store: RunFolder,
    environments: Environments,
    turn: Turn,
) -> Outcome:
    """Run one extractor once; a failure becomes part of the record, never an exception.

    It is run a second time where the first one's timings do not count: it filled a cache.
    """
    process = prepare(runner, assignment, store, environments, turn)
    return repeat_if_needed(process, run_alone(process))


def prepare(
    runner: Runner,
    assignment: Assignment,
    store: RunFolder,
    environments: Environments,
    turn: Turn,
    turns: Path | None = None,
) -> Process:
    """Write the job of a process; `turns` is the folder at whose pipes it waits."""
    folder = store.process_folder(turn.position, runner.label, turn.round)
    job = make_job(runner, assignment, folder, turns, turn.repeats)
    store.write_text(store.relative(folder / "job.json"), job.model_dump_json(indent=1) + "\n")
    return Process(runner, assignment, store, environments, turn, folder, job)


def run_alone(process: Process) -> Outcome:
    """Run a process from its start to its end."""
    assignment = process.assignment
    return judge_process(
        process,
        lambda: launch(
            process.command,
            process.folder,
            process.log,
            assignment.timeout_seconds,
            assignment.limits,
        ),
    )


def repeat_if_needed(process: Process, outcome: Outcome) -> Outcome:
    """The outcome of a second process, alone, if the timings of the first one do not count."""
    result = outcome.result
    if result is None or outcome.record.status != "ok" or process.runner.why_again(result) is None:
        return outcome
    (process.folder / "result.json").unlink()
    again = run_alone(process)
    wasted = {"wasted_seconds": outcome.record.wall_seconds}
    return replace(again, record=again.record.model_copy(update=wasted))


def judge_process(
    process: Process, end: Callable[[], Exit], asked: Sequence[Asked] | None = None
) -> Outcome:
    """Check what a process left.

    Args:
        end: returns how it ended; may raise LaunchError or ProcessFailedError.
        asked: what it was asked to measure in each of its turns; None if it ran alone.
    """
    runner, assignment, store = process.runner, process.assignment, process.store
    folder, turn = process.folder, process.turn
    ended: Exit | None = None
    result: RunResult | None = None
    blocks: list[Block] | None = None
    try:
        ended = end()
        phases = PHASES if assignment.images else WITHOUT_IMAGES
        result = read_result(folder / "result.json", ended, phases)
        blocks = None if asked is None else cut_blocks(result, asked)
        features = check_features(process.job, result, folder, store, assignment.kinds)
        native_input = check_native_input(result, folder, store)
        reason = None
    except (ProcessFailedError, LaunchError) as error:
        features, native_input = {}, None
        result = getattr(error, "result", None) or result
        reason = printable(str(error)) + _under_limit(assignment.limits)
    finally:
        shutil.rmtree(folder / SCRATCH, ignore_errors=True)
    record = Round(
        round=turn.round,
        order=turn.order,
        status="failed" if reason else "ok",
        reason=reason,
        phases=_phases(result, ended),
        peak_rss_bytes=ended.peak_rss_bytes if ended else None,
        wall_seconds=ended.wall_seconds if ended else 0.0,
        log=store.relative(process.log),
        log_tail=log_tail(process.log) if reason else [],
        clock=result.clock if result else None,
        calibration=turn.calibration,
        layers=_layers(result, runner, assignment),
        usage=result.usage if result else {},
        blocks=blocks,
    )
    return Outcome(record, folder, result, features, native_input)


def _under_limit(limits: Limits) -> str:
    """What may well be the cause, and that tools name in many ways or not at all."""
    if limits.memory_bytes is None:
        return ""
    return f" (its memory was limited to {limits.memory_bytes / 2**30:.3g} GiB, --memory-limit)"


def _layers(
    result: RunResult | None, runner: Runner, assignment: Assignment
) -> dict[str, list[float]]:
    """Seconds up to each layer, by netparity's names; a tool may have layers that it has not."""
    seen = result.layers if result is not None else {}
    layers = assignment.model.layers
    names = ((layer.name, assignment.name_for(runner, layer)) for layer in layers)
    return {name: list(seen[theirs]) for name, theirs in names if theirs in seen}


def _phases(result: RunResult | None, ended: Exit | None) -> dict[str, list[float]]:
    """The extractor's seconds, and `startup`, which only the harness can see whole."""
    if result is None or ended is None:
        return {}
    phases = dict(result.phases)
    if result.ready_unix_seconds is not None:
        startup = result.ready_unix_seconds - ended.launched_unix_seconds
        # The system's clock can be set between the two readings.
        if 0 <= startup <= ended.wall_seconds:
            phases["startup"] = [startup]
    return phases
