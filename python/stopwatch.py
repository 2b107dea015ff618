"""Timing calls, given the clock's ticks; nothing here depends on a framework."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from process_usage import used_after, used_before

CLOCK = "perf_counter"
MIN_TICKS = 1000
"""A call is repeated until it lasts so many ticks: one tick is then at most 0.1 % of it."""

T = TypeVar("T")


@dataclass(frozen=True)
class Timed(Generic[T]):
    """A call's wall-clock seconds, what it returned and what the process used meanwhile."""

    seconds: float
    value: T
    usage: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Series:
    """Seconds per call; every value is the mean of `loops` calls in a row."""

    seconds: list[float]
    loops: int
    usage: list[dict[str, Any]] = field(default_factory=list)


def timed(call: Callable[[], T]) -> Timed[T]:
    """Time one call with the monotonic clock of the highest resolution."""
    before = used_before()
    begin = time.perf_counter()
    value = call()
    seconds = time.perf_counter() - begin
    return Timed(seconds, value, used_after().since(before))


def measured(call: Callable[[], object], loops: int) -> Timed[None]:
    """Time `loops` calls in a row; the seconds are per call."""
    before = used_before()
    begin = time.perf_counter()
    for _ in range(loops):
        call()
    seconds = time.perf_counter() - begin
    return Timed(seconds / loops, None, used_after().since(before, loops))


def timed_series(call: Callable[[], object], count: int, likely_seconds: float) -> Series:
    """Time `count` values of a call that takes about `likely_seconds`."""
    loops = loops_for(likely_seconds, tick_seconds())
    values = [measured(call, loops) for _ in range(count)]
    return Series([value.seconds for value in values], loops, [value.usage for value in values])


def loops_for(seconds: float, tick: float) -> int:
    """Return how many calls of that length last MIN_TICKS ticks, at least one.

    >>> loops_for(0.25, 1e-6), loops_for(0.0004, 1e-6)
    (1, 3)
    """
    return max(1, math.ceil(round(MIN_TICKS * tick / max(seconds, tick), 6)))


@functools.cache
def tick_seconds() -> float:
    """Return the smallest observed step of the clock, in seconds.

    `time.get_clock_info` gives the nominal resolution; that of a virtual machine may be coarser.
    """
    steps: list[float] = []
    before = time.perf_counter()
    while len(steps) < 200:
        now = time.perf_counter()
        if now > before:
            steps.append(now - before)
        before = now
    return max(min(steps), time.get_clock_info("perf_counter").resolution)
