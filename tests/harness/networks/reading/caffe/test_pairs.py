"""A `.prototxt` with the weights of another file, by the names of its layers."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from netparity.errors import InputError
from netparity.networks.catalogue import NETWORKS
from netparity.networks.node import GraphError
from netparity.watch import SILENT
from netparity.weights import synthetic
from netparity.weights.model import resolve_model
from netparity.weights.network_files import matched, rearranged
from tests.support.caffe_files import L, as_bytes, as_text, data, random_values, read_file
from tests.support.caffe_like import like

DENSE = {"inner_product_param": {"num_output": 5}}
HEAD = data(1, 3, 6, 5)


def net(name: str = "fc", extra: bool = False) -> list[L]:
    layers = [
        L(
            "conv",
            "Convolution",
            "data",
            (),
            {"convolution_param": {"num_output": 4, "kernel_size": 3}},
        ),
        L("relu", "ReLU", "conv", "conv"),
        L(name, "InnerProduct", "conv", (), DENSE),
    ]
    layers[0].blobs = [random_values(4, 3, 3, 3), random_values(4)]
    layers[2].blobs = [random_values(5, 48), random_values(5, seed=2)]
    return (
        [*layers, L("more", "InnerProduct", name, (), DENSE, [random_values(5, 5)] * 2)]
        if extra
        else layers
    )


def files(folder: Path, structure: list[L], weights: list[L]) -> tuple[Path, Path]:
    (folder / "net.prototxt").write_text(as_text(HEAD, structure))
    (folder / "trained.caffemodel").write_bytes(as_bytes({"name": "other"}, weights))
    return folder / "net.prototxt", folder / "trained.caffemodel"


def filled(structure: Path, weights: Path):
    fill = read_file(structure).with_weights
    assert fill is not None
    return fill(weights)


def test_weights_are_found_by_name_and_others_are_of_no_use(tmp_path: Path) -> None:
    # The second file does not state an input, and has a layer that nobody could read.
    weights = [L("own", "Python", "data", ()), *reversed(net(extra=True))]
    found = filled(*files(tmp_path, net(), weights))
    assert sorted(found.tensors) == ["conv.bias", "conv.kernel", "fc.bias", "fc.kernel"]
    kernel = net()[0].blobs[0].transpose(2, 3, 1, 0)
    np.testing.assert_array_equal(found.tensors["conv.kernel"], kernel)


def test_a_layer_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(GraphError) as caught:
        filled(*files(tmp_path, net("fc8_own"), net()))
    assert "node 'fc8_own' (InnerProduct) has no weights in trained.caffemodel" in str(caught.value)
    assert "its layers with weights are conv, fc" in str(caught.value)


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    weights = net()
    weights[0].blobs = [random_values(4, 3, 5, 5), random_values(4)]
    with pytest.raises(GraphError, match=r"4 x 3 x 5 x 5, expected 4 x 3 x 3 x 3"):
        filled(*files(tmp_path, net(), weights))


def test_a_dense_layer_as_a_convolution_as_large_as_its_input(tmp_path: Path) -> None:
    convolution = {"convolution_param": {"num_output": 5, "kernel_h": 4, "kernel_w": 3}}
    structure = [*net()[:2], L("fc", "Convolution", "conv", (), convolution)]
    found = filled(*files(tmp_path, structure, net()))
    expected = net()[2].blobs[0].reshape(5, 4, 4, 3).transpose(2, 3, 1, 0)
    np.testing.assert_array_equal(found.tensors["fc.kernel"], expected)


@pytest.mark.parametrize("old", [False, True])
def test_both_generations_of_layers_and_half_precision(tmp_path: Path, old: bool) -> None:
    (tmp_path / "net.prototxt").write_text(as_text(HEAD, net(), old))
    (tmp_path / "a.caffemodel").write_bytes(as_bytes(HEAD, net(), not old, half=True))
    found = filled(tmp_path / "net.prototxt", tmp_path / "a.caffemodel")
    assert len(found.tensors) == 4
    kernel = net()[0].blobs[0].transpose(2, 3, 1, 0).astype(np.float16)
    np.testing.assert_array_equal(found.tensors["conv.kernel"], kernel)


def test_weights_in_hdf5(tmp_path: Path) -> None:
    structure, _ = files(tmp_path, net("branch/fc"), [])
    with h5py.File(tmp_path / "trained.caffemodel.h5", "w") as file:
        for layer in net("branch/fc"):
            for place, blob in enumerate(layer.blobs):
                file[f"data/{layer.name}/{place}"] = blob
    found = filled(structure, tmp_path / "trained.caffemodel.h5")
    np.testing.assert_array_equal(found.tensors["branch/fc.bias"], random_values(5, seed=2))


def test_other_hdf5_is_left_to_its_own_reader(tmp_path: Path) -> None:
    structure, _ = files(tmp_path, net(), [])
    with h5py.File(tmp_path / "keras.h5", "w") as file:
        file["model_weights/conv/kernel"] = random_values(3)
    assert filled(structure, tmp_path / "keras.h5") is None
    damaged = (tmp_path / "keras.h5").read_bytes()[:600]
    for name in ("other.h5", "trained.caffemodel.h5"):
        (tmp_path / name).write_bytes(damaged)
    assert filled(structure, tmp_path / "other.h5") is None
    with pytest.raises(InputError, match=r"trained\.caffemodel\.h5"):
        filled(structure, tmp_path / "trained.caffemodel.h5")


def test_a_comparison_takes_both_files(tmp_path: Path) -> None:
    structure, weights = files(tmp_path, net(), net())
    model = resolve_model(str(structure), str(weights), SILENT)
    tensors = model.weights.tensors()
    np.testing.assert_array_equal(tensors["fc.bias"], random_values(5, seed=2))
    assert model.weights.source == "trained.caffemodel"
    assert model.network.name == "net"
    assert resolve_model(str(structure), "synthetic:3", SILENT).weights.kind == "synthetic"


def test_a_comparison_asks_for_the_weights(tmp_path: Path) -> None:
    structure, _ = files(tmp_path, net(), net())
    with pytest.raises(InputError, match=r"without weights; fix: give them with --weights FILE"):
        _ = resolve_model(str(structure), None, SILENT).weights


@pytest.mark.parametrize("name", ["vgg16-tiny", "alexnet-tiny", "resnet-tiny"])
def test_the_catalogues_network_gets_its_weights_for_its_own_order_of_colours(
    tmp_path: Path, name: str
) -> None:
    network = NETWORKS[name]
    tensors = synthetic.make(network, 0)
    given = dict(tensors)
    first = next(node.tensors["kernel"] for node in network.nodes if "kernel" in node.tensors)
    given[first] = tensors[first][:, :, ::-1]  # of BGR, which Caffe's networks read
    path = tmp_path / "net.caffemodel"
    path.write_bytes(as_bytes({"name": "any"}, like(network, given)))
    read = read_file(path, network.input_size)
    found = rearranged(read, matched(read, network, path), path)
    for tensor, values in tensors.items():
        np.testing.assert_allclose(found[tensor], values, rtol=1e-6)
