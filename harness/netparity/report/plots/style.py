"""The style of every plot: themes, the tools' colours, and labels of any text."""

from __future__ import annotations

import os
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from netparity.protocol import RunnerRecord
from netparity.report.visible import visible
from netparity.system.cache import cache_folder

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0
FONT_POINTS = 7.0
_CHARACTER_POINTS = 0.61 * FONT_POINTS  # of DejaVu Sans, on average
_LABEL_LENGTH = 52
_MARK_POINTS = 8.0

# Of runs stored before a run held its runners' colours.
TOOL_COLOURS = {
    "keras3-tensorflow": "#d55e00",
    "keras2-theano": "#0072b2",
    "matconvnet-octave": "#009e73",
    "matconvnet-matlab": "#cc79a7",
}
MORE_COLOURS = ("#7570b3", "#a6761d", "#d0417e", "#4f8a10", "#667788", "#b15928")
"""The first four are from Okabe and Ito, Color Universal Design (2008). All have a contrast of at
least 3 : 1 with the page, light and dark (WCAG 2.2, criterion 1.4.11)."""


@dataclass(frozen=True)
class Theme:
    """Colours of everything except the tools; `paper` is None for a transparent background."""

    ink: str
    muted: str
    grid: str
    paper: str | None


@dataclass(frozen=True)
class Look:
    """How a row is drawn.

    Attributes:
        colour: as `#rrggbb`.
        marker: one of Matplotlib's names.
        dash: one of Matplotlib's line styles.
    """

    colour: str
    marker: str
    dash: str


THEMES = {
    "light": Theme("#1a1d21", "#59626d", "#d9dee4", "#ffffff"),
    "dark": Theme("#e8ebee", "#a3adb8", "#38414b", "#14181d"),
    # Placeholders, which report.plots.inline replaces with the page's CSS variables.
    "page": Theme("#010203", "#010204", "#010205", None),
}
PAGE_VARIABLES = {"#010203": "var(--ink)", "#010204": "var(--muted)", "#010205": "var(--grid)"}


def colour(record: RunnerRecord) -> str:
    """The colour of a tool, the same in every run; `plots.looks` gives each row one."""
    known = record.colour or TOOL_COLOURS.get(record.runner)
    return known or MORE_COLOURS[zlib.crc32(record.runner.encode()) % len(MORE_COLOURS)]


def short(label: str, length: int = _LABEL_LENGTH) -> str:
    """A label on one line of a plot."""
    shown = visible(label)
    if len(shown) <= length:
        return shown
    # Labels of one tool begin alike and differ at the end.
    head = (length - 1) // 2
    return f"{shown[:head]}…{shown[head + 1 - length :]}"


@contextmanager
def applied(theme: Theme) -> Iterator[None]:
    """Matplotlib with this theme, regardless of the user's settings."""
    os.environ.setdefault("MPLCONFIGDIR", str(cache_folder("matplotlib")))
    import matplotlib as mpl

    settings: dict[str, Any] = {
        **{key: value for key, value in mpl.rcParamsDefault.items() if "backend" not in key},
        "text.parse_math": False,  # a label may hold a dollar sign
        "svg.hashsalt": "netparity",  # so that files are reproducible
        "pdf.fonttype": 42,  # publishers refuse Type 3
        "font.size": FONT_POINTS,
        "axes.titlesize": FONT_POINTS,
        "axes.labelsize": FONT_POINTS,
        "xtick.labelsize": FONT_POINTS,
        "ytick.labelsize": FONT_POINTS,
        "legend.fontsize": FONT_POINTS,
        "text.color": theme.ink,
        "axes.labelcolor": theme.ink,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "xtick.labelcolor": theme.ink,
        "ytick.labelcolor": theme.ink,
        "axes.edgecolor": theme.muted,
        "axes.facecolor": "none",
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "axes.axisbelow": True,
        "grid.color": theme.grid,
        "grid.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "lines.linewidth": 1.0,
        "legend.frameon": False,
        "legend.handlelength": 2.2,
        "figure.facecolor": theme.paper or "none",
        "savefig.facecolor": theme.paper or "none",
        "figure.constrained_layout.use": True,
    }
    with mpl.rc_context(), warnings.catch_warnings():
        # About missing glyphs, which are drawn as boxes, and about narrow layouts.
        warnings.simplefilter("ignore")
        mpl.rcParams.update(cast(Any, settings))
        yield


