"""Known mistakes made in a NumPy network are named at their layer, unknown ones are not.

The network under test adds its products in groups of 48, an order that neither the reference nor
the noise floor uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from netparity.diagnosis import Cause, Diagnosis, InputChange, Search
from netparity.diagnosis.mistakes import INPUT_CHANGES, VALUES, mistakes_of
from netparity.networks import Network
from netparity.networks.catalogue.vgg import vgg
from netparity.networks.ops.base import How, run_step
from netparity.parity import Rule, Truth
from netparity.parity.passes import input_values, make_step
from netparity.parity.truth import ReferencePass
from netparity.weights import synthetic
from tests.support.cases import mistakes_in

Array = npt.NDArray[np.float32]
Features = dict[str, Array]
Made = Mapping[str, Sequence[str]]
"""Layer to the keys of the mistakes made in it."""

MODEL = vgg("small", ((4, 4), (6, 6)), (32, 32), 10, (12, 12))
IMAGES = 2
ORDER = How(partial_sums=48)


class Net:
    """A network with its truth, and with mistakes on demand."""

    def __init__(self, model: Network, seed: int = 0) -> None:
        self.model, self.weights = model, synthetic.make(model, seed)
        rng = np.random.default_rng(seed)
        raw = rng.uniform(0, 255, (IMAGES, *model.input_size, 3))
        raw = (raw + np.roll(raw, 1, 1) + np.roll(raw, 1, 2)) / 3
        self.x = (raw - np.array(model.mean_rgb)).astype(np.float32)
        passed = ReferencePass(model, self.weights, self.x)
        reference = {layer.name: passed[layer.name] for layer in model.layers}
        self.truth = Truth(model, self.x, reference, passed.floors, self.weights)

    def run(
        self,
        mistakes: Made | None = None,
        change: InputChange | None = None,
        masks: Mapping[str, Array] | None = None,
        weights: Mapping[str, Array] | None = None,
        x: Array | None = None,
    ) -> Features:
        """Every layer's feature in float32; a mask acts behind its layer."""
        x = self.x if x is None else x
        if change is not None:
            x = change.apply(x, self.model).astype(np.float32)
        features = {}
        changes = mistakes_in(self.model, mistakes or {})
        values = input_values(self.model, x)
        for node in self.model.nodes:
            step = make_step(
                node, values, weights or self.weights, ORDER, changes.get(node.name, ())
            )
            x = values[node.name] = run_step(step)
            if not node.inner:
                features[node.name] = x
            if node.name in (masks or {}):
                values[node.name] = x * masks[node.name]
        return features

    def mask(self, place: str, keep: float) -> Array:
        """What dropout multiplies a layer's output with."""
        shape = (IMAGES, *self.model.layer(place).output_shape)
        kept = np.random.default_rng(8).random(shape) < keep
        return (kept / keep).astype(np.float32)

    def diagnose(self, features: Features, **settings: Any) -> Diagnosis:
        """What a user would be told."""
        search = Search(self.truth, Rule(), **settings)
        return search.diagnose("numpy", features, lambda name: None)


NET = Net(MODEL)
OTHER = synthetic.make(MODEL, 7)


def confirmed(diagnosis: Diagnosis) -> dict[str, list[set[tuple[str, str]]]]:
    """Layer to the explanations that are confirmed there, each as mistakes and places."""
    return {
        finding.place: [
            {(cause.mistake, cause.place) for cause in explanation.causes}
            for explanation in [finding.explanation, *finding.alternatives]
            if explanation is not None and explanation.confirmed
        ]
        for finding in diagnosis.findings
    }


def assert_named(diagnosis: Diagnosis, expected: Mapping[str, set[tuple[str, str]]]) -> None:
    """These layers are faulty and no others, and each for this reason."""
    found = confirmed(diagnosis)
    assert list(found) == [layer.name for layer in MODEL.layers if layer.name in expected]
    for place, wanted in expected.items():
        assert wanted in found[place], (place, found[place])
        assert diagnosis.findings[list(found).index(place)].confirmed


def changed(key: str, place: str) -> Made:
    return {place: (key,)}


def places_of(key: str) -> list[str]:
    return [
        MODEL.owner(node)
        for node in MODEL.nodes
        if any(mistake.key == key for mistake in mistakes_of(MODEL, node))
    ]


