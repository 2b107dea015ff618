"""How equally good explanations differ decides what to try next."""

from __future__ import annotations

import pytest

from netparity.diagnosis.aspects import IMAGE_PROPERTIES, aspect_of
from netparity.diagnosis.experiments import Setting, in_words, with_experiments
from netparity.diagnosis.findings import Cause, Explanation, Finding
from netparity.diagnosis.image_titles import INPUT_WAYS, TREATED
from netparity.diagnosis.mistakes import INPUT_TITLES, MISTAKES
from netparity.networks import NETWORKS
from netparity.networks.catalogue.vgg import VGG16_TINY

RESNET = NETWORKS["resnet-tiny"]


def explanation(*causes: Cause) -> Explanation:
    return Explanation(causes, 0.5, 1e-7, 1e-6, 1e-7)


def experiments(
    *explanations: Explanation, place: str = "fc6", images: int = 1, known: tuple[str, ...] = ()
) -> list[str]:
    network = VGG16_TINY if place in VGG16_TINY.by_name else RESNET
    best, *others = explanations
    finding = Finding(place, "input", 0.5, best, others)
    found = with_experiments(finding, Setting(network, {place, *known}, images)).experiments
    return [in_words(experiment) for experiment in found]


MISSING = explanation(Cause("relu-missing", "fc6"))
BEFORE = explanation(Cause("before-relu", "fc6"))
MIRRORED = explanation(Cause("image-flipped", "input", "mirrored"))
NEAREST = explanation(Cause("resize", "input", "nearest"))
SWAPPED = explanation(Cause("channels-swapped", "input"))
ROTATED = explanation(Cause("kernels-rotated", "conv1_2"))
LATER = explanation(Cause("kernels-rotated", "conv3_1"))
BATCH = explanation(Cause("batch-statistics", "bn_conv1"))
EPSILON = explanation(Cause("epsilon-1e-3", "bn_conv1"))


def test_a_certain_explanation_needs_no_experiment() -> None:
    assert experiments(MISSING) == []


def test_a_mistake_in_the_network_goes_on_and_one_of_reading_does_not() -> None:
    assert experiments(MISSING, BEFORE) == ["save fc7 as well and check both"]
    # Where the next layer is given, it has been judged already.
    assert experiments(MISSING, BEFORE, known=("fc7",)) == ["check another image"]


def test_the_feature_of_the_earlier_of_two_layers() -> None:
    assert experiments(LATER, ROTATED) == ["save conv1_2 as well and check both"]
    assert experiments(ROTATED, LATER) == ["save conv1_2 as well and check both"]


def test_the_input_against_a_layer() -> None:
    [words] = experiments(SWAPPED, ROTATED)
    assert words.startswith("save the tensor that the network is given")


def test_two_mistakes_with_the_image_need_an_image_that_shows_them() -> None:
    assert experiments(MIRRORED, NEAREST) == [
        "check another image that is neither square nor symmetric and has another size and fine "
        "detail"
    ]
    assert experiments(SWAPPED, explanation(Cause("mean-swapped", "input"))) == [
        "check another image that has strong colours"
    ]


def test_batch_statistics_show_in_a_batch_of_another_size() -> None:
    assert experiments(EPSILON, BATCH, place="bn_conv1") == ["run once with a batch of 2 images"]
    assert experiments(BATCH, EPSILON, place="bn_conv1", images=3) == [
        "run once with each image alone"
    ]


def test_dropout_shows_in_a_second_evaluation() -> None:
    [words] = experiments(explanation(Cause("dropout", "fc6")), MISSING)
    assert words.startswith("compute the feature twice")


def test_the_weights_of_two_files_are_compared() -> None:
    others = [explanation(Cause("weights-other", "fc6", name)) for name in ("a.h5", "b.h5")]
    assert experiments(*others) == ["compare the weights of fc6 in the tool with those of the file"]


def test_common_causes_tell_nothing_apart() -> None:
    first, second = (
        explanation(*each.causes, Cause("bias-missing", "conv1_1")) for each in (ROTATED, LATER)
    )
    assert experiments(first, second) == ["save conv1_2 as well and check both"]


def test_the_experiment_that_tells_most_apart_is_the_first() -> None:
    found = experiments(ROTATED, SWAPPED, LATER, explanation(Cause("bias-missing", "conv4_1")))
    assert found[0] == "save conv1_2 as well and check both"
    assert found[1].startswith("save the tensor")


def test_an_unexplained_error_is_narrowed_down_by_halves() -> None:
    finding = Finding("conv2_2", "conv1_1", 0.5)
    setting = Setting(VGG16_TINY, {"conv1_1", "conv2_2"}, 1)
    [half] = with_experiments(finding, setting).experiments
    assert half.kind == "save-layer" and half.detail in ("conv1_2", "pool1", "conv2_1")
    from_input = with_experiments(Finding("fc6", "input", 0.5), Setting(VGG16_TINY, {"fc6"}, 1))
    assert [each.kind for each in from_input.experiments] == ["save-input", "save-layer"]


def test_in_a_single_layer_there_is_nothing_between() -> None:
    setting = Setting(VGG16_TINY, {"conv1_1", "conv1_2"}, 1)
    found = with_experiments(Finding("conv1_2", "conv1_1", 0.5), setting).experiments
    assert [in_words(each) for each in found] == [
        "compare the weights of conv1_2 in the tool with those of the file",
        "compare the settings of conv1_2 in the tool with the network's",
    ]


@pytest.mark.parametrize("mistake", [*INPUT_TITLES, *INPUT_WAYS, "resize", "resize-nearest"])
def test_every_mistake_with_the_input_depends_on_the_image_or_its_file(mistake: str) -> None:
    assert aspect_of(Cause(mistake, "input")) in (*IMAGE_PROPERTIES, "file")


def test_mistakes_with_an_operation_act_at_their_layer_unless_they_say_otherwise() -> None:
    others = {key for key in MISTAKES if aspect_of(Cause(key, "x")) != "place"}
    assert {key for key in others if not key.startswith(("policy-", "precision-"))} == {
        "batch-statistics"
    }
    assert all(aspect_of(Cause(key, "x")) in ("reading", "batch") for key in TREATED)
