"""What a run measured: raw seconds and the machine's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netparity.protocol import Calibration, Round, Run

SecondsByRound = dict[int, list[float]]


def ok_phases(run: Run) -> dict[str, dict[str, SecondsByRound]]:
    """Raw seconds of every successful runner, by label, phase and round."""
    return _ok_seconds(run, lambda round_: round_.phases)


def ok_layers(run: Run) -> dict[str, dict[str, SecondsByRound]]:
    """Raw seconds from the input to each layer, by label, layer and round; with `--per-layer`."""
    return _ok_seconds(run, lambda round_: round_.layers)


def _ok_seconds(
    run: Run, measured: Callable[[Round], Mapping[str, list[float]]]
) -> dict[str, dict[str, SecondsByRound]]:
    found: dict[str, dict[str, SecondsByRound]] = {}
    for record in run.runners:
        if record.status == "ok":
            by_name = found.setdefault(record.label, {})
            for round_ in record.rounds:
                for name, seconds in measured(round_).items():
                    by_name.setdefault(name, {})[round_.round] = list(seconds)
    return found


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
