"""Each runner's error at one feature, given the same tensor and given the same file."""

from __future__ import annotations

import math

from netparity.protocol import ParityEntry, Run
from netparity.report.agreement import bound, matrix_feature, shared_floors
from netparity.report.cells import error
from netparity.report.plots.drawing import Drawing, NothingToDrawError, Scene
from netparity.report.plots.style import at_right, log_scale, row_axes, short
from netparity.report.plots.words import listed
from netparity.results.outcomes import VERDICT_MARKS

TITLE = "Error of each runner"
CHOOSE = "feature"
_BELOW = 0.25
"""Of the least error shown, where an error of zero is drawn."""


def draw(scene: Scene) -> Drawing:
    """A mark per runner on a logarithmic axis; hollow for what its own input moves the feature by.

    Raises:
        NothingToDrawError: if no error of the feature is a number.
    """
    run, feature = scene.run, scene.choice.feature or matrix_feature(scene.run)
    found = {entry.label: entry for entry in run.parity if _is_shared(entry, feature)}
    rows = [label for label in scene.records if label in found]
    moved = _moved(run, feature)
    floor = shared_floors(run).get(feature)
    known = [_number(found[label].relative_l2) for label in rows]
    if all(value is None for value in known):
        raise NothingToDrawError(f"no runner's {feature} has an error that is a number")
    positive = [value for value in (*known, *moved.values(), floor) if value]
    least = _BELOW * min(positive, default=1e-8)
    figure, axes = row_axes(scene.width_mm, rows, beside=18, looks=scene.looks)
    log_scale(axes.xaxis, [least, *positive])
    most = bound(run, floor)
    if most:
        axes.axvspan(axes.get_xlim()[0], most, color=scene.theme.muted, alpha=0.16, linewidth=0)
    if floor:
        axes.axvline(floor, color=scene.theme.muted, linewidth=1)
    described = []
    for row, label in enumerate(rows):
        look, value = scene.looks[label], _number(found[label].relative_l2)
        parts = [VERDICT_MARKS[found[label].verdict]]
        if value is not None:
            axes.plot(max(value, least), row, look.marker, color=look.colour, markersize=5)
            parts.insert(0, error(found[label]))
        if label in moved:
            axes.plot(
                max(moved[label], least),
                row,
                look.marker,
                color=look.colour,
                markerfacecolor="none",
                markersize=5,
            )
            parts.append(f"its own input moves it by {moved[label]:.1e}")
        at_right(axes, row, " ".join(parts[:2] if value is not None else parts[:1]), scene.theme)
        described.append(f"{label}: {', '.join(parts)}")
    axes.set_xlabel(f"relative L2 error of {short(feature, 24)}, logarithmic")
    return Drawing(
        TITLE,
        f"{feature}. Filled mark: relative L2 error against the float64 reference, given the same "
        "tensor."
        + (" Hollow mark: what the runner's own input moves it by." if moved else "")
        + (" Line: the noise floor, the error of float32 rounding alone." if floor else "")
        + (" Shaded: passes." if most else ""),
        f"Marks of the error of {feature} of each runner on a logarithmic axis. "
        + listed(described),
        figure,
    )


def _is_shared(entry: ParityEntry, feature: str) -> bool:
    wanted = ("reference", "shared", feature)
    return (entry.against, entry.input, entry.feature) == wanted


def _moved(run: Run, feature: str) -> dict[str, float]:
    """How far each runner's own input moves the feature, as a relative L2 difference."""
    found = (
        (made.label, _number(entry.relative_l2))
        for made in run.preprocessing
        for entry in made.features
        if entry.feature == feature
    )
    return {label: value for label, value in found if value is not None}


def _number(value: float | None) -> float | None:
    """A value that can be drawn, or None."""
    return value if value is not None and math.isfinite(value) else None
