"""Every operation in every form matches itself, and no node is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from netparity.networks.matching import compare
from netparity.networks.matching.values import compare_values
from netparity.networks.ops import OPS
from tests.support import every_operation
from tests.support.graph_jobs import Sketch

SKETCHES = [
    *(every_operation.windows, every_operation.transposed, every_operation.values),
    *(every_operation.dense, every_operation.shapes),
]


@pytest.mark.parametrize("made", SKETCHES)
def test_a_network_matches_itself(made: Callable[[], Sketch]) -> None:
    sketch = made()
    network = sketch.network()
    matching = compare(network, network, sketch.tensors, sketch.tensors)
    assert matching.same
    assert set(matching.nodes) == set(network.by_name)
    assert {match.first: match.second for match in matching.tensors} == {
        name: name for name in network.tensors
    }
    assert compare_values(matching, sketch.tensors, sketch.tensors).same


def test_every_operation_is_tried() -> None:
    tried = {node.op for made in SKETCHES for node in made().nodes}
    assert tried >= set(OPS)
