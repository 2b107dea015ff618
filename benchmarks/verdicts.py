"""Every verdict of parity on a random network, with its ratio of error to floor."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.random_networks import Net
from netparity.parity import ReferencePass, Rule, Truth, compare_features, degeneracy
from netparity.parity.compare import REFERENCE
from netparity.protocol import ParityEntry

Single = npt.NDArray[np.float32]
ALARMLESS = ("pass", "identical", "inconclusive")


@dataclass(frozen=True)
class Judged:
    """One verdict.

    Attributes:
        scope: inherited, local or pair.
        against: `reference`, or the other tool of a pair.
        kind: of the layer: conv, pool, hidden dense or prob.
        ratio: error over floor, over twice the floor for a pair; infinite where the verdict is
            `error` or where the floor is of a layer that is zero.
        note: on the reference, where it is degenerate.
    """

    net: int
    tool: str
    scope: str
    against: str
    layer: str
    kind: str
    verdict: str
    error: float | None
    floor: float | None
    ratio: float
    note: str | None

    @property
    def alarm(self) -> bool:
        """Whether a user would be told of it."""
        return self.verdict not in ALARMLESS


def judged(
    net: Net, features: Mapping[str, Mapping[str, Single]], truth: Truth | None = None
) -> Iterator[Judged]:
    """All verdicts of one network, as parity gives them."""
    truth = truth or ReferencePass.truth(net.model, net.weights, net.tensor)
    truths = dict.fromkeys(features, truth)
    layers = {layer.name: layer for layer in net.model.layers}
    for entry in compare_features("shared", features, truths, Rule()):
        layer = layers[entry.feature]
        kind = {"conv": "conv", "pool": "pool"}.get(layer.kind, "hidden dense")
        if layer.activation == "softmax":
            kind = "prob"
        # The last layer read may be read again, and entries come layer by layer.
        note = degeneracy(truth.reference[entry.feature])
        yield from _verdicts(net, entry, kind, note)


def _verdicts(net: Net, entry: ParityEntry, kind: str, note: str | None) -> Iterator[Judged]:
    inherited = entry.against == REFERENCE
    scale = 1 if inherited else 2
    base = {"net": net.number, "tool": entry.label, "layer": entry.feature, "kind": kind}
    yield Judged(
        **base,
        scope="inherited" if inherited else "pair",
        against=entry.against,
        verdict=entry.verdict,
        error=entry.relative_l2,
        floor=entry.floor,
        ratio=_ratio(entry.relative_l2, entry.floor, entry.max_abs, scale),
        note=note or (None if entry.verdict == "identical" else entry.note),
    )
    if entry.local is not None:
        local = entry.local
        yield Judged(
            **base,
            scope="local",
            against=entry.against,
            verdict=local.verdict,
            error=local.relative_l2,
            floor=local.floor,
            ratio=_ratio(local.relative_l2, local.floor, None, 1),
            note=note,
        )


def _ratio(error: float | None, floor: float | None, max_abs: float | None, scale: int) -> float:
    if error is None:
        return 0.0 if max_abs == 0 else math.inf
    if error == 0:
        return 0.0
    return error / (scale * floor) if floor else math.inf
