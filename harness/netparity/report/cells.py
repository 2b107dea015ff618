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
_MOST_DIFFERENCE = 99.0
_LEAST, _MOST = 1e-300, 1e300
"""Beyond these, floats have too few digits to count, or cannot be rounded up."""
TWO_VALUES = math.tan(math.pi * 0.475)
"""The 97.5 % quantile of Student's t distribution with one degree of freedom: 12.7."""
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
    """Seconds, and if `spread` their 95 % interval or, of two processes, both medians."""
    if entry is None:
        return ABSENT
    both = medians_of_two(entry)
    return with_interval(entry.median_seconds, entry.interval_seconds, spread, both=both)


def medians_of_two(entry: TimingEntry) -> tuple[float, float] | None:
    """The medians of exactly two processes, from their interval; None for another number.

    Student's t interval of two values is `TWO_VALUES` times as wide as they are apart: 0.01 to 7 s
    for 0.20 and 0.34 s. A table shows the values instead, which tell a reader more.
    """
    interval, middle = entry.interval_seconds, entry.median_seconds
    if entry.processes != 2 or interval is None or not 0 < middle <= interval[1] < _MOST:
        return None
    factor = (interval[1] / middle) ** (1 / TWO_VALUES)
    return middle / factor, middle * factor


def with_interval(
    value: float,
    interval: tuple[float, float] | None,
    spread: bool = True,
    unit: str = "",
    both: tuple[float, float] | None = None,
) -> str:
    """A value with as many digits as its interval justifies; with `spread`, also the interval.

    Args:
        both: two values that are shown instead of the interval, in square brackets.
    """
    if interval is None:
        return seconds(value) + unit
    places = decimals(value, interval)
    numbers = (value, *(interval if both is None else both))
    middle, low, high = (seconds(x) if places is None else _rounded(x, places) for x in numbers)
    ends = f"({low}–{high})" if both is None else f"[{low}–{high}]"
    return f"{middle}{unit} {ends}" if spread else middle + unit


def image_rate(images: int, entry: TimingEntry | None) -> float | None:
    """Images divided by the seconds that they took; None if these are not known, or zero."""
    if entry is None or entry.median_seconds <= 0:
        return None
    return images / entry.median_seconds


def images_per_second(images: int, entry: TimingEntry, spread: bool = True) -> str:
    """The rate of images, with the interval of the seconds that they took."""
    rate = image_rate(images, entry)
    if rate is None:
        return ABSENT
    ends = entry.interval_seconds
    rates = (images / ends[1], images / ends[0]) if ends and min(ends) > 0 else None
    return with_interval(rate, rates, spread)


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
    two = medians_of_two(entry)
    found = []
    for scale, unit in ((gigaflops, ""), (percents, " %")):
        low, high = (scale / end for end in reversed(ends))
        both = (scale / two[1], scale / two[0]) if two else None
        value = scale / entry.median_seconds
        found.append(with_interval(value, (low, high), spread, unit, both))
    return found[0], found[1]


def verdict_words(verdict: str, largest_difference: float | None) -> str:
    """A verdict on a timing, with the largest difference that its interval includes."""
    if largest_difference is None or verdict not in ("same", "no difference shown"):
        return verdict
    if largest_difference > _MOST_DIFFERENCE:  # of two rounds of many runners
        return verdict
    bound = percent_at_most(largest_difference)
    return f"same within {bound}" if verdict == "same" else f"{verdict} (< {bound})"


def percent_at_most(share: float) -> str:
    """A fraction as a percentage, rounded up: two significant digits, or a whole number."""
    if share >= 10:
        return f"{1 + share:.0f} times"
    value = 100 * share
    if value == 0:
        return "0 %"
    digits = max(0, 1 - math.floor(math.log10(value)))
    scale = 10**digits
    rounded = math.ceil(value * scale * (1 - 1e-12)) / scale
    return f"{rounded:.{digits}f} %" if rounded < 10 else f"{rounded:.0f} %"


def percent(share: float) -> str:
    """A fraction as a percentage: two significant digits, or a whole number."""
    value = 100 * share
    return f"{value:.0f} %" if abs(value) >= 10 else f"{value:.2g} %"
