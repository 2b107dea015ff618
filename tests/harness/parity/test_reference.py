"""The float64 pass agrees with itself, whatever is kept of it."""

from __future__ import annotations

import numpy as np

from netparity.networks import NETWORKS
from netparity.parity import reference
from tests.support.cases import NANO, random_tensors

TINY = NETWORKS["vgg16-tiny"]
IMAGES = np.random.default_rng(9).standard_normal((2, 64, 64, 3)).astype(np.float32)


def test_every_layer_has_the_shape_of_the_layer_map() -> None:
    features = reference.forward(
        NANO, random_tensors(NANO), IMAGES, frozenset(each.name for each in NANO.layers)
    )
    assert {name: value.shape[1:] for name, value in features.items()} == {
        each.name: each.output_shape for each in NANO.layers
    }
    assert {value.dtype for value in features.values()} == {np.dtype(np.float64)}
    np.testing.assert_allclose(features["prob"].sum(axis=-1), 1, rtol=1e-12)


def test_only_the_wanted_features_are_kept_and_the_pass_ends_after_the_last() -> None:
    seen: list[str] = []
    features = reference.forward(
        NANO,
        random_tensors(NANO),
        IMAGES,
        frozenset({"conv1_1", "pool1"}),
        done=lambda each: seen.append(each.name),
    )
    assert set(features) == {"conv1_1", "pool1"}
    assert seen == ["conv1_1_linear", "conv1_1", "pool1"]


def test_a_kept_feature_is_not_changed_by_the_layers_after_it() -> None:
    weights = random_tensors(NANO)
    everything = frozenset(each.name for each in NANO.layers)
    together = reference.forward(NANO, weights, IMAGES, everything)
    for name in everything:
        alone = reference.forward(NANO, weights, IMAGES, frozenset({name}))
        np.testing.assert_array_equal(alone[name], together[name])


def test_a_batch_of_two_is_two_single_images() -> None:
    weights = random_tensors(TINY)
    images = np.random.default_rng(1).uniform(-100, 100, (2, 64, 64, 3)).astype(np.float32)
    keep = frozenset({"conv3_3", "fc6", "prob"})
    both = reference.forward(TINY, weights, images, keep)
    for index in range(2):
        single = reference.forward(TINY, weights, images[index : index + 1], keep)
        for name in keep:
            np.testing.assert_allclose(both[name][index], single[name][0], rtol=1e-12)


def test_the_input_is_not_changed() -> None:
    before = IMAGES.copy()
    reference.forward(NANO, random_tensors(NANO), IMAGES, frozenset({"fc6"}))
    np.testing.assert_array_equal(IMAGES, before)
