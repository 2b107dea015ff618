"""The tables of a run as plain text cells: what every exporter lays out in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netparity.protocol import (
    INPUTS,
    ParityEntry,
    Preprocessing,
    Run,
    RunnerRecord,
    TimingEntry,
    Verdict,
)

ABSENT = "–"
FLOOR_ROW = "noise floor"
_FEW_FEATURES = 4
_PHASE_HEADERS = {
    "startup": "start-up",
    "load": "load",
    "preprocess": "preprocess",
    "predict_first": "first predict",
    "predict": "predict",
}
_ERROR_MARKS = {"divergent": " ≠", "reduced-precision": " ≠", "inconclusive": " ?"}
VERDICT_MARKS = {
    "identical": "pass",
    "pass": "pass",
    "reduced-precision": "REDUCED",
    "divergent": "DIVERGES",
    "inconclusive": "?",
    "error": "ERROR",
}
_SEVERITY: dict[Verdict, int] = {
    "identical": 0,
    "pass": 0,
    "inconclusive": 1,
    "reduced-precision": 2,
    "divergent": 3,
    "error": 4,
}
_PASSING = ("identical", "pass", "inconclusive")
_ARITHMETIC = {
    "tf32": "TF32",
    "bfloat16": "bfloat16",
    "float16": "float16",
    "fast-math": "careless float32 (reordered or approximated)",
}


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
    made = [
        comparison(run, spread),
        phases(run, phase_spread),
        parity(run),
        faults(run),
        preprocessing(run),
        matrix(run),
        between_runners(run),
    ]
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
    title = "Relative L2 error against the float64 reference on the same input"
    table = _errors(run, title, "runner", list(labels), entries)
    floors = {
        entry.feature: f"{entry.relative_l2:.1e}"
        for floor in run.noise_floors
        if floor.input == "shared"
        for entry in floor.layers
    }
    if not floors or not table.rows:
        return table
    cells = [
        floors.get(feature, ABSENT) if kind == "shared" else ABSENT
        for kind in INPUTS
        for feature in run.settings.layers
    ]
    return Table(table.title, table.headers, ((FLOOR_ROW, *cells), *table.rows))


def faults(run: Run) -> Table:
    """Which layers are faulty on their own, judged from the runner's own previous activation."""
    rows = []
    for record in run.runners:
        faulty = faulty_layers(run, record.label)
        if faulty:
            first = faulty[0]
            assert first.local is not None
            own = first.local.relative_l2
            rows.append(
                (
                    record.label,
                    first.feature,
                    ABSENT if own is None else f"{own:.1e}",
                    f"{first.local.floor:.1e}",
                    ", ".join(entry.feature for entry in faulty[1:]) or "none",
                )
            )
    headers = ("runner", "first faulty layer", "its own error", "floor", "faulty on their own too")
    return Table("Where it breaks, shared input", headers, tuple(rows))


def faulty_layers(run: Run, label: str) -> list[ParityEntry]:
    """Entries of the layers that do something wrong themselves, in the network's order."""
    return [
        entry
        for entry in run.parity
        if (entry.label, entry.against, entry.input) == (label, "reference", "shared")
        and entry.local is not None
        and entry.local.verdict not in _PASSING
    ]


def preprocessing(run: Run) -> Table:
    """What each runner's own preprocessing does, and what that does to the features."""
    features = run.settings.layers if len(run.settings.layers) <= _FEW_FEATURES else []
    features = features or [layer for layer in ("fc6", "fc7") if layer in run.settings.layers]
    rows = []
    for one in run.preprocessing:
        moved = {entry.feature: entry for entry in one.features}
        cells = []
        for feature in features:
            entry = moved.get(feature)
            known = entry is not None and entry.relative_l2 is not None
            cells.append(f"{entry.relative_l2:.1e}" if entry and known else ABSENT)
            share = entry.explained_by_resize if entry else None
            cells.append(ABSENT if share is None else f"{100 * share:.0f} %")
        rms = ABSENT if one.rms is None else f"{one.rms:.2g}"
        rows.append((one.label, rms, *cells))
    headers = ["runner", "grey levels, rms"]
    for feature in features:
        headers += [f"{feature} moved", "by the resize"]
    title = "The runners' own preprocessing against the shared input"
    return Table(title, tuple(headers), tuple(rows))


