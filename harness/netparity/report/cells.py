"""What a table is made of, and how a figure is written in it."""

from __future__ import annotations

from dataclasses import dataclass

from netparity.protocol import ParityEntry, TimingEntry
from netparity.report.outcomes import VERDICT_MARKS

ABSENT = "–"
_ERROR_MARKS = {"divergent": " ≠", "reduced-precision": " ≠", "inconclusive": " ?"}


@dataclass(frozen=True)
class Table:
    """Rows of text under headers.

    Attributes:
        title: one line.
        headers: of all columns.
        rows: as many cells each as there are headers.
        words: how many columns, from the first on, hold words; the others hold figures.
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def error(entry: ParityEntry | None) -> str:
    """A relative error with two digits, marked where it decides and is not a pass."""
    if entry is None:
        return ABSENT
    if entry.relative_l2 is None:
        return VERDICT_MARKS[entry.verdict]
    mark = _ERROR_MARKS.get(entry.verdict, "") if entry.input == "shared" else ""
    return ("0" if entry.relative_l2 == 0 else f"{entry.relative_l2:.1e}") + mark


def spread_seconds(entry: TimingEntry | None, spread: bool) -> str:
    """The median, and its 95 % interval where that is wanted and there is one."""
    if entry is None:
        return ABSENT
    return with_interval(entry.median_seconds, entry.interval_seconds if spread else None)


def with_interval(value: float, interval: tuple[float, float] | None) -> str:
    """A figure, and the ends of its interval in parentheses."""
    if interval is None:
        return seconds(value)
    return f"{seconds(value)} ({seconds(interval[0])}–{seconds(interval[1])})"


def seconds(value: float) -> str:
    """Three significant digits, in exponent form only below 0.1 ms."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:#.3g}".rstrip(".") if value >= 1e-4 else f"{value:.1e}"
