"""The networks of the catalogue that were published for Caffe, known by their structure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netparity.networks.catalogue import NETWORKS
from netparity.networks.graph import Network
from netparity.networks.matching import known_as, match_catalogue
from netparity.networks.reading.caffe.blobs import Blob
from netparity.networks.reading.caffe.known_sizes import size_of_known
from netparity.networks.reading.caffe.layers import layers_of
from netparity.networks.reading.caffe.text import parse
from netparity.weights import synthetic
from tests.support.caffe_files import L, as_bytes, as_text, data, read_file
from tests.support.caffe_like import like

PUBLISHED = [
    *("vgg16", "vgg19", "vgg-face", "alexnet", "caffe-ref", "vgg-f", "vgg-m", "vgg-s"),
    *("resnet50", "resnet101", "googlenet", "squeezenet", "fcn32s"),
]
TINY = [
    *(("vgg16-tiny", False), ("vgg16-tiny", True), ("alexnet-tiny", False), ("alexnet-tiny", True)),
    ("resnet-tiny", False),  # batch normalisation came with the new format
]


def blank(network: Network) -> Mapping[str, np.ndarray[Any, Any]]:
    """Tensors of the right shapes that take no memory."""
    zero = np.float32(0)
    return {name: np.broadcast_to(zero, shape) for name, shape in network.tensors.items()}


def head(network: Network) -> dict[str, Any]:
    height, width, channels = network.image.shape
    return data(10, channels, height, width)


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("in_place", [True, False])
def test_full_structures_are_known(tmp_path: Path, name: str, in_place: bool) -> None:
    network = NETWORKS[name]
    layers = [replace(layer, blobs=()) for layer in like(network, blank(network), in_place)]
    path = tmp_path / "deploy.prototxt"
    path.write_text(as_text(head(network), layers))
    read = read_file(path)
    found = match_catalogue(read.network)
    assert found is not None
    assert found[0].tensors == network.tensors
    known = known_as(read.network, found[1])
    for feature in network.default_features:
        size = math.prod(known.shapes[known.node(feature).name])
        assert size == math.prod(network.shapes[feature])


@pytest.mark.parametrize(("name", "old"), TINY)
def test_weights_alone_are_known(tmp_path: Path, name: str, old: bool) -> None:
    network = NETWORKS[name]
    path = tmp_path / "any.caffemodel"
    layers = like(network, synthetic.make(network, 0))
    path.write_bytes(as_bytes(head(network), layers, old))
    read = read_file(path)
    found = match_catalogue(read.network, read.tensors)
    assert found is not None
    assert found[0] is network


def test_googlenet_as_it_is_trained(tmp_path: Path) -> None:
    network = NETWORKS["googlenet"]
    layers = [replace(layer, blobs=()) for layer in like(network, blank(network))]
    source = L("d", "Data", (), ("data", "label"), {"transform_param": {"crop_size": 224}})
    last = layers.pop()
    assert last.type == "Softmax"
    losses = [
        L(f"loss{place}", "SoftmaxWithLoss", (blob, "label"), (), {"loss_weight": weight})
        for place, (blob, weight) in enumerate(
            (("cls1_fc2", 0.3), ("cls2_fc2", 0.3), ("cls3_fc", 1.0)), start=1
        )
    ]
    path = tmp_path / "train_val.prototxt"
    path.write_text(as_text({}, [source, *layers, *losses]))
    found = match_catalogue(read_file(path).network)
    assert found is not None
    assert found[0].name == "googlenet"


@pytest.mark.parametrize("name", ["vgg16", "alexnet", "vgg-f", "vgg16-tiny"])
def test_a_known_networks_size_need_not_be_stated(tmp_path: Path, name: str) -> None:
    """Seen from the sizes of the kernels; the values are not read."""
    network = NETWORKS[name]
    layers = like(network, blank(network))
    (tmp_path / "net.prototxt").write_text(
        as_text({"input": "data"}, [replace(layer, blobs=()) for layer in layers])
    )
    sizes = {layer.name: layer.blobs for layer in layers}

    def unread() -> np.ndarray[Any, Any]:
        raise AssertionError("its values are not needed")

    given = [
        replace(layer, blobs=tuple(Blob(values.shape, unread) for values in sizes[layer.name]))
        for layer in layers_of(parse(tmp_path / "net.prototxt"))
    ]
    assert size_of_known(given) == (network.input_size, name)
    others = [*given[:-2], replace(given[-2], blobs=(Blob((7, 4096), unread),)), given[-1]]
    assert size_of_known(others) == (network.input_size, name)
    assert size_of_known(given[3:]) is None
