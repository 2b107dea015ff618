"""Names that tools and scripts give to features mean the right nodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from netparity.errors import InputError
from netparity.features import named, read_features, read_named
from netparity.features.torch_modules import modules_of
from netparity.networks import NETWORKS, Network
from netparity.networks.catalogue.vgg import VGG16_TINY

VGG_BN, RESNET = NETWORKS["vgg16-tiny-bn"], NETWORKS["resnet-tiny"]
ALEXNET = NETWORKS["alexnet-tiny"]

MEANT = {
    "conv1_1": "conv1_1",
    "CONV1_1": "conv1_1",
    "block1_conv1": "conv1_1",
    "relu1_1": "conv1_1",
    "model/block1_conv1/Relu:0": "conv1_1",
    "model_1/block1_conv1/Relu:0": "conv1_1",
    "block1_conv1/BiasAdd:0": "conv1_1_linear",
    "block1_conv1/Conv2D:0": "conv1_1_linear",
    "vgg16/block1_pool/MaxPool:0": "pool1",
    "predictions/Softmax:0": "prob",
    "predictions/BiasAdd:0": "prob_linear",
    "features.0": "conv1_1_linear",
    "features.1": "conv1_1",
    "features.4": "pool1",
    "features.30": "pool5",
    "classifier.0": "fc6_linear",
    "classifier.1": "fc6",
    "classifier.2": "fc6",
    "classifier.4": "fc7",
    "classifier.6": "prob_linear",
    "module.features.1": "conv1_1",
    "_orig_mod.module.features.1": "conv1_1",
    "backbone.features.30": "pool5",
    "/features/features.1/Relu_output_0": "conv1_1",
    "/features/features.0/Conv_output_0": "conv1_1_linear",
    "/classifier/classifier.0/Gemm_output_0": "fc6_linear",
    "feat_fc6": "fc6",
    "features-fc6": "fc6",
    "vgg16_fc6": "fc6",
    "fc6_out": "fc6",
    "fc6_features": "fc6",
    "fc6_relu": "fc6",
    "fc6/output": "fc6",
}


def meant(name: str, network: Network = VGG16_TINY, **more: np.ndarray) -> str | None:
    """The node that one array of a file means; its values are negative, so before a ReLU."""
    for node in network.nodes:
        found = named({name: -np.ones((1, *network.shapes[node.name])), **more}, network)
        if any(feature.name == name for feature in found.features.values()):
            [place] = [place for place, each in found.features.items() if each.name == name]
            if network.shapes[place] == network.shapes[node.name]:
                return place
    return None


@pytest.mark.parametrize("name", MEANT)
def test_what_a_name_means(name: str) -> None:
    assert meant(name) == MEANT[name]


@pytest.mark.parametrize(
    "name",
    [
        "image",
        "grad_fc6",
        "fc6_weight",
        "bias_fc6",
        "features",
        "layer1.0.conv1",
        "0",
        "x",
        "fc",
        "",
    ],
)
def test_what_is_no_layer_stays_none(name: str) -> None:
    assert meant(name) is None


def test_a_batch_normalisation_has_a_place_in_torchvisions_count() -> None:
    assert meant("features.0", VGG_BN) == "conv1_1"
    assert meant("features.1", VGG_BN) == "bn1_1"
    assert meant("features.2", VGG_BN) == "relu1_1"
    assert meant("features.6", VGG_BN) == "pool1"


@pytest.mark.parametrize(
    ("module", "node"),
    {
        "conv1": "conv1",
        "bn1": "bn_conv1",
        "maxpool": "pool1",
        "layer1.0.conv1": "res2a_branch2a",
        "module.layer1.0.conv1": "res2a_branch2a",
        "layer1.0.downsample.0": "res2a_branch1",
        "layer1.0.downsample.1": "bn2a_branch1",
        "layer1.1.bn3": "bn2b_branch2c",
        "layer2.0": "res3a_relu",
        "layer2": "res3b_relu",
        "/layer1/layer1.0/conv1/Conv_output_0": "res2a_branch2a",
        "avgpool": "pool5",
    }.items(),
)
def test_the_modules_of_a_resnet(module: str, node: str) -> None:
    assert meant(module, RESNET) == node


def test_every_module_means_a_node_and_other_networks_have_none() -> None:
    for network in (VGG16_TINY, VGG_BN, RESNET):
        assert set(modules_of(network).values()) <= set(network.by_name)
    # torchvision's AlexNet is another network than Caffe's, which normalises.
    assert modules_of(ALEXNET) == {}


def test_an_uncertain_name_needs_the_layers_shape() -> None:
    found = named({"feat_fc6": np.ones((1, 255)), "fc7": np.ones((1, 255))}, VGG16_TINY)
    assert found.others == {"feat_fc6": "its shape, 1 x 255, is not that of fc6, 256 an image"}
    assert set(found.features) == {"fc7"}  # compared, and then refused for its shape


def test_a_hook_whose_values_a_relu_overwrote_shows_them_after_it() -> None:
    shape = (1, *reversed(VGG16_TINY.shapes["conv1_1"]))
    positive = np.maximum(np.random.default_rng(0).standard_normal(shape), 0)
    found = named({"features.0": positive}, VGG16_TINY)
    assert set(found.features) == {"conv1_1"}
    assert ".clone()" in found.features["conv1_1"].remark
    before = named({"features.0": positive - 0.1}, VGG16_TINY)
    assert set(before.features) == {"conv1_1_linear"}
    assert before.features["conv1_1_linear"].remark is None


def test_results_of_vl_simplenn_are_counted_from_the_input() -> None:
    names = [f"res({place + 1}).x" for place in range(len(VGG16_TINY.nodes) + 1)]
    shapes = [(64, 64, 3), *(VGG16_TINY.shapes[node.name] for node in VGG16_TINY.nodes)]
    arrays = {name: np.ones(shape) for name, shape in zip(names, shapes, strict=True)}
    found = named(arrays, VGG16_TINY)
    places = {each.name: node for node, each in found.features.items()}
    assert places["res(2).x"] == "conv1_1_linear" and places["res(3).x"] == "conv1_1"
    assert len(places) == len(VGG16_TINY.nodes) and set(found.others) == {"res(1).x"}
    # Another number of results is that of another network.
    arrays.popitem()
    assert named(arrays, VGG16_TINY).features == {}


# --- folders ---------------------------------------------------------------------------------


def test_a_folder_of_npy_files(tmp_path: Path) -> None:
    np.save(tmp_path / "feat_fc6.npy", np.ones((1, 256)))
    np.save(tmp_path / "conv1_1.npy", np.ones((64, 64, 4)))
    np.save(tmp_path / "image.npy", np.ones(3))
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "broken.npy").write_text("hello")
    (tmp_path / ".hidden.npy").write_text("hello")
    (tmp_path / "more").mkdir()
    found = read_named(tmp_path, VGG16_TINY)
    assert set(found.features) == {"conv1_1", "fc6"}
    assert found.others == {
        "image": "vgg16-tiny has no layer of that name",
        "notes.txt": "it holds another kind of file than .npy",
        "broken.npy": "it holds no array that can be read",
        "more": "it holds a folder",
    }
    [reading] = read_features(tmp_path, VGG16_TINY, "fc6", 1)
    assert reading.fits and reading.variable == "feat_fc6"


def test_a_folder_without_an_npy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no \.npy file; expected one for each layer"):
        read_named(tmp_path, VGG16_TINY)


def test_a_folder_never_unpickles(tmp_path: Path) -> None:
    np.save(tmp_path / "fc6.npy", np.array([object()]), allow_pickle=True)
    found = read_named(tmp_path, VGG16_TINY)
    assert found.features == {} and len(found.others) == 1


def test_an_archive_may_name_arrays_as_onnx_does(tmp_path: Path) -> None:
    path = tmp_path / "values.npz"
    np.savez(path, **{"/classifier/classifier.1/Relu_output_0": np.ones((1, 256))})
    assert set(read_named(path, VGG16_TINY).features) == {"fc6"}
    np.savez(path, **{"../fc6": np.ones((1, 256))})
    with pytest.raises(InputError, match="leads out of the archive"):
        read_named(path, VGG16_TINY)


def test_the_variables_of_a_dagnn_are_called_by_the_field_beside_them(tmp_path: Path) -> None:
    names, shapes = ("input", "relu6", "x99"), ((64, 64, 3), (1, 1, 256), (1, 1, 2))
    values = [(name, np.ones(shape)) for name, shape in zip(names, shapes, strict=True)]
    struct = np.array(values, dtype=[("name", "O"), ("value", "O")])
    savemat(tmp_path / "vars.mat", {"vars": struct})
    found = read_named(tmp_path / "vars.mat", VGG16_TINY)
    assert {node: each.name for node, each in found.features.items()} == {"fc6": "vars(2).value"}
    assert found.others["vars(3).value"] == "vgg16-tiny has no layer of that name (x99)"
    [reading, *_] = read_features(tmp_path / "vars.mat", VGG16_TINY, "fc6", 1)
    assert reading.variable == "vars(2).value"
