"""One estimate per round and pair: by turn where processes took turns, else by medians."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.timing.comparison import compare_all
from netparity.timing.pairs import log_ratios


def flat(turns):
    return {
        number: [value for turn in sorted(blocks) for value in blocks[turn]]
        for number, blocks in turns.items()
    }


def test_without_turns_the_medians_of_the_processes_are_compared() -> None:
    ours, base = {1: [2.0, 8.0, 4.0], 3: [1.0]}, {1: [1.0], 2: [1.0], 3: [2.0]}
    assert log_ratios(ours, base) == pytest.approx(np.log([4.0, 0.5]))


def test_blocks_of_a_turn_are_compared_with_each_other() -> None:
    """The second turn was disturbed: both took three times as long."""
    ours = {1: {1: [2.0, 2.0], 2: [6.0, 6.0], 3: [2.0, 2.0]}}
    base = {1: {1: [1.0, 1.0], 2: [3.0, 3.0], 3: [1.0, 1.0]}}
    assert log_ratios(flat(ours), flat(base), ours, base) == pytest.approx([np.log(2.0)])


def test_the_first_and_last_fifth_of_the_turns_are_left_out() -> None:
    base = {1: {turn: [1.0] for turn in range(1, 6)}}
    ours = {1: {turn: [float(turn)] for turn in range(1, 6)}}
    ours[1][5] = [1000.0]
    middle = np.mean(np.log([2.0, 3.0, 4.0]))
    assert log_ratios(flat(ours), flat(base), ours, base) == pytest.approx([middle])
    for turns in (ours, base):
        del turns[1][5]
    every = np.mean(np.log([1.0, 2.0, 3.0, 4.0]))
    assert log_ratios(flat(ours), flat(base), ours, base) == pytest.approx([every])


def test_only_turns_that_both_have_count_and_rounds_may_differ() -> None:
    ours = {1: {1: [2.0], 2: [9.0]}, 2: {1: [3.0]}}
    base = {1: {1: [1.0], 3: [5.0]}}
    processes, others = flat(ours), {**flat(base), 2: [1.0, 1.0]}
    found = log_ratios(processes, others, ours, base)
    assert found == pytest.approx(np.log([2.0, 3.0])), "round 2 has no turns of the base"


def test_the_warm_up_is_left_out_of_the_blocks_too() -> None:
    steady = [1.0, 1.01, 0.99, 1.0]
    base = {1: {1: [9.0, 5.0], 2: steady, 3: steady}}
    ours = {1: {turn: [2 * value for value in steady] for turn in (1, 2, 3)}}
    found = log_ratios(flat(ours), flat(base), ours, base)
    assert found == pytest.approx([np.log(2.0)], abs=0.01)


def test_empty_blocks_are_left_out() -> None:
    ours, base = {1: {1: [], 2: [2.0]}}, {1: {1: [1.0], 2: [1.0]}}
    assert log_ratios(flat(ours), flat(base), ours, base) == pytest.approx([np.log(2.0)])


def test_what_disturbs_a_turn_cancels_in_the_interval() -> None:
    random = np.random.default_rng(3)
    turns = {}
    for label, shift in (("a", 0.0), ("b", 0.1)):
        turns[label] = {
            number: {turn: list(np.exp(shift + random.normal(0, 0.01, 3))) for turn in range(1, 7)}
            for number in range(1, 6)
        }
    for number in range(1, 6):
        for turn in random.permutation(6)[: random.integers(1, 6)] + 1:
            for label in turns:
                turns[label][number][turn] = [1.5 * value for value in turns[label][number][turn]]
        # A disturber may begin between the two.
        turns["b"][number][3] = [1.5 * value for value in turns["b"][number][3]]
    processes = {label: flat(each) for label, each in turns.items()}
    paired = compare_all(processes, "a", turns)["b"]
    assert paired.word == "slower"
    assert paired.ratio.interval.low < np.exp(0.1) < paired.ratio.interval.high
    assert paired.ratio.interval.half_width < 0.05
    apart = compare_all(processes, "a")["b"]
    assert apart.ratio.interval.half_width > 2 * paired.ratio.interval.half_width
