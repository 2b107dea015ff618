"""The image, the tensors made from it, and their differences."""

from __future__ import annotations

import math

from netparity.report.pictures import pictures
from netparity.report.plots.drawing import Drawing, NothingToDrawError, Scene
from netparity.report.plots.style import MM_PER_INCH, new_figure, short
from netparity.report.plots.words import listed

TITLE = "The image and each tool's input"
_ACROSS = 2
_WORDS_INCHES = 0.42
_LINE = 34


def draw(scene: Scene) -> Drawing:
    """Pictures in rows of two, each below its title.

    Raises:
        NothingToDrawError: if the inputs were not kept with the run.
    """
    shown = pictures(scene.run, scene.folder)
    if not shown:
        raise NothingToDrawError("the inputs were not kept with the run")
    down = math.ceil(len(shown) / _ACROSS)
    width = scene.width_mm / MM_PER_INCH / _ACROSS
    figure = new_figure(scene.width_mm, down * (width + _WORDS_INCHES))
    for number, picture in enumerate(shown):
        axes = figure.add_subplot(down, _ACROSS, number + 1)
        axes.imshow(picture.pixels, interpolation="nearest")
        axes.set_title(_wrapped(picture.title), loc="left", wrap=False)
        axes.set_axis_off()
    return Drawing(
        TITLE,
        " ".join(picture.caption for picture in shown if picture.caption),
        listed([f"{picture.title}: {picture.alt}" for picture in shown]),
        figure,
    )


def _wrapped(text: str) -> str:
    line = short(text, 2 * _LINE)
    if len(line) <= _LINE:
        return line
    cut = line.rfind(" ", 0, _LINE + 1)
    cut = cut if cut > 0 else _LINE
    return f"{line[:cut]}\n{line[cut:].lstrip()}"