def new_figure(width_mm: float, height_inches: float) -> Figure:
    """An empty figure, without pyplot's global state."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_mm / MM_PER_INCH, height_inches))


ROW_INCHES = 0.36
_AXIS_INCHES = 0.45


def row_axes(
    width_mm: float,
    labels: Sequence[str],
    row_inches: float = ROW_INCHES,
    extra_inches: float = 0,
    beside: int = 0,
    looks: Mapping[str, Look] | None = None,
) -> tuple[Figure, Axes]:
    """Axes with a row for each label, from the top down: row i is at y = i.

    A row's label is above it, since a long one beside it would leave no room on a phone; `beside`
    characters to its right are left free. With `looks`, the label's mark is before it.
    """
    room = int(width_mm / MM_PER_INCH * POINTS_PER_INCH / _CHARACTER_POINTS) - beside - 2
    height = len(labels) * row_inches + _AXIS_INCHES + extra_inches
    made = new_figure(width_mm, height)
    axes = made.subplots()
    axes.set_ylim(len(labels) - 0.35, -0.75)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    for position, label in enumerate(labels):
        if looks is not None:
            _mark(axes, position, looks[label], row_inches)
        axes.annotate(
            short(label, room),
            (0, position - 0.34),
            xytext=(_MARK_POINTS if looks is not None else 0, 0),
            textcoords="offset points",
            xycoords=axes.get_yaxis_transform(),
            va="bottom",
            ha="left",
            annotation_clip=False,
        )
    return made, axes


def _mark(axes: Axes, row: int, look: Look, row_inches: float) -> None:
    """A row's mark at the left of its label, in the middle of the letters' height."""
    height = FONT_POINTS / 2 / POINTS_PER_INCH / row_inches
    axes.scatter(
        [0],
        [row - 0.34 - height],
        s=16,
        marker=look.marker,
        color=look.colour,
        linewidths=0,
        transform=axes.get_yaxis_transform() + _shifted(axes, 3.0),
        clip_on=False,
    )


def _shifted(axes: Axes, points: float) -> Any:
    from matplotlib.transforms import ScaledTranslation

    scale = axes.get_figure(root=True).dpi_scale_trans  # type: ignore[union-attr]
    return ScaledTranslation(points / POINTS_PER_INCH, 0, scale)


def at_right(axes: Axes, row: int, text: str, theme: Theme) -> None:
    """Text to the right of a row's label."""
    axes.annotate(
        text,
        (1, row - 0.34),
        xycoords=axes.get_yaxis_transform(),
        ha="right",
        va="bottom",
        color=theme.muted,
    )


def log_scale(axis: Axis, values: Sequence[float]) -> None:
    """A logarithmic axis around positive values, with plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes = axis.axes
    name = "x" if axis is axes.xaxis else "y"
    axes.set(**{f"{name}scale": "log"})
    axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    if values:
        low, high = min(values) / 1.4, max(values) * 1.4
        axes.set(**{f"{name}lim": (low, high)})
        if high < 100 * low:  # powers of ten alone would give one label or none
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_minor_formatter(NullFormatter())


def plain(value: float) -> str:
    """A number on an axis, such as 0.02 or 1e-06."""
    return f"{value:g}" if value >= 1e-3 else f"{value:.0e}"


def wants_log(values: Sequence[float], span: float) -> bool:
    """Whether all values are positive and span more than this factor."""
    return bool(values) and min(values) > 0 and max(values) > span * min(values)
