"""A tool against itself, many times: how far timings on this machine can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

from netparity._version import __version__
from netparity.errors import InputError
from netparity.protocol import Run, TimingCheck
from netparity.protocol.runner_keys import join_keys
from netparity.results.folder import utc_now
from netparity.results.seconds import ok_phases, ok_turns
from netparity.run.compare import compare
from netparity.run.kept_check import keep, recall
from netparity.run.request import MOST_ROUNDS, Request
from netparity.runners import DEFAULT_RUNNERS, Runner, create_runners, known_runners, with_all
from netparity.runners.environments import Environments
from netparity.system.temporary import make_folder, remove_folder
from netparity.timing import DELAY, ROUNDS, describe_machine, log_ratios, trust
from netparity.watch import SILENT, Watch

BUDGET_SECONDS = 180.0
MODEL = "vgg16-tiny"
_QUICK = ("onnxruntime", "matconvnet-octave", "pytorch")
"""Runners that start within a second or two, so that there are many rounds; tried first."""


@dataclass(frozen=True)
class CheckRequest:
    """What to check with, and for how long.

    Attributes:
        runner: as the user writes it; None for the first one that is ready, quick ones first.
        no_wait: as in `run.request.Request`.
    """

    environments: Environments
    runner: str | None = None
    budget_seconds: float = BUDGET_SECONDS
    no_wait: bool = False


def check_timing(request: CheckRequest, watch: Watch = SILENT) -> TimingCheck:
    """Compare a runner with itself on the tiny network until the budget is spent; keep the result.

    Raises:
        UsageError: if there is no such runner, or none is ready.
        InputError: if the runner fails, or the budget allows too few rounds.
        StoreError: if the result cannot be kept.
    """
    runner = _choose(request)
    folder = make_folder("check")
    try:
        run, _ = compare(
            Request(
                runners=[_labelled(runner, label) for label in "ab"],
                model=MODEL,
                rounds=MOST_ROUNDS,
                budget_seconds=request.budget_seconds,
                results=folder,
                no_wait=request.no_wait,
                environments=request.environments,
            ),
            watch,
            temporary=True,
        )
    finally:
        remove_folder(folder)
    found = summarise_check(run, runner.label)
    if run.measured_beside:
        watch.warning("another comparison was measuring at the same time: this check is not kept")
    else:
        keep(found, run.machine)
    return found


def is_kept(found: TimingCheck) -> bool:
    """Whether later runs on this machine quote this result."""
    return recall(describe_machine()) == found


def summarise_check(run: Run, label: str) -> TimingCheck:
    """What the run of a runner against itself shows; its rows are `a` and `b`.

    Raises:
        InputError: if a process failed, or there were too few rounds.
    """
    for record in run.runners:
        if record.status != "ok":
            raise InputError(f"{label} could not be timed: {record.reason or record.status}")
    seconds, turns = ok_phases(run), ok_turns(run)
    ours, base = (seconds[name].get("predict", {}) for name in "ba")
    logs = log_ratios(ours, base, turns.get("b"), turns.get("a"))
    rows = len(DEFAULT_RUNNERS)
    result = trust(logs, rows)
    if result is None:
        raise InputError(
            f"the budget allowed {len(logs)} rounds of {label}, {ROUNDS} are needed; "
            "fix: a longer --budget"
        )
    return TimingCheck(
        runner=label,
        checked=utc_now(),
        netparity_version=__version__,
        runs=result.runs,
        rounds=ROUNDS,
        called_different=result.called_different,
        delay=DELAY,
        found=result.found,
        rows=rows,
        least_difference=result.least_difference,
    )


def _choose(request: CheckRequest) -> Runner:
    kinds = known_runners()
    if request.runner is not None:
        [runner] = create_runners([request.runner], kinds)
        return runner
    ready = create_runners(with_all(["all"], kinds, request.environments).texts, kinds)
    quick = {name: place for place, name in enumerate(_QUICK)}
    return min(ready, key=lambda runner: quick.get(runner.name, len(quick)))


def _labelled(runner: Runner, label: str) -> str:
    return f"{runner.name}[{join_keys({**runner.chosen, 'label': label})}]"
