"""Feature against feature: each runner's activations over those of the reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.protocol import FeatureFile
from netparity.report.agreement import matrix_feature
from netparity.report.plots.drawing import Drawing, NothingToDrawError, Scene
from netparity.report.plots.style import log_scale, new_figure, short
from netparity.report.plots.words import listed
from netparity.results.folder import RunFolder
from netparity.results.outcomes import worst_shared

TITLE = "Feature against feature"
MOST_RUNNERS = 8
MOST_POINTS = 4096
_DPI = 220

Values = npt.NDArray[np.float64]


def draw(scene: Scene) -> Drawing:
    """Above, activation over activation; below, how far apart they are.

    Raises:
        NothingToDrawError: if the features were not kept with the run.
    """
    feature = scene.choice.feature or matrix_feature(scene.run)
    truth, found, lost = _features(scene, feature)
    count = truth.size
    chosen = _chosen(truth, list(found.values()))
    figure = new_figure(scene.width_mm, 4.1 + 0.15 * len(found))
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    ends = [float(truth.min()), float(truth.max())]
    above.plot(ends, ends, color=scene.theme.muted, linewidth=0.8, zorder=0)
    scale = float(np.sqrt(np.mean(truth**2))) or 1.0
    for number, (label, values) in enumerate(found.items()):
        marker = scene.marks[label][0]
        look = {
            "marker": marker,
            "linestyle": "none",
            "markersize": 4.2 - 2.4 * number / max(1, len(found) - 1),
            "markeredgewidth": 0.5,
            "color": scene.colour(label),
            "markerfacecolor": "none",
            "rasterized": True,
        }
        above.plot(truth[chosen], values[chosen], label=short(label), **look)
        apart = np.abs(values - truth)[chosen] / scale
        shown = apart > 0
        below.plot(truth[chosen][shown], apart[shown], **look)
    above.set_ylabel(f"{short(feature, 24)} of the runner")
    below.set_xlabel(f"{short(feature, 24)} of the float64 reference")
    below.set_ylabel("difference over rms")
    if any(np.any(values != truth) for values in found.values()):
        log_scale(below.yaxis, [])
    for axes in (above, below):
        axes.grid(visible=True)
    figure.legend(loc="outside lower left", ncols=1, markerscale=1.6)
    figure.set_dpi(_DPI)
    some = len(found) == MOST_RUNNERS < len(scene.records)
    part = f"{len(chosen):,} of {count:,} values, those farthest apart among them"
    return Drawing(
        TITLE,
        f"{feature} of the shared input: above, each runner's values over the reference's, on the "
        "diagonal where they agree; below, how far apart they are, in units of the feature's root "
        f"mean square. {part if len(chosen) < count else f'All {count:,} values'}."
        + (f" Drawn are the {MOST_RUNNERS} runners that agree worst." if some else "")
        + " Runners that agree lie on each other; the first are drawn largest."
        + (f" Not drawn, as it was not kept or was changed: {', '.join(lost)}." if lost else ""),
        f"Scatter of {feature} of each runner over the reference. "
        + listed([_told(label, values, truth, scale) for label, values in found.items()]),
        figure,
    )


def _features(scene: Scene, feature: str) -> tuple[Values, dict[str, Values], list[str]]:
    """The reference's values and each runner's, flat and equally long; and whose are lost."""
    stored = scene.run.reference_features.get(feature)
    if scene.folder is None or stored is None:
        raise NothingToDrawError(f"the run does not hold the reference's {feature}")
    folder = scene.folder
    try:
        truth = _read(folder, stored)
    except InputError as error:
        said = f"{stored.file}, the reference's {feature}, was not kept, or was changed since"
        raise NothingToDrawError(said) from error
    found: dict[str, Values] = {}
    lost = []
    judged = [label for label in scene.records if worst_shared(scene.run, label) is not None]
    for label in scene.worst(judged, MOST_RUNNERS):
        file = scene.records[label].features.get("shared", {}).get(feature)
        try:
            values = _read(folder, file) if file is not None else None
        except InputError:
            values = None
        if values is None:
            lost.append(label)
        elif values.shape == truth.shape and np.isfinite(values).all():
            found[label] = values
    if not found or not truth.size or not np.isfinite(truth).all():
        raise NothingToDrawError(f"no runner's {feature} of the shared input was kept whole")
    return truth, found, lost


def _read(folder: RunFolder, file: FeatureFile) -> Values:
    return np.asarray(folder.read_array(file), dtype=np.float64).ravel()


def _chosen(truth: Values, found: Sequence[Values]) -> npt.NDArray[np.intp]:
    """Which values are drawn: all, or some drawn once, and those that are farthest apart."""
    if truth.size <= MOST_POINTS:
        return np.arange(truth.size)
    some = np.random.default_rng(0).choice(truth.size, MOST_POINTS - 64, replace=False)
    apart = np.max([np.abs(values - truth) for values in found], axis=0)
    return np.unique(np.concatenate([some, np.argsort(apart)[-64:]]))


def _told(label: str, values: Values, truth: Values, scale: float) -> str:
    apart = float(np.abs(values - truth).max()) / scale
    if apart == 0:
        return f"{label}: the same values"
    return f"{label}: at most {apart:.1e} of the root mean square apart"
