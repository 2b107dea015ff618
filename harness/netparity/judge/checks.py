"""The result of a check of several features: a table, sentences and JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from netparity.diagnosis import Diagnosis
from netparity.diagnosis.telling import tell
from netparity.diagnosis.words import Voice
from netparity.judge.checked import Check
from netparity.judge.checked_feature import CheckedFeature
from netparity.networks import Network
from netparity.parity import Rule
from netparity.report.cells import ABSENT, Table, counted
from netparity.report.plain import table_lines
from netparity.report.visible import visible
from netparity.results.arithmetic import in_words, way_out_of, ways_out
from netparity.results.outcomes import PASSING, VERDICT_MARKS

PLAIN = Voice()
"""Advice for no tool in particular."""

_MOST_LISTED, _LONGEST_NAME = 20, 100


@dataclass(frozen=True)
class Checks:
    """How several features compare with the reference.

    Attributes:
        network: the network.
        weights: source of the weights.
        features: each feature that was compared, in the network's order.
        others: the name of each feature that was not compared, and why.
        rule: the rule behind the verdicts.
        diagnosis: of every faulty layer; None if there is none, or none was wanted.
        remarks: what else to know about all of them, in sentences.
        what: what the features are called in sentences.
        voice: the tool for which advice is worded.
    """

    network: Network
    weights: str
    features: tuple[CheckedFeature, ...]
    others: Mapping[str, str]
    rule: Rule
    diagnosis: Diagnosis | None = None
    remarks: tuple[str, ...] = field(default_factory=tuple)
    what: str = "feature"
    voice: Voice = PLAIN

    @property
    def model(self) -> str:
        """Name of the network."""
        return self.network.name

    @property
    def passed(self) -> bool:
        """Whether every compared feature agrees with the reference."""
        return all(feature.passed for feature in self.features)

    @property
    def first_divergent(self) -> CheckedFeature | None:
        """The first feature that does not agree with the reference, in the network's order."""
        return next((feature for feature in self.features if not feature.passed), None)

    @property
    def first_faulty(self) -> CheckedFeature | None:
        """The first whose layer is wrong on its own, given the features before it."""
        return next((feature for feature in self.features if feature.faulty), None)

    def __getitem__(self, name: str) -> CheckedFeature:
        """A feature by its own name, or by a name of its layer.

        Raises:
            KeyError: if it was not compared.
        """
        for feature in self.features:
            if name in (feature.name, feature.entry.feature):
                return feature
        raise KeyError(name)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    @property
    def verdict(self) -> str:
        """How many features agree, in one line."""
        passed = sum(feature.passed for feature in self.features)
        return (
            f"{passed} of {counted(len(self.features), self.what)} of {self.network.name}, "
            f"{self.weights}, agree with the float64 reference"
        )

    def lines(self) -> list[str]:
        """The table, and what to conclude from it, in plain text."""
        lines = [
            self.verdict,
            *("", *table_lines(self.table()), ""),
            *(self._rule_line(), self._counted_line(), *self._layouts(), *self.remarks),
        ]
        lines += self._notes()
        lines += self._precision_lines()
        if (first := self.first_divergent) is not None:
            lines += self._conclusion(first)
        return lines

    def table(self) -> Table:
        """A row for each feature: verdict, error, noise floor, and the layer's own error."""
        title = f"{self.network.name}, {self.weights}"
        return Table(title, _HEADERS, tuple(map(_row, self.features)), words=3)

    def document(self) -> dict[str, Any]:
        """The result for other programs."""
        divergent, faulty = self.first_divergent, self.first_faulty
        return {
            "passed": self.passed,
            "model": self.network.name,
            "weights": self.weights,
            "rule": asdict(self.rule),
            "compared": len(self.features),
            "not_compared": dict(self.others),
            "first_divergent": None if divergent is None else divergent.entry.feature,
            "first_faulty": None if faulty is None else faulty.entry.feature,
            "features": [
                {
                    "name": feature.name,
                    "orientation": feature.orientation,
                    "remark": feature.remark,
                    "images": None if feature.images is None else feature.images.document(),
                    "parity": feature.entry.model_dump(mode="json"),
                }
                for feature in self.features
            ],
            "remarks": list(self.remarks),
            "diagnosis": None if self.diagnosis is None else self.diagnosis.document(),
            "text": self.lines(),
        }

    def _rule_line(self) -> str:
        rule = self.rule
        if rule.by_floor:
            return f"allowed: {rule.factor:g} times the noise floor, which float32 rounding makes"
        named = {"relative L2": rule.max_relative_l2, "atol": rule.atol, "rtol": rule.rtol}
        allowed = ", ".join(f"{key} {value:g}" for key, value in named.items() if value)
        return f"allowed: {allowed or 'no difference'}"

    def _counted_line(self) -> str:
        count, total = len(self.features), len(self.features) + len(self.others)
        line = f"{count} of {counted(total, self.what)} compared"
        if not self.others:
            return line
        reasons: dict[str, list[str]] = {}
        for name, reason in self.others.items():
            reasons.setdefault(reason, []).append(name)
        listed = "; ".join(f"{_listed(names)} ({reason})" for reason, names in reasons.items())
        return f"{line}; not compared: {listed}"

    def _layouts(self) -> Iterator[str]:
        """How the features that fit were laid out, the most usual layout first."""
        fitting = [each.orientation for each in self.features if not _misshapen(each)]
        counts = Counter(fitting).most_common()
        if len(counts) == 1:
            yield f"laid out as {fitting[0]}"
        elif counts:
            yield "laid out as " + ", ".join(f"{words} ({count})" for words, count in counts)

    def _notes(self) -> Iterator[str]:
        """What is special about single features; the same remark on several is made once."""
        names: dict[str, list[str]] = {}
        for feature in self.features:
            note = feature.orientation if _misshapen(feature) else feature.entry.note
            for text in (note, feature.remark):
                if text:
                    names.setdefault(text, []).append(feature.name)
        return (f"{_listed(those)}: {text}" for text, those in names.items())

    def _precision_lines(self) -> list[str]:
        """Which reduced precision explains the errors of layers, and how to avoid it."""
        found = [feature.arithmetic for feature in self.features if feature.arithmetic]
        if not found:
            return []
        # One tool computed all of them: what explains each is likelier than the rest.
        shared = [kind for kind in found[0] if all(kind in kinds for kinds in found)]
        kinds = shared or min(found, key=len)
        own = way_out_of(kinds[0], self.voice.advice_for)
        settings = ways_out(kinds[0]) if own is None else [own]
        return [
            f"{counted(len(found), self.what)} with the error of {in_words(kinds)}",
            *("to compute in float32:", *(f"  {setting}" for setting in settings)),
        ]

    def _conclusion(self, first: CheckedFeature) -> list[str]:
        error = first.entry.relative_l2
        size = "" if error is None else f" (relative L2 error {error:.2g})"
        lines = [
            f"the first {self.what} that leaves the reference: {self._both_names(first)}{size}"
        ]
        if self.first_faulty is None:
            return [*lines, "no layer is faulty on its own: the error grows from layer to layer"]
        if self.diagnosis is not None:
            names = [each.entry.feature for each in self.features]
            return [*lines, *tell(self.diagnosis, self.network, self.voice, names)]
        lines.append(f"first faulty layer: {self._both_names(self.first_faulty)}")
        faulty = [each.name for each in self.features if each.faulty]
        if faulty[1:]:
            lines.append(f"also faulty, given the features before them: {_listed(faulty[1:])}")
        return lines

    def _both_names(self, feature: CheckedFeature) -> str:
        """A feature's own name, and the network's where that is another."""
        own, other = _shown(feature.name), feature.entry.feature
        return own if own == other else f"{own} ({other} in {self.network.name})"