def matrix(run: Run) -> Table:
    """Every runner against every other, at one feature of the shared input."""
    feature = matrix_feature(run)
    entries = {
        (entry.label, entry.against): entry
        for entry in run.parity
        if entry.input == "shared" and entry.feature == feature
    }
    labels = list(dict.fromkeys(label for label, _ in entries))
    if len(labels) < 2:
        return Table("", (), ())
    names = ["reference", *labels]
    rows = []
    for number, one in enumerate(names, start=1):
        cells = [
            "0" if one == other else error(entries.get((one, other)) or entries.get((other, one)))
            for other in names
        ]
        rows.append((f"{number} {one}", *cells))
    numbers = tuple(str(number) for number in range(1, len(names) + 1))
    title = f"Relative L2 distance of every pair at {feature}, shared input"
    return Table(title, ("", *numbers), tuple(rows))


def matrix_feature(run: Run) -> str:
    """The feature that the matrix is of: fc6 where it was compared, else the last one."""
    layers = run.settings.layers
    return "fc6" if "fc6" in layers else layers[-1]


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
    """The feature of the shared input that agrees worst with the reference."""
    entries = [
        entry
        for entry in run.parity
        if entry.label == label and entry.against == "reference" and entry.input == "shared"
    ]
    return max(entries, key=_badness, default=None)


def _badness(entry: ParityEntry) -> tuple[int, float]:
    """How bad a verdict is; among equals, how far beyond rounding."""
    return _SEVERITY[entry.verdict], (entry.relative_l2 or 0) / (entry.floor or 1)


def parity_passed(run: Run, label: str) -> bool:
    """Whether every feature of the shared input agrees with the reference."""
    worst = worst_shared(run, label)
    return worst is not None and worst.verdict in _PASSING


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
            f"reference, relative L2. {rule(run)} Ratio: median predict time over that of {base}. "
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
            lines += _why(run, record)
    lines += [line for one in run.preprocessing for line in _own_input(one)]
    for record in run.runners:
        if record.repeatable is False:
            lines.append(f"{record.label}: its features differ from process to process.")
    lines.extend(run.warnings)
    return lines


def rule(run: Run) -> str:
    """What a feature had to fulfil, in a sentence."""
    settings = run.settings
    asked = {
        "relative L2 of at most": settings.max_relative_l2,
        "atol": settings.atol,
        "rtol": settings.rtol,
    }
    given = [f"{words} {value:g}" for words, value in asked.items() if value is not None]
    if given:
        return f"A feature passes with {', '.join(given)}."
    return (
        f"A feature passes within {settings.floor_factor:g} times its noise floor, "
        "which is what float32 rounding alone does to it."
    )


def _own_input(one: Preprocessing) -> list[str]:
    """How a runner made its own input."""
    if one.resize is None:
        return []
    sure = "made exactly by" if one.exact else "best retold by"
    lines = [f"{one.label}, its own input: {sure} {one.resize}."]
    if one.mistakes:
        lines.append(
            f"{one.label}, its own input: a known mistake ({', '.join(one.mistakes)}); "
            "netparity diagnose says more."
        )
    return lines


def _why(run: Run, record: RunnerRecord) -> list[str]:
    """The first faulty layer, and the arithmetic or the counts where they are known."""
    lines = []
    worst = worst_shared(run, record.label)
    if worst is not None and worst.arithmetic is not None:
        lines.append(
            f"{record.label}: its error has the pattern of {_ARITHMETIC[worst.arithmetic]}."
        )
    elif worst is not None and worst.note:
        lines.append(f"{record.label}, {worst.feature}: {worst.note}.")
    faulty = faulty_layers(run, record.label)
    if faulty:
        lines.append(
            f"{record.label}: the first faulty layer is {faulty[0].feature}; "
            "netparity diagnose looks for the cause."
        )
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
