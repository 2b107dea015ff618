"""The nodes between a runner's activations, computed with mistakes in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from netparity.diagnosis.candidate import NO_MISTAKE, Candidate
from netparity.diagnosis.other_input import KnownInputs, OtherInput, OtherInputs
from netparity.diagnosis.shared_passes import SharedPasses
from netparity.networks import Network, Node
from netparity.networks.ops.base import RIGHT, Array, How
from netparity.parity import passes
from netparity.parity.floor import rounding_error
from netparity.parity.local import LOCAL_ORDERS
from netparity.parity.passes import Weights, run_segment, segment_before

__all__ = ["NO_MISTAKE", "Candidate", "Segment"]


class Segment:
    """The nodes from the activations that a runner exported to the judged node.

    Args:
        known: node or input to the values that the judged node and its neighbours start from.
        node: the judged one.
        others: other weights by name.
        inputs: other inputs that may have been used.
        doubted: the nodes of `known` that were found faulty, so that being equal to one of them
            explains nothing.
        base: mistakes that were confirmed at earlier nodes, and are made here too.
        truth: the correct float64 output and its noise floor, if they are known already.

    Attributes:
        nodes: the nodes in between, the judged one last.
        beyond: the features after it, for those that were read too late.
        from_input: whether the segment starts at the input tensor alone.
        since: where it starts, in words.
    """

    def __init__(
        self,
        network: Network,
        known: Mapping[str, Array],
        node: Node,
        weights: Weights,
        others: Mapping[str, Weights],
        inputs: OtherInputs | None = None,
        doubted: frozenset[str] = frozenset(),
        base: Candidate = NO_MISTAKE,
        truth: tuple[Array, float] | None = None,
    ) -> None:
        self.network, self.known, self.node, self.base = network, known, node, base
        self.weights, self.others, self.doubted = weights, others, doubted
        self.inputs = inputs or KnownInputs({})
        nodes_known = [name for name in known if name in network.by_name]
        self._segment = segment_before(network, nodes_known, node)
        self.nodes, self.from_input = self._segment.nodes, self._segment.from_input
        self.since, self.frontier = self._segment.since, self._segment.frontier
        features = [*network.features]
        later = network.nodes.index(node) + 1
        order = {each.name: place for place, each in enumerate(network.nodes)}
        self.beyond = [each for each in features if order[each.name] >= later]
        self.before = [each for each in features if order[each.name] < later - 1]
        self._truth = truth
        self._passes: dict[tuple[str | None, type[np.floating[Any]]], SharedPasses] = {}
        self._focus = [NO_MISTAKE]

    def concerns(self, candidate: Candidate) -> bool:
        """Whether its mistakes change anything between the known activations and the node."""
        if not candidate.changes.keys().isdisjoint(node.name for node in self.nodes):
            return True
        from_input = any(entry.name in self.frontier for entry in self.network.inputs)
        return from_input and bool(candidate.input or candidate.other_input)

    def focus(self, candidate: Candidate) -> None:
        """Keep what is computed with this candidate's mistakes: others beside them will follow."""
        other = candidate.other_input
        if other is None or other.views == 1:
            self._focus = [NO_MISTAKE, *[candidate] * (candidate is not NO_MISTAKE)]
        for (weights, dtype), shared in self._passes.items():
            if weights is None:
                self._keep(shared, dtype)

    @cached_property
    def is_single(self) -> bool:
        """Whether the segment is one layer: a node, perhaps with inner ones."""
        return len({self.network.owner(node) for node in self.nodes}) == 1

    @cached_property
    def right(self) -> Array:
        """The correct output of the judged node, in float64; with the mistakes of `base`."""
        return self.compute(NO_MISTAKE)

    @cached_property
    def floor(self) -> float:
        """The relative L2 error that float32 rounding makes."""
        if self._truth is not None:
            return self._truth[1]
        return self.limit(NO_MISTAKE, self.right, 1.0)

    def compute(self, candidate: Candidate, dtype: type[np.floating[Any]] = np.float64) -> Array:
        """What a runner with the candidate's mistakes exports for the judged node."""
        if candidate is NO_MISTAKE and dtype is np.float64 and self._truth is not None:
            return self._truth[0]
        [computed] = self.compute_all([candidate], dtype)
        return computed

    def compute_all(
        self, candidates: Sequence[Candidate], dtype: type[np.floating[Any]] = np.float32
    ) -> list[Array]:
        """The same for several, with what they have in common computed once."""
        joined = [self.base.joined(candidate) or candidate for candidate in candidates]
        by_weights: dict[str | None, list[int]] = {}
        for place, candidate in enumerate(joined):
            by_weights.setdefault(candidate.weights, []).append(place)
        found: dict[int, Array] = {}
        for weights, places in by_weights.items():
            shared = self._shared(weights, dtype)
            targets = [self._target_number(shared, joined[place], dtype) for place in places]
            for place, values in zip(places, shared.run(targets), strict=True):
                found[place] = self._finished(joined[place], values)
        return [found[place] for place in range(len(joined))]

    def more_work(
        self,
        candidate: Candidate,
        dtype: type[np.floating[Any]],
        planned: dict[str | None, set[int]],
    ) -> float:
        """How much work a candidate adds to what is planned already, to which it is added."""
        joined = self.base.joined(candidate) or candidate
        shared = self._shared(joined.weights, dtype)
        target = self._target_number(shared, joined, dtype)
        return shared.plan(target, planned.setdefault(joined.weights, set()))

    def compute_from(self, x: Array, candidate: Candidate) -> Array:
        """What a runner with the candidate's mistakes exports if it is given another input."""
        return self.compute(replace(candidate, other_input=OtherInput((), lambda: x)), np.float32)

    def limit(self, candidate: Candidate, exact: Array, factor: float) -> float:
        """The largest error that rounding explains if these are the mistakes."""
        return factor * rounding_error(self.roundings(candidate), exact)

    def roundings(self, candidate: Candidate) -> Iterator[Array]:
        """Float32 passes with the candidate's mistakes and sums in several orders."""
        for order in LOCAL_ORDERS:
            if order == RIGHT:
                yield self.compute(candidate, np.float32)
            else:
                joined = self.base.joined(candidate) or candidate
                yield self._finished(joined, self._in_order(joined, order))

    @np.errstate(over="ignore", invalid="ignore")  # a mistake may overflow float32
    def _in_order(self, candidate: Candidate, order: How) -> Array:
        """A float32 pass with sums in another order."""
        segment = self._target(candidate.read)
        if segment is None:
            assert candidate.read is not None
            return self.known[candidate.read].astype(np.float32)
        weights = self.others[candidate.weights] if candidate.weights else self.weights
        given = {name: self._given(name, candidate, np.float32) for name in segment.frontier}
        return run_segment(segment, weights, given, order, candidate.all_changes)

    def _finished(self, candidate: Candidate, values: Array) -> Array:
        """What is exported of the computed feature."""
        if candidate.other_input is not None and (views := candidate.other_input.views) > 1:
            values = values.reshape(-1, views, *values.shape[1:]).mean(axis=1)
        if candidate.treatment is None:
            return values
        with np.errstate(over="ignore", invalid="ignore"):
            return candidate.treatment.apply(values)

    def _shared(self, weights: str | None, dtype: type[np.floating[Any]]) -> SharedPasses:
        if (weights, dtype) not in self._passes:
            tensors = self.others[weights] if weights else self.weights
            shared = SharedPasses(self.network, tensors)
            self._passes[weights, dtype] = shared
            if weights is None:
                self._keep(shared, dtype)
        return self._passes[weights, dtype]

    def _keep(self, shared: SharedPasses, dtype: type[np.floating[Any]]) -> None:
        """Keep the values of the candidates in focus."""
        shared.keep(
            number
            for candidate in self._focus
            for number in self._numbers(
                shared, self.base.joined(candidate) or candidate, dtype
            ).values()
        )

    def _target_number(
        self, shared: SharedPasses, candidate: Candidate, dtype: type[np.floating[Any]]
    ) -> int:
        """The number of the exported feature, before anything is done to it."""
        name = self.node.name if candidate.read is None else candidate.read
        return self._numbers(shared, candidate, dtype)[name]

    def _numbers(
        self, shared: SharedPasses, candidate: Candidate, dtype: type[np.floating[Any]]
    ) -> dict[str, int]:
        """Node to the number of its value with the candidate's mistakes."""
        segment = self._target(candidate.read)
        if segment is None:
            assert candidate.read is not None
            read = self.known[candidate.read]
            key = ("known", candidate.read)
            return {candidate.read: shared.given(key, lambda: read.astype(dtype), len(read))}
        given = {}
        views = candidate.other_input.views if candidate.other_input is not None else 1
        inputs = {entry.name for entry in self.network.inputs}
        for name in segment.frontier:
            changed = candidate.given if name in inputs else ()
            given[name] = shared.given(
                (name, changed),
                lambda name=name: self._given(name, candidate, dtype),  # type: ignore[misc]
                len(self.known[name]) * views,
            )
        return shared.follow(segment.nodes, given, candidate.all_changes)

    def _target(self, read: str | None) -> passes.Segment | None:
        """The nodes to compute; None if the exported feature is a known one."""
        if read is None or read == self.node.name:
            return self._segment
        if read in self.known:
            return None
        nodes_known = [name for name in self.known if name in self.network.by_name]
        return segment_before(self.network, nodes_known, self.network.by_name[read])

    def _given(self, name: str, candidate: Candidate, dtype: type[np.floating[Any]]) -> Array:
        """A node's or an input's known values, with the candidate's mistakes in the input."""
        x = self.known[name]
        if all(name != entry.name for entry in self.network.inputs):
            return x.astype(dtype)
        if candidate.other_input is not None:
            x = candidate.other_input.tensor
        x = x.astype(dtype)
        return x if candidate.input is None else candidate.input.apply_to_input(x, self.network)
