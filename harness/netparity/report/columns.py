"""The columns that the first table can have. A new one is one more line in COLUMNS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from netparity.protocol import PHASES, ParityEntry, Run, RunnerRecord, TimingEntry
from netparity.report.cells import (
    ABSENT,
    error,
    limit_words,
    percent,
    seconds,
    spread_seconds,
    with_interval,
)
from netparity.report.ledger import matrix_library
from netparity.results.outcomes import outcome, parity_passed, worst_shared

PHASE_HEADERS = {
    "startup": "start-up",
    "load": "load",
    "preprocess": "preprocess",
    "predict_first": "first predict",
    "predict": "predict",
}


@dataclass(frozen=True)
class Row:
    """What a cell can draw on: one runner of one run.

    Attributes:
        phase: whose timing is wanted.
        feature: whose error; None for the worst.
        spread: whether intervals are written out.
    """

    run: Run
    record: RunnerRecord
    phase: str = "predict"
    feature: str | None = None
    spread: bool = True

    def timing(self, phase: str | None = None) -> TimingEntry | None:
        """The entry of a phase, by default of the one that is wanted."""
        wanted = self.record.label, phase or self.phase
        return next((each for each in self.run.timing if (each.label, each.phase) == wanted), None)

    @property
    def judged(self) -> ParityEntry | None:
        """The wanted feature of the shared input against the reference, or the worst."""
        if self.feature is None:
            return worst_shared(self.run, self.record.label)
        wanted = self.record.label, "reference", "shared", self.feature
        return next(
            (e for e in self.run.parity if (e.label, e.against, e.input, e.feature) == wanted),
            None,
        )

    @property
    def failed_parity(self) -> bool:
        """Whether its answer was wrong: the time for that is no speed."""
        label = self.record.label
        return worst_shared(self.run, label) is not None and not parity_passed(self.run, label)


Cell = Callable[[Row], str]


@dataclass(frozen=True)
class Column:
    """A column: its header, its cells, and whether they are words rather than figures.

    `{phase}` and `{feature}` in the header are filled in.
    """

    header: str
    cell: Cell
    words: bool = False


def _ratio(row: Row) -> str:
    entry = row.timing()
    if entry is None:
        return ABSENT
    if row.failed_parity:
        return "unranked"
    if entry.ratio_to_reference is None:
        return ABSENT
    return with_interval(entry.ratio_to_reference, entry.ratio_interval, row.spread)


def _word(row: Row) -> str:
    """Faster, slower, or what could have been shown."""
    entry = row.timing()
    if entry is None or entry.verdict is None or row.failed_parity:
        return ABSENT
    if entry.verdict == "no difference shown" and entry.least_difference is not None:
        return f"no difference shown (< {percent(entry.least_difference)})"
    return entry.verdict


def _memory(row: Row) -> str:
    peak = row.record.peak_rss_bytes
    return f"{peak / 2**30:.2f}" if peak is not None else ABSENT


def _best(row: Row) -> str:
    entry = row.timing()
    return seconds(entry.min_seconds) if entry else ABSENT


def _share(row: Row) -> str:
    entry, limit = row.timing("predict"), row.run.limit
    if entry is None or limit is None or entry.median_seconds <= 0:
        return ABSENT
    return limit_words(limit, entry)[1]


def _p_value(row: Row) -> str:
    entry = row.timing()
    if entry is None or entry.p_value is None or row.failed_parity:
        return ABSENT
    return f"{entry.p_value:.2g}"


def _threads(row: Row) -> str:
    threads = row.record.threads
    found = threads.found if threads else None
    return str(found) if found is not None else ABSENT


def _metric(name: str) -> Cell:
    def cell(row: Row) -> str:
        value = getattr(row.judged, name, None)
        return ABSENT if value is None else f"{value:.1e}" if value else "0"

    return cell


def _times_floor(row: Row) -> str:
    entry = row.judged
    if entry is None or entry.relative_l2 is None or not entry.floor:
        return ABSENT
    return f"{entry.relative_l2 / entry.floor:.2g}"


def _seconds_of(phase: str) -> Cell:
    return lambda row: spread_seconds(row.timing(phase), row.spread)


COLUMNS: dict[str, Column] = {
    "runner": Column("runner", lambda row: row.record.label, words=True),
    "code": Column("what ran", lambda row: row.record.code or ABSENT, words=True),
    "run": Column("run", lambda row: row.run.run_id, words=True),
    "machine": Column("machine", lambda row: row.run.machine.cpu, words=True),
    "parity": Column("parity", lambda row: outcome(row.run, row.record)),
    "error": Column("error{feature}", lambda row: error(row.judged)),
    "seconds": Column("{phase}, s", lambda row: spread_seconds(row.timing(), row.spread)),
    "ratio": Column("ratio", _ratio),
    "verdict": Column("verdict", _word),
    "memory": Column("GiB", _memory),
    "best": Column("best {phase}, s", _best),
    "p": Column("p", _p_value),
    "share": Column("share of limit", _share),
    "max_abs": Column("max abs{feature}", _metric("max_abs")),
    "cosine": Column("cosine distance{feature}", _metric("cosine_distance")),
    "floor": Column("noise floor{feature}", _metric("floor")),
    "times_floor": Column("error over floor{feature}", _times_floor),
    "processes": Column(
        "processes", lambda row: str(sum(each.status == "ok" for each in row.record.rounds))
    ),
    "threads": Column("threads", _threads),
    "library": Column("matrix library", lambda row: matrix_library(row.record) or ABSENT),
    **{phase: Column(f"{PHASE_HEADERS[phase]}, s", _seconds_of(phase)) for phase in PHASES},
}
DEFAULT_COLUMNS = (*("runner", "code", "parity", "error", "seconds", "ratio", "verdict", "memory"),)