KEYS = dict.fromkeys(mistake.key for node in MODEL.nodes for mistake in mistakes_of(MODEL, node))
EXACT = [key for key in KEYS if not key.startswith("policy-")]
SINGLES = [(key, place) for key in EXACT for place in places_of(key)]


def test_a_clean_network_has_no_findings() -> None:
    assert NET.diagnose(NET.run()).findings == []


def test_one_unit_in_the_last_place_is_no_finding() -> None:
    kernel = NET.weights["conv1_1.kernel"].copy()
    kernel[1, 1, 0, 0] = np.nextafter(kernel[1, 1, 0, 0], np.float32(9))
    assert NET.diagnose(NET.run(weights={**NET.weights, "conv1_1.kernel": kernel})).findings == []


@pytest.mark.parametrize("key", EXACT)
def test_each_mistake_of_a_layer(key: str) -> None:
    for place in places_of(key):
        diagnosis = NET.diagnose(NET.run(changed(key, place)))
        assert_named(diagnosis, {place: {(key, place)}})


@pytest.mark.parametrize("key", ["policy-bfloat16", "policy-float16"])
@pytest.mark.parametrize("place", ["conv1_1", "conv2_1", "fc3"])
def test_narrow_storage_is_named_though_its_sums_cannot_be_retold(key: str, place: str) -> None:
    [finding] = NET.diagnose(NET.run(changed(key, place))).findings
    assert finding.place == place and finding.confirmed
    assert finding.explanation is not None
    [cause] = finding.explanation.causes
    assert cause.mistake.removeprefix("policy-").removeprefix("precision-") == key[7:]


@pytest.mark.parametrize("change", INPUT_CHANGES, ids=lambda change: "+".join(change.mistakes))
def test_each_mistake_of_the_input(change: InputChange) -> None:
    diagnosis = NET.diagnose(NET.run(change=change))
    assert_named(diagnosis, {"conv1_1": {(key, "input") for key in change.mistakes}})


def random_pairs(count: int) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    rng = np.random.default_rng(4)
    drawn = [tuple(SINGLES[i] for i in rng.choice(len(SINGLES), 2, False)) for _ in range(count)]
    return [(first, second) for first, second in drawn if first[1] != second[1]]


@pytest.mark.parametrize("pair", random_pairs(24), ids=str)
def test_two_mistakes_at_different_layers(pair: tuple[tuple[str, str], ...]) -> None:
    (first, here), (second, there) = pair
    diagnosis = NET.diagnose(NET.run({**changed(first, here), **changed(second, there)}))
    assert_named(diagnosis, {here: {(first, here)}, there: {(second, there)}})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("kernels-rotated", "bias-missing"),
        ("kernels-transposed", "padding-valid"),
        ("bias-missing", "relu-missing"),
        ("precision-bfloat16", "padding-valid"),
    ],
)
def test_two_mistakes_at_one_layer(first: str, second: str) -> None:
    diagnosis = NET.diagnose(NET.run({"conv2_1": (first, second)}))
    assert_named(diagnosis, {"conv2_1": {(first, "conv2_1"), (second, "conv2_1")}})


def test_a_mistake_of_the_input_and_one_of_the_first_layer() -> None:
    change = InputChange("scale-0-1", channels_swapped=True)
    diagnosis = NET.diagnose(NET.run(changed("kernels-rotated", "conv1_1"), change))
    wanted = {(key, "input") for key in change.mistakes} | {("kernels-rotated", "conv1_1")}
    assert_named(diagnosis, {"conv1_1": wanted})


@pytest.mark.parametrize("place", ["conv1_2", "conv2_1", "fc3"])
def test_a_feature_taken_before_the_relu(place: str) -> None:
    """The same numbers as with a missing ReLU, but the network goes on rightly."""
    features = NET.run()
    features[place] = NET.run({place: ("relu-missing",)})[place]
    assert_named(NET.diagnose(features), {place: {("before-relu", place)}})


@pytest.mark.parametrize(("place", "read"), [("conv1_1", "conv1_2"), ("fc4", "fc3")])
def test_off_by_one_ahead_and_behind(place: str, read: str) -> None:
    features = NET.run()
    features[place] = features[read]
    diagnosis = NET.diagnose(features)
    assert diagnosis.causes == [Cause("off-by-one", place, read)]
    assert [finding.place for finding in diagnosis.findings] == [place]


