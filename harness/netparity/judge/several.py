"""Several features from elsewhere, judged in one pass of the reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from netparity.diagnosis import Diagnosis, Search
from netparity.diagnosis.words import Voice
from netparity.errors import InputError
from netparity.features import Found, NamedFeatures
from netparity.judge.checks import PLAIN, CheckedFeature, Checks
from netparity.judge.layout import LABEL, judge_readings
from netparity.judge.other_inputs import other_inputs
from netparity.judge.subject import Subject
from netparity.judge.time_limit import BUDGET_SECONDS, time_limit
from netparity.networks import Network, Node
from netparity.networks.ops.base import Array
from netparity.parity import ReferencePass, Rule, Truth, compare_features
from netparity.parity.local import KnownValues
from netparity.parity.passes import segment_before
from netparity.protocol.lazy import LazyMapping
from netparity.watch import SILENT, Watch
from netparity.weights import other_weight_sets

WHAT = "feature"
"""What features are called in sentences, unless they are something else too."""

_MOST_NAMED = 8


def check_several(
    given: NamedFeatures,
    subject: Subject,
    rule: Rule,
    *,
    axes: str = "",
    what: str = WHAT,
    voice: Voice = PLAIN,
    remarks: Sequence[str] = (),
    diagnose: bool = True,
    budget_seconds: float = BUDGET_SECONDS,
    other_weights: Sequence[str] = (),
    watch: Watch = SILENT,
) -> Checks:
    """Judge every feature against the reference and on its own; diagnose the first faulty one.

    Args:
        given: the features and their layers.
        subject: the network, its weights and what it was given.
        axes: the order of axes to try first, such as NCHW; by default the one that most shapes
            settle.
        what: what the features are called in sentences.
        voice: the tool for which advice is worded.
        remarks: what else to say.
        diagnose: whether to look for the cause at the first faulty layer.
        budget_seconds: for how long, approximately.
        other_weights: weights that may have been used by mistake.

    Raises:
        InputError: if no feature is called like a layer, or a file cannot be read.
    """
    network, images = subject.network, subject.images
    if not given.features:
        raise InputError(_nothing(given, network, what))
    tensors = subject.weights.tensors()
    reference = ReferencePass(network, tensors, images, wanted=given.features)
    truth = Truth(network, images, reference, reference.floors, tensors)
    readings = _Readings(given, truth, rule, axes or given.usual_axes(network, len(images)))
    culprit = _Culprit(network)
    rows = []
    with watch.task("reference, noise floor and features", len(given.features)) as task:
        entries = compare_features(
            "shared", {LABEL: readings}, {LABEL: truth}, rule, done=task.advance
        )
        for entry in entries:
            node = network.by_name[entry.feature]
            layout, remark = readings.chosen[node.name]
            name = given.features[node.name].name
            row = CheckedFeature(name, entry, layout.orientation, remark)
            rows.append(row)
            culprit.see(node, np.asarray(layout.values), row)
    found = None
    if diagnose and not all(row.passed for row in rows) and culprit.node is not None:
        with watch.task("looking for the cause") as task:
            others = other_weight_sets(network, subject.weights.sha256, other_weights, watch)
            inputs = other_inputs(subject.decoded, network, images, tensors)
            over = time_limit(budget_seconds)
            search = Search(truth, rule, others, inputs, done=task.advance, over=over)
            found = culprit.diagnosed(search, task.note)
    source = subject.weights.source
    return Checks(
        network, source, tuple(rows), given.others, rule, found, tuple(remarks), what, voice
    )


class _Readings(LazyMapping[Array]):
    """The features by node, each in the order of axes in which it agrees with the reference.

    They are read in the network's order, as the reference is.

    Attributes:
        chosen: node to how the feature was read, and a remark on it.
    """

    def __init__(self, given: NamedFeatures, truth: Truth, rule: Rule, axes: str) -> None:
        super().__init__(given.features, self._at)
        self._given, self._truth, self._rule, self._axes = given, truth, rule, axes
        self.chosen: dict[str, tuple[Found, str | None]] = {}

    def _at(self, name: str) -> Array:
        truth, network = self._truth, self._truth.network
        found = self._given.features[name].readings(network, len(truth.images), self._axes)
        node = network.by_name[name]
        best, _, remark = judge_readings(found, node, truth, self._rule, local=False)
        self.chosen[name] = best, remark
        return np.asarray(best.values)


@dataclass
class _Culprit:
    """The first faulty layer, with what its diagnosis needs.

    Attributes:
        known: the features before it, as long as they are needed.
        node: the layer; None as long as none is faulty.
        follower: the next feature that was computed from it and is right on its own: it shows that
            the layer passed its mistake on, rather than being exported wrongly.
    """

    network: Network
    known: KnownValues = field(init=False)
    node: Node | None = None
    values: dict[str, Array] = field(default_factory=dict)
    follower: str | None = None

    def __post_init__(self) -> None:
        self.known = KnownValues(self.network)

    def see(self, node: Node, values: Array, row: CheckedFeature) -> None:
        """The next feature, in the network's order."""
        if self.node is not None:
            self._follow(node, values, row)
        elif row.faulty:
            self.node = node
            # The map of one image that fits no layout may lack its border.
            self.values[node.name] = values[None] if values.ndim == 3 else values
        elif row.entry.local is not None:
            self.known.add(node.name, values)

    def _follow(self, node: Node, values: Array, row: CheckedFeature) -> None:
        assert self.node is not None
        if self.follower is not None or row.faulty or row.entry.local is None:
            return
        named = {*self.known.values, self.node.name}
        if self.node.name in segment_before(self.network, named, node).frontier:
            self.follower = node.name
            self.values[node.name] = values

    def diagnosed(self, search: Search, note: Callable[[str], None]) -> Diagnosis:
        """What is wrong with it."""
        return search.diagnose(LABEL, self.values, note, self.known)


def _nothing(given: NamedFeatures, network: Network, what: str) -> str:
    names = [node.name for node in network.features]
    listed = ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
    reasons = [f"{name!r}: {reason}" for name, reason in list(given.others.items())[:_MOST_NAMED]]
    fix = f"name each after a layer of {network.name} ({listed})"
    if what != WHAT:
        fix = f"give the model's own network; {network.name} has the layers {listed}"
    return f"no {what} can be compared ({'; '.join(reasons) or 'there are none'}); fix: {fix}"
