"""The layer maps of VGG16 and its tiny copy."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from netparity.errors import UsageError
from netparity.networks import NETWORKS, UnknownNodeError
from netparity.networks.catalogue import vgg

VGG16, TINY = NETWORKS["vgg16"], NETWORKS["vgg16-tiny"]


def test_vgg16_has_the_published_number_of_parameters() -> None:
    # Keras Applications' table and the paper's 138 million (table 2, configuration D).
    assert sum(map(math.prod, VGG16.parameter_shapes.values())) == 138_357_544


def test_vgg16_has_thirteen_convolutions_five_pools_and_three_dense_layers() -> None:
    kinds = [layer.kind for layer in VGG16.layers]
    assert (kinds.count("conv"), kinds.count("pool"), kinds.count("dense")) == (13, 5, 3)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("conv1_1", (224, 224, 64)),
        ("pool1", (112, 112, 64)),
        ("conv3_3", (56, 56, 256)),
        ("conv5_3", (14, 14, 512)),
        ("pool5", (7, 7, 512)),
        ("fc6", (4096,)),
        ("fc7", (4096,)),
        ("prob", (1000,)),
    ],
)
def test_vgg16_feature_shapes(name: str, shape: tuple[int, ...]) -> None:
    assert VGG16.layer(name).output_shape == shape


def test_kernels_of_vgg16() -> None:
    shapes = VGG16.parameter_shapes
    assert shapes["conv1_1.kernel"] == (3, 3, 3, 64)
    assert shapes["fc6.kernel"] == (7, 7, 512, 4096)
    assert shapes["fc7.kernel"] == (1, 1, 4096, 4096)
    assert shapes["fc8.kernel"] == (1, 1, 4096, 1000)
    assert shapes["fc8.bias"] == (1000,)


def test_tiny_is_vgg16_with_a_sixteenth_of_its_widths() -> None:
    for small, large in zip(TINY.layers, VGG16.layers, strict=True):
        assert (small.name, small.kind, small.names) == (large.name, large.kind, large.names)
        if small.name != "prob":
            assert small.output_shape[-1] * 16 == large.output_shape[-1]
    assert TINY.layer("pool5").output_shape == (2, 2, 32)
    assert TINY.layer("prob").output_shape == (10,)


@pytest.mark.parametrize("model", vgg.ALL, ids=[model.name for model in vgg.ALL])
def test_every_layer_fits_the_one_before_it(model) -> None:
    channels = 3
    for layer in model.layers:
        if layer.kernel_shape is not None:
            assert layer.kernel_shape[2] == channels
            assert layer.kernel_shape[3] == layer.output_shape[-1]
        channels = layer.output_shape[-1]


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("fc6", "fc6"),
        ("fc1", "fc6"),
        ("relu6", "fc6"),
        ("fc2", "fc7"),
        ("block5_conv3", "conv5_3"),
        ("relu5_3", "conv5_3"),
        ("block2_pool", "pool2"),
        ("predictions", "prob"),
    ],
)
def test_a_layer_is_found_by_any_tools_name(alias: str, name: str) -> None:
    assert VGG16.layer(alias).name == name


def test_no_name_means_one_layer_here_and_another_in_a_tool() -> None:
    for layer in VGG16.layers:
        for name in (layer.name, *layer.names.values()):
            assert VGG16.layer(name) == layer
            assert VGG16.node(name) is layer.node


def test_an_unknown_layer_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNodeError, match=r"no layer 'fc9'.*conv1_1, .*fc6, fc7, prob"):
        VGG16.layer("fc9")


def test_an_unknown_layer_is_a_usage_error() -> None:
    assert issubclass(UnknownNodeError, UsageError)


def test_all_selects_every_layer() -> None:
    assert VGG16.select("all") == VGG16.layers


def test_a_selection_is_in_network_order_without_duplicates() -> None:
    selected = VGG16.select(" fc7, relu6,fc6 ,conv1_1,")
    assert [layer.name for layer in selected] == ["conv1_1", "fc6", "fc7"]


@pytest.mark.parametrize("names", ["", " , ", ","])
def test_an_empty_selection_is_refused(names: str) -> None:
    with pytest.raises(UnknownNodeError, match="expected names such as fc6,fc7, or all"):
        VGG16.select(names)


def test_the_widths_of_a_network_are_known_if_it_is_built_like_vgg() -> None:
    built = vgg.vgg("mine", ((4,), (6, 5)), (16,), 8, (12, 14))
    assert vgg.widths_of(built) == vgg.Widths(((4,), (6, 5)), (16,), 8)
    without_top = vgg.vgg("mine", ((4,), (6, 5)), (), 0, (12, 14))
    assert vgg.widths_of(without_top) == vgg.Widths(((4,), (6, 5)), (), 0)
    assert vgg.widths_of(VGG16) is not None
    other_nodes = (*built.nodes[:-1], replace(built.nodes[-1], op="relu"))
    assert vgg.widths_of(replace(built, nodes=other_nodes)) is None
    assert vgg.widths_of(replace(built, origin="onnx")) is None
    assert vgg.widths_of(NETWORKS["resnet-tiny"]) is None
