"""What a run has measured: raw seconds and the machine's state, by label, phase and round."""

from __future__ import annotations

from netparity.protocol import Calibration, Run


def ok_phases(run: Run) -> dict[str, dict[str, dict[int, list[float]]]]:
    """Raw seconds of every runner that succeeded, by label, phase and round."""
    phases: dict[str, dict[str, dict[int, list[float]]]] = {}
    for record in run.runners:
        if record.status == "ok":
            merged = phases.setdefault(record.label, {})
            for round_ in record.rounds:
                for phase, seconds in round_.phases.items():
                    merged.setdefault(phase, {})[round_.round] = list(seconds)
    return phases


def ok_layers(run: Run) -> dict[str, dict[str, dict[int, list[float]]]]:
    """Raw seconds from the input to each layer, of every runner that succeeded and was asked."""
    layers: dict[str, dict[str, dict[int, list[float]]]] = {}
    for record in run.runners:
        for round_ in record.rounds if record.status == "ok" else []:
            for layer, seconds in round_.layers.items():
                layers.setdefault(record.label, {}).setdefault(layer, {})[round_.round] = seconds
    return layers


def ok_ticks(run: Run) -> dict[str, float]:
    """Smallest step, in seconds of one call, by which a `predict` value can differ, by label."""
    ticks = {}
    for record in run.runners:
        clocks = [round_.clock for round_ in record.rounds if round_.clock is not None]
        if record.status == "ok" and clocks:
            ticks[record.label] = max(each.tick_seconds / each.predict_loops for each in clocks)
    return ticks


def calibrations(run: Run) -> list[Calibration]:
    """The machine's state before each process, in the order of time."""
    rounds = [round_ for record in run.runners for round_ in record.rounds]
    rounds.sort(key=lambda round_: (round_.round, round_.order))
    return [round_.calibration for round_ in rounds if round_.calibration is not None]
