"""What people export in place of a right feature."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.planted_pictures import four_digits
from netparity.networks import Network

Array = npt.NDArray[Any]
Features = Mapping[str, Array]


@dataclass(frozen=True)
class Planted:
    """One case.

    Attributes:
        name: what was done.
        mistakes: the keys of the mistakes that a diagnosis should name; the empty set where the
            features are right.
        x: the network's input, views x its shape.
        read: from all features of these views, each views x its shape, to what was exported.
        file: the image that is given.
    """

    name: str
    mistakes: frozenset[str]
    x: Array
    read: Callable[[Features], Array]
    file: Path

    def beside(self, other: Planted) -> Planted:
        """What was done to the image here, and to the feature there."""
        name = f"{self.name} + {other.name}"
        return replace(self, name=name, mistakes=self.mistakes | other.mistakes, read=other.read)


def readings(right: Planted, network: Network, layer: str) -> Iterator[Planted]:
    """Other things exported than the right feature of the right input."""
    node = network.layer(layer).node
    before = node.inputs[0] if network.layer(layer).activation is not None else None
    rng = np.random.default_rng(2)

    def plain(name: str, key: str, read: Callable[[Array], Array]) -> Planted:
        return replace(
            right,
            name=name,
            mistakes=frozenset({key}),
            read=lambda features: read(features[layer]),
        )

    yield plain("L2-normalised", "treated-l2", lambda x: x / np.linalg.norm(x))
    yield plain("L1-normalised", "treated-l1", lambda x: x / np.abs(x).sum())
    yield plain("divided by its largest", "treated-max", lambda x: x / np.abs(x).max())
    yield plain("multiplied by 100", "treated-scaled", lambda x: x * 100)
    yield plain("square root", "treated-root", lambda x: np.sign(x) * np.sqrt(np.abs(x)))
    order = rng.permutation(network.shapes[node.name][-1])
    yield plain("permuted channels", "treated-permuted", lambda x: x[..., order])
    yield plain("reversed channels", "treated-reversed", lambda x: x[..., ::-1])
    yield plain("float16", "stored", lambda x: x.astype(np.float16))
    yield plain("three decimals", "stored", lambda x: np.round(x.astype(float), 3))
    yield plain("four digits", "stored", four_digits)
    if before is not None:
        key = frozenset({"before-relu"})
        yield replace(right, name="before the ReLU", mistakes=key, read=lambda f: f[before])
    maps = [
        name
        for name, shape in network.shapes.items()
        if len(shape) == 3 and shape[0] > 1 and name in network.by_name
    ]
    last = maps[-1]
    owner = network.owner(network.by_name[last])
    for name, key, pool in (
        ("pooled over space", "pooled-mean", lambda x: x.mean(axis=(1, 2))),
        ("maximum over space", "pooled-max", lambda x: x.max(axis=(1, 2))),
    ):
        yield replace(
            right,
            name=f"{owner}, {name}",
            mistakes=frozenset({key}),
            read=lambda f, pool=pool: pool(f[last]),
        )
