"""What each runner costs, and why, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netparity.protocol import Run, RunnerRecord, TimingEntry
from netparity.report.calls import SHORT_WORDS
from netparity.report.cells import seconds, spread_seconds, sum_of
from netparity.report.columns import PHASE_HEADERS
from netparity.report.headline import speed_words
from netparity.report.sentences import joined, short
from netparity.results.outcomes import parity_passed

FIRST_USE = ("startup", "load", "predict_first")
"""The phases between the command and the first result."""
_MOST = 0.5
_NOTABLE = 1.2
_SHORT_PREDICTION = 1.0
"""Seconds up to which Keras's own loop around a prediction is a notable part of it."""


def cost_words(run: Run, phase: str = "predict") -> str:
    """The range of the seconds, of the first use and of the memory; what is shown to differ.

    Only of runners that agree with the reference: the others compute something else.
    """
    ranked = [r for r in run.runners if r.status == "ok" and parity_passed(run, r.label)]
    ranges = [_of_phase(run, ranked, phase), _of_first_use(run, ranked), _of_memory(ranked)]
    known = "; ".join(words for words in ranges if words)
    if not known:
        return "No timings of runners that agree were stored."
    sentences = [f"{known}.", speed_words(run, phase, name_untested=False)]
    if phase == "predict":
        sentences += list(_other_calls(run, ranked)) or [_untried_calls(run, ranked)]
    return " ".join(sentence for sentence in sentences if sentence)


def first_use(run: Run, label: str) -> list[TimingEntry]:
    """The timings of `FIRST_USE`, in order; empty unless all were measured."""
    timing = {entry.phase: entry for entry in run.timing if entry.label == label}
    found = [timing[phase] for phase in FIRST_USE if phase in timing]
    return found if len(found) == len(FIRST_USE) else []


def _of_phase(run: Run, ranked: list[RunnerRecord], phase: str) -> str:
    name = "A warm prediction" if phase == "predict" else PHASE_HEADERS[phase].capitalize()
    shown = _range(
        (e.median_seconds, f"{spread_seconds(e, spread=False)} s", short(e.label))
        for record in ranked
        if (e := _timing(run, record, phase)) is not None
    )
    return f"{name} takes {shown}" if shown else ""


def _of_first_use(run: Run, ranked: list[RunnerRecord]) -> str:
    uses = [entries for record in ranked if (entries := first_use(run, record.label))]
    longest = max(uses, key=_sum, default=None)
    shown = _range(
        (
            _sum(entries),
            f"{sum_of(entries)} s",
            short(entries[0].label) + (_largest_part(entries) if entries is longest else ""),
        )
        for entries in uses
    )
    return f"first use, with start-up and load, {shown}" if shown else ""


def _sum(entries: list[TimingEntry]) -> float:
    return sum(entry.median_seconds for entry in entries)


def _largest_part(entries: list[TimingEntry]) -> str:
    """The phase that makes up most of the sum."""
    largest = max(entries, key=lambda entry: entry.median_seconds)
    if largest.median_seconds <= _MOST * _sum(entries):
        return ""
    return f", {PHASE_HEADERS[largest.phase]} alone {spread_seconds(largest, spread=False)} s"


def _of_memory(ranked: list[RunnerRecord]) -> str:
    shown = _range(
        (peak, f"{peak / 2**30:.2f} GiB", short(record.label))
        for record in ranked
        if (peak := record.peak_rss_bytes) is not None
    )
    return f"peak memory {shown}" if shown else ""


def _range(costs: Iterable[tuple[float, str, str]]) -> str:
    """The least and the greatest cost and whose they are; the cost alone of a single runner.

    Args:
        costs: the number, how it is written, and the runner.
    """
    found = sorted(costs, key=lambda cost: cost[0])
    if not found:
        return ""
    shown = [f"{words} ({name})" for _, words, name in (found[0], found[-1])]
    return " to ".join(shown) if len(found) > 1 else shown[0]


def _other_calls(run: Run, ranked: list[RunnerRecord]) -> Iterator[str]:
    """Where a model was called in several ways, what each takes, if that differs notably."""
    groups: dict[tuple[object, ...], list[tuple[TimingEntry, str]]] = {}
    for record in ranked:
        call, entry = record.flags.get("call"), _timing(run, record, "predict")
        if call in SHORT_WORDS and entry is not None:
            others = (pair for pair in sorted(record.options.items()) if pair[0] != "call")
            groups.setdefault((record.runner, *others), []).append((entry, call))
    for (runner, *_), group in groups.items():
        medians = [entry.median_seconds for entry, _ in group]
        if max(medians) > _NOTABLE * min(medians) > 0:
            parts = [
                f"{spread_seconds(entry, spread=False)} s {SHORT_WORDS[call]}"
                for entry, call in group
            ]
            yield f"How it is called matters: {short(str(runner))} takes {joined(parts)}."


def _untried_calls(run: Run, ranked: list[RunnerRecord]) -> str:
    """That a compiled call was not tried where it would matter."""
    for record in ranked:
        entry = _timing(run, record, "predict")
        if record.flags.get("call") != "predict" or entry is None:
            continue
        if entry.median_seconds < _SHORT_PREDICTION:
            return (
                f"The {seconds(entry.median_seconds)} s of {short(record.label)} include the loop "
                f"of model.predict(x); --runner '{record.runner}[call=function]' times the "
                "compiled model alone."
            )
    return ""


def _timing(run: Run, record: RunnerRecord, phase: str) -> TimingEntry | None:
    wanted = record.label, phase
    return next((entry for entry in run.timing if (entry.label, entry.phase) == wanted), None)
