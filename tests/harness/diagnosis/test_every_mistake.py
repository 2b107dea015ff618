"""Each mistake that an operation declares is confirmed at its node, in networks of every shape."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.random_graphs import draw
from netparity.networks.ops import OPS
from tests.support.graph_subject import GraphSubject

NETS = 150
TIMES = 2
RARE = {
    *("resized-pytorch-half-pixel", "resized-ceil", "resized-floor", "resized-round-prefer-floor"),
    "product-without-fourth",
}
"""They fit few nodes: these conventions differ from others for few sizes only."""


@pytest.mark.slow
def test_each_mistake_of_each_operation_is_confirmed_at_its_node_alone() -> None:
    planted: Counter[tuple[str, str]] = Counter()
    problems = []
    for number in range(NETS):
        subject = GraphSubject(draw(11, number).model)
        for each in subject.every_mistake():
            key = (subject.network.by_name[each.node].op, each.mistake.key)
            if planted[key] < TIMES:
                planted[key] += 1
                problems.append(subject.problem(each))
    assert not [problem for problem in problems if problem]
    declared = {(op.key, mistake.key) for op in OPS.values() for mistake in op.mistakes}
    assert {key for _, key in declared - planted.keys()} <= RARE
