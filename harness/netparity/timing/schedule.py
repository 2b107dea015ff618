"""The order of the runners, and the number of rounds."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

MOST_ROUNDS = 1000


def shuffled_rounds(runners: Sequence[T], seed: int) -> Iterator[list[T]]:
    """An endless sequence of orders, one per round, so that drift affects all runners equally."""
    generator = random.Random(seed)
    while True:
        yield generator.sample(runners, len(runners))


@dataclass(frozen=True)
class Schedule:
    """When to stop.

    Attributes:
        least: minimum number of rounds, unless the budget is spent; without a precision, also the
            maximum.
        precision: continue until the half-width of every ratio's 95 % interval, relative to the
            ratio, is at most this.
        budget_seconds: start no round that would exceed this if it took as long as the others.
    """

    least: int
    precision: float | None = None
    budget_seconds: float | None = None

    def is_over(self, rounds: int, elapsed_seconds: float, half_width: float | None) -> bool:
        """Whether to stop after this many rounds and seconds.

        Args:
            half_width: the largest of all ratios; None if any ratio has no interval yet.
        """
        if rounds == 0:
            return False
        if self._budget_is_spent(rounds, elapsed_seconds) or rounds >= MOST_ROUNDS:
            return True
        if rounds < self.least:
            return False
        return self.precision is None or (half_width is not None and half_width <= self.precision)

    def progress(self, rounds: float, elapsed_seconds: float, half_width: float | None) -> float:
        """Progress from 0 to 1: towards the rounds, the precision or the budget."""
        done = rounds / self.least
        if self.precision is not None:
            # A half-width shrinks with the square root of the number of rounds.
            share = (self.precision / half_width) ** 2 if half_width else 0.0
            done = min(done, share) if half_width != 0 else done
        if self.budget_seconds is not None:
            done = max(done, elapsed_seconds / self.budget_seconds)
        return min(1.0, done)

    def words(self, rounds: int, elapsed_seconds: float, half_width: float | None) -> str:
        """The progress in words, for the progress bar."""
        if self.precision is None:
            words = f"round {rounds + 1} of {self.least}"
        else:
            now = f"±{half_width:.1%}" if half_width is not None else "no interval yet"
            words = f"round {rounds + 1}, {now} of ±{self.precision:.1%}"
        if self.budget_seconds is not None:
            words += f", {elapsed_seconds:.0f} of {self.budget_seconds:.0f} s"
        return words

    def _budget_is_spent(self, rounds: int, elapsed_seconds: float) -> bool:
        if self.budget_seconds is None:
            return False
        return elapsed_seconds * (rounds + 1) / rounds > self.budget_seconds
