"""Notes on a run: what a reader must know to interpret its tables, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netparity.protocol import Preprocessing, Run, RunnerRecord
from netparity.report.agreement import FEW_FEATURES
from netparity.report.calls import ways_of_calling
from netparity.report.explanations import EXPLANATIONS, key_of
from netparity.report.ledger import unequal
from netparity.results.arithmetic import in_words, way_out_of
from netparity.results.outcomes import faulty_layers, parity_passed, timing_base, worst_shared

_EQUAL = 1e-4
"""Root mean square difference of two inputs that differ by rounding alone, in any unit."""


@dataclass(frozen=True)
class Note:
    """A sentence, and its kind among `explanations.EXPLANATIONS`."""

    key: str
    text: str

    @property
    def warning(self) -> bool:
        """Whether it can invalidate a conclusion."""
        return EXPLANATIONS[self.key].warning


def notes(run: Run) -> list[str]:
    """The notes as plain sentences."""
    return [note.text for note in keyed_notes(run)]


def keyed_notes(run: Run) -> Iterator[Note]:
    """The notes, each with its kind."""
    if run.interrupted or run.finished is None:
        yield Note("cut-short", "The run was cut short; what was measured until then is shown.")
    if run.weights.kind == "synthetic":
        yield Note(
            "synthetic", "The weights are synthetic: only rounding and speed are meaningful."
        )
    if base := timing_base(run):
        yield Note(
            "parity",
            "Parity and error: relative L2 error against the float64 reference on the shared "
            "input, of the feature whose error is largest relative to its noise floor. "
            f"{rule(run)} GiB: peak memory of the process.",
        )
        yield Note(
            "seconds",
            "Seconds: the geometric mean of the processes' medians, with its 95 % interval. Ratio: "
            f"to {base} in the same round. Verdict: of a permutation test, corrected for the "
            "number of runners.",
        )
    for sentence in _layer_notes(run):
        yield Note("layers", sentence)
    if len(run.settings.layers) > FEW_FEATURES:
        yield Note("handing-out", "Timings include returning every requested layer.")
    for record in run.runners:
        if record.code:
            built = f"; network built by {record.built}" if record.built else ""
            yield Note("ran", f"{record.label}: {record.code}{built}.")
    if calls := ways_of_calling(run):
        yield Note("calls", calls)
    for record in run.runners:
        yield from _fate(run, record)
    for preprocessing in run.preprocessing:
        yield from _own_input(preprocessing)
    for record in run.runners:
        if record.repeatable is False:
            text = f"{record.label}: its features differ from process to process."
            yield Note("repeatable", text)
    yield from (Note(key_of(caution), caution) for caution in run.cautions)
    yield from (Note("settings", sentence) for sentence in unequal(run))
    yield from (Note("other", warning) for warning in run.warnings)


def _fate(run: Run, record: RunnerRecord) -> Iterator[Note]:
    """Why a runner has no results, or is not ranked."""
    if record.status in ("failed", "unavailable"):
        reason = (record.reason or "").rstrip(".")
        fix = f" Fix: {record.fix.rstrip('.')}." if record.fix else ""
        log = f" Log: {record.rounds[-1].log}" if record.rounds else ""
        yield Note("failed", f"{record.label} {record.status}: {reason}.{fix}{log}")
    elif worst_shared(run, record.label) and not parity_passed(run, record.label):
        text = f"{record.label} failed parity: its timings are shown, but not ranked."
        yield Note("unranked", text)
        yield from _why(run, record)


def _layer_notes(run: Run) -> Iterator[str]:
    """How the layers were timed, and how their sum compares with the whole prediction."""
    predict = {entry.label: entry for entry in run.timing if entry.phase == "predict"}
    kinds = {record.label: record.runner for record in run.runners}
    for label in dict.fromkeys(entry.label for entry in run.layer_timing):
        last = [entry for entry in run.layer_timing if entry.label == label][-1]
        if kinds[label].startswith("matconvnet"):
            how = "one pass that keeps every output, so that no layers are fused"
        else:
            how = "predictions of models cut after each layer, each returning its output"
        whole = predict[label].median_seconds if label in predict else 0.0
        text = f"{label}, seconds per layer: from {how}"
        if whole > 0:
            text += f"; up to {last.layer} they took {last.up_to_seconds / whole:.2f} of predict"
        yield f"{text}."


def rule(run: Run) -> str:
    """The criterion of parity, in a sentence."""
    settings = run.settings
    tolerances = {
        "relative L2 of at most": settings.max_relative_l2,
        "atol": settings.atol,
        "rtol": settings.rtol,
    }
    given = [f"{words} {value:g}" for words, value in tolerances.items() if value is not None]
    if given:
        return f"A feature passes with {', '.join(given)}."
    if settings.floor_factor is None:
        return "The criterion of parity was not stored."
    return (
        f"A feature passes within {settings.floor_factor:g} times its noise floor, the error "
        "that float32 rounding alone causes."
    )


def _own_input(preprocessing: Preprocessing) -> Iterator[Note]:
    """How a runner made its own input."""
    if preprocessing.resize is None:
        return
    subject = f"{preprocessing.label}, its own input"
    if not preprocessing.exact and preprocessing.rms is not None and preprocessing.rms < _EQUAL:
        # Resizes alone were tried; the network's own preprocessing may also crop.
        yield Note("own-input", f"{subject}: the same as the shared input.")
        return
    how = "reproduced exactly by" if preprocessing.exact else "not reproduced; nearest is"
    yield Note("own-input", f"{subject}: {how} {preprocessing.resize}.")
    if preprocessing.mistakes:
        mistakes = ", ".join(preprocessing.mistakes)
        text = f"{subject}: a known mistake ({mistakes}); see netparity diagnose."
        yield Note("mistake", text)


def _why(run: Run, record: RunnerRecord) -> Iterator[Note]:
    """The pattern of the error or a remark on it, and the first faulty layer."""
    worst = worst_shared(run, record.label)
    if worst is not None and worst.arithmetic is not None:
        pattern = in_words([worst.arithmetic, *worst.or_arithmetic])
        yield Note("arithmetic", f"{record.label}: its error has the pattern of {pattern}.")
        if (way_out := way_out_of(worst.arithmetic, record.runner)) is not None:
            yield Note("arithmetic", f"{record.label}, to compute in float32: {way_out}.")
    elif worst is not None and worst.note:
        yield Note("unranked", f"{record.label}, {worst.feature}: {worst.note}.")
    faulty = faulty_layers(run, record.label)
    if faulty:
        yield Note(
            "faulty",
            f"{record.label}: the first faulty layer is {faulty[0].feature}; "
            "netparity diagnose searches for the cause.",
        )


def log_tails(run: Run) -> list[tuple[str, list[str]]]:
    """Label and last lines of the log of every runner that failed."""
    return [
        (record.label, record.rounds[-1].log_tail)
        for record in run.runners
        if record.status == "failed" and record.rounds and record.rounds[-1].log_tail
    ]
