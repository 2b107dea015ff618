"""Parity image by image, against the judgement of each image alone."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.networks import NETWORKS
from netparity.parity import FEWER_ORDERS, Rule
from netparity.parity.each_image import judge_each, relative_l2_each
from netparity.parity.floor import reference_with_floor, relative_l2
from netparity.weights import resolve

NETWORK = NETWORKS["vgg16-tiny"]
NAMES = ("pool1", "fc6", "prob")


@pytest.fixture(scope="module")
def weights():
    return resolve("synthetic:0", NETWORK).tensors()


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).normal(0, 60, (3, *NETWORK.image.shape)).astype(np.float32)


@pytest.fixture(scope="module")
def alone(weights, images):
    """Image and node to reference and floor, each image in a pass of its own."""
    return {
        (number, node.name): (values, floor.relative_l2)
        for number in range(len(images))
        for node, values, floor in reference_with_floor(
            NETWORK, weights, images[number : number + 1], FEWER_ORDERS, NAMES
        )
    }


def exact(alone, name: str, count: int = 3) -> np.ndarray:
    return np.concatenate([alone[number, name][0] for number in range(count)])


BY_FLOOR = Rule()


def judged(weights, images, features, rule=BY_FLOOR):
    found = judge_each(NETWORK, weights, images, {"a": features}, rule)
    return {each.feature: each for _, each in found}


def test_errors_and_floors_are_those_of_each_image_alone(weights, images, alone):
    noise = np.random.default_rng(1)
    features = {
        name: exact(alone, name) * (1 + 1e-6 * noise.standard_normal(exact(alone, name).shape))
        for name in NAMES
    }
    found = judged(weights, images, features)
    assert list(found) == list(NAMES)
    for name, each in found.items():
        for number in range(3):
            reference, floor = alone[number, name]
            error = relative_l2(features[name][number : number + 1], reference)
            # A pass over three images takes its sums in blocks of another size.
            assert each.error[number] == pytest.approx(error, rel=1e-6)
            assert each.floor[number] == pytest.approx(floor, rel=0.5)


def test_a_wrong_image_fails_alone(weights, images, alone):
    x = exact(alone, "fc6")
    x[1] *= 1.001
    assert judged(weights, images, {"fc6": x})["fc6"].verdicts == ["pass", "divergent", "pass"]
    x[2, 5] = np.nan
    each = judged(weights, images, {"fc6": x})["fc6"]
    assert each.verdicts == ["pass", "divergent", "error"]
    assert each.error[2] == np.inf


def test_tolerances_take_the_place_of_the_floor(weights, images, alone):
    x = exact(alone, "fc6")
    x[1] *= 1.001
    for rule in (Rule(max_relative_l2=0.002), Rule(rtol=0.002), Rule(rtol=0.0005, atol=1e9)):
        assert set(judged(weights, images, {"fc6": x}, rule)["fc6"].verdicts) == {"pass"}
    tight = judged(weights, images, {"fc6": x}, Rule(rtol=0.0005))["fc6"]
    assert tight.verdicts == ["pass", "divergent", "pass"]


def test_another_shape_is_an_error_of_every_image(weights, images):
    each = judged(weights, images, {"fc6": np.zeros((3, 7), np.float32)})["fc6"]
    assert each.verdicts == ["error"] * 3


def test_changed_classes_are_seen_at_outputs_alone(weights, images, alone):
    prob = exact(alone, "prob")
    order = np.argsort(prob[2])
    prob[2, order[[-1, -2]]] = prob[2, order[[-2, -1]]]
    each = judged(weights, images, {"prob": prob, "fc6": exact(alone, "fc6")})
    assert each["prob"].top1 == [True, True, False]
    assert each["prob"].top5 == [1.0, 1.0, 1.0]
    assert each["fc6"].top1 is None


@pytest.mark.parametrize(
    ("x", "r", "error"), [(0, 0, 0.0), (1, 0, np.inf), (3, 2, 0.5), (np.nan, 2, np.inf)]
)
def test_the_error_of_zeros(x, r, error):
    assert relative_l2_each(np.full((1, 4), x), np.full((1, 4), r)) == [error]
