"""What is to go wrong in one job, in Keras's layer names; and the mistakes of the input."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WEIGHT_MISTAKES = {"kernels-rotated", "kernels-transposed", "bias-missing", "one-ulp"}
WHOLE = {"input", "native", "all"}


@dataclass(frozen=True)
class Plan:
    """planted.json, sorted by where the mistakes strike.

    Attributes:
        layers: the mistakes of each layer that has any.
        network_wide: those of place `all`.
    """

    folder: Path
    mean: np.ndarray
    input_mistakes: frozenset[str]
    resize: str | None
    layers: dict[str, frozenset[str]]
    network_wide: frozenset[str]

    @classmethod
    def read(cls, path: Path) -> Plan:
        raw = json.loads(path.read_text())
        at: dict[str, set[str]] = {}
        for plant in raw["plants"]:
            at.setdefault(plant["place"], set()).add(plant["mistake"])
        return cls(
            folder=Path(raw["folder"]),
            mean=np.asarray(raw["mean_rgb"], np.float32),
            input_mistakes=frozenset(at.get("input", ())),
            resize=next((name.removeprefix("resize-") for name in at.get("native", ())), None),
            layers={name: frozenset(found) for name, found in at.items() if name not in WHOLE},
            network_wide=frozenset(at.get("all", ())),
        )

    def at(self, layer: str) -> frozenset[str]:
        """The mistakes of one layer."""
        return self.layers.get(layer, frozenset())

    @property
    def precision(self) -> str | None:
        """What operands are rounded to, e.g. `bfloat16`."""
        return self._whole("precision-")

    @property
    def policy(self) -> str | None:
        """Keras 3's name of the dtype policy in force, e.g. `mixed_bfloat16`."""
        name = self._whole("policy-")
        return f"mixed_{name}" if name else None

    @property
    def network(self) -> bool:
        """Whether anything but the input is wrong."""
        return bool(self.layers or self.precision)

    @property
    def structural(self) -> bool:
        """Whether other weights alone would not do."""
        found = frozenset().union(*self.layers.values()) if self.layers else frozenset()
        return bool(found - WEIGHT_MISTAKES or self.precision)

    def spoil(self, x: np.ndarray) -> np.ndarray:
        """The tensor that enters the network in place of x, N x H x W x RGB, mean subtracted."""
        raw = x + self.mean
        values = {
            "mean-missing": raw,
            "mean-twice": x - self.mean,
            "mean-swapped": raw - self.mean[::-1],
            "scale-0-1": raw / np.float32(255),
            "scale-pm1": raw / np.float32(127.5) - np.float32(1),
        }
        y = next((values[name] for name in values if name in self.input_mistakes), x)
        if "channels-swapped" in self.input_mistakes:
            y = y[..., ::-1]
        return y.transpose(0, 2, 1, 3) if "axes-swapped" in self.input_mistakes else y

    def _whole(self, prefix: str) -> str | None:
        found = [name for name in self.network_wide if name.startswith(prefix)]
        return found[0].removeprefix(prefix) if found else None
