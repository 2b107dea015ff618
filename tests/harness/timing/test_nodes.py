"""Intervals of ratios and seconds whose rounds were done on several nodes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from netparity.timing.comparison import compare_all
from netparity.timing.estimate import estimate
from netparity.timing.nodes import node_cautions, node_means
from netparity.timing.winners import winner

LOGS = [0.10, 0.20, 0.60, 0.30, 0.50]
NODES = {1: "a", 2: "a", 3: "b", 4: "c", 5: "c"}


def processes(logs, base: float = 1.0) -> dict[int, list[float]]:
    return {number: [base * math.exp(log)] for number, log in enumerate(logs, start=1)}


def compared(logs, nodes):
    runners = {"base": processes([0.0] * len(logs)), "other": processes(logs)}
    return compare_all(runners, "base", nodes=nodes)["other"]


def test_the_interval_of_three_nodes_by_hand():
    found = compared(LOGS, NODES)
    # The nodes' means are 0.15, 0.6 and 0.4; their standard error is sqrt(0.1525 / 3 / 2), and t
    # with two degrees of freedom at 97.5 % is 4.3027 (any table).
    middle, half = 1.15 / 3, 4.3027 * math.sqrt(0.101666667 / 2 / 3)
    assert math.log(found.ratio.value) == pytest.approx(middle)
    assert math.log(found.ratio.interval.low) == pytest.approx(middle - half, abs=1e-4)
    assert math.log(found.ratio.interval.high) == pytest.approx(middle + half, abs=1e-4)
    assert found.ratio.rounds == 5
    assert found.p_value == pytest.approx(stats.ttest_1samp([0.15, 0.6, 0.4], 0).pvalue)


def test_seconds_have_the_same_unit():
    found = estimate(processes(LOGS), NODES)
    assert math.log(found.seconds) == pytest.approx(1.15 / 3)
    ratio = compared(LOGS, NODES).ratio
    assert found.interval.low == pytest.approx(ratio.interval.low)
    assert found.processes == 5


@pytest.mark.parametrize("nodes", [None, {}, dict.fromkeys(NODES, "a"), {n: str(n) for n in NODES}])
def test_on_one_node_and_with_a_node_for_each_round_the_round_is_the_unit(nodes):
    assert compared(LOGS, nodes) == compared(LOGS, None)
    assert estimate(processes(LOGS), nodes) == estimate(processes(LOGS))


def test_rounds_that_one_runner_lacks_are_not_counted_on_their_node():
    runners = {"base": processes([0.0] * 5), "other": processes(LOGS)}
    del runners["base"][3]
    assert compare_all(runners, "base", nodes=NODES)["other"].ratio.value == pytest.approx(
        math.exp((0.15 + 0.4) / 2)
    )


def test_the_best_setting_is_chosen_by_nodes():
    settings = {"a": processes([0.0, 0.0, 0.9]), "b": processes([0.1, 0.1, 0.5])}
    assert winner(settings, {1: "x", 2: "x", 3: "y"}).key == "b"
    assert winner({"a": processes([0, 0, 0.6]), "b": settings["b"]}).key == "a"


@pytest.mark.parametrize("counts", [(5, 5), (6, 2, 2, 2), (2,) * 8])
@pytest.mark.parametrize("deviation", [0.0, 1.0, 3.0])
def test_the_interval_holds_whatever_the_nodes_differ_by(counts, deviation: float):
    random = np.random.default_rng(len(counts))
    nodes = np.repeat(np.arange(len(counts)), counts)
    held, runs = 0, 2000
    for _ in range(runs):
        own = deviation * random.normal(size=len(counts))
        means = node_means(own[nodes] + random.normal(size=len(nodes)), list(nodes))
        half = stats.t.ppf(0.975, len(means) - 1) * means.std(ddof=1) / math.sqrt(len(means))
        held += abs(means.mean()) <= half
    assert 0.93 <= held / runs <= 0.97  # four standard errors are 0.02


def test_few_nodes_are_said():
    assert list(node_cautions({})) == list(node_cautions({1: "a", 2: "a"})) == []
    [caution] = node_cautions({1: "a", 2: "b"})
    assert caution.startswith("The rounds were done on 2 nodes.")
    assert not list(node_cautions({n: str(n) for n in range(4)}))
