"""Synthetic weights are He-normal, reproducible, and independent of the order of layers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from netparity.models import MODELS
from netparity.weights.synthetic import make

TINY = MODELS["vgg16-tiny"]


def test_they_are_exactly_the_models_tensors() -> None:
    tensors = make(TINY, 0)
    assert {name: tensor.shape for name, tensor in tensors.items()} == TINY.parameter_shapes
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", ["conv2_1", "conv5_3", "fc6", "fc7"])
def test_kernels_are_normal_with_variance_two_over_fan_in(name: str) -> None:
    kernel = make(TINY, 0)[f"{name}.kernel"].astype(np.float64)
    scaled = kernel.ravel() / math.sqrt(2 / math.prod(kernel.shape[:3]))
    # Standard errors of a normal sample's mean and standard deviation.
    assert abs(scaled.mean()) < 4 / math.sqrt(scaled.size)
    assert abs(scaled.std() - 1) < 4 / math.sqrt(2 * scaled.size)
    assert stats.kstest(scaled, "norm").pvalue > 1e-4


def test_biases_are_small_and_not_zero() -> None:
    for name, tensor in make(TINY, 0).items():
        if name.endswith(".bias"):
            assert (tensor != 0).all()
            assert np.abs(tensor).max() < 3


def test_one_seed_gives_the_same_numbers_twice() -> None:
    first, second = make(TINY, 3), make(TINY, 3)
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_another_seed_gives_others() -> None:
    first, second = make(TINY, 0), make(TINY, 1)
    assert not any(np.array_equal(first[name], second[name]) for name in first)


def test_no_two_tensors_share_their_numbers() -> None:
    tensors = list(make(TINY, 0).values())
    starts = {
        float(tensor.ravel()[0] / abs(tensor.ravel()[1])) for tensor in tensors if tensor.size > 1
    }
    assert len(starts) == len(tensors)


def test_a_tensor_does_not_depend_on_how_wide_the_others_are() -> None:
    layers = list(TINY.layers)
    first = layers[0]
    wider = replace(first, kernel_shape=(5, 5, 3, 4))
    changed = make(replace(TINY, layers=(wider, *layers[1:])), 0)
    plain = make(TINY, 0)
    for name in plain:
        if not name.startswith(first.name):
            np.testing.assert_array_equal(changed[name], plain[name])
