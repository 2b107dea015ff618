"""The tables of a run as plain text cells: what every exporter lays out in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netparity.protocol import INPUTS, ParityEntry, Run, RunnerRecord, TimingEntry

ABSENT = "–"
_FEW_FEATURES = 4
_PHASE_HEADERS = {
    "startup": "start-up",
    "load": "load",
    "preprocess": "preprocess",
    "predict_first": "first predict",
    "predict": "predict",
}
_ERROR_MARKS = {"divergent": " ≠", "inconclusive": " ?"}
VERDICT_MARKS = {"pass": "pass", "divergent": "DIVERGES", "inconclusive": "?", "error": "ERROR"}


@dataclass(frozen=True)
class Table:
    """Rows of text under headers; the first column is text, the others are figures."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(run: Run, spread: bool = True, phase_spread: bool = True) -> list[Table]:
    """All tables of a run that have rows.

    `spread` adds the extremes to the medians of the first table, `phase_spread` to those of the
    second: a terminal may not have room for both.
    """
    made = [comparison(run, spread), phases(run, phase_spread), parity(run), between_runners(run)]
    return [table for table in made if table.rows]


def comparison(run: Run, spread: bool = True) -> Table:
    """Parity beside speed: one row per runner, in the order asked for."""
    timing = {entry.label: entry for entry in run.timing if entry.phase == "predict"}
    rows = tuple(
        (
            record.label,
            outcome(run, record),
            error(worst_shared(run, record.label)),
            _seconds(timing.get(record.label), spread),
            _ratio(run, record, timing.get(record.label)),
            _memory(record),
        )
        for record in run.runners
    )
    headers = ("runner", "parity", "error", "predict, s", "ratio", "GiB")
    return Table(title(run), headers, rows)


def phases(run: Run, spread: bool) -> Table:
    """Median seconds of every phase."""
    timing = {(entry.label, entry.phase): entry for entry in run.timing}
    labels = list(dict.fromkeys(entry.label for entry in run.timing))
    rows = tuple(
        (label, *(_seconds(timing.get((label, phase)), spread) for phase in _PHASE_HEADERS))
        for label in labels
    )
    return Table("Seconds per phase, median", ("runner", *_PHASE_HEADERS.values()), rows)


def parity(run: Run) -> Table:
    """Relative L2 error of each feature against the float64 reference."""
    entries = [entry for entry in run.parity if entry.against == "reference"]
    labels = dict.fromkeys((entry.label,) for entry in entries)
    title = "Relative L2 error against the float64 reference"
    return _errors(run, title, "runner", list(labels), entries)


def between_runners(run: Run) -> Table:
    """Relative L2 distance of every pair of runners."""
    entries = [entry for entry in run.parity if entry.against != "reference"]
    pairs = dict.fromkeys((entry.label, entry.against) for entry in entries)
    title = "Relative L2 distance between runners"
    return _errors(run, title, "runners", list(pairs), entries)


def _errors(
    run: Run,
    title: str,
    header: str,
    names: Sequence[tuple[str, ...]],
    entries: Sequence[ParityEntry],
) -> Table:
    """A row for each name or pair of names, a column for each input and feature."""
    columns = [(kind, feature) for kind in INPUTS for feature in run.settings.layers]
    length = len(names[0]) if names else 0
    found = {
        ((entry.label, entry.against)[:length], entry.input, entry.feature): entry
        for entry in entries
    }
    headers = (header, *(f"{feature}, {kind}" for kind, feature in columns))
    rows = tuple(
        (" / ".join(name), *(error(found.get((name, *column))) for column in columns))
        for name in names
    )
    return Table(title, headers, rows)


def title(run: Run) -> str:
    """What was compared, with what weights."""
    weights = "synthetic weights" if run.weights.kind == "synthetic" else "weights"
    images = run.image.file if len(run.images) == 1 else f"{len(run.images)} images"
    return f"{run.model}, {weights} {run.weights.source} ({run.weights.sha256[:12]}), {images}"


def outcome(run: Run, record: RunnerRecord) -> str:
    """One cell: the verdict over all features of the shared input, or the runner's status."""
    if record.status != "ok":
        return record.status
    worst = worst_shared(run, record.label)
    if worst is None:
        return "not judged"
    return VERDICT_MARKS[worst.verdict]


