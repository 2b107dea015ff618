"""Networks as SimpleNN and DagNN files, computed by the .m script: every node, in Octave."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from netparity.networks.catalogue import network_called
from netparity.networks.graph import Network
from netparity.networks.writing import WRITERS
from tests.support.graph_runs import run_graph
from tests.support.matconvnet_branches import every_operation
from tests.support.networks_in_octave import (
    features_of,
    octave_features,
    synthetic,
)
from tests.support.octave_process import MATLAB

TINY = ("vgg16-tiny", "alexnet-tiny", "resnet-tiny", "googlenet-tiny", "mobilenet-tiny")


def assert_equal(got: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> None:
    """Equal but for some tens of rounding steps of float32, which are 6e-8."""
    for name, values in got.items():
        assert values.shape == wanted[name].shape, name
        assert np.any(wanted[name]), name
        error = np.linalg.norm(values - wanted[name]) / np.linalg.norm(wanted[name])
        assert error < 3e-6, (name, error)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_operation_equals_the_run_graph(octave: Callable, tmp_path: Path, seed: int) -> None:
    network = every_operation(seed)
    tensors = synthetic(network, seed)
    x = np.random.default_rng(seed).standard_normal((2, *network.inputs[0].shape))
    x = x.astype(np.float32)
    got, _ = octave_features(tmp_path, network, tensors, x)
    wanted = run_graph(network, tensors, x)
    assert_equal(got, wanted)
    assert len(got) == len(network.nodes)


@pytest.mark.parametrize("name", TINY)
def test_tiny_networks_of_the_catalogue(octave: Callable, tmp_path: Path, name: str) -> None:
    network = network_called(name)
    tensors = synthetic(network)
    x = np.random.default_rng(5).standard_normal((1, *network.inputs[0].shape)).astype(np.float32)
    got, _ = octave_features(tmp_path, network, tensors, x)
    assert len(got) == len(network.nodes)
    assert_equal(got, run_graph(network, tensors, x))


def test_a_chain_gives_the_same_as_simplenn_and_as_dagnn(octave: Callable, tmp_path: Path) -> None:
    network = network_called("alexnet-tiny")
    tensors = synthetic(network)
    x = np.random.default_rng(6).standard_normal((1, *network.inputs[0].shape)).astype(np.float32)
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    chain, first = octave_features(tmp_path / "a", network, tensors, x, "simplenn")
    graph, second = octave_features(tmp_path / "b", network, tensors, x, "dagnn")
    assert list(chain) == list(graph)
    for name, values in chain.items():
        np.testing.assert_allclose(values, graph[name], rtol=1e-4, atol=1e-5)
    assert first["built"] == "vl_simplenn, from a MatConvNet file"
    assert second["built"] == "netparity's loop over vl_nn* functions, from a MatConvNet file"


@pytest.fixture
def residual(tmp_path: Path) -> tuple[Network, dict[str, np.ndarray], Path, np.ndarray]:
    """A small DAG, its tensors, its file and an input."""
    network = network_called("resnet-tiny")
    tensors = synthetic(network)
    file = tmp_path / "resnet.mat"
    WRITERS["dagnn"].write(file, network, tensors)
    x = np.random.default_rng(7).standard_normal((1, *network.inputs[0].shape)).astype(np.float32)
    return network, tensors, file, x


def test_layers_of_a_graph_are_timed(octave: Callable, tmp_path: Path, residual: tuple) -> None:
    network, tensors, file, x = residual
    from PIL import Image

    Image.fromarray(np.full((50, 40, 3), 99, np.uint8)).save(tmp_path / "photo.png")
    names = dict(WRITERS["dagnn"].names(network))
    got, result = features_of(
        tmp_path,
        file,
        names,
        network,
        x,
        images=[str(tmp_path / "photo.png")],
        options={"per_layer": "yes"},
        repeats=2,
    )
    assert_equal(got, run_graph(network, tensors, x))
    assert set(names.values()) <= set(result["layers"])
    times = np.array([result["layers"][layer] for layer in names.values()])
    assert times.shape == (len(names), 2) and (times > 0).all()
    assert len(result["phases"]["predict"]) == 2
    native = np.load(tmp_path / "out" / result["native_input"]["file"])
    assert native.shape == x.shape


def test_only_what_leads_to_a_wanted_variable_is_computed(
    octave: Callable, tmp_path: Path, residual: tuple
) -> None:
    network, tensors, file, x = residual
    first = network.features[0].name
    names = {first: WRITERS["dagnn"].names(network)[first]}
    got, _ = features_of(tmp_path, file, names, network, x)
    assert list(got) == [first]
    assert_equal(got, run_graph(network, tensors, x))


def test_a_variable_that_is_not_there_is_named(
    octave: Callable, tmp_path: Path, residual: tuple
) -> None:
    network, _, file, x = residual
    with pytest.raises(AssertionError, match="no variable called 'nowhere'"):
        features_of(tmp_path, file, {network.nodes[0].name: "nowhere"}, network, x)
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["status"] == "failed"


def test_one_feature_of_a_graph_by_hand(octave: Callable, tmp_path: Path, residual: tuple) -> None:
    from PIL import Image

    network, _, file, _ = residual
    Image.fromarray(np.full((50, 40, 3), 99, np.uint8)).save(tmp_path / "photo.png")
    variable = WRITERS["dagnn"].names(network)[network.nodes[-1].name]
    done = octave(MATLAB / "octave_main.m", tmp_path / "photo.png", file, variable)
    assert done.returncode == 0, done.stderr
    assert "predict time" in done.stdout
