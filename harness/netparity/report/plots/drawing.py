"""The input of a plot, the finished plot, and how it is saved."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from netparity.errors import UsageError
from netparity.protocol import Run, RunnerRecord, TimingEntry
from netparity.report.document import Choice, expect
from netparity.report.plots.looks import looks
from netparity.report.plots.style import THEMES, Look, Theme, applied
from netparity.results.folder import RunFolder
from netparity.results.outcomes import how_bad, worst_shared

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMN_MM = 89.0
"""The width of a column in most two-column journals; both columns are 183 mm wide."""

FORMATS = ("svg", "pdf", "png")
FILE_THEMES = ("light", "dark")
WIDTHS_MM = (60.0, 400.0)
_PNG_DPI = 300
_METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": "netparity"},
    "pdf": {"CreationDate": None, "Creator": "netparity", "Producer": None},
    "png": {"Software": "netparity"},
}


class NothingToDrawError(Exception):
    """The run does not hold what the plot shows; the message says what is missing."""


@dataclass(frozen=True)
class Scene:
    """The input of a plot: one run, and its folder if there is one.

    Attributes:
        page_looks: looks of labels on a page that shows several runs.
    """

    run: Run
    folder: RunFolder | None = None
    choice: Choice = field(default_factory=Choice)
    theme: Theme = THEMES["light"]
    width_mm: float = COLUMN_MM
    page_looks: Mapping[str, Look] = field(default_factory=dict)

    @cached_property
    def records(self) -> dict[str, RunnerRecord]:
        """Runners by label, in the order requested."""
        return {record.label: record for record in self.run.runners}

    @cached_property
    def looks(self) -> Mapping[str, Look]:
        """Colour and mark of each label."""
        return {**looks(self.run.runners), **self.page_looks}

    def colour(self, label: str) -> str:
        """Colour of a label."""
        return self.looks[label].colour

    def worst(self, labels: Sequence[str], most: int) -> list[str]:
        """These labels in order; if they are more than `most`, those that agree worst."""
        if len(labels) <= most:
            return list(labels)

        def badness(label: str) -> tuple[int, float]:
            entry = worst_shared(self.run, label)
            return how_bad(entry) if entry else (-1, 0.0)

        kept = set(sorted(labels, key=badness, reverse=True)[:most])
        return [label for label in labels if label in kept]

    def timed(self, phase: str) -> list[TimingEntry]:
        """Timings of a phase, in the order of the runners."""
        found = {entry.label: entry for entry in self.run.timing if entry.phase == phase}
        return [found[label] for label in self.records if label in found]


def scene_for_file(
    run: Run,
    folder: RunFolder | None,
    choice: Choice,
    theme: str = "light",
    width_mm: float = COLUMN_MM,
) -> Scene:
    """The scene of a plot that becomes a file or is shown in a notebook.

    Raises:
        UsageError: if there is no such theme, or the width is out of bounds.
    """
    expect("theme", theme, FILE_THEMES)
    least, most = WIDTHS_MM
    if not least <= width_mm <= most:
        raise UsageError(f"width {width_mm:g}: expected {least:g} to {most:g} mm")
    return Scene(run, folder, choice, THEMES[theme], width_mm)


@dataclass(frozen=True)
class Drawing:
    """A finished plot.

    Attributes:
        caption: how to read it.
        alt: what it shows, with its values, for readers who cannot see it.
    """

    title: str
    caption: str
    alt: str
    figure: Figure

    def save(self, form: str, fonts: str = "path") -> bytes:
        """The plot as a file; `fonts` is `path`, or `none` to keep an SVG's text as text."""
        import matplotlib as mpl

        file = io.BytesIO()
        with mpl.rc_context({"svg.fonttype": fonts}):
            self.figure.savefig(file, format=form, dpi=_PNG_DPI, metadata=_METADATA[form])
        return file.getvalue()


def rendered(draw: Callable[[Scene], Drawing], scene: Scene, form: str) -> bytes:
    """Draw a plot and save it.

    Raises:
        NothingToDrawError: if the run does not hold what the plot shows.
    """
    with applied(scene.theme):
        return draw(scene).save(form)
