"""Each runner's share of what the hardware allows."""

from __future__ import annotations

from netparity.report.cells import limit_words
from netparity.report.plots.drawing import Drawing, NothingToDrawError, Scene
from netparity.report.plots.style import at_right, row_axes
from netparity.report.plots.words import listed

TITLE = "Share of the hardware limit"


def draw(scene: Scene) -> Drawing:
    """A bar per runner up to the share of the limit that its warm predictions reach.

    Raises:
        NothingToDrawError: if the machine's rates were not measured, or nothing was timed.
    """
    limit = scene.run.limit
    entries = [entry for entry in scene.timed("predict") if entry.median_seconds > 0]
    if limit is None:
        raise NothingToDrawError("the run has not measured what the hardware could do")
    if not entries:
        raise NothingToDrawError("no runner has a warm prediction")
    figure, axes = row_axes(scene.width_mm, [entry.label for entry in entries], beside=22)
    told = []
    for row, entry in enumerate(entries):
        share = 100 * limit.seconds / entry.median_seconds
        reached = limit_words(limit, entry)
        axes.barh(row, share, 0.36, color=scene.colour(entry.label))
        if entry.interval_seconds is not None and min(entry.interval_seconds) > 0:
            ends = [100 * limit.seconds / end for end in entry.interval_seconds]
            axes.plot(ends, [row, row], color=scene.theme.ink, marker="|", markersize=4)
        at_right(axes, row, f"{reached[0]} GFLOP/s, {reached[1]}", scene.theme)
        told.append(f"{entry.label}: {reached[1]}, {reached[0]} GFLOP/s")
    # Beside the bars alone, as the words above them reach that far.
    for row in range(len(entries)):
        axes.plot([100, 100], [row - 0.24, row + 0.3], "--", color=scene.theme.muted, linewidth=1)
    axes.set_xlim(0, max(104, 1.04 * axes.dataLim.x1))
    axes.set_xlabel("% of what products and memory of this machine allow")
    return Drawing(
        TITLE,
        f"What the layers need at {limit.flops_per_second / 1e9:.3g} GFLOP/s and "
        f"{limit.bytes_per_second / 1e9:.3g} GB/s, {limit.seconds:.3g} s, over the seconds of a "
        "warm prediction. Whiskers: 95 % intervals. A tool that convolves with fewer products can "
        "pass 100 %.",
        f"Bars of the share of the hardware limit. {listed(told)}",
        figure,
    )
