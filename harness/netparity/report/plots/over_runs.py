"""Seconds of each runner over stored runs, where its versions and the machine may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netparity.protocol import Run, RunnerRecord, TimingEntry
from netparity.report.cells import counted, spread_seconds
from netparity.report.columns import PHASE_HEADERS
from netparity.report.plots.drawing import COLUMN_MM, Drawing, NothingToDrawError
from netparity.report.plots.looks import looks
from netparity.report.plots.style import (
    THEMES,
    Look,
    Theme,
    log_scale,
    new_figure,
    short,
    wants_log,
)
from netparity.report.plots.words import listed
from netparity.results.outcomes import parity_passed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PANELS = 12
MOST_CHANGES = 12
_PANEL_INCHES = 1.9
_ROW_INCHES = 0.15
_LOG_FROM = 8.0


@dataclass(frozen=True)
class Point:
    """One runner in one run; `change` says which versions differ from its previous run."""

    place: int
    run: Run
    entry: TimingEntry
    passed: bool
    change: str


@dataclass(frozen=True)
class Panel:
    """The runs of one network on one machine, oldest first, and the points of each label."""

    title: str
    runs: Sequence[Run]
    lines: Mapping[str, Sequence[Point]]


def draw(
    runs: Sequence[Run],
    phase: str = "predict",
    theme: Theme = THEMES["light"],
    width_mm: float = COLUMN_MM,
) -> Drawing:
    """A part for each network and machine, with a line for each runner over the runs.

    Args:
        runs: oldest first.

    Raises:
        NothingToDrawError: if no run has a timing of the phase.
    """
    panels = _panels(runs, phase)
    if not panels:
        raise NothingToDrawError(f"no stored run has a timing of {phase}")
    shown = panels[-MOST_PANELS:]
    looked = looks([record for run in runs for record in run.runners])
    labels = list(dict.fromkeys(label for panel in shown for label in panel.lines))
    changes = _changes(shown)
    listed_changes = list(changes.values())[:MOST_CHANGES]
    rows = len(labels) + len(listed_changes) + 1
    figure = new_figure(width_mm, _PANEL_INCHES * len(shown) + _ROW_INCHES * rows)
    every = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
    for axes, panel in zip(every, shown, strict=True):
        _draw_panel(axes, panel, looked, theme, changes)
        axes.set_ylabel(f"{PHASE_HEADERS[phase]}, s")
    _legend(figure, labels, looked, theme, listed_changes)
    left = len(panels) - len(shown)
    return Drawing(
        f"Seconds of {PHASE_HEADERS[phase]} over the runs",
        "A part for each network and machine, its runs from left to right, with 95 % intervals. "
        "A ring with a number marks a run whose versions differ from the runner's previous one. "
        "Hollow marks: failed parity."
        + (f" {counted(left, 'earlier part')} not shown." if left else ""),
        f"Lines of the seconds of {PHASE_HEADERS[phase]} of each runner over the runs. "
        + listed([_described(panel, label) for panel in shown for label in panel.lines]),
        figure,
    )


def _panels(runs: Sequence[Run], phase: str) -> list[Panel]:
    groups: dict[str, list[Run]] = {}
    for run in runs:
        if any(entry.phase == phase for entry in run.timing):
            machine = f"{run.machine.cpu}, {counted(run.machine.cpus_available, 'processor')}"
            groups.setdefault(f"{run.model} on {machine}", []).append(run)
    return [Panel(title, group, _lines(group, phase)) for title, group in groups.items()]


def _lines(runs: Sequence[Run], phase: str) -> dict[str, list[Point]]:
    lines: dict[str, list[Point]] = {}
    before: dict[str, RunnerRecord] = {}
    for place, run in enumerate(runs):
        entries = {entry.label: entry for entry in run.timing if entry.phase == phase}
        for record in run.runners:
            label = record.label
            if label not in entries:
                continue
            change = version_changes(before.get(label), record)
            passed = parity_passed(run, label)
            lines.setdefault(label, []).append(Point(place, run, entries[label], passed, change))
            before[label] = record
    return lines


def version_changes(earlier: RunnerRecord | None, later: RunnerRecord) -> str:
    """Which versions differ between two runs of a runner, such as `numpy 1.26 → 2.0`."""
    if earlier is None:
        return ""
    names = dict.fromkeys([*earlier.versions, *later.versions])
    pairs = [(name, earlier.versions.get(name), later.versions.get(name)) for name in names]
    return ", ".join(
        f"{name} {old or 'none'} → {new or 'none'}" for name, old, new in pairs if old != new
    )


def _changes(panels: Sequence[Panel]) -> dict[tuple[str, str, int], str]:
    """A numbered line for each change, by the panel's title, the label and the run's place."""
    changed = [
        (panel.title, label, point)
        for panel in panels
        for label, points in panel.lines.items()
        for point in points
        if point.change
    ]
    return {
        (title, label, point.place): f"{number}: {label}: {point.change}"
        for number, (title, label, point) in enumerate(changed, start=1)
    }


def _draw_panel(
    axes: Axes,
    panel: Panel,
    looked: Mapping[str, Look],
    theme: Theme,
    changes: Mapping[tuple[str, str, int], str],
) -> None:
    values = []
    step = min(0.05, 0.6 / len(panel.lines))  # so that the intervals of a run do not overlap
    for number, (label, points) in enumerate(panel.lines.items()):
        look = looked[label]
        shift = step * (number - (len(panel.lines) - 1) / 2)
        places = [point.place + shift for point in points]
        seconds = [point.entry.median_seconds for point in points]
        axes.plot(places, seconds, look.dash, color=look.colour, linewidth=0.8)
        for point, place, value in zip(points, places, seconds, strict=True):
            if point.entry.interval_seconds is not None:
                ends = list(point.entry.interval_seconds)
                axes.plot([place] * 2, ends, color=look.colour, linewidth=0.8)
                values += ends
            face = look.colour if point.passed else "none"
            axes.plot(
                place,
                value,
                look.marker,
                color=look.colour,
                markerfacecolor=face,
                markersize=4,
            )
            ring = changes.get((panel.title, label, point.place), "").partition(":")[0]
            if ring:
                axes.plot(point.place, value, "o", color=theme.ink, markerfacecolor="none",
                          markersize=8, markeredgewidth=0.6)  # fmt: skip
                axes.annotate(ring, (place, value), (4, 4), textcoords="offset points")
        values += seconds
    if wants_log(values, _LOG_FROM):
        log_scale(axes.yaxis, values)
    else:
        axes.set_ylim(bottom=0)
    axes.set_xlim(-0.5, len(panel.runs) - 0.5)
    step = max(1, -(-len(panel.runs) // 6))
    ticks = list(range(0, len(panel.runs), step))
    axes.set_xticks(ticks, [short(panel.runs[place].started[:10], 10) for place in ticks])
    axes.set_title(short(panel.title), loc="left")
    axes.grid(axis="y")


def _legend(
    figure: object,
    labels: Sequence[str],
    looked: Mapping[str, Look],
    theme: Theme,
    changes: Sequence[str],
) -> None:
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    assert isinstance(figure, Figure)
    handles = []
    for label in labels:
        look = looked[label]
        handle = Line2D([], [], color=look.colour, marker=look.marker, markersize=4)
        handle.set(linestyle=look.dash, label=short(label))
        handles.append(handle)
    for text in changes:
        handle = Line2D([], [], color=theme.ink, marker="o", markersize=8, label=short(text))
        handle.set(linestyle="none", markerfacecolor="none")
        handles.append(handle)
    figure.legend(handles=handles, loc="outside lower left", ncols=1)


def _described(panel: Panel, label: str) -> str:
    points = panel.lines[label]
    parts = [
        f"{point.run.run_id} {spread_seconds(point.entry, spread=True)} s"
        + ("" if point.passed else ", failed parity")
        + (f", {point.change}" if point.change else "")
        for point in points
    ]
    return f"{panel.title}, {label}: {', then '.join(parts)}"
