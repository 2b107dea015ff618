"""Which setting wins where, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from netparity.report.cells import counted
from netparity.sweep.tables import Row
from netparity.timing import LEAST_ROUNDS, winner

MOST_NAMED = 3


Measured = Mapping[tuple[str, str], Mapping[int, Sequence[float]]]
"""Seconds of `predict` per image, by run and label, then by round."""


def name_winners(
    rows: Sequence[Row], measured: Measured, nodes: Mapping[int, str] | None = None
) -> Iterator[str]:
    """For each batch size the fastest runner and setting; for each runner its best setting.

    Args:
        nodes: of the rounds of a sweep on a cluster.
    """
    ranked = [row for row in rows if row.images_per_second is not None]
    for batch in sorted({row.batch for row in ranked}):
        cells = [row for row in ranked if row.batch == batch]
        yield from name_winner(f"Batch {batch}", cells, measured, nodes)
    for setting in dict.fromkeys(row.setting for row in ranked):
        cells = [row for row in ranked if row.setting == setting]
        if len(cells) > 1:
            yield from name_winner(setting, cells, measured, nodes)


def name_winner(
    where: str,
    cells: Sequence[Row],
    measured: Measured,
    nodes: Mapping[int, str] | None = None,
) -> Iterator[str]:
    """One sentence, if there is anything to compare."""
    by_name = {describe_row(row): row for row in cells}
    found = winner({name: measured[row.run_id, row.label] for name, row in by_name.items()}, nodes)
    if found is None or len(cells) < 2:
        return
    best = by_name[found.key]
    sentence = f"{where}: {best.images_per_second:.4g} images/s at best, with {found.key}; "
    if not found.not_shown:
        yield f"{sentence}every other setting is slower."
    elif best.processes < LEAST_ROUNDS:
        yield (
            f"{sentence}{counted(best.processes, 'round')} cannot show a difference; fix: --rounds "
            "5, or more."
        )
    else:
        names = "; ".join(found.not_shown[:MOST_NAMED])
        more = len(found.not_shown) - MOST_NAMED
        yield f"{sentence}not shown to be slower: {names}{f'; {more} more' if more > 0 else ''}."


def describe_row(row: Row) -> str:
    """A setting in words."""
    threads = "1 thread" if row.threads == 1 else f"{row.threads} threads"
    order = f", {row.data_format}" if row.data_format else ""
    return f"{row.setting}, batch {row.batch}, {threads}{order}"
