"""Every value of a phase, process by process."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from netparity.protocol import RunnerRecord, TimingEntry
from netparity.report.cells import seconds, spread_seconds
from netparity.report.columns import PHASE_HEADERS
from netparity.report.plots.drawing import Drawing, NothingToDrawError, Scene
from netparity.report.plots.style import log_scale, row_axes, wants_log
from netparity.report.plots.words import listed

TITLE = "Every timed value"
CHOOSE = "phase"
_STRIP = 0.44
_LOG_FROM = 8.0


def draw(scene: Scene) -> Drawing:
    """A strip of dots per process below the runner's name, and a bar for the 95 % interval.

    Raises:
        NothingToDrawError: if there is no value of the phase.
    """
    phase = scene.choice.phase
    rows = [entry for entry in scene.timed(phase) if _processes(scene.records[entry.label], phase)]
    if not rows:
        raise NothingToDrawError(f"no runner has a value of {phase}")
    most = max(len(_processes(scene.records[entry.label], phase)) for entry in rows)
    inches = 0.34 + min(0.5, 0.05 * most)
    figure, axes = row_axes(
        scene.width_mm, [entry.label for entry in rows], inches, looks=scene.looks
    )
    shown: list[float] = []
    for row, entry in enumerate(rows):
        record = scene.records[entry.label]
        processes = _processes(record, phase)
        marker = scene.looks[entry.label].marker
        for number, (round_number, values) in enumerate(processes):
            height = row - 0.1 + _STRIP * (number + 0.5) / len(processes)
            outliers = {index for round_of, index in entry.outliers if round_of == round_number}
            for hollow in (False, True):
                drawn = [x for i, x in enumerate(values) if (i in outliers) is hollow]
                axes.plot(
                    drawn,
                    [height] * len(drawn),
                    marker,
                    markersize=3,
                    markerfacecolor="none" if hollow else (scene.colour(entry.label), 0.75),
                    markeredgecolor=scene.colour(entry.label),
                    markeredgewidth=0.5,
                )
            axes.plot(np.median(values), height, "|", color=scene.theme.ink, markersize=5)
            shown += values
        _interval(scene, axes, row, entry)
    logarithmic = wants_log(shown, _LOG_FROM)
    if logarithmic:
        log_scale(axes.xaxis, shown)
    axes.set_xlabel(f"seconds of {PHASE_HEADERS[phase]}{', logarithmic' if logarithmic else ''}")
    return Drawing(
        TITLE,
        f"{PHASE_HEADERS[phase].capitalize()}: one dot per value and one line per process, in the "
        "order of the rounds, with a tick at its median. The bar below the name is the 95 % "
        "interval over the processes. Hollow dots are outliers; they are included.",
        f"Dots of every value of {PHASE_HEADERS[phase]}, by process. "
        + listed(
            [_described(entry, _processes(scene.records[entry.label], phase)) for entry in rows]
        ),
        figure,
    )


def _processes(record: RunnerRecord, phase: str) -> list[tuple[int, list[float]]]:
    """Round number and values of each process that succeeded."""
    return [
        (process.round, list(process.phases[phase]))
        for process in record.rounds
        if process.status == "ok" and process.phases.get(phase)
    ]


def _interval(scene: Scene, axes: object, row: int, entry: TimingEntry) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    if entry.interval_seconds is not None:
        ends = list(entry.interval_seconds)
        axes.plot(ends, [row - 0.21] * 2, color=scene.theme.ink, linewidth=1.6)
        axes.plot(entry.median_seconds, row - 0.21, "D", color=scene.theme.ink, markersize=3.2)


def _described(entry: TimingEntry, processes: Sequence[tuple[int, list[float]]]) -> str:
    values = [x for _, of_process in processes for x in of_process if math.isfinite(x)]
    ends = f"{seconds(min(values))} to {seconds(max(values))} s" if values else "no finite value"
    several = "process" if len(processes) == 1 else "processes"
    return (
        f"{entry.label}: {len(values)} values of {len(processes)} {several} from {ends}, "
        f"{spread_seconds(entry, spread=True)} s on average"
    )
