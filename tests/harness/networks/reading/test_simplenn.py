"""SimpleNN files in every form in which MatConvNet's versions and users left them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io

from netparity.errors import InputError
from netparity.networks.node import GraphError, Preprocessing
from netparity.networks.reading.base import ReadNetwork
from tests.support import mat73_writer
from tests.support.graph_runs import run_graph
from tests.support.matconvnet_files import (
    MEAN,
    conv,
    normalization,
    read,
    save_simplenn,
    single,
)
from tests.support.octave_process import cell

POOL = {"type": "pool", "name": "pool", "method": "max", "pool": 2.0, "stride": 2.0, "pad": 0.0}


def by_name(found: ReadNetwork) -> dict[str, Any]:
    return {node.name: (node.op, dict(node.attributes)) for node in found.network.nodes}


def test_a_chain_of_every_layer(tmp_path: Path) -> None:
    layers = [
        conv("conv1", single(3, 3, 3, 6), pad=1.0, stride=[2, 1], dilate=1.0),
        {"type": "relu", "name": "relu1", "leak": 0.2},
        {"type": "bnorm", "name": "bn1", "epsilon": 0.5}
        | {"weights": cell([single(6, 1), single(6, 1), np.full((6, 2), 2, np.float32)])},
        {"type": "normalize", "name": "norm1", "param": [5, 1, 0.00002, 0.75]},
        conv("grouped", single(1, 1, 2, 9), bias=False, pad=[0, 1, 2, 3], stride=1.0),
        {"type": "sigmoid", "name": "sig"},
        {"type": "pool", "name": "pool1", "method": "avg", "pool": [3, 2], "stride": [2, 1]}
        | {"pad": [0, 1, 0, 1]},
        {"type": "convt", "name": "up", "upsample": [2, 3], "crop": [1, 0, 1, 0]}
        | {"weights": cell([single(4, 4, 2, 9), single(1, 2)]), "numGroups": 1.0},
        {"type": "dropout", "name": "drop", "rate": 0.25},
        {"type": "relu", "name": "last"},
        {"type": "softmax", "name": "prob"},
    ]
    found = read(save_simplenn(tmp_path / "net.mat", layers))
    assert by_name(found) == {
        "conv1": (
            "conv",
            {"pads": (1, 1, 1, 1), "strides": (2, 1), "dilations": (1, 1), "groups": 1},
        ),
        "relu1": ("leaky_relu", {"slope": 0.2}),
        "bn1": ("batch_norm", {"epsilon": 0.5}),
        "norm1": ("lrn", {"size": 5, "kappa": 1, "alpha": 0.00002, "beta": 0.75}),
        "grouped": (
            "conv",
            {"pads": (0, 1, 2, 3), "strides": (1, 1), "dilations": (1, 1), "groups": 3},
        ),
        "sig": ("sigmoid", {}),
        "pool1": ("average_pool", {"window": (3, 2), "strides": (2, 1), "pads": (0, 1, 0, 1)}),
        "up": ("conv_transpose", {"strides": (2, 3), "crops": (1, 0, 1, 0), "groups": 1}),
        "drop": ("dropout", {"rate": 0.25}),
        "last": ("relu", {}),
        "prob": ("softmax", {}),
    }
    assert found.network.tensors["grouped.kernel"] == (1, 1, 2, 9)
    assert "grouped.bias" not in found.network.tensors
    # The moments are 2, and 2 squared is the variance plus 0.5.
    assert found.tensors["bn1.variance"].tolist() == [3.5] * 6
    assert found.network.name == "net" and found.network.origin == "simplenn"
    assert found.notes == ()


def test_kernels_lie_as_in_matlab(tmp_path: Path) -> None:
    filters = single(2, 3, 3, 4)
    found = read(save_simplenn(tmp_path / "net.mat", [conv("c", filters)]))
    assert found.tensors["c.kernel"].dtype == np.float32
    assert np.array_equal(found.tensors["c.kernel"], filters)


def test_a_deviation_that_another_epsilon_made_is_kept_whole(tmp_path: Path) -> None:
    """Its square is smaller than the default epsilon, which cannot be part of it."""
    moments = np.array([[0, 1e-4], [1, 2], [2, 3]], np.float32)
    layer = {"type": "bnorm", "name": "b", "weights": cell([single(3, 1), single(3, 1), moments])}
    found = read(save_simplenn(tmp_path / "net.mat", [layer]))
    assert by_name(found)["b"][1] == {"epsilon": 0.0}
    np.testing.assert_allclose(found.tensors["b.variance"], [1e-8, 4, 9], rtol=1e-6)


def test_a_kernel_with_one_filter_lacks_its_last_axes_in_the_file(tmp_path: Path) -> None:
    filters = single(8, 8, 3, 1)
    found = read(save_simplenn(tmp_path / "net.mat", [conv("c", filters)]))
    assert found.network.tensors["c.kernel"] == (8, 8, 3, 1)
    assert found.network.shapes["c"] == (1, 1, 1)
    assert np.array_equal(found.tensors["c.kernel"], filters)


def test_files_from_before_beta16(tmp_path: Path) -> None:
    filters, biases = single(3, 3, 3, 2), single(1, 2)
    layers = [{"type": "conv", "name": "c", "filters": filters, "biases": biases, "pad": 0.0}, POOL]
    average = np.random.default_rng(0).uniform(90, 130, (8, 8, 3)).astype(np.float32)
    old = normalization(averageImage=average, border=np.array([[32.0, 32]]), keepAspect=True)
    found = read(save_simplenn(tmp_path / "net.mat", layers, normalization=old))
    assert np.array_equal(found.tensors["c.kernel"], filters)
    assert np.array_equal(found.tensors["c.bias"], biases.ravel())
    assert np.array_equal(found.tensors["input.mean"], average)
    assert found.network.inputs[0].preprocessing == Preprocessing(
        mean_image="input.mean", resize=(40, 40), keep_aspect=True, filter="bilinear"
    )


def test_a_network_in_a_variable_net(tmp_path: Path) -> None:
    content = {"layers": cell([POOL]), "meta": {"normalization": normalization()}}
    scipy.io.savemat(tmp_path / "net.mat", {"net": content}, do_compression=True)
    assert by_name(read(tmp_path / "net.mat"))["pool"][0] == "max_pool"


@pytest.mark.parametrize("names", [("model",), ("out", "model", "net"), ("a", "b", "c", "d")])
def test_a_network_inside_other_structures(tmp_path: Path, names: tuple[str, ...]) -> None:
    content: dict[str, Any] = {"layers": cell([POOL]), "meta": {"normalization": normalization()}}
    for name in reversed(names):
        content = {name: content, "note": "trained"}
    scipy.io.savemat(tmp_path / "net.mat", content)
    assert by_name(read(tmp_path / "net.mat"))["pool"][0] == "max_pool"


def test_of_several_networks_one_has_to_be_saved_alone(tmp_path: Path) -> None:
    content = {"layers": cell([POOL]), "meta": {"normalization": normalization()}}
    scipy.io.savemat(tmp_path / "both.mat", {"first": content, "second": content})
    with pytest.raises(InputError, match=r"2 networks \(first, second\); fix: save one of them"):
        read(tmp_path / "both.mat")
    scipy.io.savemat(tmp_path / "net.mat", {"first": content, "net": content})
    assert by_name(read(tmp_path / "net.mat"))["pool"][0] == "max_pool"


def test_version_73(tmp_path: Path) -> None:
    filters = single(3, 3, 3, 2)
    layer = {"type": "conv", "name": "c", "weights": [filters, single(1, 2)]}
    stated = normalization() | {"keepAspect": np.array([[0.0]])}
    variables = {"layers": [layer], "meta": {"normalization": stated}}
    mat73_writer.write(tmp_path / "net.mat", variables)
    found = read(tmp_path / "net.mat")
    assert np.array_equal(found.tensors["c.kernel"], filters)
    assert found.network.inputs[0].preprocessing == Preprocessing(
        mean=(123.68, 116.779, 103.939), filter="bilinear"
    )


def test_layers_without_names_are_called_by_their_place(tmp_path: Path) -> None:
    layers: list[dict[str, Any]] = [{"type": "relu"}, POOL, {"type": "relu", "name": ""}]
    found = read(save_simplenn(tmp_path / "net.mat", layers))
    assert list(by_name(found)) == ["layer1", "pool", "layer3"]


def test_layers_of_one_name_get_their_numbers(tmp_path: Path) -> None:
    layers = [{"type": "relu", "name": "relu"}, {"type": "relu", "name": "relu"}]
    found = read(save_simplenn(tmp_path / "net.mat", layers))
    assert list(by_name(found)) == ["relu", "relu_2"]
    assert found.notes == ("two layers are called 'relu'; layer 2 gets its number",)


@pytest.mark.parametrize("loss", ["softmaxloss", "loss"])
def test_a_loss_at_the_end_is_its_softmax(tmp_path: Path, loss: str) -> None:
    found = read(save_simplenn(tmp_path / "net.mat", [POOL, {"type": loss, "name": "end"}]))
    assert by_name(found)["end"] == ("softmax", {})
    assert found.notes == (f"the loss 'end' ({loss}) at the end is read as softmax",)


@pytest.mark.parametrize(
    "layer",
    [
        {"type": "loss", "loss": "log"},
        {"type": "loss", "loss": "hinge"},
        {"type": "euclideanloss"},
        {"type": "binaryerror"},
    ],
)
def test_another_loss_at_the_end_is_left_out(tmp_path: Path, layer: dict[str, Any]) -> None:
    found = read(save_simplenn(tmp_path / "net.mat", [POOL, layer | {"name": "end"}]))
    assert list(by_name(found)) == ["pool"]
    assert "at the end is left out: it is for training" in found.notes[0]


def test_filters_that_are_empty_only_pad(tmp_path: Path) -> None:
    empty = np.zeros((0, 0), np.float32)
    layer = {"type": "conv", "name": "p", "weights": cell([empty, empty]), "pad": [1, 2, 3, 0]}
    found = read(save_simplenn(tmp_path / "net.mat", [layer]))
    assert by_name(found)["p"] == ("pad", {"pads": ((1, 2), (3, 0), (0, 0))})


def test_the_order_of_pool_and_relu_is_kept(tmp_path: Path) -> None:
    layers = [conv("c", single(3, 3, 3, 4)), POOL, {"type": "relu", "name": "r"}]
    found = read(save_simplenn(tmp_path / "net.mat", layers))
    assert [node.op for node in found.network.nodes] == ["conv", "max_pool", "relu"]
    x = np.random.default_rng(0).standard_normal((1, 8, 8, 3))
    values = run_graph(found.network, found.tensors, x)
    assert np.array_equal(values["r"], np.maximum(values["pool"], 0))


STATED = {
    "inputSize": ({"inputSize": np.array([[10.0, 12, 3]])}, (10, 12, 3)),
    "of four": ({"inputSize": np.array([[10.0, 12, 3, 20]])}, (10, 12, 3)),
    "a pair": ({"inputSize": cell(["input", np.array([[10.0, 12, 3, 20]])])}, (10, 12, 3)),
    "grey": ({"normalization": normalization((10, 12, 1))}, (10, 12, 1)),
    "without channels": ({"normalization": {"imageSize": np.array([[10.0, 12]])}}, (10, 12, 3)),
}


@pytest.mark.parametrize("form", STATED)
def test_the_size_of_the_input(tmp_path: Path, form: str) -> None:
    meta, shape = STATED[form]
    layers = [conv("c", single(3, 3, shape[2], 4))]
    found = read(save_simplenn(tmp_path / "net.mat", layers, meta=meta))
    assert found.network.inputs[0].shape == shape


def test_a_size_that_is_not_stated_is_asked_for(tmp_path: Path) -> None:
    file = save_simplenn(tmp_path / "net.mat", [conv("c", single(3, 3, 5, 4))], meta={"a": 1.0})
    with pytest.raises(
        InputError, match=r"does not state the size .*; fix: --input-size H,W, or --mod"
    ):
        read(file)
    found = read(file, (20, 30))
    assert found.network.inputs[0].shape == (20, 30, 5)
    assert found.network.inputs[0].preprocessing is None
    assert found.notes == ("it does not state the preprocessing of images",)


PREPROCESSING = {
    "a vector": (
        {"averageImage": MEAN.reshape(3, 1)},
        Preprocessing(mean=(123.68, 116.779, 103.939), filter="bilinear"),
    ),
    "one number": ({"averageImage": 100.0}, Preprocessing(mean=(100.0,), filter="bilinear")),
    "none": ({"averageImage": np.zeros((0, 0))}, Preprocessing(filter="bilinear")),
    "the form of matconvnet-fcn": (
        {"averageImage": np.zeros((0, 0)), "rgbMean": MEAN.reshape(3, 1)},
        Preprocessing(mean=(123.68, 116.779, 103.939), filter="bilinear"),
    ),
    "a crop": (
        {"cropSize": 0.8, "averageImage": 5.0, "interpolation": "bicubic"},
        Preprocessing(mean=(5.0,), resize=(10, 10)),
    ),
    "a border": (
        {"border": np.array([[4.0, 6.0]]), "averageImage": 5.0, "interpolation": "box"},
        Preprocessing(mean=(5.0,), resize=(12, 14), filter="area"),
    ),
}


@pytest.mark.parametrize("form", PREPROCESSING)
def test_preprocessing(tmp_path: Path, form: str) -> None:
    changes, wanted = PREPROCESSING[form]
    meta = {"normalization": normalization(**changes)}
    found = read(save_simplenn(tmp_path / "net.mat", [POOL], meta=meta))
    assert found.network.inputs[0].preprocessing == wanted
    assert found.notes == ()


def test_an_average_image_of_another_size_is_its_mean(tmp_path: Path) -> None:
    average = np.random.default_rng(0).uniform(90, 130, (9, 9, 3)).astype(np.float32)
    meta = {"normalization": normalization(averageImage=average)}
    found = read(save_simplenn(tmp_path / "net.mat", [POOL], meta=meta))
    preprocessing = found.network.inputs[0].preprocessing
    assert preprocessing is not None
    np.testing.assert_allclose(preprocessing.mean, average.mean(axis=(0, 1)), rtol=1e-6)
    assert "averageImage is 9 x 9, unlike the input" in found.notes[0]


WRONG = {
    "a layer that is not known": ([{"type": "pdist", "name": "d"}], r"node 'd' \(pdist\)"),
    "a layer of the user's": ([{"type": "custom", "name": "d"}], r"node 'd' \(custom\)"),
    "a loss in the middle": ([{"type": "loss", "name": "d"}, POOL], r"node 'd' \(loss\)"),
    "no type": ([{"name": "d"}], r"node 'd' \(no type\)"),
    "channels that do not fit": (
        [conv("c", single(3, 3, 2, 4))],
        r"node 'c' \(Conv\) has filters of 3 x 3 x 2 x 4, which do not fit 3 channels",
    ),
    "a pad of two": (
        [conv("c", single(3, 3, 3, 4), pad=[1, 2])],
        r"node 'c' \(Conv\) has pad \[1.0, 2.0\], expected 4 whole numbers",
    ),
    "a stride of a half": (
        [conv("c", single(3, 3, 3, 4), stride=0.5)],
        r"has stride \[0.5\], expected 2 whole numbers",
    ),
    "a window larger than the image": (
        [POOL | {"pool": 20.0}],
        r"node 'pool' \(max_pool\) has a window 20 x 20 larger than its input",
    ),
    "no moments": (
        [{"type": "bnorm", "name": "b", "weights": cell([single(3, 1), single(3, 1)])}],
        r"node 'b' \(BatchNorm\) has no moments",
    ),
    "another pool": ([POOL | {"method": "sum"}], r"has the method 'sum', expected max or avg"),
    "no layers": ([], "the graph has no nodes"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_understood_is_named(tmp_path: Path, case: str) -> None:
    layers, message = WRONG[case]
    with pytest.raises(GraphError, match=message):
        read(save_simplenn(tmp_path / "net.mat", layers))
