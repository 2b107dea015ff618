"""A network with its truth, run in float32 with mistakes on demand, and diagnosed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from netparity.diagnosis import Diagnosis, Search
from netparity.diagnosis.mistakes import mistakes_of
from netparity.networks import Network
from netparity.networks.ops.base import How, Mistake, run_step
from netparity.networks.plain_input import from_plain, takes_colour
from netparity.parity import ReferencePass, Rule, Truth
from netparity.parity.floor import relative_l2
from netparity.parity.passes import Weights, input_values, make_step
from netparity.weights import synthetic

Features = dict[str, npt.NDArray[np.float32]]

ORDER = How(partial_sums=48)
"""An order of sums that neither the reference nor the noise floor uses."""


@dataclass(frozen=True)
class Planted:
    """One mistake at one node."""

    node: str
    mistake: Mistake

    def __str__(self) -> str:
        return f"{self.mistake.key}@{self.node}"


class GraphSubject:
    """A network with synthetic weights and an input like a photograph.

    Attributes:
        truth: with the reference of every node that is not an inner one.
    """

    def __init__(self, network: Network, seed: int = 0, images: int = 2) -> None:
        self.network, self.weights = network, synthetic.make(network, seed)
        self.x = smooth_input(network, seed, images)
        passed = ReferencePass(network, self.weights, self.x)
        reference = {node.name: passed[node.name] for node in network.features}
        self.truth = Truth(network, self.x, reference, passed.floors, self.weights)

    @np.errstate(over="ignore", invalid="ignore")
    def run(
        self,
        mistakes: Mapping[str, Sequence[Mistake]] | None = None,
        read: Mapping[str, str] | None = None,
        x: npt.NDArray[np.float32] | None = None,
        weights: Weights | None = None,
    ) -> Features:
        """Every feature in float32.

        Args:
            mistakes: node to the mistakes made at it.
            read: node to the one whose output is exported in its place.
            x: another input.
            weights: others than the right ones.
        """
        values = input_values(self.network, self.x if x is None else x)
        for node in self.network.nodes:
            made = (mistakes or {}).get(node.name, ())
            values[node.name] = run_step(
                make_step(node, values, weights or self.weights, ORDER, made)
            )
        reading = read or {}
        return {
            node.name: values[reading.get(node.name, node.name)] for node in self.network.features
        }

    def diagnose(self, features: Mapping[str, npt.NDArray[np.float32]]) -> Diagnosis:
        """What a user would see."""
        return Search(self.truth, Rule()).diagnose("numpy", features, lambda name: None)

    @cached_property
    def clean(self) -> Features:
        """The features without a mistake."""
        return self.run()

    def every_mistake(self) -> Iterator[Planted]:
        """Every mistake that the nodes can have."""
        for node in self.network.nodes:
            for mistake in mistakes_of(self.network, node):
                yield Planted(node.name, mistake)

    def problem(self, planted: Planted) -> str | None:
        """How the diagnosis of one mistake differs from what was planted; None if it is right.

        A mistake without an effect on this input must not be found. One that makes values infinite
        is not looked for: nothing can be computed from those.
        """
        node = self.network.by_name[planted.node]
        features = self.run({node.name: (planted.mistake,)})
        if not all(np.isfinite(values).all() for values in features.values()):
            return None
        place = self.network.owner(node)
        error = relative_l2(features[place], self.clean[place])
        diagnosis = self.diagnose(features)
        found = [finding.place for finding in diagnosis.findings]
        if found != [place] and not (error < _NO_EFFECT and not found):
            return f"{planted}: error {error:.1e}, faulty: {found or 'none'}"
        if not found:
            return None
        confirmed = [
            {(cause.mistake, cause.place) for cause in explanation.causes}
            for finding in diagnosis.findings
            for explanation in [finding.explanation, *finding.alternatives]
            if explanation is not None and explanation.confirmed
        ]
        if {(planted.mistake.key, place)} not in confirmed:
            return f"{planted}: error {error:.1e}, {confirmed or 'not explained'}"
        return None


_NO_EFFECT = 1e-5


def smooth_input(network: Network, seed: int, images: int) -> npt.NDArray[np.float32]:
    """N x the input's shape; for an image, grey levels of which neighbours are alike."""
    rng = np.random.default_rng(seed)
    shape = (images, *network.image.shape)
    if not takes_colour(network):
        return rng.normal(0, 1, shape).astype(np.float32)
    grey = rng.uniform(0, 255, shape)
    grey = (grey + np.roll(grey, 1, 1) + np.roll(grey, 1, 2)) / 3
    return from_plain(grey - np.asarray(network.mean_rgb), network).astype(np.float32)
