"""One file can be read in several ways: each is stored on its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.errors import UsageError
from netparity.inputs.given import Given, with_given
from netparity.networks import NETWORKS
from netparity.networks.writing import WRITERS
from netparity.watch import SILENT
from netparity.weights.formats import BY_NAME
from netparity.weights.model import resolve_model
from netparity.weights.named import open_named
from netparity.weights.synthetic import make

TINY = NETWORKS["vgg16-tiny"]
AS_KNOWN = Given()


@pytest.fixture
def weights() -> dict[str, np.ndarray]:
    return dict(make(TINY, 3))


def kernels(
    path: Path, given: Given = AS_KNOWN, model: str | None = None, names: Path | None = None
) -> dict[str, np.ndarray]:
    found = resolve_model(
        model, str(path), SILENT, None, lambda network: with_given(network, given), names
    )
    return {name: np.array(tensor) for name, tensor in found.weights.tensors().items()}


@pytest.mark.parametrize("model", [None, "vgg16-tiny"])
@pytest.mark.parametrize(
    ("given", "turned"),
    [
        (AS_KNOWN, True),
        (Given(channel_order="BGR"), False),
        (Given(preprocess="caffe"), False),
        (Given(preprocess="tf"), False),
    ],
    ids=["as known", "BGR", "caffe", "tf"],
)
def test_keras_weights_are_turned_unless_the_images_channels_are_stated(
    tmp_path, weights, model, given, turned
) -> None:
    path = tmp_path / "weights.h5"
    BY_NAME["keras-weights-h5"].write(path, TINY, weights)
    in_file = weights["conv1_1.kernel"][:, :, ::-1]  # Keras's VGG takes BGR
    kernels(path)  # first as it is known, which is stored
    found = kernels(path, given, model)["conv1_1.kernel"]
    np.testing.assert_array_equal(found, weights["conv1_1.kernel"] if turned else in_file)


def test_what_was_stored_without_a_map_is_not_taken_with_one(tmp_path, weights) -> None:
    path, names = tmp_path / "weights.npz", tmp_path / "map.txt"
    np.savez(path, **weights)
    layers = list(dict.fromkeys(name.rpartition(".")[0] for name in TINY.tensors))
    other = {"conv3_2": "conv3_3", "conv3_3": "conv3_2"}
    names.write_text("".join(f"{layer} = {other.get(layer, layer)}\n" for layer in layers))
    plain, mapped = kernels(path, model=TINY.name), kernels(path, model=TINY.name, names=names)
    np.testing.assert_array_equal(plain["conv3_2.kernel"], weights["conv3_2.kernel"])
    np.testing.assert_array_equal(mapped["conv3_2.kernel"], weights["conv3_3.kernel"])


@pytest.mark.parametrize("source", ["states.onnx", "synthetic:0"])
def test_a_map_that_would_have_no_effect_is_refused(tmp_path, weights, source) -> None:
    given, names = tmp_path / source, tmp_path / "map.txt"
    names.write_text("conv1_1 = conv1_1\n")
    if given.suffix:
        WRITERS["onnx"].write(given, TINY, weights)
    with pytest.raises(UsageError, match=r"map\.txt would have no effect, as .*; fix: leave it"):
        open_named(str(given) if given.suffix else source, TINY, names)


def test_a_map_beside_a_network_without_further_weights_is_refused(tmp_path, weights) -> None:
    path, names = tmp_path / "states.onnx", tmp_path / "map.txt"
    names.write_text("conv1_1 = conv1_1\n")
    WRITERS["onnx"].write(path, TINY, weights)
    for model, own in ((None, str(path)), (str(path), None)):
        with pytest.raises(UsageError, match=r"states\.onnx states its own network"):
            resolve_model(model, own, SILENT, names=names)
