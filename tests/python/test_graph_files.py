"""network.json, canonical tensors, images and file names, as the Python extractors read them."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from feature_files import file_names
from job_files import Preprocessing
from native_image import mean_image_of, normalised, resized
from netparity.networks.document import to_document
from network_file import NetworkError, read_network
from tensors_file import TensorsError, read_tensors
from tests.support.graph_jobs import Sketch


@pytest.fixture
def document():
    sketch = Sketch((6, 5, 3))
    kernel = {"kernel": sketch.normal(3, 3, 3, 4)}
    sketch.add("sum", "conv", tensors=kernel, pads=(1, 0, 1, 0))
    sketch.add("out", "relu", "sum")
    return to_document(sketch.network())


@pytest.fixture
def read(tmp_path):
    def write_and_read(document):
        path = tmp_path / "network.json"
        text = document if isinstance(document, str) else json.dumps(document)
        path.write_text(text, encoding="utf-8")
        return read_network(path)

    return write_and_read


def test_a_network_is_read_as_it_was_written(document, read):
    network = read(document)
    assert [entry.shape for entry in network.inputs] == [(6, 5, 3)]
    conv, relu = network.nodes
    assert (conv.name, conv.op, conv.inputs, conv.shape) == ("sum", "conv", ("input",), (5, 4, 4))
    assert (conv["pads"], conv["groups"], conv["strides"]) == ([1, 0, 1, 0], 1, [1, 1])
    assert network.tensors[conv.tensors["kernel"]] == (3, 3, 3, 4)
    assert (relu.inputs, relu.inner) == (("sum",), False)
    with pytest.raises(NetworkError, match=r"node 'out' \(relu\) lacks its attribute 'slope'"):
        relu["slope"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: "{", "is not JSON"),
        (lambda d: [], "has schema_version None"),
        (lambda d: d | {"schema_version": 7}, "has schema_version 7"),
        (lambda d: d | {"nodes": 3}, "is not a network"),
        (lambda d: d | {"nodes": [{}]}, "is not a network .KeyError 'name'"),
        (lambda d: d | {"nodes": d["nodes"][1:]}, r"'out' \(relu\) reads 'sum', which is missing"),
        (lambda d: d | {"nodes": d["nodes"] * 2}, "two nodes are called 'sum'"),
        (lambda d: d | {"tensors": {}}, "its kernel 'sum.kernel' is missing"),
    ],
)
def test_what_is_not_a_network_is_refused_in_words(document, read, change, words):
    with pytest.raises(NetworkError, match=words):
        read(change(document))


def test_tensors_are_those_that_the_library_writes(tmp_path):
    path = tmp_path / "w.safetensors"
    random = np.random.default_rng(1)
    arrays = {
        "conv/1.kernel": random.normal(size=(2, 3, 4, 5)).astype(np.float32),
        "é": random.normal(size=()).astype(np.float32),
        "empty": np.zeros((0, 3), np.float32),
    }
    save_file(arrays, path, metadata={"note": "x"})
    found = read_tensors(path)
    assert set(found) == set(arrays)
    for name, values in arrays.items():
        assert found[name].dtype == np.float32
        np.testing.assert_array_equal(found[name], values)
    with pytest.raises(ValueError, match="read-only"):
        found["conv/1.kernel"][0] = 1


def entry(**changes):
    return {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **changes}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ({"a": 3}, "'a' has no type, shape"),
        ({"a": entry(dtype="F16")}, "'a' is 'F16', expected 'F32'"),
        ({"a": entry(shape=[3])}, r"'a' of shape \[3\] does not fit"),
        ({"a": entry(data_offsets=[8, 16])}, "8 to 16 of 8"),
        ({"a": entry(data_offsets=[-8, 0])}, "does not fit"),
        ({"a": entry(data_offsets=[0.0, 8.0])}, "does not fit"),
        ({"a": entry(data_offsets=[0])}, "'a' has no type, shape"),
        ({"a": entry(shape=[2**62, 2**62])}, "does not fit"),
        ({"a": entry(shape=["2"])}, "does not fit"),
        ({"a": entry(shape=[True, 2])}, "does not fit"),
    ],
)
def test_a_damaged_header_is_refused_in_words(tmp_path, header, words):
    path = tmp_path / "w.safetensors"
    text = (header if isinstance(header, str) else json.dumps(header)).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(8))
    with pytest.raises(TensorsError, match=words):
        read_tensors(path)


@pytest.mark.parametrize("content", [b"", b"1234567", b"\xff" * 30, struct.pack("<Q", 9) + b"{}"])
def test_a_cut_file_is_refused_in_words(tmp_path, content):
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    with pytest.raises(TensorsError, match="is cut, or not a"):
        read_tensors(path)


PIXELS = np.random.default_rng(2).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def test_an_image_is_resized_to_the_input_itself():
    image = resized(Image.fromarray(PIXELS), (20, 15), Preprocessing(filter="nearest"))
    # Nearest neighbour takes the pixel at floor((i + 0.5) * factor).
    np.testing.assert_array_equal(np.asarray(image), PIXELS[1::2, 2::4])


def test_an_image_is_cropped_in_the_middle():
    how = Preprocessing(filter="nearest", resize=[20, 30])
    image = resized(Image.fromarray(PIXELS), (16, 23), how)
    np.testing.assert_array_equal(np.asarray(image), PIXELS[1::2, 1::2][2:18, 3:26])


@pytest.mark.parametrize("turned", [False, True])
def test_the_shorter_side_is_resized_and_the_rest_cropped(turned):
    pixels = PIXELS.swapaxes(0, 1) if turned else PIXELS
    how = Preprocessing(filter="nearest", resize=[20, 20], keep_aspect=True)
    image = np.asarray(resized(Image.fromarray(pixels), (20, 20), how))
    expected = PIXELS[1::2, 1::2][:, 5:25]
    np.testing.assert_array_equal(image, expected.swapaxes(0, 1) if turned else expected)


def test_an_area_filter_takes_means():
    image = resized(Image.fromarray(PIXELS), (20, 30), Preprocessing(filter="area"))
    means = PIXELS.reshape(20, 2, 30, 2, 3).mean(axis=(1, 3))
    assert np.abs(np.asarray(image) - means).max() <= 1  # rows and columns are rounded in turn


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (Preprocessing(filter="lanczos"), "filter 'lanczos'"),
        (Preprocessing(resize=[10, 30]), "resized to 10 x 30, smaller than the network's input"),
    ],
)
def test_a_resize_that_makes_no_sense_is_refused_in_words(how, words):
    with pytest.raises(ValueError, match=words):
        resized(Image.fromarray(PIXELS), (20, 20), how)


def test_values_are_scaled_then_shifted_then_divided_in_the_networks_order():
    how = Preprocessing("BGR", [0.1, 0.2, 0.3], [0.5, 2.0, 4.0], 1 / 255)
    found = normalised(PIXELS[None].astype(np.float32), how, None)
    expected = (PIXELS[None, ..., ::-1] / 255 - [0.1, 0.2, 0.3]) / [0.5, 2.0, 4.0]
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() < 1e-6


def test_a_mean_image_is_a_tensor_or_an_npy_file(tmp_path):
    mean = np.random.default_rng(3).normal(size=PIXELS.shape).astype(np.float32)
    np.save(tmp_path / "mean.npy", mean)
    by_name = Preprocessing(mean_image="input.mean")
    by_path = Preprocessing(mean_image=str(tmp_path / "mean.npy"))
    assert mean_image_of(by_name, {"input.mean": mean}) is mean
    np.testing.assert_array_equal(mean_image_of(by_path, {}), mean)
    assert mean_image_of(Preprocessing(), {}) is None
    with pytest.raises(ValueError, match="which is neither the absolute path"):
        mean_image_of(by_name, {})
    found = normalised(PIXELS[None].astype(np.float32), by_name, mean)
    np.testing.assert_array_equal(found[0], PIXELS.astype(np.float32) - mean)


def test_files_of_features_have_plain_and_distinct_names():
    names = ["fc6", "block1/conv", "block1:conv", "FC6", "é", "a" * 300, "..", "x-1", "x/1"]
    files = file_names("shared", names)
    assert files[0] == "shared-fc6.npy"
    assert len({name.lower() for name in files}) == len(names)
    for name in files:
        assert name.isascii() and len(name) < 100 and "/" not in name
