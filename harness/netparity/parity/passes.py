"""Passes through a network, or through a part of it, in the precision of the input.

The reference, the passes of the noise floor, the simulated precisions and the known mistakes differ
from each other only in how the steps are made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.networks import Network, Node
from netparity.networks.ops.base import RIGHT, Array, How, Mistake, Step, run_step

Weights = Mapping[str, npt.NDArray[np.float32]]
Changes = Mapping[str, Sequence[Mistake]]

_NO_CHANGES: Changes = {}


@dataclass(frozen=True)
class Segment:
    """The nodes between known activations and one node.

    Attributes:
        frontier: names of the nodes or inputs whose values the segment is computed from, in the
            network's order.
        nodes: in an order in which they can be computed; the judged node is the last.
        from_input: whether the frontier consists of inputs of the network alone.
    """

    frontier: tuple[str, ...]
    nodes: tuple[Node, ...]
    from_input: bool

    @property
    def since(self) -> str:
        """Where the segment begins, in words."""
        return INPUT if self.from_input else " and ".join(self.frontier)


INPUT = "input"
"""The start of a network, where a layer's name is expected."""


def segment_before(network: Network, known: Collection[str], node: Node) -> Segment:
    """The part of the network that leads from known activations to a node."""
    wanted, found, frontier = [node.name], {node.name}, set()
    while wanted:
        for name in network.by_name[wanted.pop()].inputs:
            if name in known or name not in network.by_name:
                frontier.add(name)
            elif name not in found:
                found.add(name)
                wanted.append(name)
    inputs = [entry.name for entry in network.inputs if entry.name in frontier]
    nodes = [each.name for each in network.nodes if each.name in frontier]
    between = tuple(each for each in network.nodes if each.name in found)
    return Segment((*inputs, *nodes), between, not nodes)


def make_step(
    node: Node,
    values: Mapping[str, Array],
    weights: Weights,
    how: How = RIGHT,
    mistakes: Sequence[Mistake] = (),
    scratch: bool = False,
) -> Step:
    """One node with its inputs and tensors, and with the mistakes in it."""
    inputs = tuple(values[name] for name in node.inputs)
    own = how.at(node.op)
    tensors = {
        role: weights[name] if role == "kernel" else own.tensor(weights[name])
        for role, name in node.tensors.items()
    }
    step = Step(node, inputs, tensors, own, scratch)
    for mistake in mistakes:
        step = mistake.make(step)
    return step


class Pass:
    """A pass through nodes, which forgets what none of the nodes to come reads.

    Args:
        nodes: in the order in which they will be computed.
        given: the values that they start from; all of one precision.
        how: how sums are taken and stored.
        changes: node to the mistakes made at it.
        keep: inner nodes whose values the caller goes on using. The output of any other inner node
            is overwritten by the node that reads it.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        given: Mapping[str, Array],
        how: How = RIGHT,
        changes: Changes = _NO_CHANGES,
        keep: Collection[str] = (),
    ) -> None:
        self._values = dict(given)
        self._how, self._changes = how, changes
        self._readings = Counter(name for node in nodes for name in set(node.inputs))
        self._scratch = {node.name for node in nodes if node.inner and node.name not in keep}

    def step(self, node: Node, weights: Weights) -> Step:
        """The next node with its inputs and its tensors."""
        first = node.inputs[0]
        scratch = first in self._scratch and self._readings[first] == 1
        mistakes = self._changes.get(node.name, ())
        return make_step(node, self._values, weights, self._how, mistakes, scratch)

    def run(self, step: Step, node: Node) -> Array:
        """Compute the next node: N x its shape."""
        result = run_step(step)
        for name in set(node.inputs):
            self._readings[name] -= 1
            if not self._readings[name]:
                del self._values[name]
        if self._readings[node.name]:
            self._values[node.name] = result
        return result


def run_nodes(
    nodes: Sequence[Node],
    weights: Weights,
    given: Mapping[str, Array],
    how: How = RIGHT,
    changes: Changes = _NO_CHANGES,
    keep: Collection[str] = (),
) -> Iterator[tuple[Node, Array]]:
    """Compute nodes one after the other; the arguments are those of `Pass`.

    Yields:
        Node and its output, N x its shape.
    """
    running = Pass(nodes, given, how, changes, keep)
    for node in nodes:
        yield node, running.run(running.step(node, weights), node)


def run_segment(
    segment: Segment,
    weights: Weights,
    given: Mapping[str, Array],
    how: How = RIGHT,
    changes: Changes = _NO_CHANGES,
) -> Array:
    """The output of a segment's last node."""
    last = segment.nodes[-1].name
    for _, values in run_nodes(segment.nodes, weights, given, how, changes, keep=(last,)):
        result = values
    return result


def input_values(network: Network, x: Array) -> dict[str, Array]:
    """The values of the network's only input, by its name.

    Raises:
        ValueError: if it has several.
    """
    [entry] = network.inputs
    return {entry.name: x}
