"""How many predictions are timed in a round, and in how many turns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netparity.protocol import Clock, Round
from netparity.timing.turns import (
    LEAST_SECONDS,
    LEAST_TURNS,
    MOST_TURNS,
    MOST_VALUES,
    ROUND_SECONDS,
    Cost,
    plan_turns,
    repeats_alone,
)

COSTS = st.builds(Cost, elapsed_seconds=st.floats(1.0, 60.0), call_seconds=st.floats(1e-5, 5.0))


def seconds(plan, costs) -> dict[str, float]:
    """Of turns, by label."""
    return {
        label: (sum(plan.values[label]) + plan.turns * plan.uncounted[label]) * cost.call_seconds
        for label, cost in costs.items()
    }


def test_half_of_a_round_is_spent_in_turns() -> None:
    # Two tools of 7 s each; 0.25 s for each further prediction, and half a second for the end.
    costs = {label: Cost(7.0, 0.25) for label in "ab"}
    timed = sum(seconds(plan_turns(costs), costs).values())
    rest = 2 * (7.0 + 0.25 + 0.5)
    assert timed / (timed + rest) == pytest.approx(1 / 2, abs=0.03)


def test_turns_are_many_and_begin_with_a_prediction_that_does_not_count() -> None:
    # What the rows of a default comparison of VGG16 cost on two quick processors.
    calls = {"function": 0.08, "predict": 0.15, "theano": 0.22, "octave": 0.16}
    elapsed = dict(zip(calls, (3.2, 3.2, 5.2, 1.5), strict=True))
    plan = plan_turns({label: Cost(elapsed[label], calls[label]) for label in calls})
    assert plan.turns >= 9 and set(plan.uncounted.values()) == {1}
    assert {label: values[0] for label, values in plan.values.items()} == {
        **{"function": 4, "predict": 2},
        **{"theano": 1, "octave": 1},
    }


def test_where_predictions_are_long_each_counts() -> None:
    costs = {label: Cost(10.0, 2.0) for label in "abcd"}
    assert set(plan_turns(costs).uncounted.values()) == {0}


def test_predictions_do_not_make_a_round_longer_than_it_may_be() -> None:
    # What the rows of a default comparison of VGG16 cost on two quiet processors.
    calls = {"function": 0.15, "predict": 0.33, "theano": 0.37, "octave": 0.29}
    elapsed = dict(zip(calls, (5.0, 4.5, 8.6, 1.8), strict=True))
    costs = {label: Cost(elapsed[label], calls[label]) for label in calls}
    timed = sum(seconds(plan_turns(costs), costs).values())
    rest = sum(cost.elapsed_seconds + cost.call_seconds + 0.5 for cost in costs.values())
    assert LEAST_SECONDS * len(costs) * 0.9 <= timed
    assert timed + rest == pytest.approx(ROUND_SECONDS, rel=0.15)


def test_every_process_gets_as_many_seconds_in_each_turn_and_not_as_many_values() -> None:
    costs = {"slow": Cost(10.0, 0.4), "quick": Cost(10.0, 0.1)}
    plan = plan_turns(costs)
    assert len(plan.values["slow"]) == len(plan.values["quick"]) == plan.turns
    for slow, quick in zip(*plan.values.values(), strict=True):
        calls = quick + plan.uncounted["quick"], 4 * (slow + plan.uncounted["slow"])
        assert calls[0] == pytest.approx(calls[1], abs=2)


@given(st.dictionaries(st.text(min_size=1), COSTS, min_size=1, max_size=6))
def test_there_is_a_value_in_every_turn_and_there_are_not_too_many(costs) -> None:
    plan = plan_turns(costs)
    assert LEAST_TURNS <= plan.turns <= MOST_TURNS
    for label in costs:
        assert len(plan.values[label]) == plan.turns
        assert min(plan.values[label]) >= 1
        assert sum(plan.values[label]) <= MOST_VALUES
        enough = seconds(plan, costs)[label] >= LEAST_SECONDS / 2
        assert enough or sum(plan.values[label]) > MOST_VALUES - plan.turns


@given(st.dictionaries(st.text(min_size=1), COSTS, min_size=1, max_size=6), st.integers(1, 200))
def test_a_number_that_was_asked_for_is_kept(costs, repeats: int) -> None:
    plan = plan_turns(costs, repeats)
    for values in plan.values.values():
        assert sum(values) == repeats
        assert max(values) - min(values) <= 1 and min(values) >= 1


@pytest.mark.parametrize(("call", "uncounted"), [(0.001, 1), (0.2, 0)])
def test_brief_predictions_begin_with_one_that_does_not_count(call: float, uncounted: int) -> None:
    assert plan_turns({"a": Cost(1.0, call)}, repeats=5).uncounted == {"a": uncounted}


def test_nobody_has_no_turns() -> None:
    assert plan_turns({}).turns == plan_turns({}, 5).turns == 0


def alone(predict: list[float], wall: float, loops: int = 1) -> Round:
    phases = {"predict_first": [predict[0]], "predict": predict}
    clock = Clock(name="c", tick_seconds=1e-7, predict_loops=loops)
    values = {"round": 1, "order": 1, "status": "ok", "log": "l"}
    return Round(**values, phases=phases, wall_seconds=wall, clock=clock)


def test_a_process_alone_gets_its_half_too() -> None:
    # 9 s, of which 5 timed values of 0.2 s.
    count = repeats_alone(alone([0.2] * 5, 9.0), processes=2)
    rest = 9.0 - 5 * 0.2
    assert count * 0.2 / (count * 0.2 + rest) == pytest.approx(1 / 2, abs=0.03)
    # There is less for each of many.
    assert repeats_alone(alone([0.2] * 5, 9.0), processes=6) < count


@pytest.mark.parametrize(("call", "count"), [(10.0, 5), (0.0001, MOST_VALUES)])
def test_a_process_alone_has_neither_too_few_nor_too_many(call: float, count: int) -> None:
    assert repeats_alone(alone([call] * 5, 100.0), processes=2) == count