def test_a_mistake_of_the_layer_that_was_read_is_found_at_that_layer_too() -> None:
    wrong = ("kernels-rotated",)
    features = NET.run({"conv2_1": wrong, "conv2_2": wrong})
    features["conv2_1"] = features["conv2_2"]
    both = {("kernels-rotated", "conv2_1"), ("kernels-rotated", "conv2_2")}
    assert_named(
        NET.diagnose(features),
        {
            "conv2_1": {("off-by-one", "conv2_1"), *both},
            "conv2_2": {("kernels-rotated", "conv2_2")},
        },
    )


def test_of_two_equal_features_the_right_one_is_not_blamed() -> None:
    """conv2_1's feature is that of a conv2_2 with an unknown fault: nothing explains either."""
    features = noisy("conv2_2")
    features["conv2_1"] = features["conv2_2"]
    diagnosis = NET.diagnose(features)
    assert [finding.place for finding in diagnosis.findings] == ["conv2_1", "conv2_2"]
    assert diagnosis.causes == []


def test_other_weights() -> None:
    diagnosis = NET.diagnose(NET.run(weights=OTHER), others={"synthetic:7": OTHER})
    expected = [layer.name for layer in MODEL.parametric_layers]
    assert diagnosis.causes == [Cause("weights-other", name, "synthetic:7") for name in expected]
    assert all(finding.confirmed for finding in diagnosis.findings)
    unknown = NET.diagnose({"conv1_1": NET.run(weights=OTHER)["conv1_1"]})
    assert len(unknown.findings) == 1 and unknown.causes == []


@pytest.mark.parametrize("keep", [0.5, 0.75])
def test_dropout_in_the_feature_itself(keep: float) -> None:
    """As where the dropout layer's output is handed out in place of the dense layer's."""
    masks = {"fc3": NET.mask("fc3", keep)}
    features = NET.run(masks=masks)
    features["fc3"] = features["fc3"] * masks["fc3"]
    assert_named(NET.diagnose(features), {"fc3": {("dropout", "fc3")}})


def test_dropout_beside_another_mistake() -> None:
    masks = {"fc3": NET.mask("fc3", 0.5)}
    features = NET.run(changed("bias-missing", "fc3"), masks=masks)
    features["fc3"] = features["fc3"] * masks["fc3"]
    wanted = {("dropout", "fc3"), ("bias-missing", "fc3")}
    assert_named(NET.diagnose(features), {"fc3": wanted})


@pytest.mark.parametrize(("place", "behind"), [("fc3", "fc4"), ("fc4", "prob")])
def test_dropout_between_two_layers_is_located_and_not_explained(place: str, behind: str) -> None:
    """No seed reproduces the mask; that the features are not repeatable is reported elsewhere."""
    diagnosis = NET.diagnose(NET.run(masks={place: NET.mask(place, 0.5)}))
    assert diagnosis.causes == []
    [finding] = diagnosis.findings
    assert finding.place == behind and not finding.confirmed


def test_a_convolution_without_padding_is_known_by_its_shape() -> None:
    features = {"conv1_1": NET.run()["conv1_1"][:, 1:-1, 1:-1]}
    diagnosis = NET.diagnose(features)
    assert diagnosis.causes == [Cause("padding-valid", "conv1_1")]


def test_another_shape_is_no_known_mistake() -> None:
    [finding] = NET.diagnose({"fc3": NET.run()["fc3"][:, :-1]}).findings
    assert finding.explanation is None and finding.before == np.inf


def test_a_feature_that_is_not_a_number_is_stepped_over() -> None:
    features = NET.run(changed("kernels-rotated", "conv2_1"))
    features["conv1_2"][0, 3, 3, 0] = np.nan
    del features["pool1"]
    first, second = NET.diagnose(features).findings
    assert first.place == "conv1_2" and not first.confirmed and first.explanation is None
    # From the last usable activation, which lies three layers back.
    assert second.place == "conv2_1" and second.since == "conv1_1" and second.confirmed


def noisy(place: str) -> Features:
    name = MODEL.layer(place).kernel
    kernel = NET.weights[name]
    noise = np.random.default_rng(9).normal(0, float(kernel.std()), kernel.shape)
    return NET.run(weights={**NET.weights, name: (kernel + noise).astype(np.float32)})


