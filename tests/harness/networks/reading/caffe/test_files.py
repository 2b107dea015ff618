"""Which files are Caffe's, and what is said of those that are damaged."""

from __future__ import annotations

import random
import struct
import time
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError
from netparity.files import protobuf
from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.networks.opening import reader_of, stated_network
from netparity.networks.reading.caffe.text import parse
from tests.support.caffe_cases import CASES
from tests.support.caffe_files import (
    L,
    as_bytes,
    as_text,
    data,
    first_generation,
    random_values,
    read_file,
)

HEAD, LAYERS = CASES["dense"]
SECONDS = 2.0


def saved(folder: Path, content: bytes | str, name: str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> str:
    start = time.process_time()
    with pytest.raises(InputError) as caught:
        stated_network(path)
    assert time.process_time() - start < SECONDS
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


# --- recognition ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.caffemodel", "A.CAFFEMODEL", "solver_iter_1000"])
def test_binary_files(tmp_path: Path, name: str) -> None:
    for old in (False, True):
        path = saved(tmp_path, as_bytes(HEAD, LAYERS, old), name)
        assert reader_of(Source(path, WEIGHTS)).name == "caffe"
        assert len(read_file(path).network.nodes) == 3


@pytest.mark.parametrize("name", ["deploy.prototxt", "deploy.prototxt.txt", "train_val", "a.pbtxt"])
def test_text_files(tmp_path: Path, name: str) -> None:
    text = "\ufeff# a comment\n\n" + as_text(HEAD, LAYERS)
    path = saved(tmp_path, text, name)
    assert reader_of(Source(path, WEIGHTS)).name == "caffe"
    assert len(read_file(path).network.nodes) == 3


@pytest.mark.parametrize(
    "text", ["name, size\n", "layer = 3", "{'name': 1}", "# nothing\n", "<html>"]
)
def test_other_texts_are_not_caffes(tmp_path: Path, text: str) -> None:
    assert reader_of(Source(saved(tmp_path, text, "a.txt"), WEIGHTS)) is None


# --- the fields on the wire, by the numbers in Caffe's documentation ---------------------------


def test_a_file_of_todays_format_byte_by_byte(tmp_path: Path) -> None:
    kernel = random_values(2, 3, 1, 1)
    blob = bytes([0x3A, 6, 0x0A, 4, 2, 3, 1, 1]) + b"\x2a\x18" + kernel.tobytes()
    convolution = bytes([0x08, 2, 0x10, 0, 0x20, 1, 0x30, 2])  # outputs, bias_term, kernel, stride
    layer = b"\x0a\x01c\x12\x0bConvolution\x1a\x04data\x22\x01c"
    layer += protobuf.message(7, blob) + protobuf.message(106, convolution)
    net = b"\x0a\x03net\x1a\x04data\x42\x06\x0a\x04\x01\x03\x05\x04" + protobuf.message(100, layer)
    found = read_file(saved(tmp_path, net, "a.caffemodel"))
    [node] = found.network.nodes
    assert (node.name, node.op, node.attributes["strides"]) == ("c", "conv", (2, 2))
    assert found.network.shapes["c"] == (3, 2, 2)
    np.testing.assert_array_equal(found.tensors["c.kernel"], kernel.transpose(2, 3, 1, 0))


def test_a_file_of_the_old_format_byte_by_byte(tmp_path: Path) -> None:
    weights = random_values(2, 12)
    sizes = bytes([0x08, 1, 0x10, 1, 0x18, 2, 0x20, 12])  # num, channels, height, width
    blob = sizes + b"\x2a\x60" + weights.tobytes()
    dense = bytes([0x08, 2, 0x10, 0])
    layer = b"\x12\x04data\x1a\x02fc\x22\x02fc\x28\x0e" + protobuf.message(6, blob)
    layer += protobuf.message(17, dense)
    relu = b"\x12\x02fc\x1a\x02fc\x22\x01r\x28\x12"
    relu += protobuf.message(30, b"\x0d" + struct.pack("<f", 0.1))
    head = b"\x1a\x04data\x20\x01\x20\x03\x20\x02\x20\x02"
    net = b"\x0a\x01n" + head + protobuf.message(2, layer) + protobuf.message(2, relu)
    found = read_file(saved(tmp_path, net, "a.caffemodel"))
    assert [(node.name, node.op) for node in found.network.nodes] == [
        ("fc", "dense"),
        ("r", "leaky_relu"),
    ]
    assert found.network.by_name["r"].attributes["slope"] == 0.1
    expected = weights.T.reshape(3, 2, 2, 2).transpose(1, 2, 0, 3)
    np.testing.assert_array_equal(found.tensors["fc.kernel"], expected)


def test_a_file_of_the_first_format(tmp_path: Path) -> None:
    layers = [
        L("pad", "Padding", "data", "padded", {"convolution_param": {"pad": 2}}),
        L(
            "c",
            "Convolution",
            "padded",
            (),
            {"convolution_param": {"num_output": 2, "kernel_size": 3, "stride": 2}},
        ),
        L("r", "ReLU", "c", "c"),
        L("n", "LRN", "c", (), {"lrn_param": {"local_size": 3, "alpha": 0.5}}),
        L(
            "p",
            "Pooling",
            "n",
            (),
            {"pooling_param": {"pool": "AVE", "kernel_size": 2, "stride": 2}},
        ),
        L("d", "Dropout", "p", "p", {"dropout_param": {"dropout_ratio": 0.25}}),
        L(
            "fc",
            "InnerProduct",
            "p",
            (),
            {"inner_product_param": {"num_output": 5, "bias_term": False}},
        ),
    ]
    layers[1].blobs = [random_values(2, 3, 3, 3), random_values(2)]
    layers[-1].blobs = [random_values(5, 2 * 3 * 3)]
    text, content = first_generation(data(1, 3, 9, 8), layers)
    today = read_file(saved(tmp_path, as_bytes(data(1, 3, 9, 8), layers), "b.caffemodel"))
    for path in (saved(tmp_path, text, "a.prototxt"), saved(tmp_path, content, "a.caffemodel")):
        found = read_file(path)
        assert found.network.nodes == today.network.nodes
        for name in found.tensors:
            np.testing.assert_array_equal(found.tensors[name], today.tensors[name])


# --- text -------------------------------------------------------------------------------------


def test_the_forms_that_text_may_have(tmp_path: Path) -> None:
    text = """
    name: 'it' "\\x73 \\"x\\" \\101"  # comment: { "
    input_dim: [ 1, 3 ] input_dim: 0x10; input_dim: 010,
    input: "data"
    layer < name: "a" type: "ReLU" bottom: "data" top: "a"
      relu_param: { negative_slope: -.5e-1f } include { phase: TEST } >
    layer { name: "b" type: "Power" bottom: "a" top: "b"
      power_param { scale: 2. shift: - 3 } }
    """
    found = read_file(saved(tmp_path, text, "a.prototxt")).network
    assert found.inputs[0].shape == (16, 8, 3)
    assert found.by_name["a"].attributes["slope"] == -0.05
    assert parse(tmp_path / "a.prototxt").text("name") == 'its "x" A'


DAMAGED_TEXTS = {
    "layer { name: 'a'": "it ends where '}' is missing",
    "layer { name: 'a' >": "line 1: '>' is there in place of a field's name",
    "name: 'a\nlayer {}": "line 1: \"'a",
    "name 3": "line 1: 'name' has no value",
    "name: 'x'\ninput: }": "line 2: 'input' has no value",
    "layer {" * 40: "nested deeper than 32",
    "layer {}" * 20_001: "has more than 20000 layers",
    "layer { name: 'a' x: 1 " + "y: 1 " * 61_000: "over 60,000 fields",
    "#" * 2**21 + "\nname: 'a'": "larger than 2,097,152 bytes",
    "name: 'x' \0": "has no meaning there",
    "net: 'train_val.prototxt' base_lr: 0.1": "describes how a network is trained",
    "name: 'x'": "it has no layers",
    "layer { name: 'a' } layers { name: 'a' }": "two generations",
    "layers { layer { name: 'a' type: 'fancy' } }": "node 'layer1' has the type 'fancy'",
    "layer { name: 'a' blobs { data: 1 } }": "has its weights in the text",
    "layers { name: 'a' type: FANCY bottom: 'data' top: 'a' }": "has the type",
    "layer { name: 7 }": "has name 7, expected text",
    "input: 'data' input_dim: 1e3 layer { name: 'a' }": "has input_dim 1000.0, expected a whole",
    "input: 'data' input_dim: 99999999999 layer { bottom: 'data' }": "which is not a size",
}


@pytest.mark.parametrize(("text", "words"), DAMAGED_TEXTS.items(), ids=lambda text: text[:20])
def test_damaged_texts_are_refused_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(saved(tmp_path, text, "a.prototxt"))


# --- bytes ------------------------------------------------------------------------------------

KERNEL = L(
    "c", "Convolution", "data", (), {"convolution_param": {"num_output": 2, "kernel_size": 1}}
)


def test_blobs_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    def of(blob: bytes) -> str:
        layer = b"\x0a\x01c\x12\x04ReLU\x1a\x04data\x22\x01c" + protobuf.message(7, blob)
        net = b"\x0a\x01n" + protobuf.message(100, layer)
        return refused(saved(tmp_path, net, "a.caffemodel"))

    def shape(*dims: int) -> bytes:
        return protobuf.message(7, protobuf.message(1, b"".join(map(protobuf.varint, dims))))

    values = protobuf.message(5, bytes(8))
    assert "layer 'c': a blob of 3 holds 2 values" in of(shape(3) + values)
    assert "a blob has no values" in of(shape(3))
    assert "a blob has the shape [0]" in of(shape(0) + values)
    assert "a blob has the shape" in of(shape(2**40, 2**40) + values)
    assert "claims" in of(shape(2**30) + values)
    assert "several kinds" in of(values + protobuf.message(8, bytes(8)))
    assert "none that is known" in of(protobuf.number(10, 9) + protobuf.message(12, bytes(8)))
    assert "a list of 2,000,000 bytes is too long" in of(
        protobuf.message(7, protobuf.message(1, b"\x01" * 2_000_000)) + values
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x12\x02\x28\x63" * 1_000_000,
        b"<!DOCTYPE html><html></html>",
        b"\x00" * 64,
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    ],
    ids=["length", "many fields", "page", "zeros", "pointer"],
)
def test_other_bytes_are_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    refused(saved(tmp_path, content, "a.caffemodel"))


