"""The columns that the first table can have. A new one is a line in COLUMNS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from netparity.protocol import PHASES, ParityEntry, Run, RunnerRecord, TimingEntry
from netparity.report.cells import (
    ABSENT,
    error,
    images_per_second,
    limit_words,
    percent,
    seconds,
    spread_seconds,
    three_digits,
    verdict_words,
    with_interval,
)
from netparity.report.ledger import matrix_library, threads_in_use
from netparity.results.devices import on_processor
from netparity.results.outcomes import outcome, parity_passed, worst_shared

PHASE_HEADERS = {
    "startup": "start-up",
    "load": "load",
    "preprocess": "preprocess",
    "predict_first": "first predict",
    "predict": "predict",
}
PHASES_OF_IMAGES = ("preprocess", "predict_first", "predict")
"""Phases whose seconds grow with the number of images."""


@dataclass(frozen=True)
class Row:
    """What a cell is made from: one runner of one run.

    Attributes:
        phase: the phase whose timing is shown.
        feature: the feature whose error is shown; None for the worst.
        spread: whether intervals are shown.
    """

    run: Run
    record: RunnerRecord
    phase: str = "predict"
    feature: str | None = None
    spread: bool = True

    def timing(self, phase: str | None = None) -> TimingEntry | None:
        """The timing of a phase, by default of the chosen one."""
        wanted = self.record.label, phase or self.phase
        found = (entry for entry in self.run.timing if (entry.label, entry.phase) == wanted)
        return next(found, None)

    @property
    def judged(self) -> ParityEntry | None:
        """The chosen feature of the shared input against the reference, or the worst one."""
        if self.feature is None:
            return worst_shared(self.run, self.record.label)
        wanted = self.record.label, "reference", "shared", self.feature
        return next(
            (e for e in self.run.parity if (e.label, e.against, e.input, e.feature) == wanted),
            None,
        )

    @property
    def failed_parity(self) -> bool:
        """Whether its features are wrong, so that its timings must not be ranked."""
        label = self.record.label
        return worst_shared(self.run, label) is not None and not parity_passed(self.run, label)


Cell = Callable[[Row], str]


@dataclass(frozen=True)
class Column:
    """A column: its header, its cells, and whether these are words rather than numbers.

    `{phase}` and `{feature}` in the header are replaced.
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
    spread = row.spread and entry.processes != 2  # the interval of two values says nothing
    return with_interval(entry.ratio_to_reference, entry.ratio_interval, spread)


def _verdict(row: Row) -> str:
    """Faster, slower, or how large a difference is still possible."""
    entry = row.timing()
    if entry is None or entry.verdict is None or row.failed_parity:
        return ABSENT
    bound, least = entry.largest_difference, entry.least_difference
    if entry.verdict == "no difference shown" and bound is None and least is not None:
        return f"{entry.verdict} (< {percent(least)})"  # of a permutation test, in an older run
    return verdict_words(entry.verdict, bound)


def _busy(row: Row) -> str:
    entry = row.timing()
    if entry is None or entry.processors_busy is None:
        return ABSENT
    return f"{entry.processors_busy:.2f}"


def _energy(row: Row) -> str:
    entry = row.timing()
    if entry is None or entry.energy_joules is None:
        return ABSENT
    return three_digits(entry.energy_joules)


def _rate(row: Row) -> str:
    entry = row.timing()
    if entry is None or row.phase not in PHASES_OF_IMAGES:
        return ABSENT
    return images_per_second(len(row.run.images), entry, row.spread)


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
    if not on_processor(row.run, row.record.label):  # the limit is the processor's
        return ABSENT
    return limit_words(limit, entry)[1]


def _p_value(row: Row) -> str:
    entry = row.timing()
    if entry is None or entry.p_value is None or row.failed_parity:
        return ABSENT
    return f"{entry.p_value:.2g}"


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
    "rate": Column("images/s", _rate),
    "ratio": Column("ratio", _ratio),
    "verdict": Column("verdict", _verdict),
    "busy": Column("CPUs busy", _busy),
    "energy": Column("{phase}, J", _energy),
    "memory": Column("GiB", _memory),
    "best": Column("best {phase}, s", _best),
    "p": Column("p", _p_value),
    "share": Column("share of limit", _share),
    "max_abs": Column("max abs{feature}", _metric("max_abs")),
    "cosine": Column("cosine distance{feature}", _metric("cosine_distance")),
    "floor": Column("noise floor{feature}", _metric("floor")),
    "times_floor": Column("error over floor{feature}", _times_floor),
    "processes": Column(
        "processes", lambda row: str(sum(process.status == "ok" for process in row.record.rounds))
    ),
    "threads": Column("threads", lambda row: threads_in_use(row.record)),
    "library": Column("matrix library", lambda row: matrix_library(row.record) or ABSENT),
    **{phase: Column(f"{PHASE_HEADERS[phase]}, s", _seconds_of(phase)) for phase in PHASES},
}
DEFAULT_COLUMNS = (
    *("runner", "code", "parity", "error", "seconds", "ratio", "verdict", "busy", "energy"),
    "memory",
)
WHERE_KNOWN = frozenset({"busy", "energy"})
"""Columns that the first table has by default only if a runner has a value for them."""
