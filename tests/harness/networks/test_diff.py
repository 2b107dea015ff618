"""Two files: the same function or not, and what differs, in sentences."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netparity.networks import NETWORKS, Network, Node, Preprocessing, checked
from netparity.networks.diff import as_dict, diff, preprocessing_differences
from netparity.networks.matching import match_catalogue
from netparity.networks.opening import open_network
from netparity.networks.reading import ReadNetwork
from tests.support.respelling import random_network, respelled


def valued(seed: int) -> ReadNetwork:
    network, tensors = random_network(seed)
    return ReadNetwork(network, tensors)


def expecting(network: Network, stated: Preprocessing | None) -> Network:
    return replace(network, inputs=(replace(network.inputs[0], preprocessing=stated),))


def test_another_spelling_is_the_same() -> None:
    a = valued(1)
    found = diff(a, ReadNetwork(*respelled(a.network, dict(a.tensors), 2)))
    assert found.same
    total = len(a.tensors)
    assert found.summary == (
        f"A and B are the same function: the same structure and {total} equal tensors."
    )
    assert as_dict(found)["same"] is True


def test_other_weights_are_a_difference() -> None:
    a = valued(1)
    changed = {**a.tensors, "fc1.bias": np.asarray(a.tensors["fc1.bias"]) + np.float32(1)}
    found = diff(a, replace(a, tensors=changed))
    assert not found.same
    total = len(a.tensors)
    assert found.summary == (
        f"A and B have the same structure; {total - 1} of {total} tensors are equal."
    )
    [sentence] = found.differences
    assert sentence.startswith("fc1: its bias differs, 5 of 5 values, by at most 1")


def test_the_catalogue_states_no_weights() -> None:
    network = NETWORKS["vgg16-tiny"]
    found = diff(ReadNetwork(network, {}), ReadNetwork(network, {}))
    assert found.same and found.values is None
    assert "weights were not compared" in found.summary


def test_another_structure_is_another_function() -> None:
    a, b = NETWORKS["vgg16-tiny"], NETWORKS["vgg19-tiny"]
    found = diff(ReadNetwork(a, {}), ReadNetwork(b, {}))
    assert found.summary == "A and B are different functions."
    assert found.differences[0].startswith("B has a convolution after conv3_3")


def averaging(network: Network) -> Network:
    nodes = (
        replace(node, op="average_pool") if node.op == "max_pool" else node
        for node in network.nodes
    )
    return replace(network, nodes=tuple(nodes), name="average")


def normalised(network: Network) -> Network:
    """With a batch normalisation between each convolution and its ReLU."""
    nodes, tensors = [], dict(network.tensors)
    for node in network.nodes:
        if node.op != "conv":
            nodes.append(node)
            continue
        owner = network.owner(node)
        roles = {role: f"{owner}.{role}" for role in ("mean", "variance")}
        tensors |= dict.fromkeys(roles.values(), network.shapes[node.name][-1:])
        nodes.append(replace(node, name=f"{owner}_conv", inner=False))
        nodes.append(Node(node.name, "batch_norm", (f"{owner}_conv",), {"epsilon": 1e-5}, roles))
    return replace(network, nodes=tuple(nodes), tensors=tensors, name="normalised")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            normalised,
            "A has a batch normalisation after conv1_1_conv (conv1_1 in B), conv1_2_conv (conv1_2 "
            "in B), conv2_1_conv (conv2_1 in B), conv2_2_conv (conv2_2 in B) and 9 more; "
            "B has none",
        ),
        (
            averaging,
            "pool1, pool2, pool3, pool4 and pool5: an average pool in A, a maximum pool in B",
        ),
    ],
)
def test_what_has_vggs_widths_alone_is_not_vgg(
    change: Callable[[Network], Network], sentence: str
) -> None:
    vgg = NETWORKS["vgg16-tiny"]
    network = checked(change(vgg))
    assert match_catalogue(network) is None
    found = diff(ReadNetwork(network, {}), ReadNetwork(vgg, {}))
    assert found.differences == (sentence,)


VGG = Preprocessing(mean=(123.68, 116.779, 103.939))


@pytest.mark.parametrize(
    ("other", "sentences"),
    [
        (VGG, []),
        (replace(VGG, order="BGR", mean=VGG.mean[::-1]), []),
        (
            replace(
                VGG,
                scale=1 / 255,
                mean=tuple(number / 255 for number in VGG.mean),
                deviation=(1 / 255,),
            ),
            [],
        ),
        (
            replace(VGG, mean=(1.0, 2.0, 3.0)),
            ["the mean of red, green and blue is (123.68,116.779,103.939) in A, (1,2,3) in B"],
        ),
        (
            replace(VGG, deviation=(2.0,)),
            ["the divisor of red, green and blue is (1,1,1) in A, (2,2,2) in B"],
        ),
        (
            replace(VGG, filter="bilinear", resize=(256, 256)),
            [],
        ),
        (
            replace(VGG, mean_image="input.mean"),
            ["B subtracts a mean image, A a number for each channel"],
        ),
        (None, []),
    ],
)
def test_preprocessing_is_compared_colour_by_colour(
    other: Preprocessing | None, sentences: list[str]
) -> None:
    network = NETWORKS["vgg16-tiny"]
    a, b = expecting(network, VGG), expecting(network, other)
    assert list(preprocessing_differences(a, b)) == sentences


def test_what_is_not_stated_is_remarked_on() -> None:
    network = NETWORKS["vgg16-tiny"]
    found = diff(ReadNetwork(network, {}), ReadNetwork(expecting(network, None), {}))
    assert found.same
    assert found.remarks == ("B does not say what is done to an image first",)


def test_resizing_is_remarked_on() -> None:
    network = NETWORKS["vgg16-tiny"]
    other = replace(VGG, filter="bilinear", resize=(256, 256), keep_aspect=True)
    a, b = expecting(network, VGG), expecting(network, other)
    found = diff(ReadNetwork(a, {}), ReadNetwork(b, {}))
    assert found.same
    assert found.remarks == (
        "an image is resized to the input's size by the filter bicubic in A, to 256 x 256 and "
        "cropped, proportions kept, by the filter bilinear in B",
    )


PYTORCH = Path(__file__).parent / "files" / "pytorch"
EXPORTED = sorted(PYTORCH.glob("*.onnx"))


@pytest.mark.parametrize("path", EXPORTED, ids=lambda path: path.stem)
def test_pytorchs_exporters_and_opsets_write_the_same_function(path: Path) -> None:
    """The files are one model each, by both exporters and at several opsets."""
    model = path.stem.partition("-")[0]
    [first, *_] = [other for other in EXPORTED if other.stem.partition("-")[0] == model]
    found = diff(open_network(str(first)), open_network(str(path)))
    assert found.differences == ()
    assert found.values is not None and found.values.same


def test_different_models_of_pytorch_are_different_functions() -> None:
    models = {path.stem.partition("-")[0]: open_network(str(path)) for path in EXPORTED}
    assert len(models) >= 4
    for a, b in itertools.combinations(models.values(), 2):
        assert not diff(a, b).structure.same
