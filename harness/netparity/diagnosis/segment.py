"""The nodes between a runner's activations, computed with mistakes in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from netparity.diagnosis.affine import Affine
from netparity.diagnosis.findings import Cause
from netparity.diagnosis.mistakes import InputChange
from netparity.diagnosis.other_input import KnownInputs, OtherInput, OtherInputs
from netparity.diagnosis.treatments import Treatment
from netparity.networks import Network, Node
from netparity.networks.ops.base import RIGHT, Array, How, Mistake, run_step
from netparity.parity import passes
from netparity.parity.floor import rounding_error
from netparity.parity.local import LOCAL_ORDERS
from netparity.parity.passes import Weights, make_step, run_segment, segment_before

Changes = Mapping[str, tuple[Mistake, ...]]


@dataclass(frozen=True)
class Candidate:
    """One or several mistakes, in a form that can be computed.

    Attributes:
        input: mistakes in the input tensor.
        other_input: what replaces the input.
        changes: node to the mistakes made at it.
        weights: name of the other weights that the nodes use.
        read: name of the node whose output was exported in place of the judged one's.
        scales: node to factors of its output, N x units (dropout).
        treatment: what was done to the exported feature afterwards.
    """

    causes: tuple[Cause, ...]
    input: InputChange | Affine | None = None
    other_input: OtherInput | None = None
    changes: Changes = field(default_factory=dict)
    weights: str | None = None
    read: str | None = None
    scales: Mapping[str, Array] = field(default_factory=dict)
    treatment: Treatment | None = None

    def joined(self, other: Candidate) -> Candidate | None:
        """Both at once; None if they contradict each other."""
        if (self.input and other.input) or (self.weights and other.weights):
            return None
        if (self.other_input and other.other_input) or (self.treatment and other.treatment):
            return None
        if (self.read and other.read) or set(self.scales) & set(other.scales):
            return None
        changes = dict(self.changes)
        for name, mistakes in other.changes.items():
            made = changes.get(name, ())
            if not all(first.joined_fits(second) for first in made for second in mistakes):
                return None
            changes[name] = (*made, *mistakes)
        return Candidate(
            causes=(*self.causes, *other.causes),
            input=self.input or other.input,
            other_input=self.other_input or other.other_input,
            changes=changes,
            weights=self.weights or other.weights,
            read=self.read or other.read,
            scales={**self.scales, **other.scales},
            treatment=self.treatment or other.treatment,
        )

    @property
    def given(self) -> tuple[InputChange | Affine | None, OtherInput | None]:
        """What the network is given in place of the right input."""
        return self.input, self.other_input


NO_MISTAKE = Candidate(())
"""The correct computation."""


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
        self._kept: dict[tuple[Any, ...], dict[str, Array]] = {}
        self._focus: list[tuple[Any, ...]] = [NO_MISTAKE.given]

    def concerns(self, candidate: Candidate) -> bool:
        """Whether its mistakes change anything between the known activations and the node."""
        if not candidate.changes.keys().isdisjoint(node.name for node in self.nodes):
            return True
        from_input = any(entry.name in self.frontier for entry in self.network.inputs)
        return from_input and bool(candidate.input or candidate.other_input)

    def focus(self, candidate: Candidate) -> None:
        """Keep what is computed from this candidate's input: others with the same will follow."""
        other = candidate.other_input
        if other is None or other.views == 1:
            self._focus = list(dict.fromkeys([NO_MISTAKE.given, candidate.given]))
        self._kept = {key: kept for key, kept in self._kept.items() if key[1:] in self._focus}

    @cached_property
    def is_single(self) -> bool:
        """Whether the segment is one layer: a node, perhaps with inner ones."""
        return len({self.network.owner(node) for node in self.nodes}) == 1

    @cached_property
    def right(self) -> Array:
        """The correct output of the judged node, in float64; with the mistakes of `base`."""
        return self._run(NO_MISTAKE, np.float64)

    @cached_property
    def floor(self) -> float:
        """The relative L2 error that float32 rounding makes."""
        return self._floor(NO_MISTAKE, self.right)

    def compute(self, candidate: Candidate, dtype: type[np.floating[Any]] = np.float64) -> Array:
        """What a runner with the candidate's mistakes exports for the judged node."""
        return self._run(candidate, dtype)

    def compute_from(self, x: Array, candidate: Candidate) -> Array:
        """What a runner with the candidate's mistakes exports if it is given another input."""
        other = OtherInput((), lambda: x)
        return self._run(replace(candidate, other_input=other), np.float32)

    def limit(self, candidate: Candidate, exact: Array, factor: float) -> float:
        """The largest error that rounding explains if these are the mistakes."""
        return factor * self._floor(candidate, exact)

    def _floor(self, candidate: Candidate, exact: Array) -> float:
        passes = (self._run(candidate, np.float32, order) for order in LOCAL_ORDERS)
        return rounding_error(passes, exact)

    @np.errstate(over="ignore", invalid="ignore")  # a mistake may overflow float32
    def _run(
        self, candidate: Candidate, dtype: type[np.floating[Any]], order: How = RIGHT
    ) -> Array:
        candidate = self.base.joined(candidate) or candidate
        result = self._exported(candidate, dtype, order)
        if candidate.other_input is not None and (views := candidate.other_input.views) > 1:
            result = result.reshape(-1, views, *result.shape[1:]).mean(axis=1)
        return result if candidate.treatment is None else candidate.treatment.apply(result)

    def _exported(self, candidate: Candidate, dtype: type[np.floating[Any]], order: How) -> Array:
        """What the network computes, before anything is done to the feature."""
        segment = self._target(candidate.read)
        if segment is None:
            assert candidate.read is not None
            return self._given(candidate.read, dtype)
        given = {name: self._given(name, dtype) for name in segment.frontier}
        weights = self.others[candidate.weights] if candidate.weights else self.weights
        for entry in self.network.inputs:
            if entry.name in given:
                x = given[entry.name]
                if candidate.other_input is not None:
                    x = candidate.other_input.tensor.astype(dtype)
                if candidate.input is not None:
                    x = candidate.input.apply_to_input(x, self.network)
                given[entry.name] = x
        if candidate.weights is None and order == RIGHT and candidate.given in self._focus:
            return self._from_kept(segment.nodes, given, candidate, dtype)
        if not candidate.scales:
            return run_segment(segment, weights, given, order, candidate.changes)
        return self._one_by_one(segment.nodes, weights, given, order, candidate)

    def _one_by_one(
        self,
        nodes: Sequence[Node],
        weights: Weights,
        given: Mapping[str, Array],
        order: How,
        candidate: Candidate,
    ) -> Array:
        values = dict(given)
        for node in nodes:
            values[node.name] = _step(node, values, weights, order, candidate)
        return values[nodes[-1].name]

    def _target(self, read: str | None) -> passes.Segment | None:
        """The nodes to compute; None if the exported feature is a known one."""
        if read is None or read == self.node.name:
            return self._segment
        if read in self.known:
            return None
        nodes_known = [name for name in self.known if name in self.network.by_name]
        return segment_before(self.network, nodes_known, self.network.by_name[read])

    def _given(self, name: str, dtype: type[np.floating[Any]]) -> Array:
        return self.known[name].astype(dtype)

    def _from_kept(
        self,
        nodes: Sequence[Node],
        given: Mapping[str, Array],
        candidate: Candidate,
        dtype: type[np.floating[Any]],
    ) -> Array:
        """Compute only what the mistakes reach; the rest is kept from earlier calls."""
        kept = self._kept.setdefault((dtype, *candidate.given), {})
        reached = {*candidate.changes, *candidate.scales}
        values = dict(given)
        for node in nodes:
            if node.name in reached or reached.intersection(node.inputs):
                reached.add(node.name)
                values[node.name] = _step(node, values, self.weights, RIGHT, candidate)
                continue
            if node.name not in kept:
                kept[node.name] = _step(node, values, self.weights, RIGHT, NO_MISTAKE)
            values[node.name] = kept[node.name]
        return values[nodes[-1].name]


def _step(
    node: Node, values: Mapping[str, Array], weights: Weights, order: How, candidate: Candidate
) -> Array:
    mistakes = candidate.changes.get(node.name, ())
    result = run_step(make_step(node, values, weights, order, mistakes))
    if node.name in candidate.scales:
        result = result * candidate.scales[node.name].astype(result.dtype)
    return result
