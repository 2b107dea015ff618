"""Each node's own error: the reference's node applied to the runner's own activations."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netparity.networks import Network, Node
from netparity.networks.ops.base import RIGHT, Array, How
from netparity.networks.rounding import UNIT_ROUNDOFF
from netparity.parity.floor import relative_l2, rounding_error
from netparity.parity.passes import (
    Segment,
    input_values,
    make_step,
    run_segment,
    segment_before,
)
from netparity.parity.precision import identify, only_stored
from netparity.parity.precisions import is_narrow_step, storing_kinds
from netparity.parity.truth import Truth
from netparity.parity.verdict import Rule
from netparity.protocol import Arithmetic, LocalError

LOCAL_ORDERS = (How(), How(channel_order="shuffled"), How(partial_sums="short"))
"""Float32 passes that measure the effect of rounding on a runner's own activation."""


class KnownValues:
    """A runner's activations, as long as a node to come may be computed from them."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._values: dict[str, Array] = {}
        self._position = {node.name: place for place, node in enumerate(network.nodes)}
        self._done: set[str] = set()

    @property
    def values(self) -> Mapping[str, Array]:
        """Node to values."""
        return self._values

    def copy(self) -> KnownValues:
        """The same state, to go on from."""
        other = KnownValues(self._network)
        other._values, other._done = dict(self._values), set(self._done)
        return other

    def add(self, name: str, values: Array) -> None:
        """Add the next node's values, and forget those that nothing to come can need."""
        self._values[name] = values
        self._done.add(name)
        reached = self._position[name]
        open_: dict[str, bool] = {}
        for node in reversed(self._network.nodes):
            # A node that was not exported hands on what it reads to the nodes behind it.
            open_[node.name] = any(
                reader.name not in self._done
                and (self._position[reader.name] > reached or open_[reader.name])
                for reader in self._network.readers[node.name]
            )
        for known in [known for known in self._values if not open_[known]]:
            del self._values[known]


class LocalJudge:
    """Judges one runner's nodes, each on its own, from input to output."""

    def __init__(self, truth: Truth, rule: Rule) -> None:
        self._truth, self._rule = truth, rule
        self._known = KnownValues(truth.network)
        self._images = input_values(truth.network, truth.images)

    def judge(self, node: Node, values: Array, reference: Array) -> LocalError | None:
        """The node's own error, given the runner's activations that lead to it.

        Args:
            values: the runner's feature.
            reference: the reference of the whole network up to this node.

        Returns:
            None if the error cannot be computed because there are no weights.
        """
        truth = self._truth
        segment = segment_before(truth.network, self._known.values, node)
        if truth.weights is None and not segment.from_input:
            return None
        given = {name: self._given(name) for name in segment.frontier}
        correct, floor = self._correct(segment, given, reference)
        if not np.isfinite(values).all():
            return LocalError(since=segment.since, relative_l2=None, floor=floor, verdict="error")
        error = relative_l2(values, correct)
        self._known.add(node.name, values)
        if error <= self._rule.factor * floor:
            return LocalError(since=segment.since, relative_l2=error, floor=floor, verdict="pass")
        kinds = self._kinds(segment, given, values, correct, reference)
        return LocalError(
            since=segment.since,
            relative_l2=error if np.isfinite(error) else None,
            floor=floor,
            verdict="reduced-precision" if kinds else "divergent",
            arithmetic=kinds[0] if kinds else None,
            or_arithmetic=list(kinds[1:]),
        )

    def follow(self, other: LocalJudge) -> None:
        """Continue from another runner's position; all its activations have been the same."""
        self._known = other._known.copy()

    def _kinds(
        self,
        segment: Segment,
        given: Mapping[str, Array],
        values: Array,
        correct: Array,
        reference: Array,
    ) -> tuple[Arithmetic, ...]:
        """The kinds of reduced precision that explain a node's error, the best first."""
        weights = self._truth.weights
        if weights is None:
            return ()
        # Features that were all computed in float32 and stored narrowly do not follow from each
        # other, but from the reference.
        stored = None if segment.from_input else only_stored(values, reference)
        if stored is not None:
            return (stored[0],)
        single = _as_type(given, np.float32)
        kinds = identify(
            values,
            correct,
            lambda how: run_segment(segment, weights, single, how),
            layers=_products_in_a_row(segment),
            ops=frozenset(node.op for node in segment.nodes),
        )
        if segment.from_input or len(segment.nodes) > 1:
            return kinds
        step = make_step(segment.nodes[0], single, weights)
        if not is_narrow_step(values, correct, step):
            return kinds
        return tuple(dict.fromkeys((*kinds, *storing_kinds(values))))

    def _given(self, name: str) -> Array:
        return self._images[name] if name in self._images else self._known.values[name]

    @np.errstate(over="ignore", invalid="ignore")  # a runner's values may overflow float32
    def _correct(
        self, segment: Segment, given: Mapping[str, Array], reference: Array
    ) -> tuple[Array, float]:
        """The correct output of the node, and the effect of rounding on it."""
        truth = self._truth
        if segment.from_input:
            return reference, truth.floors.get(segment.nodes[-1].name, UNIT_ROUNDOFF)
        weights = truth.weights
        assert weights is not None
        correct = run_segment(segment, weights, _as_type(given, np.float64), RIGHT)
        single = _as_type(given, np.float32)
        passes = (run_segment(segment, weights, single, how) for how in LOCAL_ORDERS)
        return correct, rounding_error(passes, correct)


def _as_type(given: Mapping[str, Array], kind: type[np.floating]) -> dict[str, Array]:
    return {name: values.astype(kind, copy=False) for name, values in given.items()}


def _products_in_a_row(segment: Segment) -> int:
    """The number of products on the longest way through a segment; at least 1."""
    depth = dict.fromkeys(segment.frontier, 0)
    for node in segment.nodes:
        depth[node.name] = max(depth.get(name, 0) for name in node.inputs) + (
            "kernel" in node.tensors
        )
    return max(1, depth[segment.nodes[-1].name])


def first_faulty(errors: Mapping[str, LocalError | None]) -> str | None:
    """The first layer that is faulty on its own; `errors` in the network's order."""
    return next((name for name, local in errors.items() if is_faulty(local)), None)


def is_faulty(local: LocalError | None) -> bool:
    """Whether a layer is faulty on its own."""
    return local is not None and local.verdict not in ("pass", "identical", "inconclusive")
