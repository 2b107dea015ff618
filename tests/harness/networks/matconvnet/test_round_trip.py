"""What is written for MatConvNet computes the same when it is read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.io

from netparity.networks import NETWORKS
from netparity.networks.checking import checked
from netparity.networks.graph import Network
from netparity.networks.node import GraphError, Input, Node, Preprocessing
from netparity.networks.writing import WRITERS
from tests.support.graph_runs import run_graph
from tests.support.matconvnet_branches import every_operation
from tests.support.matconvnet_files import read
from tests.support.networks_in_octave import synthetic

CHAINS = ("vgg16-tiny", "vgg16-tiny-notop", "alexnet-tiny")
GRAPHS = ("resnet-tiny", "googlenet-tiny", "mobilenet-tiny")


def assert_same(network: Network, path: Path, tensors: dict, writer: str) -> None:
    """Every node has the same values; moments are stored in float32, so that they are rounded."""
    x = np.random.default_rng(1).standard_normal((2, *network.inputs[0].shape))
    again = read(path)
    before = run_graph(network, tensors, x)
    after = run_graph(again.network, again.tensors, x)
    for name, called in WRITERS[writer].names(network).items():
        variable, _, order = called.partition(" as ")
        wanted = before[name]
        if order:  # the script reads the map so; netparity's readers know maps only
            axes = [1 + "HWC".index(letter) for letter in order.split(",")]
            after[variable] = after[variable].transpose(0, *axes)
        error = np.linalg.norm(after[variable].reshape(wanted.shape) - wanted)
        assert error < 1e-6 * np.linalg.norm(wanted), name


@pytest.mark.parametrize("seed", [0, 1])
def test_every_operation(tmp_path: Path, seed: int) -> None:
    network = every_operation(seed)
    tensors = synthetic(network, seed)
    WRITERS["dagnn"].write(tmp_path / "net.mat", network, tensors)
    assert_same(network, tmp_path / "net.mat", tensors, "dagnn")


@pytest.mark.parametrize("name", [*CHAINS, *GRAPHS])
def test_a_chain_becomes_simplenn_and_a_graph_dagnn(tmp_path: Path, name: str) -> None:
    network = NETWORKS[name]
    tensors = synthetic(network)
    file = tmp_path / "net.mat"
    WRITERS["matconvnet"].write(file, network, tensors)
    found = read(file)
    assert found.network.origin == ("simplenn" if name in CHAINS else "dagnn")
    assert [entry.shape for entry in found.network.inputs] == [network.inputs[0].shape]
    assert_same(network, file, tensors, "matconvnet")


def test_names_are_those_of_the_published_file(tmp_path: Path) -> None:
    network = NETWORKS["vgg16-tiny"]
    names = WRITERS["matconvnet"].names(network)
    assert (names["fc6"], names["fc6_linear"], names["prob"]) == ("relu6", "fc6", "prob")
    WRITERS["matconvnet"].write(tmp_path / "net.mat", network, synthetic(network))
    layers = scipy.io.loadmat(tmp_path / "net.mat", squeeze_me=True)["layers"]
    # 13 convolutions, 5 pools, 3 dense layers, 15 rectifiers and the softmax.
    assert len(layers) == 37
    assert [str(layer["name"]) for layer in layers[:3]] == ["conv1_1", "relu1_1", "conv1_2"]


def test_arrays_lie_as_matlab_has_them(tmp_path: Path) -> None:
    network = NETWORKS["vgg16-tiny"]
    tensors = synthetic(network)
    WRITERS["simplenn"].write(tmp_path / "net.mat", network, tensors)
    layers = scipy.io.loadmat(tmp_path / "net.mat")["layers"]
    filters, biases = layers[0, 0]["weights"][0, 0][0]
    assert filters.dtype == np.float32
    assert np.array_equal(filters, tensors["conv1_1.kernel"])
    assert np.array_equal(biases.ravel(), tensors["conv1_1.bias"])
    fc6 = next(layer for layer in layers[0] if layer["name"][0, 0][0] == "fc6")
    assert np.array_equal(fc6["weights"][0, 0][0, 0], tensors["fc6.kernel"])


def test_the_moments_are_mean_and_root_of_variance_plus_epsilon(tmp_path: Path) -> None:
    roles = ("mean", "variance")
    node = Node("bn", "batch_norm", ("x",), {"epsilon": 0.25}, {role: role for role in roles})
    network = Network("n", (Input("x", (2, 2, 2)),), (node,), dict.fromkeys(roles, (2,)))
    tensors = {"mean": np.array([1, 2], np.float32), "variance": np.array([0.75, 2], np.float32)}
    WRITERS["dagnn"].write(tmp_path / "net.mat", checked(network), tensors)
    params = scipy.io.loadmat(tmp_path / "net.mat", squeeze_me=True)["params"]
    values = {str(entry["name"]): entry["value"] for entry in params}
    np.testing.assert_allclose(values["bn_moments"], [[1, 1], [2, 1.5]])
    assert values["bn_mult"].tolist() == [1, 1] and values["bn_bias"].tolist() == [0, 0]


PREPROCESSINGS = (
    Preprocessing(mean=(123.68, 116.779, 103.939)),
    Preprocessing(order="BGR", mean=(103.939, 116.779, 123.68), filter="nearest"),
    Preprocessing(mean=(1.0, 2.0, 3.0), deviation=(58.0, 57.0, 56.0), resize=(12, 14)),
    Preprocessing(mean_image="image", keep_aspect=True, filter="bilinear"),
)


@pytest.mark.parametrize("preprocessing", PREPROCESSINGS)
def test_preprocessing(tmp_path: Path, preprocessing: Preprocessing) -> None:
    shape = (8, 10, 3)
    network = checked(
        Network(
            "n",
            (Input("x", shape, preprocessing),),
            (Node("y", "relu", ("x",)),),
            {"image": shape} if preprocessing.mean_image else {},
        )
    )
    image = np.random.default_rng(0).uniform(90, 130, shape).astype(np.float32)
    for writer in ("simplenn", "dagnn"):
        WRITERS[writer].write(tmp_path / "net.mat", network, {"image": image})
        found = read(tmp_path / "net.mat")
        got = found.network.inputs[0].preprocessing
        assert got is not None
        if preprocessing.mean_image:
            assert np.array_equal(found.tensors["input.mean"], image)
            assert got.mean_image == "input.mean" and got.keep_aspect
        else:
            assert got == preprocessing
        assert found.network.inputs[0].shape == shape


def test_a_scale_becomes_part_of_mean_and_deviation(tmp_path: Path) -> None:
    """(v / 255 - 0.5) / 0.25 is (v - 127.5) / 63.75."""
    stated = Preprocessing(mean=(0.5,), deviation=(0.25,), scale=1 / 255)
    network = Network("n", (Input("x", (4, 4, 3), stated),), (Node("y", "relu", ("x",)),))
    WRITERS["simplenn"].write(tmp_path / "net.mat", checked(network), {})
    got = read(tmp_path / "net.mat").network.inputs[0].preprocessing
    assert got is not None and got.scale == 1
    assert got.mean == pytest.approx((127.5,) * 3) and got.deviation == pytest.approx((63.75,) * 3)


def test_a_graph_is_not_written_as_simplenn(tmp_path: Path) -> None:
    network = NETWORKS["resnet-tiny"]
    with pytest.raises(GraphError, match="cannot be written as SimpleNN, which holds chains only"):
        WRITERS["simplenn"].write(tmp_path / "net.mat", network, synthetic(network))


LACKING = {
    "elu": ({}, "MatConvNet has no such operation"),
    "layer_norm": ({"epsilon": 1e-3}, "MatConvNet has no such operation"),
    "resize": ({"size": (4, 4)}, "MatConvNet has no such operation"),
    "max_pool": ({"window": (2, 2), "dilations": (2, 2)}, "pools have no dilation"),
    "pad": ({"pads": ((1, 1), (1, 1), (0, 0)), "mode": "reflect"}, "pads with zeros only"),
    "mean": ({"axes": (2,)}, "over height and width only"),
    "leaky_relu": ({"slope": -0.5}, "no negative slope"),
    "softmax": ({"axis": 0}, "MatConvNet's is the channels"),
    "transpose": ({"order": (1, 0, 2)}, "MatConvNet has no such operation"),
    "reshape": ({"shape": (16, 1, 3)}, r"cannot reshape"),
    "crop": ({"crops": ((0, 1), (0, 0), (0, 0))}, "none before it is 3 x 4"),
}


@pytest.mark.parametrize("op", LACKING)
def test_what_matconvnet_lacks_is_named(tmp_path: Path, op: str) -> None:
    attributes, reason = LACKING[op]
    network = Network("n", (Input("x", (4, 4, 3)),), (Node("y", op, ("x",), attributes),))
    with pytest.raises(GraphError, match=rf"node 'y' \({op}\) cannot be written: .*{reason}"):
        WRITERS["dagnn"].write(tmp_path / "net.mat", checked(network), {})
    assert not (tmp_path / "net.mat").exists()


def test_a_flattened_map_that_is_not_read_by_a_dense_layer_is_refused(tmp_path: Path) -> None:
    nodes = (Node("flat", "flatten", ("x",)), Node("two", "concat", ("flat", "flat")))
    network = checked(Network("n", (Input("x", (4, 4, 3)),), nodes))
    with pytest.raises(GraphError, match=r"node 'two' \(concat\) .*reads the flattened map 'flat'"):
        WRITERS["dagnn"].write(tmp_path / "net.mat", network, {})


def test_names_of_two_tools_that_clash_give_way(tmp_path: Path) -> None:
    nodes = (
        Node("a", "relu", ("x",), names={"matconvnet": "b"}),
        Node("b", "sigmoid", ("a",)),
    )
    network = checked(Network("n", (Input("x", (4, 4, 3)),), nodes))
    assert WRITERS["dagnn"].names(network) == {"a": "a", "b": "b"}
