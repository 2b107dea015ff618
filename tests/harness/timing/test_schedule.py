"""Rounds are shuffled fairly and reproducibly, and end when they should."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from netparity.timing import Schedule, shuffled_rounds

RUNNERS = ["a", "b", "c"]


def test_every_round_has_every_runner_once() -> None:
    rounds = list(islice(shuffled_rounds(RUNNERS, seed=1), 50))
    assert all(sorted(order) == RUNNERS for order in rounds)


def test_one_seed_gives_one_order() -> None:
    first, again, other = (list(islice(shuffled_rounds(RUNNERS, s), 20)) for s in (5, 5, 6))
    assert first == again != other


def test_every_order_is_equally_likely() -> None:
    counts = Counter(map(tuple, islice(shuffled_rounds(RUNNERS, 0), 6000)))
    assert len(counts) == 6
    # Five standard deviations of a binomial with n = 6000 and p = 1/6.
    assert all(abs(count - 1000) < 5 * 29 for count in counts.values())


def test_no_runners() -> None:
    assert list(islice(shuffled_rounds([], 0), 2)) == [[], []]


def test_the_list_given_is_not_changed() -> None:
    given = list(RUNNERS)
    list(islice(shuffled_rounds(given, 0), 5))
    assert given == RUNNERS


FIXED = Schedule(least=3)
AUTO = Schedule(least=5, precision=0.03)
LIMITED = Schedule(least=5, precision=0.03, budget_seconds=60)


@pytest.mark.parametrize(
    ("schedule", "rounds", "seconds", "half_width", "over"),
    [
        (FIXED, 0, 0.0, None, False),
        (FIXED, 2, 1e9, 0.0, False),
        (FIXED, 3, 0.0, None, True),
        (AUTO, 4, 0.0, 0.001, False),
        (AUTO, 5, 0.0, None, False),
        (AUTO, 5, 0.0, 0.031, False),
        (AUTO, 5, 0.0, 0.030, True),
        (AUTO, 999, 1e9, 0.5, False),
        (AUTO, 1000, 1e9, 0.5, True),
        (LIMITED, 0, 0.0, None, False),
        (LIMITED, 1, 31.0, None, True),  # a second one would end after 62 s
        (LIMITED, 1, 29.0, None, False),
        (LIMITED, 5, 49.0, 0.1, False),
        (LIMITED, 5, 51.0, 0.1, True),
        (Schedule(least=3, budget_seconds=10), 2, 7.0, None, True),
    ],
)
def test_when_it_is_over(schedule, rounds, seconds, half_width, over) -> None:
    assert schedule.is_over(rounds, seconds, half_width) is over


def test_progress_is_that_of_what_is_waited_for() -> None:
    assert FIXED.progress(1, 9.0, None) == pytest.approx(1 / 3)
    assert AUTO.progress(10, 9.0, None) == 0.0
    assert AUTO.progress(10, 9.0, 0.06) == pytest.approx(1 / 4)
    assert AUTO.progress(2, 9.0, 0.01) == pytest.approx(2 / 5)
    assert AUTO.progress(5, 9.0, 0.0) == 1.0
    assert LIMITED.progress(10, 30.0, 0.3) == pytest.approx(1 / 2)
    assert LIMITED.progress(10, 90.0, 0.3) == 1.0


def test_it_says_what_it_waits_for() -> None:
    assert FIXED.words(0, 0.0, None) == "round 1 of 3"
    assert AUTO.words(2, 0.0, None) == "round 3, no interval yet of ±3.0%"
    assert LIMITED.words(6, 31.4, 0.0412) == "round 7, ±4.1% of ±3.0%, 31 of 60 s"
