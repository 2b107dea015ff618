"""Tables about a weight file, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netparity.report.cells import Table

if TYPE_CHECKING:
    from netparity.weights.inspection import Inspection


def facts(found: Inspection) -> list[str]:
    """Facts about the file as a whole, a line each."""
    lines = [
        f"file      {found.path}",
        f"format    {found.title} ({found.format})",
        f"model     {found.model}, {found.parameters:,} parameters",
        f"layout    {found.layout}",
        f"evidence  {found.reason}",
        f"SHA-256   {found.sha256}",
    ]
    if found.dropout is not None:
        lines.append(f"dropout   {'layers listed' if found.dropout else 'no layers listed'}")
    if found.origin is not None:
        lines.append(f"origin    {found.origin}")
    lines += [f"left out  {what}" for what in found.left_out]
    return lines + [f"note      {note}" for note in found.notes]


def table(found: Inspection, wide: bool) -> Table:
    """Every array: its shape and type in the file, and its values; more columns if `wide`."""
    rows = []
    for array in found.arrays:
        names = (array.layer, array.name) if wide else (array.layer,)
        shapes = (_shape(array.stored_shape), array.dtype)
        values = (f"{value:.3g}" for value in (array.smallest, array.largest, array.mean))
        canonical = (_shape(array.shape),) if wide else ()
        rows.append((*names, *shapes, *canonical, *values, f"{array.zeros:,}"))
    headers = ("array", *(("name in file",) if wide else ()), "shape in file", "type")
    headers += ("canonical",) if wide else ()
    return Table(
        "Arrays",
        (*headers, "min", "max", "mean", "zeros"),
        tuple(rows),
        words=len(headers),
    )


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