def test_weights_that_are_missing_or_strange_name_the_node(tmp_path: Path) -> None:
    def of(blobs: list[np.ndarray]) -> str:
        KERNEL.blobs = blobs
        return refused(saved(tmp_path, as_bytes(data(1, 3, 4, 4), [KERNEL]), "a.caffemodel"))

    message = (
        "node 'c' (Convolution) has weights of the shape 2 x 4 x 1 x 1, expected 2 x 3 x 1 x 1"
    )
    assert message in of([random_values(2, 4, 1, 1), random_values(2)])
    assert "has 1 blobs of weights, expected at least 2" in of([random_values(2, 3, 1, 1)])


def test_mutated_files_are_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    draw = random.Random(21)
    seeds = [(as_bytes(*case), ".caffemodel") for case in CASES.values()]
    seeds += [(as_text(*case).encode(), ".prototxt") for case in CASES.values()]
    for _ in range(400):
        content, suffix = draw.choice(seeds)
        changed = bytearray(content)
        for _ in range(draw.choice((1, 1, 4))):
            at = draw.randrange(min(len(changed), draw.choice((200, 10**9))))
            if draw.random() < 0.5:
                changed[at] = draw.randrange(256)
            else:
                del changed[at : at + draw.choice((1, 4, 64))]
        path = saved(tmp_path, bytes(changed), f"a{suffix}")
        start = time.process_time()
        try:
            found = stated_network(path)
            for name in found.tensors if found is not None else ():
                _ = found.tensors[name]
        except InputError as error:
            assert "\n" not in str(error)
            assert "Error(" not in str(error)
        assert time.process_time() - start < SECONDS


def test_names_and_types_cannot_control_the_terminal(tmp_path: Path) -> None:
    strange = "\\033[2J"
    layer = L(f"a{strange}", f"Re{strange}", "data", f"t{strange}")
    path = saved(tmp_path, as_text(data(1, 3, 4, 4), [layer]), "a.prototxt")
    assert refused(path).isprintable()
    layers = [L(f"a{strange}", "ReLU", "data"), L("b", "ReLU", f"a{strange}", f"a{strange}")]
    path = saved(tmp_path, as_text(data(1, 3, 4, 4), layers), "a.prototxt")
    assert all(note.isprintable() for note in read_file(path).notes)
