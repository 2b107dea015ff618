"""Which runner goes when: every round in an order of its own, so that drift hits all alike."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def shuffled_rounds(runners: Sequence[T], rounds: int, seed: int) -> Iterator[list[T]]:
    """One shuffled order per round; the same seed gives the same orders."""
    generator = random.Random(seed)
    for _ in range(rounds):
        yield generator.sample(runners, len(runners))