def worst_shared(run: Run, label: str) -> ParityEntry | None:
    """The feature of the shared input that is furthest from the reference."""
    severity = {"pass": 0, "inconclusive": 1, "divergent": 2, "error": 3}
    entries = [
        entry
        for entry in run.parity
        if entry.label == label and entry.against == "reference" and entry.input == "shared"
    ]
    return max(
        entries, key=lambda entry: (severity[entry.verdict], entry.relative_l2 or 0), default=None
    )


def parity_passed(run: Run, label: str) -> bool:
    """Whether every feature of the shared input agrees with the reference."""
    worst = worst_shared(run, label)
    return worst is not None and worst.verdict in ("pass", "inconclusive")


def timing_base(run: Run) -> str | None:
    """Label of the runner that the ratios are taken to."""
    timed = [entry.label for entry in run.timing if entry.ratio_to_reference is not None]
    asked = run.settings.ratio_reference
    return asked if asked in timed else next(iter(timed), None)


def notes(run: Run) -> list[str]:
    """What a reader must know beside the figures, in plain sentences."""
    lines = []
    if run.interrupted or run.finished is None:
        lines.append("The run was cut short; what had been measured is shown.")
    if run.weights.kind == "synthetic":
        lines.append(
            "The weights are synthetic: features have no meaning, rounding and speed have."
        )
    if base := timing_base(run):
        lines.append(
            "Parity and error: the worst feature of the shared input against the float64 "
            f"reference, relative L2. Ratio: median predict time over that of {base}. "
            "GiB: peak memory of the process."
        )
    if len(run.settings.layers) > _FEW_FEATURES:
        lines.append("Timings include handing out every requested layer.")
    for record in run.runners:
        if record.code:
            lines.append(f"{record.label}: {record.code}.")
    for record in run.runners:
        if record.status in ("failed", "unavailable"):
            reason = (record.reason or "").rstrip(".")
            fix = f" To mend it: {record.fix}" if record.fix else ""
            log = f" Log: {record.rounds[-1].log}" if record.rounds else ""
            lines.append(f"{record.label} {record.status}: {reason}.{fix}{log}")
        elif worst_shared(run, record.label) and not parity_passed(run, record.label):
            lines.append(f"{record.label} failed parity: its timings are shown, but not ranked.")
        if record.repeatable is False:
            lines.append(f"{record.label}: its features differ from process to process.")
    lines.extend(run.warnings)
    return lines


def log_tails(run: Run) -> list[tuple[str, list[str]]]:
    """For every runner that failed, its label and the last lines of its log."""
    return [
        (record.label, record.rounds[-1].log_tail)
        for record in run.runners
        if record.status == "failed" and record.rounds and record.rounds[-1].log_tail
    ]


def error(entry: ParityEntry | None) -> str:
    """A relative error with two digits, marked where it decides and is not a pass."""
    if entry is None:
        return ABSENT
    if entry.relative_l2 is None:
        return VERDICT_MARKS[entry.verdict]
    mark = _ERROR_MARKS.get(entry.verdict, "") if entry.input == "shared" else ""
    return ("0" if entry.relative_l2 == 0 else f"{entry.relative_l2:.1e}") + mark


def _seconds(entry: TimingEntry | None, spread: bool) -> str:
    """The median, and the extremes where they are wanted and there is more than one value."""
    if entry is None:
        return ABSENT
    middle = seconds(entry.median_seconds)
    if not spread or len(entry.values) == 1:
        return middle
    return f"{middle} ({seconds(entry.min_seconds)}–{seconds(entry.max_seconds)})"


def seconds(value: float) -> str:
    """Three significant digits, in exponent form only below 0.1 ms."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:#.3g}".rstrip(".") if value >= 1e-4 else f"{value:.1e}"


def _ratio(run: Run, record: RunnerRecord, entry: TimingEntry | None) -> str:
    if entry is None or entry.ratio_to_reference is None:
        return ABSENT
    if not parity_passed(run, record.label):
        return "unranked"
    return seconds(entry.ratio_to_reference)


def _memory(record: RunnerRecord) -> str:
    peak = record.peak_rss_bytes
    return f"{peak / 2**30:.2f}" if peak is not None else ABSENT
