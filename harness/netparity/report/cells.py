"""Tables as text cells, and how a number is written in one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from netparity.protocol import HardwareLimit, ParityEntry, TimingEntry
from netparity.results.outcomes import VERDICT_MARKS

ABSENT = "–"
_TWO_DIGITS_TO = 354
_LEAST_WIDTH = 1e-6
_LEAST, _MOST = 1e-300, 1e300
"""Beyond these, floats have too few digits to count, or cannot be rounded up."""
_ERROR_MARKS = {"divergent": " ≠", "reduced-precision": " ≠", "inconclusive": " ?"}


@dataclass(frozen=True)
class Table:
    """Rows of text under headers.

    Attributes:
        title: one line.
        headers: one per column.
        rows: each has as many cells as there are headers.
        words: how many columns, counted from the first, hold words; the others hold numbers.
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def error(entry: ParityEntry | None) -> str:
    """A relative error with two digits, marked where it decides parity and is not a pass."""
    if entry is None:
        return ABSENT
    if entry.relative_l2 is None:
        return VERDICT_MARKS[entry.verdict]
    mark = _ERROR_MARKS.get(entry.verdict, "") if entry.input == "shared" else ""
    return ("0" if entry.relative_l2 == 0 else f"{entry.relative_l2:.1e}") + mark


def spread_seconds(entry: TimingEntry | None, spread: bool) -> str:
    """Seconds, followed by their 95 % interval if `spread` and if there is one."""
    if entry is None:
        return ABSENT
    return with_interval(entry.median_seconds, entry.interval_seconds, spread)


def with_interval(
    value: float, interval: tuple[float, float] | None, spread: bool = True, unit: str = ""
) -> str:
    """A value with as many digits as its interval justifies; with `spread`, also the interval."""
    if interval is None:
        return seconds(value) + unit
    places = decimals(value, interval)
    numbers = (value, *interval)
    middle, low, high = (seconds(x) if places is None else _rounded(x, places) for x in numbers)
    return f"{middle}{unit} ({low}–{high})" if spread else middle + unit


def sum_of(entries: Iterable[TimingEntry]) -> str:
    """Total seconds of several phases, with the digits of the least certain one."""
    summands = list(entries)
    total = sum(entry.median_seconds for entry in summands)
    places = [
        decimals(entry.median_seconds, entry.interval_seconds)
        for entry in summands
        if entry.interval_seconds is not None
    ]
    least = min((count for count in places if count is not None), default=None)
    return seconds(total) if least is None else _rounded(total, least)


def decimals(value: float, interval: tuple[float, float]) -> int | None:
    """Decimal places that are significant given the interval; negative for tens and hundreds.

    The rule of the Review of Particle Physics (section 5.3 of its introduction): if the three
    leading digits of the uncertainty are at most 354, two digits of it are kept; from 355 to 949,
    one; above, it is rounded up to 1000 and two are kept. The uncertainty is the distance to the
    nearer end of the interval. None if the interval has no width or is not finite.
    """
    distances = [abs(value - end) for end in interval]
    uncertainty = min(distances) or max(distances)
    if not (_LEAST < uncertainty < _MOST and uncertainty > _LEAST_WIDTH * abs(value)):
        return None
    exponent = math.floor(math.log10(uncertainty))
    leading = round(uncertainty / 10.0 ** (exponent - 2))
    return (1 if leading <= _TWO_DIGITS_TO else 0) - exponent


def _rounded(value: float, places: int) -> str:
    return f"{round(value, places):.{max(places, 0)}f}" if math.isfinite(value) else str(value)


def counted(count: int, noun: str) -> str:
    """A count with its noun: 1 round, 2 rounds."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def seconds(value: float) -> str:
    """Three significant digits, in exponent form only below 0.1 ms."""
    return three_digits(value) if value >= 1e-4 else f"{value:.1e}"


def three_digits(value: float) -> str:
    """Three significant digits, or a whole number."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def limit_words(limit: HardwareLimit, entry: TimingEntry, spread: bool = False) -> tuple[str, str]:
    """GFLOP/s and share of the hardware limit, with as many digits as the interval justifies."""
    gigaflops, percents = 1e-9 * limit.flops, 100 * limit.seconds
    ends = entry.interval_seconds
    if ends is None or min(ends) <= 0:
        rate = seconds(gigaflops / entry.median_seconds)
        return rate, percent(limit.seconds / entry.median_seconds)
    rates = gigaflops / ends[1], gigaflops / ends[0]
    shares = percents / ends[1], percents / ends[0]
    return (
        with_interval(gigaflops / entry.median_seconds, rates, spread),
        with_interval(percents / entry.median_seconds, shares, spread, unit=" %"),
    )


def percent(share: float) -> str:
    """A fraction as a percentage: two significant digits, or a whole number."""
    value = 100 * share
    return f"{value:.0f} %" if abs(value) >= 10 else f"{value:.2g} %"
