"""Where weights come from, by their values and whatever a file calls them.

Known trainings are recognised by published values (`known`, `known_torchvision`), initialisations
by their distribution (`untrained`). Nothing is said of other weights, except for the size of the
values that they expect where a batch normalisation tells it (`input_scale`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks import Network
from netparity.networks.matching.sentences import listed
from netparity.weights.origin import untrained as initial
from netparity.weights.origin.finding import Recognised, recognise
from netparity.weights.origin.input_scale import input_deviation, input_words

__all__ = ["Origin", "origin", "origin_sentence"]

Tensors = Mapping[str, npt.NDArray[np.floating[Any]]]

_DIFFERENT = 1e-3
_DIGITS = 3


@dataclass(frozen=True)
class Origin:
    """Where the weights of a network come from.

    Attributes:
        known: the training that published values identify; None for an unknown one.
        untrained: layer to the way in which its kernel was drawn, for those that no one trained.
        judged: layers that are large enough to tell.
        seed: of netparity's synthetic weights.
        deviation: of the image's values in training, where it can be told.
        warning: what the network does to an image is not what the training did, or is not stated.
    """

    known: Recognised | None
    untrained: Mapping[str, str]
    judged: tuple[str, ...]
    seed: int | None
    deviation: float | None
    warning: str | None

    @property
    def name(self) -> str | None:
        """`vgg16-oxford`, `untrained` and so on; None if it is unknown."""
        if self.known is not None:
            return self.known.training.name
        return "untrained" if self.is_untrained else None

    @property
    def is_untrained(self) -> bool:
        """Whether every layer that can be judged is as it was drawn."""
        return self.seed is not None or bool(
            self.judged and all(layer in self.untrained for layer in self.judged)
        )

    @property
    def sentence(self) -> str:
        """All of it in words."""
        if self.seed is not None:
            return f"synthetic weights of netparity, seed {self.seed}: not trained"
        parts = []
        if self.known is not None:
            parts.append(_known(self.known))
        if self.untrained:
            parts.append(_untrained(self))
        if self.known is None and self.deviation is not None:
            words = input_words(self.deviation)
            parts += [] if words is None or self.is_untrained else [words]
        parts += [] if self.warning is None else [self.warning]
        return "; ".join(parts)


def origin(network: Network, tensors: Tensors) -> Origin | None:
    """Where the weights come from; None if their values do not tell.

    Args:
        tensors: canonical, as the network names and lays them out; each is read once or twice.
    """
    known = recognise(network, tensors)
    seed = None if known is not None else initial.seed_of(network, tensors)
    drawn = initial.untrained(network, tensors)
    deviation = input_deviation(network, tensors)
    warning = None if known is None else _other_input(network, known)
    found = Origin(known, drawn, initial.judged(network), seed, deviation, warning)
    return found if found.sentence else None


def origin_sentence(network: Network, tensors: Tensors) -> str | None:
    """The same in one sentence; None if the values do not tell."""
    found = origin(network, tensors)
    return None if found is None else f"{found.sentence}."


def _known(found: Recognised) -> str:
    title = found.training.title
    if found.distance is not None:
        return (
            f"trained further from the weights of {title}: their published values differ by "
            f"{found.distance:.2g} (relative L2)"
        )
    total = len(found.same) + len(found.other)
    if not found.other:
        return f"the weights of {title}: the published values of {_layers(total)} agree"
    others = f"{listed([*found.other])} {'was' if len(found.other) == 1 else 'were'}"
    return (
        f"the weights of {title} in {len(found.same)} of {_layers(total)}; {others} trained "
        "further or replaced"
    )


def _layers(count: int) -> str:
    return "1 layer" if count == 1 else f"{count} layers"


def _untrained(found: Origin) -> str:
    words = list(dict.fromkeys(found.untrained.values()))
    drawn = f"kernels are {', or '.join(words)}"
    if found.is_untrained:
        return f"not trained: the {drawn}"
    return f"not trained: {listed([*found.untrained])}, whose {drawn}"


def _other_input(network: Network, found: Recognised) -> str | None:
    """What the network's input does to an image, if that is not what the training did."""
    stated = network.inputs[0].preprocessing
    training = found.training
    if found.reversed:
        order = "BGR" if stated is None or stated.order == "RGB" else "RGB"
        return (
            f"the first layer takes {order}, the reverse of what the network states"
            if stated is not None
            else f"the first layer takes {order}"
        )
    if found.factors is not None:
        factors = ", ".join(f"{factor:.{_DIGITS}g}" for factor in found.factors)
        return (
            f"the first kernel is the published one times ({factors}) for red, green and blue, so "
            "it takes an image of another scale"
        )
    if stated is None or stated.mean_image is not None:
        return f"they expect {training.input}"
    wanted = training.expects
    given, expected = (
        tuple(number / each.scale for number in each.deviation) for each in (stated, wanted)
    )
    size = max(len(given), len(expected))
    pairs = zip(_repeated(given, size), _repeated(expected, size), strict=True)
    if any(abs(a / b - 1) > _DIFFERENT for a, b in pairs):
        return f"they expect {training.input}, and the network states another preprocessing"
    return None


def _repeated(numbers: tuple[float, ...], size: int) -> tuple[float, ...]:
    return numbers * size if len(numbers) == 1 else numbers
