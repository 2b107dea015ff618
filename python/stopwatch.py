"""Timing calls, given the clock's ticks; nothing here depends on a framework."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

CLOCK = "perf_counter"
MIN_TICKS = 1000
"""A call is repeated until it lasts so many ticks: one tick is then at most 0.1 % of it."""

T = TypeVar("T")


@dataclass(frozen=True)
class Timed(Generic[T]):
    """A call's wall-clock seconds and what it returned."""

    seconds: float
    value: T


@dataclass(frozen=True)
class Series:
    """Seconds per call; every value is the mean of `loops` calls in a row."""

    seconds: list[float]
    loops: int


def timed(call: Callable[[], T]) -> Timed[T]:
    """Time one call with the monotonic clock of the highest resolution."""
    begin = time.perf_counter()
    value = call()
    return Timed(time.perf_counter() - begin, value)


def timed_series(call: Callable[[], object], count: int, likely_seconds: float) -> Series:
    """Time `count` values of a call that takes about `likely_seconds`."""
    loops = loops_for(likely_seconds, tick_seconds())

    def calls() -> None:
        for _ in range(loops):
            call()

    return Series([timed(calls).seconds / loops for _ in range(count)], loops)


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
