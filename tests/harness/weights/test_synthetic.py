"""Synthetic weights are He-normal, reproducible, and keep every network's activations in range."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks import NETWORKS, Input, Network, Preprocessing, checked
from netparity.networks.catalogue.build import Builder
from netparity.parity.passes import input_values, run_nodes
from netparity.weights.synthetic import make
from tests.support import every_operation

TINY = NETWORKS["vgg16-tiny"]


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


def test_a_tensor_does_not_depend_on_how_large_the_others_are() -> None:
    smaller = replace(TINY, tensors={**TINY.tensors, "conv1_1.kernel": (1, 1, 3, 4)})
    changed, plain = make(smaller, 0), make(TINY, 0)
    assert changed["conv1_1.kernel"].shape == (1, 1, 3, 4)
    for name in plain:
        if not name.startswith("conv1_1"):
            np.testing.assert_array_equal(changed[name], plain[name])


def test_the_numbers_of_vgg_are_those_of_earlier_versions() -> None:
    """Runs and published results name their weights by seed: SHA-256 of 0.1's, names and bytes."""
    digest = hashlib.sha256()
    for name, tensor in make(TINY, 0).items():
        digest.update(name.encode() + tensor.tobytes())
    assert digest.hexdigest() == "2c2424c269683428c66b56194355051d5328592708063d6830fcb442b2717c44"


def activations(network: Network, weights: Mapping[str, Any]) -> dict[str, Any]:
    """Every node's output for the sample image, in float64."""
    image = prepare([decode(SAMPLE_IMAGE)], network).astype(np.float64)
    passed = run_nodes(network.nodes, weights, input_values(network, image))
    return {node.name: values for node, values in passed}


def in_range(network: Network, seed: int) -> dict[str, Any]:
    """The activations, once they have been found to be alive, finite and unsaturated."""
    outputs = activations(network, make(network, seed))
    for node in network.nodes:
        values = outputs[node.name]
        assert np.isfinite(values).all(), node.name
        active = (values != 0).mean()
        assert active > 0.1, (node.name, active)
        if node.op == "relu":
            assert active < 0.9, (node.name, active)
        if node.op == "clipped_relu":
            assert 0.1 < ((values > 0) & (values < 6)).mean() < 0.9, node.name
        if node.op == "softmax":
            assert values.max() < 0.99, node.name
        else:
            assert 1e-3 < values.std() < 1e3, (node.name, values.std())
    return outputs


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", [name for name in NETWORKS if "tiny" in name])
def test_activations_stay_in_range(name: str, seed: int) -> None:
    outputs = in_range(NETWORKS[name], seed)
    clipped = [values for node, values in outputs.items() if node.endswith("_relu")]
    if name == "mobilenet-tiny":
        assert all(values.max() == 6 for values in clipped)


@pytest.mark.parametrize("normalised", [True, False])
def test_activations_stay_in_range_in_deep_residual_networks(normalised: bool) -> None:
    builder = Builder((16, 16, 3))
    before = builder.conv("conv", 32, 3, pads=1)
    for number in range(40):
        for part in ("a", "b"):
            builder.conv(f"conv{number}{part}", 32, 3, pads=1)
            if normalised:
                builder.batch_norm(f"norm{number}{part}", 1e-5)
            if part == "a":
                builder.add(f"relu{number}a", "relu")
        builder.add(f"sum{number}", "add", inputs=(before, builder.last))
        before = builder.add(f"clipped{number}", "clipped_relu", maximum=None)
    builder.add("mean", "global_average")
    builder.dense("scores", 10)
    builder.add("prob", "softmax")
    network = builder.network("deep", Preprocessing(mean=(120.0,)), ())
    outputs = activations(network, make(network, 0))
    assert min(values.std() for name, values in outputs.items() if name != "prob") > 1e-3
    assert max(values.std() for values in outputs.values()) < 1e4
    assert outputs["prob"].max() < 0.99


def test_batch_normalisations_are_near_what_they_normalise_and_never_do_nothing() -> None:
    network = NETWORKS["resnet-tiny"]
    weights = make(network, 0)
    outputs = activations(network, weights)
    for node in network.nodes:
        if node.op == "batch_norm":
            mean, variance, scale, bias = (
                weights[node.tensors[role]] for role in ("mean", "variance", "scale", "bias")
            )
            found = (outputs[node.inputs[0]] ** 2).mean()
            assert found / 8 < variance.mean() < found * 8, node.name
            assert variance.mean() < 1  # so that an epsilon of 1e-4 for 1e-5 can be seen
            assert (mean**2).mean() < found
            assert np.abs(scale - 1).min() > 0
            assert np.abs(scale - 1).max() <= 0.5
            assert np.abs(bias).min() > 0
            assert len(np.unique(variance)) == variance.size
            assert variance.min() > 100 * node.attributes["epsilon"]


@pytest.mark.parametrize(
    "sketch",
    ["windows", "transposed", "values", "dense", "shapes"],
)
def test_there_are_weights_for_every_operation(sketch: str) -> None:
    network = getattr(every_operation, sketch)().network()
    tensors = make(network, 0)
    assert {name: tensor.shape for name, tensor in tensors.items()} == dict(network.tensors)
    assert list(tensors) == list(network.tensors)
    for name, tensor in tensors.items():
        assert tensor.dtype == np.float32
        assert np.isfinite(tensor).all()
        assert tensor.size == 1 or tensor.std() > 0, name
        assert "variance" not in name or (tensor > 0).all()


def test_shared_weights_are_made_once_and_a_mean_image_is_one() -> None:
    builder = Builder((8, 8, 3))
    builder.conv("first", 3, 3, pads=1)
    builder.conv("second", 3, 3, pads=1)
    network = builder.network("shared", Preprocessing(), ())
    first, second = network.nodes
    entry = Input("input", (8, 8, 3), Preprocessing(mean_image="input.mean"))
    shared = checked(
        replace(
            network,
            inputs=(entry,),
            nodes=(first, replace(second, tensors=first.tensors)),
            tensors={
                **{name: network.tensors[name] for name in first.tensors.values()},
                "input.mean": (8, 8, 3),
            },
        )
    )
    tensors = make(shared, 0)
    assert list(tensors) == ["first.kernel", "first.bias", "input.mean"]
    assert 80 < tensors["input.mean"].mean() < 160
