"""Rounds are shuffled fairly and reproducibly."""

from __future__ import annotations

from collections import Counter

from netparity.timing import shuffled_rounds

RUNNERS = ["a", "b", "c"]


def test_every_round_has_every_runner_once() -> None:
    rounds = list(shuffled_rounds(RUNNERS, 50, seed=1))
    assert len(rounds) == 50
    assert all(sorted(order) == RUNNERS for order in rounds)


def test_one_seed_gives_one_order() -> None:
    assert list(shuffled_rounds(RUNNERS, 20, 5)) == list(shuffled_rounds(RUNNERS, 20, 5))
    assert list(shuffled_rounds(RUNNERS, 20, 5)) != list(shuffled_rounds(RUNNERS, 20, 6))


def test_every_order_is_equally_likely() -> None:
    counts = Counter(map(tuple, shuffled_rounds(RUNNERS, 6000, 0)))
    assert len(counts) == 6
    # Five standard deviations of a binomial with n = 6000 and p = 1/6.
    assert all(abs(count - 1000) < 5 * 29 for count in counts.values())


def test_no_runners_and_no_rounds() -> None:
    assert list(shuffled_rounds([], 2, 0)) == [[], []]
    assert list(shuffled_rounds(RUNNERS, 0, 0)) == []


def test_the_list_given_is_not_changed() -> None:
    given = list(RUNNERS)
    list(shuffled_rounds(given, 5, 0))
    assert given == RUNNERS
