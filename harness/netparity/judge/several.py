"""Several features from elsewhere, judged in one pass of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from netparity.diagnosis import Search
from netparity.diagnosis.words import Voice
from netparity.errors import InputError
from netparity.features import Found, NamedFeatures
from netparity.judge import per_image
from netparity.judge.checked_feature import CheckedFeature
from netparity.judge.checks import PLAIN, Checks
from netparity.judge.faults import Faults, Shares
from netparity.judge.layout import LABEL, judge_readings
from netparity.judge.other_inputs import other_inputs
from netparity.judge.per_image import PerImage
from netparity.judge.subject import Subject
from netparity.judge.time_limit import BUDGET_SECONDS
from netparity.networks import Network
from netparity.networks.ops.base import Array
from netparity.parity import ReferencePass, Rule, Truth, compare_features
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
    """Judge every feature against the reference and on its own; diagnose those that are faulty.

    Args:
        given: the features and their layers.
        subject: the network, its weights and what it was given.
        axes: the order of axes to try first, such as NCHW; by default the one that most shapes
            settle.
        what: what the features are called in sentences.
        voice: the tool for which advice is worded.
        remarks: what else to say.
        diagnose: whether to look for the cause at every faulty layer.
        budget_seconds: for how long in all, approximately.
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
    faults = Faults(network)
    rows = []
    with watch.task("reference, noise floor and features", len(given.features)) as task:
        entries = compare_features(
            "shared", {LABEL: readings}, {LABEL: truth}, rule, done=task.advance
        )
        for entry in entries:
            node = network.by_name[entry.feature]
            layout, remark, images_judged = readings.chosen[node.name]
            feature = given.features[node.name]
            remark = "; ".join(filter(None, [feature.remark, remark])) or None
            row = CheckedFeature(feature.name, entry, layout.orientation, remark, images_judged)
            rows.append(row)
            faults.see(node, np.asarray(layout.values), row)
    wrong = _wrong_images(rows)
    if wrong is not None:
        remarks = [*remarks, per_image.sentence(wrong, subject)]
    source = subject.weights.source
    checks = Checks(
        *(network, source, tuple(rows), given.others, rule),
        remarks=tuple(remarks),
        what=what,
        voice=voice,
    )
    if not diagnose or checks.passed or not faults.faulty:
        return checks
    with watch.task("looking for the cause") as task:
        watch.message(f"{checks.verdict}; looking for the cause")
        part = subject
        if wrong is not None:
            part, faults = per_image.part_of(subject, wrong.wrong), faults.of_images(wrong.wrong)
            reference = ReferencePass(network, tensors, part.images, wanted=given.features)
            truth = Truth(network, part.images, reference, reference.floors, tensors)
        others = other_weight_sets(network, subject.weights.sha256, other_weights, watch)
        inputs = other_inputs(part.decoded, network, part.images, tensors)
        shares = Shares(budget_seconds, faults.owners)
        search = Search(
            truth, rule, others, inputs, done=task.advance, over=shares, trying=task.flash
        )
        try:
            return replace(checks, diagnosis=faults.diagnosed(search, shares, task.note))
        except KeyboardInterrupt:
            so_far = replace(checks, diagnosis=search.so_far(LABEL))
            watch.message(f"interrupted; found so far:\n{so_far}")
            raise


def _wrong_images(rows: Sequence[CheckedFeature]) -> PerImage | None:
    """The images that alone leave the reference, if these are some in every feature that does."""
    judged = [row.images for row in rows if not row.passed and row.images is not None]
    if not judged or len(judged) < sum(not row.passed for row in rows):
        return None
    numbers = tuple(sorted({number for each in judged for number in each.wrong}))
    together = replace(judged[0], wrong=numbers)
    return together if together.only_some else None


class _Readings(LazyMapping[Array]):
    """The features by node, each in the order of axes in which it agrees with the reference.

    They are read in the network's order, as the reference is.

    Attributes:
        chosen: node to how the feature was read, a remark on it, and what each of several images
            is like if it does not agree.
    """

    def __init__(self, given: NamedFeatures, truth: Truth, rule: Rule, axes: str) -> None:
        super().__init__(given.features, self._at)
        self._given, self._truth, self._rule, self._axes = given, truth, rule, axes
        self.chosen: dict[str, tuple[Found, str | None, PerImage | None]] = {}

    def _at(self, name: str) -> Array:
        truth, network = self._truth, self._truth.network
        found = self._given.features[name].readings(network, len(truth.images), self._axes)
        node = network.by_name[name]
        best, entry, remark = judge_readings(found, node, truth, self._rule, local=False)
        judged = per_image.of_reading(best, entry, truth, self._rule, name)
        self.chosen[name] = best, remark, judged
        return np.asarray(best.values)


def _nothing(given: NamedFeatures, network: Network, what: str) -> str:
    names = [node.name for node in network.features]
    listed = ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
    reasons = [f"{name!r}: {reason}" for name, reason in list(given.others.items())[:_MOST_NAMED]]
    fix = f"name each after a layer of {network.name} ({listed})"
    if what != WHAT:
        fix = f"give the model's own network; {network.name} has the layers {listed}"
    return f"no {what} can be compared ({'; '.join(reasons) or 'there are none'}); fix: {fix}"
