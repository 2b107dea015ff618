"""The error of each layer against the noise floor."""

from __future__ import annotations

from collections.abc import Sequence

from netparity.report.agreement import bound, shared_floors
from netparity.report.plots.drawing import Drawing, NothingToDrawError, Scene
from netparity.report.plots.style import log_scale, new_figure, short
from netparity.report.plots.words import listed
from netparity.results.outcomes import VERDICT_MARKS, worst_shared

TITLE = "Error of each layer against the noise floor"
_MOST_NAMED = 12
_HEIGHT_INCHES = 2.3
_ROW_INCHES = 0.15


def draw(scene: Scene) -> Drawing:
    """One line per runner over the layers, on a logarithmic axis.

    Raises:
        NothingToDrawError: if no error is a number.
    """
    layers = scene.run.settings.layers
    lines = {label: _errors(scene, label, layers) for label in scene.records}
    lines = {label: errors for label, errors in lines.items() if any(e is not None for e in errors)}
    floors = shared_floors(scene.run)
    floor = [floors.get(layer) for layer in layers]
    known = [value for errors in [floor, *lines.values()] for value in errors if value]
    if not lines:
        raise NothingToDrawError("no runner's features have an error that is a number")
    least = min(known, default=1e-8) / 4
    named = scene.worst(list(lines), _MOST_NAMED)
    height = _HEIGHT_INCHES + _ROW_INCHES * (len(named) + 2)
    figure = new_figure(scene.width_mm, height + 0.02 * max(map(len, layers), default=0))
    axes = figure.subplots()
    log_scale(axes.yaxis, [])
    axes.grid(axis="y")
    places = list(range(len(layers)))
    if any(floor):
        # Steps, so that even a single layer has a line.
        edges = [place - 0.5 for place in range(len(layers) + 1)]
        axes.stairs(
            [value or float("nan") for value in floor],
            edges,
            baseline=None,
            color=scene.theme.muted,
            linewidth=1.4,
            label="noise floor",
        )
        top = [bound(scene.run, value) or float("nan") for value in floor]
        axes.stairs(
            top,
            edges,
            baseline=least,
            fill=True,
            color=scene.theme.muted,
            alpha=0.16,
            linewidth=0,
            label="passes",
        )
    for label, errors in lines.items():
        look = scene.looks[label]
        axes.plot(
            places,
            [float("nan") if value is None else max(value, least) for value in errors],
            look.dash,
            marker=look.marker,
            markersize=4,
            markerfacecolor="none",
            markeredgewidth=0.9,
            color=look.colour,
            label=short(label) if label in named else None,
        )
    axes.set_xticks(
        places, [short(layer, 24) for layer in layers], rotation=90 if len(layers) > 5 else 0
    )
    axes.set_xlim(-0.5, len(layers) - 0.5)
    axes.set_ylabel("relative L2 error")
    figure.legend(loc="outside lower left", ncols=1)
    rest = len(lines) - len(named)
    return Drawing(
        TITLE,
        "Relative L2 error of the features of the shared input against the float64 reference. The "
        "step line is the noise floor, the error that float32 rounding alone causes; a feature in "
        "the shaded area passes."
        + (f" {rest} more runners have lines without a name." if rest > 0 else ""),
        f"Error of {len(layers)} layers, {layers[0]} to {layers[-1]}, on a logarithmic axis. "
        + listed([_described(scene, label, errors, layers) for label, errors in lines.items()]),
        figure,
    )


def _errors(scene: Scene, label: str, layers: Sequence[str]) -> list[float | None]:
    found = {
        entry.feature: entry.relative_l2
        for entry in scene.run.parity
        if (entry.label, entry.against, entry.input) == (label, "reference", "shared")
    }
    return [found.get(layer) for layer in layers]


def _described(
    scene: Scene, label: str, errors: Sequence[float | None], layers: Sequence[str]
) -> str:
    known = [
        (value, layer) for value, layer in zip(errors, layers, strict=True) if value is not None
    ]
    largest, where = max(known)
    least = min(known)[0]
    worst = worst_shared(scene.run, label)
    verdict = f", {VERDICT_MARKS[worst.verdict]}" if worst else ""
    return f"{label}: {least:.1e} to {largest:.1e}, largest at {where}{verdict}"
