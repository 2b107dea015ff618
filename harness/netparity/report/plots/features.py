"""How far each runner's values of a feature are from the reference's, value by value."""

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

TITLE = "Differences from the reference, value by value"
CHOOSE = "feature"
MOST_RUNNERS = 8
MOST_POINTS = 4096
_DPI = 220

Values = npt.NDArray[np.float64]


def draw(scene: Scene) -> Drawing:
    """Differences over the reference's values, on a logarithmic axis.

    Raises:
        NothingToDrawError: if the features were not kept with the run, or do not differ.
    """
    feature = scene.choice.feature or matrix_feature(scene.run)
    truth, found, lost = _features(scene, feature)
    count = truth.size
    drawn = _drawn(truth, list(found.values()))
    scale = float(np.sqrt(np.mean(truth**2))) or 1.0
    if not any(np.any(values != truth) for values in found.values()):
        raise NothingToDrawError(f"every runner's {feature} equals the reference's")
    figure = new_figure(scene.width_mm, 2.5 + 0.15 * len(found))
    axes = figure.subplots()
    for number, (label, values) in enumerate(found.items()):
        differences = np.abs(values - truth)[drawn] / scale
        shown = differences > 0
        axes.plot(
            truth[drawn][shown],
            differences[shown],
            marker=scene.looks[label].marker,
            linestyle="none",
            markersize=4.2 - 2.4 * number / max(1, len(found) - 1),
            markeredgewidth=0.5,
            color=scene.colour(label),
            markerfacecolor="none",
            rasterized=True,
            label=short(label),
        )
    log_scale(axes.yaxis, [])
    axes.set_xlabel(f"{short(feature, 24)} of the float64 reference")
    axes.set_ylabel("difference / rms")
    axes.grid(visible=True)
    figure.legend(loc="outside lower left", ncols=1, markerscale=1.6)
    figure.set_dpi(_DPI)
    some = len(found) == MOST_RUNNERS < len(scene.records)
    part = f"{len(drawn):,} of {count:,} values, including those with the largest differences"
    return Drawing(
        TITLE,
        f"{feature} of the shared input: the absolute difference of each value from the "
        "reference's, divided by the feature's root mean square, over the reference's value. "
        f"{part if len(drawn) < count else f'All {count:,} values'}; values that are equal are "
        "not shown."
        + (f" Only the {MOST_RUNNERS} runners that agree worst are drawn." if some else "")
        + (f" Not drawn, as their file is missing or changed: {', '.join(lost)}." if lost else ""),
        f"Scatter plot of the differences of {feature} of each runner from the reference. "
        + listed([_described(label, values, truth, scale) for label, values in found.items()]),
        figure,
    )


def _features(scene: Scene, feature: str) -> tuple[Values, dict[str, Values], list[str]]:
    """Values of the reference and of each runner, flat and of equal length; labels without any."""
    stored = scene.run.reference_features.get(feature)
    if scene.folder is None or stored is None:
        raise NothingToDrawError(f"the run does not hold the reference's {feature}")
    folder = scene.folder
    try:
        truth = _read(folder, stored)
    except InputError as error:
        raise NothingToDrawError(
            f"{stored.file}, the reference's {feature}, is missing or was changed"
        ) from error
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
        raise NothingToDrawError(f"no runner's {feature} of the shared input is stored undamaged")
    return truth, found, lost


def _read(folder: RunFolder, file: FeatureFile) -> Values:
    return np.asarray(folder.read_array(file), dtype=np.float64).ravel()


def _drawn(truth: Values, found: Sequence[Values]) -> npt.NDArray[np.intp]:
    """Indices of the values to draw: all, or a fixed sample and the largest differences."""
    if truth.size <= MOST_POINTS:
        return np.arange(truth.size)
    sample = np.random.default_rng(0).choice(truth.size, MOST_POINTS - 64, replace=False)
    differences = np.max([np.abs(values - truth) for values in found], axis=0)
    return np.unique(np.concatenate([sample, np.argsort(differences)[-64:]]))


def _described(label: str, values: Values, truth: Values, scale: float) -> str:
    largest = float(np.abs(values - truth).max()) / scale
    if largest == 0:
        return f"{label}: equal values"
    return f"{label}: largest difference {largest:.1e} of the root mean square"
