"""Seconds of every phase as stacked bars."""

from __future__ import annotations

from collections.abc import Iterator

from netparity.protocol import PHASES, TimingEntry
from netparity.report.cells import spread_seconds, sum_of
from netparity.report.columns import PHASE_HEADERS
from netparity.report.plots.drawing import Drawing, NothingToDrawError, Scene
from netparity.report.plots.style import at_right, row_axes
from netparity.report.plots.words import listed

TITLE = "Seconds of each phase"
# Hatched bars have no fill: in SVG its opacity would apply to the strokes as well.
_STRENGTHS = dict(zip(PHASES, (0.3, 0.6, 0.0, 0.0, 1.0), strict=True))
_HATCHES = dict(zip(PHASES, ("", "", "", "////", ""), strict=True))
_HEIGHT = 0.36
_STEP = 0.065


def draw(scene: Scene) -> Drawing:
    """A bar per runner with a part per phase; whiskers are each part's 95 % interval.

    Raises:
        NothingToDrawError: if nothing was timed.
    """
    timed = {label: dict(_phases(scene, label)) for label in scene.records}
    timed = {label: phases for label, phases in timed.items() if phases}
    if not timed:
        raise NothingToDrawError("no runner was timed")
    figure, axes = row_axes(
        scene.width_mm, list(timed), extra_inches=0.35, beside=9, looks=scene.looks
    )
    for row, (label, phases) in enumerate(timed.items()):
        left = 0.0
        for phase, entry in phases.items():
            axes.barh(
                row,
                entry.median_seconds,
                _HEIGHT,
                left=left,
                color=_fill(scene.colour(label), phase),
                edgecolor=scene.colour(label),
                hatch=_HATCHES[phase],
                linewidth=0.6,
            )
            left += entry.median_seconds
            if entry.interval_seconds is not None:
                ends = [left - entry.median_seconds + end for end in entry.interval_seconds]
                # Each a little lower than the previous one, as they may overlap.
                height = row + _STEP * (PHASES.index(phase) - 2)
                axes.plot(ends, [height] * 2, color=scene.theme.ink, marker="|", markersize=3)
        at_right(axes, row, f"{sum_of(phases.values())} s", scene.theme)
    axes.set_xlim(0, None)
    axes.set_xlabel("seconds")
    _legend(scene, figure, [phase for phase in PHASES if any(phase in p for p in timed.values())])
    described = listed(
        [
            f"{label}: "
            + ", ".join(
                f"{PHASE_HEADERS[phase]} {spread_seconds(entry, spread=True)} s"
                for phase, entry in phases.items()
            )
            for label, phases in timed.items()
        ]
    )
    return Drawing(
        TITLE,
        "The phases one after the other; the number on the right is their sum, with a first and a "
        "later prediction. Whiskers: 95 % intervals, at the end of each phase.",
        f"Stacked bars of the seconds of each phase. {described}",
        figure,
    )


def _phases(scene: Scene, label: str) -> Iterator[tuple[str, TimingEntry]]:
    for phase in PHASES:
        for entry in scene.timed(phase):
            if entry.label == label:
                yield phase, entry


def _fill(colour: str, phase: str) -> tuple[str, float] | str:
    return (colour, _STRENGTHS[phase]) if _STRENGTHS[phase] else "none"


def _legend(scene: Scene, figure: object, phases: list[str]) -> None:
    """A legend in a neutral colour, as each tool has its own."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    assert isinstance(figure, Figure)
    handles = [
        Patch(
            facecolor=_fill(scene.theme.muted, phase),
            edgecolor=scene.theme.muted,
            hatch=_HATCHES[phase],
            linewidth=0.6,
            label=PHASE_HEADERS[phase],
        )
        for phase in phases
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, columnspacing=1.2)
