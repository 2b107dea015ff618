"""What a reader must know beside the figures, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator

from netparity.protocol import Preprocessing, Run, RunnerRecord
from netparity.report.agreement import FEW_FEATURES
from netparity.report.ledger import unequal
from netparity.report.outcomes import faulty_layers, parity_passed, timing_base, worst_shared

_ARITHMETIC = {
    "tf32": "TF32",
    "bfloat16": "bfloat16",
    "float16": "float16",
    "fast-math": "careless float32 (reordered or approximated)",
}


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
            f"reference, relative L2. {rule(run)} GiB: peak memory of the process."
        )
        lines.append(
            "Seconds: the median of each process, averaged over the processes, with its 95 % "
            f"interval. Ratio: that over {base}'s in the same round. The word is that of a "
            "permutation test, corrected for the number of runners."
        )
    lines += list(_layer_notes(run))
    if len(run.settings.layers) > FEW_FEATURES:
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
    lines.extend(run.cautions)
    lines.extend(unequal(run))
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
