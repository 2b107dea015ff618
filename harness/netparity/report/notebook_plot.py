"""A plot of a run that a notebook's cell shows and that can be saved."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

from netparity.errors import InputError, UsageError
from netparity.report.plots import FORMATS, KINDS, NothingToDrawError, Scene, rendered
from netparity.report.plots.style import applied
from netparity.report.saving import save
from netparity.report.visible import visible

_ENLARGED = 1.4
"""A plot's letters have 7 points, as in a journal; in a notebook they are shown with 10."""


@dataclass(frozen=True)
class RunPlot:
    """A plot of a run. Jupyter shows it where it is the value of a cell.

    Attributes:
        kind: its name in `netparity.report.PLOTS`.
        title: one line.
        caption: how to read it.
        alt: what it shows, with its figures, for readers who cannot see it.
        svg: the plot as an `<svg>` element, its letters as outlines.
        scene: what it was drawn from.
    """

    kind: str
    title: str
    caption: str = field(repr=False)
    alt: str = field(repr=False)
    svg: str = field(repr=False)
    scene: Scene = field(repr=False)

    @classmethod
    def draw(cls, kind: str, scene: Scene) -> RunPlot:
        """Draw a plot of this kind.

        Raises:
            InputError: if the run does not hold what the plot shows.
        """
        try:
            with applied(scene.theme):
                drawing = KINDS[kind].draw(scene)
                file = drawing.save("svg").decode("utf-8")
        except NothingToDrawError as reason:
            raise InputError(f"no plot of {kind}: {reason}") from reason
        svg = file[file.index("<svg") :]  # without the document type, which only a file has
        return cls(kind, drawing.title, drawing.caption, drawing.alt, svg, scene)

    def save(self, path: str | Path) -> Path:
        """Write the same file as `netparity plot`, and return its path.

        Args:
            path: ends in .svg, .pdf or .png.

        Raises:
            UsageError: if it has another suffix.
            StoreError: if it cannot be written.
        """
        path = Path(path)
        form = path.suffix.lower().lstrip(".")
        if form not in FORMATS:
            known = ", ".join(f".{each}" for each in FORMATS)
            raise UsageError(f"plot {str(path)!r} ends in none of {known}: choose one of them")
        return save(rendered(KINDS[self.kind].draw, self.scene, form), path)

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_html_(self) -> str:
        from markupsafe import Markup

        # As an image, so that the ids of several plots in one notebook cannot clash.
        template = Markup(
            '<figure class="tex2jax_ignore mathjax_ignore" style="margin: 0; max-width: {}mm">'
            '<img src="data:image/svg+xml;base64,{}" alt="{}" style="width: 100%">'
            "<figcaption><strong>{}.</strong> <bdi>{}</bdi></figcaption></figure>"
        )
        shown = template.format(
            round(_ENLARGED * self.scene.width_mm),
            base64.b64encode(self.svg.encode()).decode(),
            visible(self.alt),
            visible(self.title),
            visible(self.caption),
        )
        return str(shown)
