"""What was done to an image before the network and to a feature after it is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from netparity.diagnosis import Cause, Diagnosis, Search
from netparity.diagnosis.affine import Affine
from netparity.diagnosis.image_titles import INPUT_WAYS, TREATED
from netparity.diagnosis.other_input import OtherInput
from netparity.diagnosis.telling import tell
from netparity.diagnosis.titles import describe
from netparity.diagnosis.words import Voice, advice
from netparity.networks.catalogue.vgg import vgg
from netparity.parity import Rule, Truth
from netparity.parity.truth import ReferencePass
from netparity.weights import synthetic
from tests.support.cases import numpy_runner

Array = npt.NDArray[Any]
MODEL = vgg("small", ((8, 8), (12, 12)), (128, 128), 10, (32, 32))
WEIGHTS = synthetic.make(MODEL, 0)
MEAN = np.array(MODEL.mean_rgb)


def levels() -> Array:
    raw = np.random.default_rng(0).uniform(0, 255, (1, 32, 32, 3))
    return (raw + np.roll(raw, 1, 1) + np.roll(raw, 1, 2)) / 3


X = (levels() - MEAN).astype(np.float32)


def feature(x: Array = X, layer: str = "fc3") -> Array:
    return numpy_runner(MODEL, WEIGHTS, x.astype(np.float32))[layer]


def diagnose(values: Array, layer: str = "fc3", **settings: Any) -> Diagnosis:
    reference = ReferencePass(MODEL, WEIGHTS, X, wanted=[layer])
    truth = Truth(MODEL, X, {layer: reference[layer]}, reference.floors, WEIGHTS)
    search = Search(truth, Rule(), **settings)
    return search.diagnose("numpy", {layer: values.astype(np.float32)}, lambda name: None)


def mistakes(diagnosis: Diagnosis) -> set[str]:
    return {cause.mistake for cause in diagnosis.causes}


def standardised(x: Array) -> Array:
    return (x - x.mean()) / x.std()


TREATMENTS: dict[str, Callable[[Array], Array]] = {
    "treated-l2": lambda x: x / np.linalg.norm(x),
    "treated-l1": lambda x: x / np.abs(x).sum(),
    "treated-max": lambda x: x / x.max(),
    "treated-standardised": standardised,
    "treated-root": np.sqrt,
    "treated-log": np.log1p,
    "treated-square": np.square,
    "treated-scaled": lambda x: x * np.float32(0.37),
    "treated-reversed": lambda x: x[:, ::-1],
    "treated-permuted": lambda x: x[:, np.random.default_rng(3).permutation(x.shape[1])],
    "stored": lambda x: x.astype(np.float16),
}


@pytest.mark.parametrize("mistake", TREATMENTS)
def test_what_was_done_to_a_feature(mistake: str) -> None:
    assert mistakes(diagnose(TREATMENTS[mistake](feature()))) == {mistake}


def test_a_map_normalised_at_each_position() -> None:
    values = feature(layer="conv2_2")
    norms = np.linalg.norm(values, axis=-1, keepdims=True)
    found = diagnose(values / np.where(norms == 0, 1, norms), "conv2_2")
    assert mistakes(found) == {"treated-l2-positions"}


@pytest.mark.parametrize(
    ("mean", "divisor", "words"),
    [
        ((129.1863, 104.7624, 93.594), 1, "VGG-Face's mean"),
        ((128, 128, 128), 1, "128 for every channel"),
        ((127.5, 127.5, 127.5), 128, "divided by 128"),
        ((90, 120, 101), 1, "minus 90, 120, 101"),
        (2 * MEAN, (58.395, 57.12, 57.375), "the network's mean twice"),
    ],
)
def test_any_mean_and_scale_is_solved_for_and_named(mean: Any, divisor: Any, words: str) -> None:
    diagnosis = diagnose(feature((levels() - np.asarray(mean)) / divisor))
    [cause] = diagnosis.causes
    assert cause.mistake == "input-affine" and words in cause.detail


def test_a_mean_beside_swapped_channels_and_a_norm() -> None:
    values = feature((levels() - 128)[..., ::-1])
    found = mistakes(diagnose(values / np.linalg.norm(values)))
    assert found == {"input-affine", "channels-swapped", "treated-l2"}


def test_the_input_of_an_affine_mistake_is_its_formula() -> None:
    affine = Affine((0.5, 1.0, 2.0), (1.0, -2.0, 3.0))
    made = affine.apply_to_input(X.astype(np.float64), MODEL)
    expected = (X + MEAN) * [0.5, 1.0, 2.0] + [1.0, -2.0, 3.0]
    np.testing.assert_allclose(made, expected, atol=1e-5)


class Inputs:
    """An input with one mistake, and the same with a second."""

    def alone(self) -> list[OtherInput]:
        return [OtherInput([("image-flipped", "mirrored")], lambda: X[:, :, ::-1])]

    def beside(self, other: OtherInput) -> list[OtherInput]:
        both = [*other.mistakes, ("image-source", "shifted")]
        return [OtherInput(both, lambda: np.roll(X[:, :, ::-1], 1, axis=1))]


def test_another_input_beside_other_mistakes() -> None:
    mirrored = feature(X[:, :, ::-1] + MEAN)
    found = diagnose(mirrored / np.linalg.norm(mirrored), inputs=Inputs())
    assert mistakes(found) == {"image-flipped", "mean-missing", "treated-l2"}


def test_an_input_that_goes_into_more_detail() -> None:
    found = diagnose(feature(np.roll(X[:, :, ::-1], 1, axis=1)), inputs=Inputs())
    assert mistakes(found) == {"image-flipped", "image-source"}


def test_views_of_an_image_are_averaged() -> None:
    both = np.concatenate([X, X[:, :, ::-1]])

    class Views(Inputs):
        def alone(self) -> list[OtherInput]:
            return [OtherInput([("image-views", "two views")], lambda: both, 2)]

    values = feature(both).mean(axis=0, keepdims=True)
    assert diagnose(values, inputs=Views()).causes == [Cause("image-views", "input", "two views")]


def test_a_small_unknown_difference_is_told_as_an_input_that_is_off() -> None:
    noise = np.random.default_rng(5).normal(0, 0.7, X.shape)
    [finding] = diagnose(feature(X + noise)).findings
    assert finding.explanation is None and finding.grey_levels is not None
    assert 0.35 < finding.grey_levels < 1.4
    assert "grey levels" in " ".join(tell(Diagnosis("numpy", [finding]), MODEL))


def test_unrelated_values_are_not_suspected() -> None:
    values = np.abs(np.random.default_rng(9).standard_normal((1, 128)))
    [finding] = diagnose(values).findings
    assert finding.explanation is None and finding.tried > 100 and not finding.cut_short


def test_nothing_is_tried_after_the_time_is_up() -> None:
    [finding] = diagnose(TREATMENTS["treated-l2"](feature()), over=lambda: True).findings
    assert finding.explanation is None and finding.cut_short and finding.tried == 0


@pytest.mark.parametrize("mistake", [*INPUT_WAYS, *TREATED, "relu-is-leaky-0.1", "relu-is-elu"])
def test_every_one_has_words_and_advice(mistake: str) -> None:
    cause = Cause(mistake, "fc3", "so")
    assert describe(cause).startswith("fc3: ")
    for voice in (Voice(), Voice("keras", "keras3"), Voice("matconvnet", "matconvnet")):
        text = advice(cause, voice, MODEL)
        assert text.endswith(".") and "$" not in text and text.count("`") % 2 == 0
