"""What a run measured: raw seconds and the machine's state."""

from __future__ import annotations

from netparity.protocol import Calibration, Run


def ok_phases(run: Run) -> dict[str, dict[str, dict[int, list[float]]]]:
    """Raw seconds of every successful runner, by label, phase and round."""
    phases: dict[str, dict[str, dict[int, list[float]]]] = {}
    for record in run.runners:
        if record.status == "ok":
            merged = phases.setdefault(record.label, {})
            for round_ in record.rounds:
                for phase, seconds in round_.phases.items():
                    merged.setdefault(phase, {})[round_.round] = list(seconds)
    return phases


def ok_layers(run: Run) -> dict[str, dict[str, dict[int, list[float]]]]:
    """Raw seconds from the input to each layer, by label, layer and round; with `--per-layer`."""
    layers: dict[str, dict[str, dict[int, list[float]]]] = {}
    for record in run.runners:
        for round_ in record.rounds if record.status == "ok" else []:
            for layer, seconds in round_.layers.items():
                layers.setdefault(record.label, {}).setdefault(layer, {})[round_.round] = seconds
    return layers


def ok_ticks(run: Run) -> dict[str, float]:
    """The clock's resolution for one `predict` call, in seconds, by label."""
    ticks = {}
    for record in run.runners:
        clocks = [round_.clock for round_ in record.rounds if round_.clock is not None]
        if record.status == "ok" and clocks:
            ticks[record.label] = max(clock.tick_seconds / clock.predict_loops for clock in clocks)
    return ticks


def calibrations(run: Run) -> list[Calibration]:
    """The machine's state before each process, in chronological order."""
    rounds = [round_ for record in run.runners for round_ in record.rounds]
    rounds.sort(key=lambda round_: (round_.round, round_.order))
    return [round_.calibration for round_ in rounds if round_.calibration is not None]
