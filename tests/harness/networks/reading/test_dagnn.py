"""DagNN files in their saved form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io

from netparity.errors import InputError
from netparity.networks.node import GraphError
from tests.support import mat73_writer
from tests.support.graph_runs import run_graph
from tests.support.matconvnet_files import dag_layer, dag_variables, normalization, read, single

KERNEL = single(3, 3, 3, 4)
BLOCKS = [
    dag_layer("c1", "Conv", ["data"], "x1", ["f1", "b1"], hasBias=True, pad=1.0, stride=[1, 1]),
    dag_layer("c2", "Conv", ["data"], "x2", ["f1"], hasBias=False, pad=[1, 1, 1, 1]),
    dag_layer("bn", "BatchNorm", ["x1"], "x3", ["g", "b", "m"], numChannels=4.0, epsilon=0.5),
    dag_layer("lrn", "LRN", ["x2"], "x4", param=[3, 2, 0.5, 0.75]),
    dag_layer("sum", "Sum", ["x3", "x4"], "x5"),
    dag_layer("relu", "ReLU", ["x5"], "x6", leak=0.0),
    dag_layer("leaky", "ReLU", ["x5"], "x7", leak=0.25),
    dag_layer("cat", "Concat", ["x6", "x7"], "x8", dim=3.0),
    dag_layer("pool", "Pooling", ["x8"], "x9", method="avg", poolSize=[2, 2], stride=2.0),
    dag_layer("up", "ConvTranspose", ["x9"], "x10", ["u"], hasBias=False, upsample=2.0, crop=0.0),
    dag_layer("crop", "Crop", ["x10", "x1"], "x11", crop=[1, 0]),
    dag_layer("scale", "Scale", ["x11"], "x12", ["s", "t"], hasBias=True, size=[1, 1, 5]),
    dag_layer("sig", "Sigmoid", ["x12"], "x13"),
    dag_layer("gate", "Scale", ["x12", "x13"], "x14", hasBias=False),
    dag_layer("drop", "DropOut", ["x14"], "x15", rate=0.5),
    dag_layer("soft", "SoftMax", ["x15"], "prob"),
    dag_layer("loss", "Loss", ["prob", "label"], "objective", loss="softmaxlog"),
]
PARAMS = {
    "f1": KERNEL,
    "b1": single(4, 1),
    "g": single(4, 1),
    "b": single(4, 1),
    "m": np.stack([single(4), np.full(4, 2, np.float32)], axis=1),
    "u": single(4, 4, 5, 8),
    "s": single(1, 1, 5),
    "t": single(5, 1).reshape(1, 1, 5),
}


def save(path: Path, layers: list[dict[str, Any]], params: dict[str, Any], **rest: Any) -> Path:
    scipy.io.savemat(path, dag_variables(layers, params, **rest))
    return path


def test_every_block(tmp_path: Path) -> None:
    found = read(save(tmp_path / "net.mat", BLOCKS, PARAMS))
    network = found.network
    assert network.origin == "dagnn"
    assert [(node.name, node.op) for node in network.nodes] == [
        ("x1", "conv"),
        ("x2", "conv"),
        ("x3", "batch_norm"),
        ("x4", "lrn"),
        ("x5", "add"),
        ("x6", "relu"),
        ("x7", "leaky_relu"),
        ("x8", "concat"),
        ("x9", "average_pool"),
        ("x10", "conv_transpose"),
        ("x11", "crop"),
        ("x12", "scale_shift"),
        ("x13", "sigmoid"),
        ("x14", "multiply"),
        ("x15", "dropout"),
        ("prob", "softmax"),
    ]
    assert network.node("pool").name == "x9"  # the layer's name is an alias
    assert [(entry.name, entry.shape) for entry in network.inputs] == [("data", (8, 8, 3))]
    # 10 x 10 to 8 x 8: one row at the top, and both columns at the right.
    assert network.by_name["x11"].attributes["crops"] == ((1, 1), (0, 2), (0, 0))
    assert network.by_name["x11"].inputs == ("x10",)
    assert network.shapes["prob"] == (8, 8, 5)
    assert found.notes == ("layer 'loss' (Loss) is left out: it is for training",)


def test_values(tmp_path: Path) -> None:
    found = read(save(tmp_path / "net.mat", BLOCKS, PARAMS))
    x = np.random.default_rng(0).standard_normal((1, 8, 8, 3))
    values = run_graph(found.network, found.tensors, x)
    moments = PARAMS["m"]
    normal = (values["x1"] - moments[:, 0]) / moments[:, 1]
    np.testing.assert_allclose(
        values["x3"], normal * PARAMS["g"].ravel() + PARAMS["b"].ravel(), rtol=1e-5, atol=1e-5
    )
    np.testing.assert_allclose(values["x5"], values["x3"] + values["x4"])
    np.testing.assert_allclose(values["x14"], values["x12"] / (1 + np.exp(-values["x12"])))
    assert np.array_equal(values["x11"], values["x10"][:, 1:9, :8])


def test_two_layers_may_share_a_parameter(tmp_path: Path) -> None:
    found = read(save(tmp_path / "net.mat", BLOCKS, PARAMS))
    assert np.array_equal(found.tensors["x1.kernel"], KERNEL)
    assert np.array_equal(found.tensors["x2.kernel"], KERNEL)


def test_layers_need_not_be_in_order(tmp_path: Path) -> None:
    layers = [BLOCKS[place] for place in (5, 4, 3, 2, 1, 0)]
    found = read(save(tmp_path / "net.mat", layers, PARAMS))
    place = {node.name: number for number, node in enumerate(found.network.nodes)}
    for node in found.network.nodes:
        assert all(place[name] < place[node.name] for name in node.inputs if name != "data")


def test_in_a_variable_net_and_compressed(tmp_path: Path) -> None:
    content = dag_variables(BLOCKS[:2], PARAMS)
    scipy.io.savemat(tmp_path / "net.mat", {"net": content}, do_compression=True)
    assert [node.name for node in read(tmp_path / "net.mat").network.nodes] == ["x1", "x2"]


def test_version_73(tmp_path: Path) -> None:
    def plain(layer: dict[str, Any]) -> dict[str, Any]:
        texts = {name: list(layer[name][0]) for name in ("inputs", "outputs", "params")}
        return layer | texts

    params = [{"name": name, "value": value} for name, value in PARAMS.items()]
    stated = normalization() | {"keepAspect": np.array([[0.0]])}
    layers = tuple(plain(layer) for layer in BLOCKS[:2])
    variables = {"layers": layers, "params": tuple(params), "meta": {"normalization": stated}}
    mat73_writer.write(tmp_path / "net.mat", variables)
    found = read(tmp_path / "net.mat")
    assert [node.name for node in found.network.nodes] == ["x1", "x2"]
    assert np.array_equal(found.tensors["x1.kernel"], KERNEL)


def test_one_layer_alone(tmp_path: Path) -> None:
    found = read(save(tmp_path / "net.mat", BLOCKS[:1], PARAMS))
    assert [node.name for node in found.network.nodes] == ["x1"]


def test_the_size_of_the_input_is_in_meta_inputs(tmp_path: Path) -> None:
    inputs = {"name": "data", "size": np.array([[9.0, 7, 3, 1]])}
    found = read(save(tmp_path / "net.mat", BLOCKS[:1], PARAMS, meta={"inputs": inputs}))
    assert found.network.inputs[0].shape == (9, 7, 3)
    assert "preprocessing" in found.notes[0]


def test_a_size_that_is_not_stated_is_asked_for(tmp_path: Path) -> None:
    file = save(tmp_path / "net.mat", BLOCKS[:1], PARAMS, meta={"a": 1.0})
    with pytest.raises(InputError, match=r"size of its input 'data' .*--input-size"):
        read(file)
    assert read(file, (6, 5)).network.inputs[0].shape == (6, 5, 3)


WRONG = {
    "a block that is not known": (
        [dag_layer("norm", "SpatialNorm", ["data"], "y", param=[3, 1, 1, 1])],
        r"node 'y' \(SpatialNorm\) is not understood",
    ),
    "a grid": (
        [dag_layer("g", "UniformScalingGrid", ["data"], "y")],
        r"node 'y' \(UniformScalingGrid\) is not understood",
    ),
    "a missing parameter": (
        [dag_layer("c", "Conv", ["data"], "y", ["nowhere"])],
        r"node 'y' \(Conv\): its parameter 'nowhere' is missing",
    ),
    "a circle": (
        [dag_layer("a", "Sum", ["data", "z"], "y"), dag_layer("b", "ReLU", ["y"], "z")],
        r"is part of a circle",
    ),
    "a variable made twice": (
        [dag_layer("a", "ReLU", ["data"], "y"), dag_layer("b", "ReLU", ["data"], "y")],
        r"two layers make the variable 'y'",
    ),
    "sizes that do not fit": (
        [
            dag_layer("p", "Pooling", ["data"], "y", poolSize=2.0, stride=2.0),
            dag_layer("s", "Sum", ["data", "y"], "z"),
        ],
        r"node 'z' \(add\)",
    ),
    "a crop to something larger": (
        [
            dag_layer("p", "Pooling", ["data"], "y", poolSize=2.0, stride=2.0),
            dag_layer("c", "Crop", ["y", "data"], "z", crop=[0, 0]),
        ],
        r"node 'z' \(Crop\) crops 4 x 4 x 3 to the larger 8 x 8 x 3",
    ),
    "too many inputs": (
        [dag_layer("r", "ReLU", ["data", "data"], "y")],
        r"node 'y' \(ReLU\) has 2 inputs, expected 1",
    ),
    "no output": (
        [dag_layer("r", "ReLU", ["data"], "y") | {"outputs": np.empty((1, 0), object)}],
        r"node 'r' \(ReLU\) names 1 inputs and 0 outputs",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_understood_is_named(tmp_path: Path, case: str) -> None:
    layers, message = WRONG[case]
    with pytest.raises(GraphError, match=message):
        read(save(tmp_path / "net.mat", layers, PARAMS))
