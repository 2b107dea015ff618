"""What people do to an image on its way to the input, one kind of step in a file.

A new step is an entry in one of these files; a new kind of geometry is a new file and one line in
`geometries`.
"""

from __future__ import annotations

from collections.abc import Iterator

from netparity.inputs.ways import crops, flips, padding, views
from netparity.inputs.ways.arithmetic import ARITHMETIC, OF_MEAN_IMAGE
from netparity.inputs.ways.base import Arithmetic, Geometry, Size, Source
from netparity.inputs.ways.sources import nearer, sources

__all__ = [
    "ARITHMETIC",
    "OF_MEAN_IMAGE",
    "Arithmetic",
    "Geometry",
    "Source",
    "geometries",
    "nearer",
    "sources",
]


def geometries(size: Size, mean: tuple[float, ...]) -> Iterator[Geometry]:
    """Every geometry for an input's height and width, the likeliest first.

    Args:
        mean: the network's, in grey levels.
    """
    yield from flips.geometries(size)
    yield from crops.geometries(size)
    yield from padding.geometries(size, mean)
    yield from views.geometries(size)
