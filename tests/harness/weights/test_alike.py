"""A file's own network, whose kernels are those of the catalogue's: its names, and its images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netparity.networks import NETWORKS, Network, Preprocessing, checked
from netparity.networks.writing import WRITERS
from netparity.weights.keras_images import prepared_as_for_keras
from netparity.weights.model import Model, default_features, resolve_model
from tests.support.watches import Messages

TINY = NETWORKS["vgg16-tiny"]
CAFFE = Preprocessing("BGR", mean=(103.939, 116.779, 123.68))


def average(**image: object) -> Network:
    """The network with average pools, without names and images of the catalogue's."""
    nodes = tuple(
        replace(node, op="average_pool") if node.op == "max_pool" else node for node in TINY.nodes
    )
    entry = replace(TINY.inputs[0], preprocessing=None, **image)
    rest = {"aliases": {}, "default_features": ()}
    return checked(replace(TINY, name="mine", inputs=(entry,), nodes=nodes, **rest))


def resolved(folder: Path, writer: str, network: Network, watch: Messages) -> Model:
    path = folder / f"average{WRITERS[writer].suffix}"
    ones = {name: np.ones(shape, "f4") for name, shape in network.tensors.items()}
    WRITERS[writer].write(path, network, ones)
    return resolve_model(None, str(path), watch)


@pytest.mark.parametrize(("writer", "images"), [("onnx", None), ("keras", CAFFE)])
def test_a_vgg_with_average_pools_has_the_names_and_if_keras_the_images(tmp_path, writer, images):
    watch = Messages()
    found = resolved(tmp_path, writer, average(), watch)
    assert "has the kernels of vgg16-tiny, whose names are known for it" in watch.text
    assert default_features(found.network) == TINY.default_features
    assert found.network.node("fc6").name == "fc6"
    assert found.network.image.preprocessing == images
    assert ("it is prepared as for Keras's VGG16" in watch.text) == (images is not None)


def test_images_that_a_file_states_stay_as_they_are() -> None:
    stated = replace(average(), origin="keras")
    given = replace(stated.inputs[0], preprocessing=Preprocessing("RGB", scale=1 / 255))
    stated = replace(stated, inputs=(given,))
    assert prepared_as_for_keras(stated, TINY) is stated


def test_other_tools_and_other_networks_are_asked_for_theirs() -> None:
    assert (
        prepared_as_for_keras(replace(average(), origin="onnx"), TINY).image.preprocessing is None
    )
    keras = replace(average(), origin="keras")
    assert prepared_as_for_keras(keras, NETWORKS["mobilenet-tiny"]) is keras
    assert prepared_as_for_keras(keras, TINY).image.preprocessing == CAFFE
