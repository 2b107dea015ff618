"""Comparisons across stored runs: two runs against each other, and the list of all runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from netparity.errors import InputError, NetparityError, UsageError
from netparity.protocol import PHASES, Run
from netparity.report.cells import ABSENT, Table, seconds, verdict_words, with_interval
from netparity.results.folder import RUN_FILE, RunFolder
from netparity.results.outcomes import outcome, parity_passed
from netparity.results.seconds import ok_phases
from netparity.timing import LEAST_ROUNDS, compare_runs, ends, estimate

ByLabel = dict[str, dict[int, list[float]]]


@dataclass(frozen=True)
class Across:
    """A later run against an earlier one.

    Attributes:
        table: a row for every label that ran and passed parity in both.
        remarks: sentences: how the runs differ, and which rows are missing.
    """

    table: Table
    remarks: list[str]


def compare_folders(earlier: Path, later: Path, phase: str = "predict") -> Across:
    """One phase of two stored runs, by the statistics of a single run, but unpaired.

    Raises:
        UsageError: if there is no such phase.
        InputError: if their models, layers or numbers of images differ.
        NetparityError: if a run cannot be read.
    """
    if phase not in PHASES:
        raise UsageError(f"--phase {phase!r} is not one of {', '.join(PHASES)}")
    first, second = (RunFolder.open(path).read_run() for path in (earlier, later))
    return compare_two(first, second, phase)


def compare_two(
    first: Run, second: Run, phase: str = "predict", names: tuple[str, str] = ("earlier", "later")
) -> Across:
    """The same for runs that have been read; `names` are what the table calls them.

    Raises:
        InputError: if their models, layers or numbers of images differ.
    """
    _refuse_unlike(first, second)
    old, new = (_seconds(run, phase) for run in (first, second))
    found = compare_runs(new, old, second.settings.same_within)
    rows = []
    for label, comparison in found.items():
        if comparison.ratio is None:
            continue
        before, after = estimate(old[label]), estimate(new[label])
        intervals = before.interval, after.interval, comparison.ratio.interval
        pair = [ends(interval) for interval in intervals]
        rows.append(
            (
                label,
                with_interval(before.seconds, pair[0]),
                with_interval(after.seconds, pair[1]),
                with_interval(comparison.ratio.value, pair[2]),
                verdict_words(comparison.word, comparison.largest_difference),
            )
        )
    headers = ("runner", *(f"{name}, s" for name in names), "ratio", "verdict")
    title = f"Seconds of {phase}, {second.run_id} against {first.run_id}"
    remarks = [*_differences(first, second, names), *_missing(first, second, old, new, names)]
    if any(comparison.word == "inconclusive" for comparison in found.values()):
        remarks.append(
            f"At least {LEAST_ROUNDS} rounds in each run are needed to show a difference."
        )
    return Across(Table(title, headers, tuple(rows)), remarks)


def history(results: Path) -> Table:
    """The stored runs below a folder, oldest first.

    Raises:
        InputError: if there is no such folder.
    """
    rows = []
    for folder in _run_folders(results):
        try:
            run = RunFolder.open(folder).read_run()
        except NetparityError as error:
            rows.append((folder.name, ABSENT, f"cannot be read: {error}", ABSENT, ABSENT, ABSENT))
            continue
        predict = {entry.label: entry for entry in run.timing if entry.phase == "predict"}
        for record in run.runners:
            if record.status in ("unavailable", "pending"):
                continue
            entry = predict.get(record.label)
            duration = seconds(entry.median_seconds) if entry else ABSENT
            count = str(sum(round_.status == "ok" for round_ in record.rounds))
            row = (run.run_id, run.model, record.label, outcome(run, record))
            rows.append((*row, duration, count))
    headers = ("run", "model", "runner", "parity", "predict, s", "rounds")
    return Table(f"Runs in {results}", headers, tuple(rows), words=3)


def stored_runs(results: Path) -> list[Run]:
    """The stored runs below a folder that can be read, oldest first.

    Raises:
        InputError: if there is no such folder.
    """
    found = []
    for folder in _run_folders(results):
        with suppress(NetparityError):  # the list of runs names them
            found.append(RunFolder.open(folder).read_run())
    return sorted(found, key=lambda run: run.started)


def _run_folders(results: Path) -> list[Path]:
    """The folders of comparisons, and one level deeper those of sweeps and replays.

    Raises:
        InputError: if there is no such folder.
    """
    if not results.is_dir():
        raise InputError(f"{results} is not a folder; runs are stored below results/, or in --out")
    folders = ("*", "*-sweep/*", "*-replay/*")
    files = [file for folder in folders for file in results.glob(f"{folder}/{RUN_FILE}")]
    return sorted((path.parent for path in files), key=lambda folder: folder.name)


def _seconds(run: Run, phase: str) -> ByLabel:
    """Seconds of the runners that passed parity, by label and round."""
    return {
        label: phases[phase]
        for label, phases in ok_phases(run).items()
        if phase in phases and parity_passed(run, label)
    }


def _refuse_unlike(first: Run, second: Run) -> None:
    alike: dict[str, Callable[[Run], object]] = {
        "model": lambda run: run.model,
        "layers": lambda run: ",".join(run.settings.layers),
        "number of images": lambda run: len(run.images),
    }
    for what, of in alike.items():
        if of(first) != of(second):
            raise InputError(
                f"the runs cannot be compared: {what} {of(first)} in {first.run_id}, "
                f"{of(second)} in {second.run_id}"
            )


def _differences(first: Run, second: Run, names: tuple[str, str]) -> Iterator[str]:
    """What other than the tools may explain a difference."""
    facts: dict[str, Callable[[Run], str]] = {
        "machine": lambda run: f"{run.machine.cpu}, {run.machine.cpus_available} processors",
        "system": lambda run: run.machine.system,
        "weights": lambda run: f"{run.weights.source} ({run.weights.sha256[:12]})",
        "threads": lambda run: str(run.settings.threads),
        "processors": lambda run: ",".join(map(str, run.settings.affinity)) or "all",
        "memory limit": lambda run: str(run.settings.memory_limit_bytes),
        "repeats": lambda run: str(run.settings.repeats),
        "warm-up": lambda run: str(run.settings.warmup),
        "netparity": lambda run: run.netparity_version,
    }
    for what, of in facts.items():
        if of(first) != of(second):
            yield f"The runs differ in {what}: {of(first)} ({names[0]}), {of(second)} ({names[1]})."
    before, after = ({r.label: r.code for r in run.runners} for run in (first, second))
    for label, code in before.items():
        if code and after.get(label) and after[label] != code:
            yield f"{label} ran {code} ({names[0]}), {after[label]} ({names[1]})."


def _missing(
    first: Run, second: Run, old: ByLabel, new: ByLabel, names: tuple[str, str]
) -> Iterator[str]:
    for label in dict.fromkeys([*ok_phases(first), *ok_phases(second)]):
        if label not in old or label not in new:
            where = names[0] if label not in old else names[1]
            run = where if where.startswith("run ") else f"the {where} run"
            yield f"{label} is left out: it did not run or failed parity in {run}."
