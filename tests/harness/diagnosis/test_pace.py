"""What does not fit into the time that is left is not begun."""

from __future__ import annotations

import math

import numpy as np
import pytest

from netparity.diagnosis.pace import Pace, TimeLimit


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_time_is_up_after_so_many_seconds(clock: Clock) -> None:
    limit = TimeLimit(60, clock)
    assert not limit() and limit.left == 60
    clock.now += 59
    assert not limit() and limit.left == 1
    clock.now += 1
    assert limit()


def test_a_part_of_the_time_can_be_kept(clock: Clock) -> None:
    limit = TimeLimit(60, clock)
    clock.now += 20
    assert limit.at_least(0.25).left == 40
    clock.now += 70
    assert limit.at_least(0.25).left == 15
    assert TimeLimit(0, clock).at_least(0.25)()


def test_without_a_limit_everything_fits() -> None:
    pace = Pace(lambda: False)
    assert pace.limit.left == math.inf and pace.fits(1e9)


def test_a_function_says_that_the_time_is_up() -> None:
    assert not Pace(lambda: True).fits(0.0)


def test_the_next_computation_takes_as_long_as_the_last(clock: Clock) -> None:
    pace = Pace(TimeLimit(60, clock))
    with pace.measured(1e9, np.float32):
        clock.now += 2
    assert pace.seconds(3e9, np.float32) == pytest.approx(6)
    assert pace.fits(57.9) and not pace.fits(58.1)


def test_a_slower_machine_is_noticed(clock: Clock) -> None:
    pace = Pace(TimeLimit(60, clock))
    for seconds in (1, 4, 4, 4):
        with pace.measured(1e9, np.float32):
            clock.now += seconds
    assert 3 < pace.seconds(1e9, np.float32) < 4


def test_precisions_have_a_pace_of_their_own(clock: Clock) -> None:
    pace = Pace(TimeLimit(60, clock))
    with pace.measured(1e9, np.float64):
        clock.now += 8
    assert pace.seconds(1e9, np.float64) == pytest.approx(8)
    assert pace.seconds(1e9, np.float32) < 1


def test_what_took_no_time_says_nothing(clock: Clock) -> None:
    pace = Pace(TimeLimit(60, clock))
    before = pace.seconds(1e9)
    with pace.measured(1e9):
        clock.now += 0.001
    assert pace.seconds(1e9) == before
