"""Each runner's share of the hardware limit."""

from __future__ import annotations

from netparity.report.cells import limit_words
from netparity.report.plots.drawing import Drawing, NothingToDrawError, Scene
from netparity.report.plots.style import at_right, row_axes
from netparity.report.plots.words import listed
from netparity.results.devices import on_processor

TITLE = "Share of the hardware limit"


def draw(scene: Scene) -> Drawing:
    """A bar per runner: the share of the limit that its warm predictions reach.

    Raises:
        NothingToDrawError: if the machine's rates or predictions were not measured.
    """
    limit = scene.run.limit
    timed = [entry for entry in scene.timed("predict") if entry.median_seconds > 0]
    entries = [entry for entry in timed if on_processor(scene.run, entry.label)]
    if limit is None:
        raise NothingToDrawError("the hardware limit was not measured")
    if not entries:
        raise NothingToDrawError("no runner has a timed warm prediction on the processor")
    figure, axes = row_axes(
        scene.width_mm, [entry.label for entry in entries], beside=22, looks=scene.looks
    )
    described = []
    for row, entry in enumerate(entries):
        share = 100 * limit.seconds / entry.median_seconds
        rate, words = limit_words(limit, entry)
        axes.barh(row, share, 0.36, color=scene.colour(entry.label))
        if entry.interval_seconds is not None and min(entry.interval_seconds) > 0:
            ends = [100 * limit.seconds / end for end in entry.interval_seconds]
            axes.plot(ends, [row, row], color=scene.theme.ink, marker="|", markersize=4)
        at_right(axes, row, f"{rate} GFLOP/s, {words}", scene.theme)
        described.append(f"{entry.label}: {words}, {rate} GFLOP/s")
    # Only beside the bars, as the text above them reaches that far.
    for row in range(len(entries)):
        axes.plot([100, 100], [row - 0.24, row + 0.3], "--", color=scene.theme.muted, linewidth=1)
    axes.set_xlim(0, max(104, 1.04 * axes.dataLim.x1))
    axes.set_xlabel("% of the limit of this machine's matrix products and memory")
    return Drawing(
        TITLE,
        f"The least time for the layers at {limit.flops_per_second / 1e9:.3g} GFLOP/s and "
        f"{limit.bytes_per_second / 1e9:.3g} GB/s ({limit.seconds:.3g} s), divided by the seconds "
        "of a warm prediction. Whiskers: 95 % intervals. A convolution algorithm with fewer "
        "multiplications can exceed 100 %."
        + (" Runners on a GPU are left out." if len(entries) < len(timed) else ""),
        f"Bars of the share of the hardware limit. {listed(described)}",
        figure,
    )