def as_json(checked: Check | Checks) -> str:
    """The result for other programs."""
    return json.dumps(checked.document(), indent=1, allow_nan=False)


_HEADERS = ("feature", "layer", "verdict", "relative L2", "floor", "own error", "own floor")


def _row(feature: CheckedFeature) -> tuple[str, ...]:
    entry, local = feature.entry, feature.entry.local
    own = (None, None) if local is None else (local.relative_l2, local.floor)
    own_mark = "" if local is None or local.verdict in PASSING else " ≠"
    return (
        *(_shown(feature.name), entry.feature, VERDICT_MARKS[entry.verdict]),
        *(_number(entry.relative_l2), _number(entry.floor)),
        *(_number(own[0]) + own_mark, _number(own[1])),
    )


def _number(value: float | None) -> str:
    if value is None:
        return ABSENT
    return "0" if value == 0 else f"{value:.1e}"


def _misshapen(feature: CheckedFeature) -> bool:
    return feature.entry.verdict == "error" and feature.entry.local is None


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_LISTED
    listed = ", ".join(map(_shown, names[:_MOST_LISTED]))
    return listed + (f" and {more:,} more" if more > 0 else "")


def _shown(name: str) -> str:
    """A name that may come from a stranger's file."""
    return visible(name[:_LONGEST_NAME])
