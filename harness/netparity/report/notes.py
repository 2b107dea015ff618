"""What a reader must know beside the figures, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netparity.protocol import Preprocessing, Run, RunnerRecord
from netparity.report.agreement import FEW_FEATURES
from netparity.report.explanations import EXPLANATIONS, key_of
from netparity.report.ledger import unequal
from netparity.results.outcomes import faulty_layers, parity_passed, timing_base, worst_shared

_ARITHMETIC = {
    "tf32": "TF32",
    "bfloat16": "bfloat16",
    "float16": "float16",
    "fast-math": "careless float32 (reordered or approximated)",
}


@dataclass(frozen=True)
class Note:
    """A sentence, and its kind among `explanations.EXPLANATIONS`."""

    key: str
    text: str

    @property
    def warning(self) -> bool:
        """Whether it can spoil a conclusion."""
        return EXPLANATIONS[self.key].warning


def notes(run: Run) -> list[str]:
    """What a reader must know beside the figures, in plain sentences."""
    return [note.text for note in keyed_notes(run)]


def keyed_notes(run: Run) -> Iterator[Note]:
    """The same, each with its kind."""
    if run.interrupted or run.finished is None:
        yield Note("cut-short", "The run was cut short; what had been measured is shown.")
    if run.weights.kind == "synthetic":
        said = "The weights are synthetic: features have no meaning, rounding and speed have."
        yield Note("synthetic", said)
    if base := timing_base(run):
        yield Note(
            "parity",
            "Parity and error: of the shared input's features, the one farthest from the float64 "
            f"reference for its noise floor; relative L2. {rule(run)} GiB: peak memory of the "
            "process.",
        )
        yield Note(
            "seconds",
            "Seconds: the median of each process, averaged over the processes, with its 95 % "
            f"interval. Ratio: that over {base}'s in the same round. The word is that of a "
            "permutation test, corrected for the number of runners.",
        )
    for sentence in _layer_notes(run):
        yield Note("layers", sentence)
    if len(run.settings.layers) > FEW_FEATURES:
        yield Note("handing-out", "Timings include handing out every requested layer.")
    for record in run.runners:
        if record.code:
            yield Note("ran", f"{record.label}: {record.code}.")
    for record in run.runners:
        yield from _fate(run, record)
    for one in run.preprocessing:
        yield from _own_input(one)
    for record in run.runners:
        if record.repeatable is False:
            said = f"{record.label}: its features differ from process to process."
            yield Note("repeatable", said)
    yield from (Note(key_of(caution), caution) for caution in run.cautions)
    yield from (Note("settings", sentence) for sentence in unequal(run))
    yield from (Note("other", warning) for warning in run.warnings)


def _fate(run: Run, record: RunnerRecord) -> Iterator[Note]:
    """Why a runner has no figures, or none that count."""
    if record.status in ("failed", "unavailable"):
        reason = (record.reason or "").rstrip(".")
        fix = f" To mend it: {record.fix}" if record.fix else ""
        fix = f"{fix.rstrip('.')}." if fix else ""
        log = f" Log: {record.rounds[-1].log}" if record.rounds else ""
        yield Note("failed", f"{record.label} {record.status}: {reason}.{fix}{log}")
    elif worst_shared(run, record.label) and not parity_passed(run, record.label):
        said = f"{record.label} failed parity: its timings are shown, but not ranked."
        yield Note("unranked", said)
        yield from _why(run, record)


def _layer_notes(run: Run) -> Iterator[str]:
    """What timing the layers changes: how their sum compares with the prediction as a whole."""
    predict = {each.label: each for each in run.timing if each.phase == "predict"}
    ways = {record.label: record.runner for record in run.runners}
    for label in dict.fromkeys(entry.label for entry in run.layer_timing):
        last = [entry for entry in run.layer_timing if entry.label == label][-1]
        if ways[label].startswith("keras"):
            how = "predictions of models cut after each layer, each handing out what it computes"
        else:
            how = "one pass that keeps every output, so that no layers are computed in one"
        whole = predict[label].median_seconds if label in predict else 0.0
        said = f"{label}, seconds per layer: from {how}"
        if whole > 0:
            said += f"; the way to {last.layer} took {last.up_to_seconds / whole:.2f} of predict"
        yield f"{said}."


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
    if settings.floor_factor is None:
        return "What a feature had to fulfil was not stored."
    return (
        f"A feature passes within {settings.floor_factor:g} times its noise floor, "
        "which is what float32 rounding alone does to it."
    )


def _own_input(one: Preprocessing) -> Iterator[Note]:
    """How a runner made its own input."""
    if one.resize is None:
        return
    sure = "made exactly by" if one.exact else "not reproduced, nearest to"
    yield Note("own-input", f"{one.label}, its own input: {sure} {one.resize}.")
    if one.mistakes:
        yield Note(
            "mistake",
            f"{one.label}, its own input: a known mistake ({', '.join(one.mistakes)}); "
            "netparity diagnose says more.",
        )


def _why(run: Run, record: RunnerRecord) -> Iterator[Note]:
    """The first faulty layer, and the arithmetic or the counts where they are known."""
    worst = worst_shared(run, record.label)
    if worst is not None and worst.arithmetic is not None:
        pattern = _ARITHMETIC[worst.arithmetic]
        yield Note("arithmetic", f"{record.label}: its error has the pattern of {pattern}.")
    elif worst is not None and worst.note:
        yield Note("unranked", f"{record.label}, {worst.feature}: {worst.note}.")
    faulty = faulty_layers(run, record.label)
    if faulty:
        yield Note(
            "faulty",
            f"{record.label}: the first faulty layer is {faulty[0].feature}; "
            "netparity diagnose looks for the cause.",
        )


def log_tails(run: Run) -> list[tuple[str, list[str]]]:
    """For every runner that failed, its label and the last lines of its log."""
    return [
        (record.label, record.rounds[-1].log_tail)
        for record in run.runners
        if record.status == "failed" and record.rounds and record.rounds[-1].log_tail
    ]
