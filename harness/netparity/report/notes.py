"""Notes on a run: what a reader must know to interpret its tables, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from netparity.protocol import Preprocessing, Run, RunnerRecord, TimingCheck
from netparity.report.agreement import FEW_FEATURES
from netparity.report.calls import ways_of_calling
from netparity.report.cells import counted, percent, percent_at_most
from netparity.report.explanations import EXPLANATIONS, key_of
from netparity.report.ledger import unequal
from netparity.report.own_inputs import EQUAL
from netparity.report.schedule import schedule_notes
from netparity.results.arithmetic import in_words, way_out_of
from netparity.results.outcomes import (
    by_permutation,
    faulty_layers,
    parity_passed,
    timing_base,
    worst_shared,
)


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
        yield from _timing_notes(run, base)
    yield from (Note("schedule", sentence) for sentence in schedule_notes(run))
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


def asked_for(run: Run, record: RunnerRecord) -> bool:
    """Whether a runner was asked for by name; True where nothing of that was stored."""
    named = run.settings.named_runners
    if named is not None:
        return any(text.strip().partition("[")[0] == record.runner for text in named)
    words = run.settings.command
    values = [after for word, after in pairwise(words) if word == "--runner"]
    values += [word.partition("=")[2] for word in words if word.startswith("--runner=")]
    return not words or any(value.partition("[")[0] == record.runner for value in values)


def _timing_notes(run: Run, base: str) -> Iterator[Note]:
    """How the timings were made, and how far this machine's can be trusted."""
    yield Note(
        "seconds",
        f"Seconds: the geometric mean of the processes' medians{_spread_words(run)}. Ratio: to "
        f"{base} in the same {_same_what(run)}{_verdicts(run)}",
    )
    if run.timing_check is not None:
        yield Note("timing-check", " ".join(timing_check_words(run.timing_check)))


def _fate(run: Run, record: RunnerRecord) -> Iterator[Note]:
    """Why a runner has no results, or is not ranked."""
    if record.status in ("failed", "unavailable", "pending"):
        reason = (record.reason or "").rstrip(".")
        fix = f" Fix: {record.fix.rstrip('.')}." if record.fix else ""
        log = f" Log: {record.rounds[-1].log}" if record.rounds else ""
        what = "was not run" if record.status == "pending" else record.status
        because = f": {reason}" if reason else ""
        text = f"{record.label} {what}{because}.{fix}{log}"
        unasked = record.status == "unavailable" and not asked_for(run, record)
        yield Note("unavailable", text) if unasked else Note("failed", text)
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
    if not preprocessing.exact and preprocessing.rms is not None and preprocessing.rms < EQUAL:
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


def timing_check_words(found: TimingCheck) -> list[str]:
    """What a timing check of the machine showed, in sentences."""
    runs = f"{counted(found.runs, 'run')} of {counted(found.rounds, 'round')}"
    return [
        f"Timing check of this machine on {found.checked[:10]}, {found.runner} against itself: "
        f"called different in {found.called_different} of {runs}.",
        f"A planted delay of {percent(found.delay)} was found in {found.found} of {found.runs}.",
        f"The smallest difference that {counted(found.rounds, 'round')} can show here, in four of "
        f"five cases and a table of {found.rows} rows: {percent_at_most(found.least_difference)}.",
    ]


def _spread_words(run: Run) -> str:
    """What follows the seconds in the tables, in brackets."""
    processes = {entry.processes for entry in run.timing if entry.interval_seconds is not None}
    if processes == {2}:
        return ", in square brackets those of the two rounds, too few for an interval"
    if 2 in processes:
        return ", with its 95 % interval, or in square brackets the medians of just two processes"
    return ", with its 95 % interval"


def _same_what(run: Run) -> str:
    """Within what ratios are taken."""
    return "turn" if run.settings.schedule == "interleaved" else "round"


def _verdicts(run: Run) -> str:
    """The end of the sentence on ratios: where verdicts come from."""
    if by_permutation(run):
        return ". Verdict: of a permutation test, corrected for the number of runners."
    intervals = [e.processes for e in run.timing if e.ratio_interval is not None]
    if intervals and set(intervals) == {2}:
        return ". Verdict: what its 95 % interval shows, adjusted for the number of runners."
    return (
        ", with a 95 % interval that is adjusted for the number of runners. Verdict: what that "
        "interval shows."
    )


def log_tails(run: Run) -> list[tuple[str, list[str]]]:
    """Label and last lines of the log of every runner that failed."""
    return [
        (record.label, record.rounds[-1].log_tail)
        for record in run.runners
        if record.status == "failed" and record.rounds and record.rounds[-1].log_tail
    ]
