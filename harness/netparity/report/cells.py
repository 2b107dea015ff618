"""What a table is made of, and how a figure is written in it."""

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
"""Beyond them floats have too few digits to be counted, or cannot be rounded up."""
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
    """The seconds, and their 95 % interval where that is wanted and there is one."""
    if entry is None:
        return ABSENT
    return with_interval(entry.median_seconds, entry.interval_seconds, spread)


def with_interval(
    value: float, interval: tuple[float, float] | None, spread: bool = True, unit: str = ""
) -> str:
    """A figure with the digits that its interval bears, and with `spread` the interval's ends."""
    if interval is None:
        return seconds(value) + unit
    places = decimals(value, interval)
    figures = (value, *interval)
    said = [seconds(x) if places is None else _rounded(x, places) for x in figures]
    return f"{said[0]}{unit} ({said[1]}–{said[2]})" if spread else said[0] + unit


def sum_of(entries: Iterable[TimingEntry]) -> str:
    """Seconds of several phases together, to the digits of the least certain of them."""
    known = list(entries)
    whole = sum(entry.median_seconds for entry in known)
    places = [
        decimals(entry.median_seconds, entry.interval_seconds)
        for entry in known
        if entry.interval_seconds is not None
    ]
    least = min((each for each in places if each is not None), default=None)
    return seconds(whole) if least is None else _rounded(whole, least)


def decimals(value: float, interval: tuple[float, float]) -> int | None:
    """Decimal places that an interval leaves meaning to; negative for tens and hundreds.

    The rule of the Review of Particle Physics (section 5.3 of its introduction): two digits of
    the uncertainty if its first three are below 355, one from there to 949, and two of what it
    is rounded up to above. The uncertainty is the distance to the nearer end of the interval.
    None where there is none to speak of: an interval without width, or a value that is not finite.
    """
    distances = [abs(value - end) for end in interval]
    nearer = min(distances) or max(distances)
    if not (_LEAST < nearer < _MOST and nearer > _LEAST_WIDTH * abs(value)):
        return None
    exponent = math.floor(math.log10(nearer))
    three = round(nearer / 10.0 ** (exponent - 2))
    return (1 if three <= _TWO_DIGITS_TO else 0) - exponent


def _rounded(value: float, places: int) -> str:
    return f"{round(value, places):.{max(places, 0)}f}" if math.isfinite(value) else str(value)


def counted(count: int, noun: str) -> str:
    """A number of things: 1 round, 2 rounds."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def seconds(value: float) -> str:
    """Three significant digits, in exponent form only below 0.1 ms."""
    return three_digits(value) if value >= 1e-4 else f"{value:.1e}"


def three_digits(value: float) -> str:
    """Three significant digits, or a whole number."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def limit_words(limit: HardwareLimit, entry: TimingEntry, spread: bool = False) -> tuple[str, str]:
    """GFLOP/s and the share of the limit that these seconds come to, with the digits they bear."""
    ends = entry.interval_seconds
    reached, share = 1e-9 * limit.flops, 100 * limit.seconds
    known = ends is not None and min(ends) > 0
    rates = (reached / ends[1], reached / ends[0]) if ends and known else None
    shares = (share / ends[1], share / ends[0]) if ends and known else None
    said = with_interval(share / entry.median_seconds, shares, spread, unit=" %")
    if shares is None:
        said = percent(share / entry.median_seconds / 100)
    return with_interval(reached / entry.median_seconds, rates, spread), said


def percent(share: float) -> str:
    """A share in per cent: two significant digits, or a whole number."""
    value = 100 * share
    return f"{value:.0f} %" if abs(value) >= 10 else f"{value:.2g} %"
