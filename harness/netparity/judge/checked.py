"""The result of a check of one feature, in sentences and for other programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from netparity.diagnosis import Diagnosis
from netparity.diagnosis.telling import tell
from netparity.judge.per_image import PerImage
from netparity.networks import Network
from netparity.parity import Rule
from netparity.protocol import ParityEntry
from netparity.results.arithmetic import in_words, ways_out


@dataclass(frozen=True)
class Check:
    """How given features compare with the reference.

    Attributes:
        network: the network.
        weights: source of the weights.
        entry: the verdict with every metric; `entry.floor` is the layer's noise floor.
        rule: the rule behind the verdict.
        orientation: layout of the values, in words.
        remark: anything else to know, such as a layout in which the values would diverge.
        diagnosis: None if the features pass, or if no diagnosis was wanted.
        images: how each of several images compares, if the features do not pass.
    """

    network: Network
    weights: str
    entry: ParityEntry
    rule: Rule
    orientation: str
    remark: str | None = None
    diagnosis: Diagnosis | None = None
    images: PerImage | None = None

    @property
    def model(self) -> str:
        """Name of the network."""
        return self.network.name

    @property
    def passed(self) -> bool:
        """Whether the features agree with the reference; true for `inconclusive` too."""
        return self.entry.verdict in ("pass", "identical", "inconclusive")

    @property
    def verdict(self) -> str:
        """The verdict in one line."""
        return f"{self.entry.feature} of {self.network.name}, {self.weights}: {self.entry.verdict}"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The result in plain sentences."""
        entry = self.entry
        lines = [self.verdict]
        if entry.note:
            lines.append(entry.note)
        if entry.relative_l2 is not None:
            lines.append(f"relative L2 error {entry.relative_l2:.2g} against the float64 reference")
        lines += self._rule_lines()
        lines += self._precision_lines()
        lines.append(f"laid out as {self.orientation}")
        if self.remark:
            lines.append(self.remark)
        if self.diagnosis is not None:
            lines += tell(self.diagnosis, self.network, compared=[entry.feature])
        return lines

    def document(self) -> dict[str, Any]:
        """The result for other programs."""
        return {
            "passed": self.passed,
            "model": self.network.name,
            "weights": self.weights,
            "rule": asdict(self.rule),
            "orientation": self.orientation,
            "remark": self.remark,
            "images": None if self.images is None else self.images.document(),
            "parity": self.entry.model_dump(mode="json"),
            "diagnosis": None if self.diagnosis is None else self.diagnosis.document(),
            "text": self.lines(),
        }

    def _precision_lines(self) -> list[str]:
        """Which reduced precision explains the error, and how to avoid it in each tool."""
        entry = self.entry
        if entry.arithmetic is None:
            return []
        if self.diagnosis is not None and self.diagnosis.concerns_input:
            return []
        kinds = in_words([entry.arithmetic, *entry.or_arithmetic])
        settings = [f"  {setting}" for setting in ways_out(entry.arithmetic)]
        return [f"its error is that of {kinds}", "to compute in float32:", *settings]

    def _rule_lines(self) -> list[str]:
        floor, rule = self.entry.floor, self.rule
        if not rule.by_floor:
            named = {"relative L2": rule.max_relative_l2, "atol": rule.atol, "rtol": rule.rtol}
            allowed = ", ".join(f"{key} {value:g}" for key, value in named.items() if value)
            return [f"allowed: {allowed or 'no difference'}"]
        if floor is None:
            return []
        return [f"float32 rounding alone: {floor:.2g}; allowed: {rule.factor:g} times that"]
