"""A weight file in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netparity.report.cells import Table

if TYPE_CHECKING:
    from netparity.weights.inspection import Inspection


def facts(found: Inspection) -> list[str]:
    """What holds of the file as a whole, a line each."""
    lines = [
        f"file      {found.path}",
        f"format    {found.title} ({found.format})",
        f"model     {found.model}, {found.parameters:,} parameters",
        f"layout    {found.layout}",
        f"told by   {found.reason}",
        f"SHA-256   {found.sha256}",
    ]
    if found.dropout is not None:
        lines.append(f"dropout   {'layers listed' if found.dropout else 'no layers listed'}")
    return lines + [f"note      {note}" for note in found.notes]


def table(found: Inspection, wide: bool) -> Table:
    """Every array: how it lies in the file, and its values; with all names if there is room."""
    rows = []
    for array in found.arrays:
        names = (array.layer, array.name) if wide else (array.layer,)
        shapes = (_shape(array.stored_shape), array.dtype)
        values = (f"{value:.3g}" for value in (array.smallest, array.largest, array.mean))
        made = (_shape(array.shape),) if wide else ()
        rows.append((*names, *shapes, *made, *values, f"{array.zeros:,}"))
    headers = ("array", *(("in the file",) if wide else ()), "shape there", "type")
    headers += ("canonical",) if wide else ()
    return Table(
        "Arrays",
        (*headers, "min", "max", "mean", "zeros"),
        tuple(rows),
        words=len(headers),
    )


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