@pytest.mark.parametrize("place", ["conv1_1", "conv2_2", "fc3", "prob"])
def test_an_unknown_fault_is_located_and_not_explained(place: str) -> None:
    diagnosis = NET.diagnose(noisy(place), others={"synthetic:7": OTHER})
    assert diagnosis.causes == []
    [finding] = diagnosis.findings
    assert finding.place == place and not finding.confirmed
    if finding.explanation is not None:
        assert finding.explanation.after < finding.before
        left = [one.after for one in [finding.explanation, *finding.alternatives]]
        assert left == sorted(left)


def test_what_a_known_mistake_leaves_unexplained_is_suspected() -> None:
    kernel = NET.weights["conv2_1.kernel"]
    noise = np.random.default_rng(9).normal(0, 0.03 * float(kernel.std()), kernel.shape)
    weights = {**NET.weights, "conv2_1.kernel": (kernel + noise).astype(np.float32)}
    features = NET.run(changed("kernels-rotated", "conv2_1"), weights=weights)
    [finding] = NET.diagnose(features).findings
    assert finding.explanation is not None and not finding.confirmed
    suspected = [one.causes for one in [finding.explanation, *finding.alternatives]]
    assert any(Cause("kernels-rotated", "conv2_1") in causes for causes in suspected)


def test_few_features_leave_a_mistake_to_be_found_among_many_layers() -> None:
    for key, place in (("kernels-rotated", "conv1_2"), ("pool-average", "pool2")):
        features = NET.run(changed(key, place))
        diagnosis = NET.diagnose({name: features[name] for name in ("fc3", "fc4")})
        assert diagnosis.causes == [Cause(key, place)]
        assert [finding.since for finding in diagnosis.findings] == ["input"]


def test_the_same_mistake_everywhere_is_found_between_input_and_feature() -> None:
    convolutions = [layer.name for layer in MODEL.layers if layer.kind == "conv"]
    features = NET.run(dict.fromkeys(convolutions, ("kernels-rotated",)))
    diagnosis = NET.diagnose({"fc3": features["fc3"]})
    assert set(diagnosis.causes) == {Cause("kernels-rotated", name) for name in convolutions}


def test_a_feature_that_should_have_been_taken_before_the_relu() -> None:
    right = {"fc3_linear": NET.run({"fc3": ("relu-missing",)})["fc3"]}
    assert NET.diagnose(right).findings == []
    diagnosis = NET.diagnose({"fc3_linear": NET.run()["fc3"]})
    assert [cause.mistake for cause in diagnosis.causes] == ["relu-applied"]


def test_another_image_or_resize() -> None:
    shifted = np.roll(NET.x, 1, axis=2)
    inputs = {"mirrored": NET.x[:, :, ::-1], "shifted": shifted}
    diagnosis = NET.diagnose(NET.run(x=shifted), inputs=inputs)
    assert diagnosis.causes == [Cause("resize", "input", "shifted")]


@pytest.mark.parametrize("change", INPUT_CHANGES, ids=lambda change: "+".join(change.mistakes))
def test_a_change_of_the_input_can_be_undone(change: InputChange) -> None:
    x = NET.x.astype(np.float64)
    spoiled = change.apply(x, MODEL)
    assert spoiled.shape == x.shape and not np.allclose(spoiled, x)
    np.testing.assert_allclose(change.undo(spoiled, MODEL), x, rtol=0, atol=1e-10)


def test_every_combination_of_input_mistakes_is_tried_once() -> None:
    assert len(set(INPUT_CHANGES)) == len(INPUT_CHANGES) == (1 + len(VALUES)) * 2 * 2 - 1
    sizes = [len(change.mistakes) for change in INPUT_CHANGES]
    assert sizes == sorted(sizes) and sizes[0] == 1


def test_the_same_features_give_the_same_diagnosis() -> None:
    features = NET.run(changed("kernels-rotated", "conv1_2"), InputChange("mean-missing"))
    first, second = (NET.diagnose(features, others={"synthetic:7": OTHER}) for _ in range(2))
    assert first == second and len(first.findings) == 2


def test_a_diagnosis_needs_the_weights() -> None:
    with pytest.raises(ValueError, match="needs the weights"):
        Search(replace(NET.truth, weights=None), Rule())
