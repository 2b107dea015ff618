"""What a run measured: raw seconds and the machine's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netparity.protocol import Calibration, Round, Run, Usage

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


def ok_turns(run: Run) -> dict[str, dict[int, dict[int, list[float]]]]:
    """Raw seconds of `predict` of every successful runner, by label, round and turn.

    Only rounds in which the processes took turns.
    """
    return {
        record.label: {
            round_.round: {block.turn: list(block.seconds) for block in round_.blocks}
            for round_ in record.rounds
            if round_.blocks is not None
        }
        for record in run.runners
        if record.status == "ok"
    }


def round_nodes(run: Run) -> dict[int, str]:
    """The node of each round of a run on a cluster; all processes of a round share one."""
    return {
        round_.round: round_.node
        for record in run.runners
        for round_ in record.rounds
        if round_.node is not None
    }


def ok_usages(run: Run) -> dict[str, dict[str, dict[int, list[Usage]]]]:
    """What every successful runner used during each value, by label, phase and round."""
    found: dict[str, dict[str, dict[int, list[Usage]]]] = {}
    for record in run.runners:
        if record.status == "ok":
            by_phase = found.setdefault(record.label, {})
            for round_ in record.rounds:
                for phase, usages in round_.usage.items():
                    by_phase.setdefault(phase, {})[round_.round] = usages
    return found


def ok_joules(run: Run) -> dict[str, list[float]]:
    """Joules of one call of `predict`, one value per block in which they are known, by label."""
    found: dict[str, list[float]] = {}
    for record in run.runners:
        for round_ in record.rounds if record.status == "ok" else ():
            loops = round_.clock.predict_loops if round_.clock is not None else 1
            found.setdefault(record.label, []).extend(
                block.energy_joules / (loops * len(block.seconds))
                for block in round_.blocks or ()
                if block.energy_joules is not None and block.seconds
            )
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
