"""Ratios of rounds that were done on several nodes: the node is the unit of replication.

A ratio that differs from node to node (one has a faster memory, from which one tool gains more)
makes the rounds of a node alike, so that ten rounds on two nodes say less than ten rounds on ten.
In the model of a one-way random classification, log ratio = mean + node + round, the interval of
the mean is Student's t over the means of the nodes: exact where the nodes have equally many rounds,
close to it otherwise (the method of unweighted means; R. Burdick, F. Graybill, Confidence Intervals
on Variance Components, 1992). `benchmarks/node_coverage.py` shows its coverage and that of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Nodes = Mapping[int, str]
"""The node of each round; rounds of a run without a cluster are not in it."""

FEW_NODES = 4


def node_means(logs: Floats, nodes: Sequence[object]) -> Floats:
    """The mean of each node's logarithms, in the order in which the nodes occur.

    The logarithms themselves if there is one node only, or none is known: then the round is the
    unit, and nothing is said of other nodes.

    Args:
        logs: of the ratio in each round.
        nodes: of each round.

    Raises:
        ValueError: if they are not equally many.
    """
    if len(logs) != len(nodes):
        raise ValueError(f"{len(logs)} rounds, but the nodes of {len(nodes)}")
    names = list(dict.fromkeys(nodes))
    if len(names) < 2:
        return logs
    places = np.array([names.index(node) for node in nodes])
    return np.array([np.mean(logs[places == place]) for place in range(len(names))])


def node_cautions(nodes: Nodes) -> Iterator[str]:
    """What follows from few nodes."""
    count = len(set(nodes.values()))
    if 1 < count < FEW_NODES:
        yield (
            f"The rounds were done on {count} nodes. Intervals hold for other nodes too: with so "
            f"few they are wide, however many rounds there are. Use {FEW_NODES} nodes or more, or "
            "a single one."
        )
