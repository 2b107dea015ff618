"""The estimate of the time left: by hand, and against the recorded rounds of real comparisons."""

from __future__ import annotations

import json
from itertools import accumulate
from pathlib import Path

import pytest

from netparity.timing import Cost, Schedule, plan_turns
from netparity.timing.remaining import Pace, seconds_left

RECORDED = Path(__file__).parents[3] / "results" / "reference"
FIVE = Schedule(5)


def recorded_rounds(path: Path) -> list[float]:
    """Seconds of each round of a stored run: the sum of its processes."""
    run = json.loads(path.read_text())
    walls: dict[int, float] = {}
    for record in run["runners"]:
        for each in record["rounds"]:
            wasted = each.get("wasted_seconds", 0.0)
            walls[each["round"]] = walls.get(each["round"], 0.0) + each["wall_seconds"] + wasted
    return [walls[number] for number in sorted(walls)]


@pytest.mark.parametrize("name", ["compare", "theano", "replay/repeated"])
def test_after_the_first_round_the_estimate_is_within_a_seventh(name: str) -> None:
    rounds = recorded_rounds(RECORDED / name / "run.json")
    assert len(rounds) == 5
    schedule = Schedule(len(rounds))
    for done in range(1, len(rounds)):
        found = seconds_left(schedule, Pace(rounds[:done]), None)
        true = sum(rounds[done:])
        assert found is not None
        assert abs(found / true - 1) < 1 / 7, (done, found, true)


def test_nothing_is_known_before_the_first_round_unless_an_earlier_run_is_recalled() -> None:
    assert seconds_left(FIVE, Pace(), None) is None
    assert seconds_left(FIVE, Pace(recalled=30.0), None) == 150.0
    assert seconds_left(FIVE, Pace(recalled=30.0, current=10.0), None) == 140.0
    # What it takes longer than expected is not subtracted from the other rounds.
    assert seconds_left(FIVE, Pace(recalled=30.0, current=45.0), None) == 120.0


def test_the_turns_of_the_first_round_say_how_long_all_rounds_take() -> None:
    # 20 s of starts, 10 s of turns and ends: five rounds of 30 s, of which 20 s have passed.
    assert seconds_left(FIVE, Pace(current=20.0, current_left=10.0, recalled=99.0), None) == 130.0


def test_the_first_round_fills_caches_and_so_is_forgotten_after_the_second() -> None:
    assert seconds_left(FIVE, Pace([60.0]), None) == 240.0
    assert seconds_left(FIVE, Pace([60.0, 20.0]), None) == 60.0
    assert seconds_left(FIVE, Pace([60.0, 20.0, 26.0]), None) == 46.0


def test_a_precision_needs_rounds_as_the_square_of_the_width() -> None:
    auto = Schedule(5, precision=0.03, budget_seconds=1000.0)
    rounds = [10.0] * 5
    # Twice as wide: four times the rounds, 20 in all.
    assert seconds_left(auto, Pace(rounds), 0.06) == pytest.approx(150.0)
    assert seconds_left(auto, Pace(rounds), None) == 10.0  # at least the one that has begun
    assert seconds_left(auto, Pace(rounds), 0.6) == pytest.approx(950.0)  # until the budget ends


def test_no_round_is_expected_that_the_schedule_would_not_begin() -> None:
    budget = Schedule(1000, budget_seconds=100.0)
    rounds: list[float] = []
    while not budget.is_over(len(rounds), sum(rounds), None):
        rounds.append(9.0)
    for done, elapsed in enumerate(accumulate(rounds[:-1]), start=1):
        assert seconds_left(budget, Pace(rounds[:done]), None) == pytest.approx(
            sum(rounds) - elapsed
        )


def test_what_turns_will_take_by_their_plan() -> None:
    costs = {"slow": Cost(5.0, 0.5), "quick": Cost(1.0, 0.001)}
    plan = plan_turns(costs, repeats=8)
    assert plan.turns == 8 or plan.turns == 4
    # Eight values each; the quick one has a call before each turn that does not count.
    whole = 8 * 0.5 + (8 + plan.turns) * 0.001 + 2 * 0.5
    assert plan.seconds_left(costs) == pytest.approx(whole)
    assert plan.seconds_left({"slow": costs["slow"]}) == pytest.approx(8 * 0.5 + 0.5)
    assert plan.seconds_left(costs, plan.turns) == pytest.approx(2 * 0.5)
