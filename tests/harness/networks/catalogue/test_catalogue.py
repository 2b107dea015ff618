"""The networks that netparity knows by name: whole, and as their authors published them."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from netparity.errors import UsageError
from netparity.networks import NETWORKS, checked, network_called
from netparity.networks.catalogue import catalogue_name
from netparity.networks.catalogue.build import Builder, ceil_pads
from netparity.networks.document import from_document, to_document

TINY = [name for name in NETWORKS if "tiny" in name]


def parameters(name: str, operations: tuple[str, ...] = ()) -> int:
    """The number of values in the tensors of a network, or of these operations in it."""
    network = NETWORKS[name]
    nodes = [node for node in network.nodes if not operations or node.op in operations]
    tensors = {tensor for node in nodes for tensor in node.tensors.values()}
    return sum(math.prod(network.tensors[tensor]) for tensor in tensors)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_is_one_and_is_the_same_as_json(name: str) -> None:
    network = NETWORKS[name]
    assert checked(network).nodes == network.nodes
    assert network.name == name
    document = to_document(network)
    assert to_document(from_document(document)) == document
    used = {tensor for node in network.nodes for tensor in node.tensors.values()}
    assert used == set(network.tensors)


@pytest.mark.parametrize("name", NETWORKS)
def test_no_name_means_two_nodes(name: str) -> None:
    network = NETWORKS[name]
    meanings: dict[str, set[str]] = {}
    for node in network.features:
        for known in (node.name, *node.names.values()):
            meanings.setdefault(known, set()).add(node.name)
            assert network.node(known) is node
    assert all(len(nodes) == 1 for nodes in meanings.values())
    assert network.select(",".join(network.default_features))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        # Torchvision's table of models, plus what it does not count as parameters: the mean and the
        # variance of each of 26,560, 52,672 and 75,712 normalised channels; and conv1's 64 biases.
        ("resnet50", 25_557_032 + 2 * 26_560 + 64),
        ("resnet101", 44_549_160 + 2 * 52_672),
        ("resnet152", 60_192_808 + 2 * 75_712),
        ("squeezenet", 1_235_496),  # the same table, squeezenet1_1
        ("vgg-face", 138_357_544 + (2622 - 1000) * 4097),  # VGG-16 with another last layer
        # VGG-16 with 21 classes in place of 1000, and a kernel that enlarges them.
        ("fcn32s", 138_357_544 - (1000 - 21) * 4097 + 64 * 64 * 21 * 21),
    ],
)
def test_parameters_are_as_many_as_published(name: str, count: int) -> None:
    assert parameters(name) == count


def test_alexnet_has_the_sizes_of_its_paper() -> None:
    # Section 3.5 of the paper, whose "60 million parameters" are these.
    network = NETWORKS["alexnet"]
    kernels = {name: shape for name, shape in network.tensors.items() if "kernel" in name}
    assert list(kernels.values())[:5] == [
        *((11, 11, 3, 96), (5, 5, 48, 256), (3, 3, 256, 384)),
        *((3, 3, 192, 384), (3, 3, 192, 256)),
    ]
    # 253440, 186624, 64896, 64896 and 43264 neurons follow the input; the first number is that of
    # two halves of 48 x 55 x 55 only if the input is 227 x 227.
    assert [network.shapes[f"conv{number}"] for number in (1, 2, 3, 4, 5)] == [
        *((55, 55, 96), (27, 27, 256), (13, 13, 384), (13, 13, 384), (13, 13, 256)),
    ]
    assert round(parameters("alexnet") / 1e6) == 61
    assert NETWORKS["caffe-ref"].tensors == network.tensors


@pytest.mark.parametrize(
    ("name", "pools"),
    [
        # examples/imagenet/cnn_imagenet_init.m: fc6 has 6 x 6 places in each.
        ("alexnet", (27, 13, 6)),
        ("vgg-f", (27, 13, 6)),
        ("vgg-m", (54, 13, 6)),
        ("vgg-s", (37, 17, 6)),
    ],
)
def test_pools_of_the_relatives_of_alexnet(name: str, pools: tuple[int, ...]) -> None:
    network = NETWORKS[name]
    assert tuple(network.shapes[f"pool{number}"][0] for number in (1, 2, 5)) == pools
    assert network.tensors["fc6.kernel"][:2] == (6, 6)


def test_inception_modules_have_as_many_weights_as_the_papers_table_says() -> None:
    # Table 1 of arXiv:1409.4842, in units of 1024; its number for 4c is 7 % off its own widths.
    table = (159, 380, 364, 437, 463, 580, 840, 1072, 1388)
    network = NETWORKS["googlenet"]
    for number, expected in enumerate(table, start=1):
        kernels = [n for n in network.tensors if n.startswith(f"icp{number}_") and "kernel" in n]
        count = sum(math.prod(network.tensors[name]) for name in kernels)
        assert count / 1024 == pytest.approx(expected, rel=0.08)
    assert network.shapes["icp9_out"] == (7, 7, 1024)
    assert {node.name for node in network.outputs} == {"cls1_fc2", "cls2_fc2", "softmax"}


def test_resnets_have_the_depth_in_their_names() -> None:
    for depth in (50, 101, 152):
        network = NETWORKS[f"resnet{depth}"]
        weighted = [node for node in network.nodes if "kernel" in node.tensors]
        # The four projections are not counted.
        assert len(weighted) - 4 == depth
        strided = [node.name for node in weighted if node.attributes.get("strides")]
        assert strided == [
            "conv1",
            *(f"res{s}a_branch{b}" for s in (3, 4, 5) for b in ("1", "2a")),
        ]


@pytest.mark.parametrize(
    ("name", "alias", "node"),
    [
        ("resnet50", "conv1xxx", "conv1_relu"),
        ("resnet50", "res5cx", "res5c_relu"),
        ("resnet50", "conv2_block3_out", "res2c_relu"),
        ("resnet50", "conv4_block6_2_bn", "bn4f_branch2b"),
        ("resnet50", "avg_pool", "pool5"),
        ("resnet152", "res4b35x", "res4b35_relu"),
        ("googlenet", "prob", "softmax"),
        ("googlenet", "cls1_fc1x", "relu_cls1_fc1"),
        ("squeezenet", "features.3.expand1x1_activation", "fire2/relu_expand1x1"),
        ("squeezenet", "features.12", "fire9/concat"),
        ("squeezenet", "classifier.1", "conv10"),
        ("fcn32s", "fc6x", "relu6"),
        ("vgg-face", "relu6", "fc6"),
    ],
)
def test_nodes_are_found_by_the_names_of_tools(name: str, alias: str, node: str) -> None:
    assert NETWORKS[name].node(alias).name == node


def test_fcn_enlarges_its_scores_and_crops_them_to_the_image() -> None:
    shapes = NETWORKS["fcn32s"].shapes
    # conv1_1 pads by 100; five pools halve, rounding up; fc6 takes 6 places away.
    size = 500 + 2 * 100 - 2
    for _ in range(5):
        size = math.ceil(size / 2)
    assert shapes["score_fr"] == (size - 6, size - 6, 21)
    assert shapes["bigscore"][0] == (size - 7) * 32 + 64
    assert shapes["upscore"] == (500, 500, 21)


@pytest.mark.parametrize("name", TINY)
def test_tiny_networks_are_tiny(name: str) -> None:
    assert parameters(name) < 200_000
    assert 32 <= max(NETWORKS[name].inputs[0].shape) <= 64


@pytest.mark.parametrize(
    ("name", "operations"),
    [
        ("alexnet-tiny", {"lrn", "dense"}),
        ("resnet-tiny", {"batch_norm", "add", "average_pool"}),
        ("googlenet-tiny", {"concat", "lrn", "average_pool"}),
        ("mobilenet-tiny", {"clipped_relu", "batch_norm", "global_average"}),
    ],
)
def test_tiny_networks_have_the_operations_of_the_large_ones(name: str, operations) -> None:
    nodes = NETWORKS[name].nodes
    assert operations <= {node.op for node in nodes}
    groups = {node.attributes.get("groups", 1) for node in nodes if node.op == "conv"}
    assert (2 in groups) == (name == "alexnet-tiny")
    assert (max(groups) > 2) == (name == "mobilenet-tiny")
    uneven = [node for node in nodes if len(set(node.attributes.get("pads", (0,)))) > 1]
    assert uneven


def test_importing_the_catalogue_builds_only_vgg() -> None:
    code = (
        "from netparity.networks.catalogue import NETWORKS\n"
        "assert len(NETWORKS) > 20 and 'resnet152' in NETWORKS and 'lenet' not in NETWORKS\n"
        "assert not NETWORKS._built\n"
        "assert NETWORKS['alexnet'] is NETWORKS['alexnet']\n"
        "assert list(NETWORKS._built) == ['alexnet']\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_an_unknown_network_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"unknown model 'lenet'; .*vgg16, .*resnet50"):
        network_called("lenet")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("VGG16", "vgg16"), ("vgg-16", "vgg16"), ("Vgg_16", "vgg16"), ("VGG 16", "vgg16")),
        *(("ResNet-50", "resnet50"), ("VGG19-NoTop", "vgg19-notop"), ("vggf", "vgg-f")),
        *(("imagenet-vgg-verydeep-16", "vgg16"), ("CaffeNet", "caffe-ref"), ("vgg16", "vgg16")),
    ],
)
def test_a_name_is_taken_in_any_case_with_any_marks(text: str, name: str) -> None:
    assert network_called(text) is NETWORKS[name]
    assert catalogue_name(text) == name


def test_no_two_names_are_one_without_their_marks() -> None:
    assert all(catalogue_name(name.upper().replace("-", "_")) == name for name in NETWORKS)


@pytest.mark.parametrize("text", ["vgg-17", "vg16", "resnet_5"])
def test_the_nearest_name_is_suggested(text: str) -> None:
    with pytest.raises(UsageError, match=r"; did you mean (vgg|resnet).*\? known models: vgg16,"):
        network_called(text)


def test_padding_as_caffe_has_it() -> None:
    # Caffe's PoolingLayer::Reshape: ceil((size - kernel) / stride) + 1 windows.
    rng = np.random.default_rng(0)
    for _ in range(200):
        window = int(rng.integers(2, 8))
        stride = int(rng.integers(1, window + 1))
        sizes = [int(size) for size in rng.integers(window, 40, 2)]
        builder = Builder((*sizes, 1))
        builder.pool("pool", window, stride, pads=ceil_pads(builder.shape, window, stride))
        expected = [math.ceil((size - window) / stride) + 1 for size in sizes]
        assert builder.shape == (*expected, 1)
