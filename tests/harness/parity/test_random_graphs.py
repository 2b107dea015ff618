"""Nothing is wrong in a clean run of any network. The benchmark has 500 networks."""

from __future__ import annotations

import pytest

from benchmarks.random_graphs import alarms_of, draw
from netparity.networks.ops import OPS

NETS = 20


@pytest.mark.parametrize("number", range(NETS))
def test_a_random_network_raises_no_alarm(number: int) -> None:
    assert list(alarms_of(draw(7, number), diagnose=number < 5)) == []


def test_the_networks_are_drawn_from_every_operation_and_have_branches() -> None:
    networks = [draw(7, number).model for number in range(60)]
    assert {node.op for network in networks for node in network.nodes} == set(OPS)
    assert any(len(readers) > 1 for network in networks for readers in network.readers.values())
    assert any(len(node.inputs) > 2 for network in networks for node in network.nodes)
