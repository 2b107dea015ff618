"""Whether a diagnosis names what was planted: no more, no less, and where it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.diagnosis import Diagnosis, Explanation, Finding, Search
from netparity.networks import Network
from netparity.parity import ReferencePass, Rule, Truth
from netparity.parity.floor import relative_l2
from tests.planted.plants import (
    ALL,
    INPUT,
    NATIVE,
    POLICIES,
    PRECISIONS,
    READINGS,
    Plant,
    expand,
    next_layer,
)

Array = npt.NDArray[np.float32]
Named = tuple[str, str]
"""A mistake and its place."""

NARROW = (*PRECISIONS, *POLICIES)
OTHER_NAME = "synthetic:7"


@dataclass(frozen=True)
class Subject:
    """A network with an input, right and other weights, and the truth about them."""

    model: Network
    weights: Mapping[str, Array]
    tensor: Array
    other_weights: Mapping[str, Array]
    truth: Truth

    @classmethod
    def make(
        cls,
        model: Network,
        weights: Mapping[str, Array],
        tensor: Array,
        other_weights: Mapping[str, Array],
    ) -> Subject:
        """Compute the reference once for all cases."""
        passed = ReferencePass(model, weights, tensor)
        reference = {layer.name: passed[layer.name] for layer in model.layers}
        truth = Truth(model, tensor, reference, passed.floors, weights)
        return cls(model, weights, tensor, other_weights, truth)

    def diagnose(self, features: Mapping[str, Array]) -> Diagnosis:
        """What a user would be told, who has the other weights at hand, too."""
        search = Search(self.truth, Rule(), {OTHER_NAME: self.other_weights})
        return search.diagnose("planted", features, lambda name: None)


def smooth_tensor(model: Network, seed: int, images: int = 2) -> Array:
    """Something like photographs: neighbouring pixels are alike, grey levels of 0 to 255."""
    rng = np.random.default_rng(seed)
    raw = rng.uniform(0, 255, (images, *model.input_size, 3))
    raw = (raw + np.roll(raw, 1, 1) + np.roll(raw, 1, 2)) / 3
    return (raw - np.array(model.mean_rgb)).astype(np.float32)


def shows(
    plants: Sequence[Plant], model: Network, compared: Sequence[str]
) -> dict[str, set[Named]]:
    """At which compared layer each mistake is to be found, and under which names.

    A mistake is seen at the first compared layer that it can touch. A feature that was read one
    layer too late has the mistakes of that layer, too, but not those of reading it.
    """
    order = [layer.name for layer in model.layers]
    expected: dict[str, set[Named]] = {}

    def first_compared(place: str, behind: int = 0) -> str | None:
        start = 0 if place == INPUT else order.index(place) + behind
        return next((name for name in order[start:] if name in compared), None)

    def add(at: str | None, named: Named) -> None:
        if at is not None:
            expected.setdefault(at, set()).add(named)

    spread = list(expand(_by_layer(plants, model), model))
    for plant in spread:
        if plant.mistake == "one-ulp" or plant.place == NATIVE:
            continue
        at = first_compared(plant.place, behind=plant.mistake == "dropout")
        place = at if plant.mistake == "weights-other" and at else plant.place
        add(at, (plant.mistake, place))
    for plant in plants:
        if plant.mistake == "off-by-one" and plant.place in compared:
            behind = next_layer(model, model.layer(plant.place))
            assert behind is not None
            for other in spread:
                reading = other.mistake in (*READINGS, "one-ulp", "weights-other")
                late = other.mistake == "dropout"
                if not reading and other.place == (plant.place if late else behind.name):
                    add(plant.place, (other.mistake, other.place))
    return expected


def _by_layer(plants: Sequence[Plant], model: Network) -> list[Plant]:
    """Mistakes of the whole network at every layer that has weights."""
    spread: list[Plant] = []
    for plant in plants:
        if plant.place == ALL and plant.mistake in (*NARROW, "weights-other"):
            spread += [Plant(plant.mistake, layer.name) for layer in model.parametric_layers]
        else:
            spread.append(plant)
    return spread


def named(explanation: Explanation) -> set[Named]:
    """The causes of an explanation without their details."""
    return {(cause.mistake, cause.place) for cause in explanation.causes}


def explanations(finding: Finding) -> list[Explanation]:
    """The best one and those beside it."""
    best = [finding.explanation] if finding.explanation is not None else []
    return [*best, *finding.alternatives]


def problems(
    diagnosis: Diagnosis, plants: Sequence[Plant], model: Network, compared: Sequence[str]
) -> list[str]:
    """Where a diagnosis differs from what was planted; empty if it is right.

    Other explanations that fit equally well on this input may accompany the planted one. What a
    dtype policy does is named at each layer, but cannot be reproduced exactly: any narrow format
    will do. Dropout on the way to the next layer is located there and must not be explained.
    """
    expected = shows(plants, model, compared)
    found = {finding.place: finding for finding in diagnosis.findings}
    wrong = [f"{place}: clean, but {said(found[place])}" for place in found.keys() - expected]
    wrong += [f"{place}: nothing found" for place in expected.keys() - found]
    for place in expected.keys() & found:
        finding, wanted = found[place], expected[place]
        confirmed = [named(each) for each in explanations(finding) if each.confirmed]
        if any(mistake == "dropout" for mistake, _ in wanted):
            right = not confirmed
        elif any(mistake in POLICIES for mistake, _ in wanted):
            right = any({mistake for mistake, _ in causes} <= set(NARROW) for causes in confirmed)
        else:
            right = wanted in confirmed
        if not right:
            wrong.append(f"{place}: {said(finding)}")
    return [f"{', '.join(map(str, plants)) or 'nothing'}: {one}" for one in sorted(wrong)]


def said(finding: Finding) -> str:
    """A finding in a line, for who reads why a test failed."""
    best = finding.explanation
    if best is None:
        return f"no explanation of {finding.before:.1e}"
    causes = [
        "+".join(f"{key}@{at}" for key, at in sorted(named(one))) for one in explanations(finding)
    ]
    state = "confirmed" if finding.confirmed else "suspected"
    errors = f"{finding.before:.1e} to {best.after:.1e}, limit {best.limit:.1e}"
    return f"{state} {' | '.join(causes)} ({errors})"


def without_effect(features: Mapping[str, Array], clean: Mapping[str, Array]) -> bool:
    """Whether a mistake left every feature what it is without it, rounding aside."""
    return all(relative_l2(features[name], clean[name]) < 1e-6 for name in clean)
