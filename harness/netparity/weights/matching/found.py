"""What a match is: each tensor of a network with its place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from netparity.networks import Network
from netparity.weights.matching import variants
from netparity.weights.matching.kernels import Axes, Placed
from netparity.weights.matching.slots import slots_of


@dataclass(frozen=True)
class Match:
    """A file's tensors in their places in a network.

    Attributes:
        network: the one that was asked for, or what the file makes of it: with another number of
            classes, without its end, with batch normalisation.
        tensors: name in the network to the tensor of the file.
        left_out: what the file holds besides, in words.
        notes: what the user should know.
        uncertain: two layers of the file that might as well be exchanged; None if there are none.
    """

    network: Network
    axes: Axes
    tensors: Mapping[str, Placed]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    uncertain: tuple[str, str] | None = None

    @property
    def kernels(self) -> int:
        """How many kernels have their place."""
        return sum(placed.kernel is not None for placed in self.tensors.values())


def without_dead_layers(match: Match) -> Match:
    """The match without dense layers whose biases are all NaN.

    Files of features alone, such as torchvision's `vgg16_features`, keep the classifier that way.
    """
    dead = []
    for slot in slots_of(match.network):
        if slot.node.op == "dense" and (bias := slot.roles.get("bias")) is not None:
            values = match.tensors[bias].load()
            if np.isnan(values).all():
                dead.append(slot)
    if not dead:
        return match
    gone = variants.depends_on(match.network, [slot.node.name for slot in dead])
    network = variants.without(match.network, gone)
    names = ", ".join(slot.name for slot in dead)
    note = f"the weights of {names} are all NaN, so {match.network.name} ends before"
    kept = {name: match.tensors[name] for name in network.tensors}
    return replace(match, network=network, tensors=kept, notes=(*match.notes, note))
