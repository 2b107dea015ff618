"""What is not understood is refused in one sentence that names node and operation."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from netparity.errors import InputError
from netparity.files import protobuf
from netparity.networks import GraphError
from netparity.networks.reading.onnx import READER
from tests.support.onnx_files import model_of, node, random_values, read_file, read_model

KERNEL = {"k": random_values(4, 3, 3, 3)}


def refused(model, folder: Path) -> str:
    with pytest.raises(GraphError) as error:
        read_model(model, folder)
    sentence = str(error.value)
    assert "\n" not in sentence and len(sentence) < 600
    return sentence.partition(".onnx: ")[2]


@pytest.mark.parametrize(
    ("made", "constants", "sentence"),
    [
        (
            node("GRU", ["x"], ["y"], "gru1"),
            {},
            "node 'gru1' (GRU) is an operation that netparity does not read; fix: keep the nodes "
            "before it: onnx.utils.extract_model(FILE, NEW_FILE, INPUTS, ['x'])",
        ),
        (
            node("FusedConv", ["x", "k"], ["y"], "f", domain="com.microsoft"),
            KERNEL,
            "node 'f' (FusedConv) is an operation of the domain 'com.microsoft' that netparity "
            "does not read; fix: keep the nodes before it: onnx.utils.extract_model(FILE, "
            "NEW_FILE, INPUTS, ['x'])",
        ),
        (
            node("Relu", ["x"], ["y"], "r", slope=0.1),
            {},
            "node 'r' (Relu) has an attribute 'slope' that netparity does not know",
        ),
        (
            node("Conv", ["x", "k"], ["y"], "c", pads=[1, 1]),
            KERNEL,
            "node 'c' (Conv) has pads (1, 1), expected 4 whole numbers",
        ),
        (
            node("Conv", ["x", "k"], ["y"], "c", auto_pad="SOME"),
            KERNEL,
            "node 'c' (Conv) has auto_pad 'SOME', expected one of NOTSET, SAME_UPPER, SAME_LOWER, "
            "VALID",
        ),
        (
            node("Conv", ["x", "k"], ["y"], "c"),
            {"k": random_values(4, 3, 3)},
            "node 'c' (Conv) has a kernel of 3 axes; netparity reads two-dimensional convolutions, "
            "whose kernels have 4",
        ),
        (
            node("Conv", ["x", "x"], ["y"], "c"),
            {},
            "node 'c' (Conv) has a kernel that is computed from the images; netparity reads "
            "constant ones only",
        ),
        (
            node("MatMul", ["x", "x"], ["y"], "m"),
            {},
            "node 'm' (MatMul) multiplies two activations, which netparity does not read",
        ),
        (
            node("Dropout", ["x", "", "t"], ["y"], "d"),
            {"t": np.array(True)},
            "node 'd' (Dropout) is in training mode; fix: export the network for inference",
        ),
        (
            node("Resize", ["x", "", "s"], ["y"], "r", mode="cubic"),
            {"s": np.float32([1, 1, 2, 2])},
            "node 'r' (Resize) has mode 'cubic'; netparity reads nearest and linear",
        ),
        (
            node("Slice", ["x", "s", "e", "a", "p"], ["y"], "s"),
            {"s": np.array([0]), "e": np.array([8]), "a": np.array([0]), "p": np.array([-1])},
            "node 's' (Slice) takes places of the axis that counts the images",
        ),
        (
            node("Concat", ["x", "x"], ["y"], "j", axis=0),
            {},
            "node 'j' (Concat) joins images",
        ),
        (
            node("Add", ["x", "absent"], ["y"], "a"),
            {},
            "node 'a' (Add) reads 'absent', which no node before it computes",
        ),
        (
            node("Softmax", ["x"], ["y"], "p", axis=0),
            {},
            "node 'p' (Softmax) takes the softmax over images",
        ),
        (
            node(
                "If",
                ["t"],
                ["y"],
                "i",
                then_branch=helper.make_graph([], "g", [], []),
                else_branch=helper.make_graph([], "g", [], []),
            ),
            {"t": np.array(True)},
            "node 'i' (If) has a graph inside, which netparity does not read",
        ),
    ],
)
def test_a_node_that_is_not_understood(made, constants, sentence: str, tmp_path: Path):
    assert refused(model_of([made], constants), tmp_path) == sentence


def test_operations_of_other_domains_are_no_patterns(tmp_path: Path):
    nodes = [node("Sigmoid", ["x"], ["a"]), node("Mul", ["x", "a"], ["y"], "m", domain="other")]
    assert refused(model_of(nodes), tmp_path) == (
        "node 'm' (Mul) is an operation of the domain 'other' that netparity does not read; fix: "
        "keep the nodes before it: onnx.utils.extract_model(FILE, NEW_FILE, INPUTS, ['x'])"
    )


def test_a_tensor_that_is_made_twice(tmp_path: Path):
    nodes = [node("Relu", ["x"], ["y"], "a"), node("Tanh", ["x"], ["y"], "b")]
    expected = "node 'b' (Tanh) makes 'y', which exists already"
    assert refused(model_of(nodes), tmp_path) == expected


def test_batch_normalisation_in_training(tmp_path: Path):
    names = ["s", "b", "m", "v"]
    constants = {name: np.ones(3, np.float32) for name in names}
    norm = node("BatchNormalization", ["x", *names], ["y", "a", "b2"], "bn", training_mode=1)
    assert refused(model_of([norm], constants), tmp_path) == (
        "node 'bn' (BatchNormalization) is in training mode; fix: export the network for inference"
    )


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        (("N", 3, "H", 10), "the input 'x' has no fixed height; fix: give --input-size"),
        (("N", 3, 8, None), "the input 'x' has no fixed width; fix: give --input-size"),
        (
            ("N", "C", 8, 10),
            "the input 'x' has no fixed number of channels; fix: export it with fixed sizes",
        ),
        ((3,), "the input 'x' has 1 axes, expected 2 to 6"),
    ],
)
def test_sizes_that_are_left_open(sizes, sentence: str, tmp_path: Path):
    assert (
        refused(model_of([node("Relu", ["x"], ["y"])], inputs={"x": sizes}), tmp_path) == sentence
    )


def test_sizes_that_are_left_open_can_be_given(tmp_path: Path):
    nodes = [node("Conv", ["x", "k"], ["c"]), node("Flatten", ["c"], ["y"])]
    model = model_of(nodes, KERNEL, {"x": ("N", 3, "H", "W")})
    found = read_model(model, tmp_path, (8, 10))
    assert found.network.inputs[0].shape == (8, 10, 3)
    assert found.network.shapes["y"] == (6 * 8 * 4,)


@pytest.mark.parametrize("opset", [6, 99])
def test_opsets_that_are_too_old_or_too_new(opset: int, tmp_path: Path):
    model = model_of([node("Relu", ["x"], ["y"])])
    model.opset_import[0].version = opset
    assert refused(model, tmp_path).startswith(
        f"it uses {opset} opset; netparity reads opset 7 to "
    )


def test_operations_of_other_domains_alone(tmp_path: Path):
    model = model_of([node("Scaler", ["x"], ["y"], domain="ai.onnx.ml")])
    model.opset_import[0].domain = "ai.onnx.ml"
    assert refused(model, tmp_path) == (
        "its operations are all of the domain ai.onnx.ml, which netparity does not read"
    )


def test_inputs_that_are_not_real_numbers(tmp_path: Path):
    model = model_of([node("Relu", ["x"], ["y"])])
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    assert refused(model, tmp_path) == "the input 'x' does not hold real numbers (type 2)"


@pytest.mark.parametrize("where", ["initialiser", "node"])
def test_values_in_other_files_are_never_opened(where: str, tmp_path: Path):
    model = model_of([node("Conv", ["x", "k"], ["y"])], KERNEL)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../../etc/passwd")
    if where == "node":
        constant = node("Constant", [], ["k"], value=tensor)
        del model.graph.initializer[:]
        model.graph.node.insert(0, constant)
    path = tmp_path / "x.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(GraphError, match="'k' are in another file, which netparity does not open"):
        read_file(path)


def test_the_missing_file_of_values_is_named(tmp_path: Path):
    model = model_of([node("Conv", ["x", "k"], ["y"])], KERNEL)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="x.onnx.data")
    tensor.external_data.add(key="length", value="12")
    path = tmp_path / "x.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(GraphError, match=r"which is missing \('x.onnx.data'\); fix: .*onnx.save\("):
        read_file(path)
    (tmp_path / "x.onnx.data").write_bytes(bytes(12))
    with pytest.raises(GraphError, match=r"does not open \('x.onnx.data'\); fix: .*onnx.save\("):
        read_file(path)


@pytest.mark.parametrize("field", ["raw", "floats", "node"])
def test_a_tensor_of_2_to_the_40_values(field: str, tmp_path: Path):
    model = model_of([node("Conv", ["x", "k"], ["y"])], KERNEL)
    tensor = model.graph.initializer[0]
    del tensor.dims[:]
    tensor.dims.extend([2**20, 2**20, 1, 1])
    if field == "floats":
        tensor.ClearField("raw_data")
        tensor.float_data.extend([0.0])
    if field == "node":
        model.graph.node.insert(0, node("Constant", [], ["k"], value=tensor))
        del model.graph.initializer[:]
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert refused(model, tmp_path) == ("the tensor 'k' has 1.1e+12 values; the limit is 2.15e+09")
    assert time.process_time() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000


@pytest.mark.parametrize(
    ("made", "constants"),
    [
        (node("ConstantOfShape", ["s"], ["c"]), {"s": np.array([2**20, 2**20])}),
        (node("Expand", ["z", "s"], ["c"]), {"s": np.array([2**20, 2**20]), "z": np.float32([1])}),
        (
            node("Range", ["a", "b", "d"], ["c"]),
            {"a": np.array(0), "b": np.array(2**40), "d": np.array(1)},
        ),
        (
            node("Gather", ["z", "s"], ["c"]),
            {"z": np.zeros((1, 2**20), np.float32), "s": np.zeros(2**10, np.int64)},
        ),
        (
            node("Add", ["u", "v"], ["c"]),
            {"u": np.zeros((2**12, 1), np.float32), "v": np.zeros((1, 2**12), np.float32)},
        ),
    ],
)
def test_constants_that_grow(made, constants, tmp_path: Path):
    model = model_of([made, node("Add", ["x", "c"], ["y"])], constants)
    started = time.process_time()
    assert made.op_type in refused(model, tmp_path)
    assert time.process_time() - started < 2


def test_activations_that_grow(tmp_path: Path):
    nodes = [node("Pad", ["x" if at == 0 else f"p{at}", "pads"], [f"p{at + 1}"]) for at in range(9)]
    pads = np.array([0, 0, 4000, 4000, 0, 0, 4000, 4000])
    model = model_of([*nodes, node("Relu", ["p9"], ["y"])], {"pads": pads})
    assert "the limit is" in refused(model, tmp_path)


def test_a_hundred_thousand_nodes(tmp_path: Path):
    made = node("Relu", ["x"], ["y"]).SerializeToString()
    model = model_of([node("Relu", ["x"], ["y"])])
    path = tmp_path / "x.onnx"
    graph = model.graph.SerializeToString() + protobuf.message(1, made) * 100_000
    model.ClearField("graph")
    path.write_bytes(model.SerializeToString() + protobuf.message(7, graph))
    started = time.process_time()
    with pytest.raises(GraphError, match="it has more than 20000 nodes, which is the limit"):
        read_file(path)
    assert time.process_time() - started < 2


def test_a_constant_that_is_rearranged_over_and_over(tmp_path: Path):
    nodes = [
        node("Transpose", ["k" if at == 0 else f"k{at}"], [f"k{at + 1}"]) for at in range(2000)
    ]
    nodes.append(node("Conv", ["x", "k2000"], ["y"]))
    assert "is rearranged over and over" in refused(model_of(nodes, KERNEL), tmp_path)


def test_a_file_is_recognised_by_its_beginning_and_its_name(tmp_path: Path):
    from netparity.files.limits import WEIGHTS
    from netparity.files.source import open_source

    path = tmp_path / "a.onnx"
    onnx.save(model_of([node("Relu", ["x"], ["y"])]), str(path))
    assert READER.recognises(open_source(path, WEIGHTS, "x", "x"))
    other = tmp_path / "a.npz"
    other.write_bytes(path.read_bytes())
    assert not READER.recognises(open_source(other, WEIGHTS, "x", "x"))


# --- damaged files ----------------------------------------------------------------------------


def whole_file() -> bytes:
    nodes = [
        node("Conv", ["x", "k", "b"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2]),
        node("Relu", ["c"], ["r"]),
        node("Shape", ["r"], ["shape"]),
        node("Gather", ["shape", "zero"], ["n"]),
        node("Concat", ["n", "rest"], ["target"], axis=0),
        node("Reshape", ["r", "target"], ["f"]),
        node("Gemm", ["f", "w"], ["g"], transB=1),
        node("Softmax", ["g"], ["y"]),
    ]
    constants = {
        **{**KERNEL, "b": random_values(4), "zero": np.array([0]), "rest": np.array([-1])},
        "w": random_values(5, 80),
    }
    return model_of(nodes, constants).SerializeToString()


def test_truncated_files_are_refused(tmp_path: Path):
    data, path = whole_file(), tmp_path / "x.onnx"
    for length in range(1, len(data), 7):
        path.write_bytes(data[:length])
        started = time.process_time()
        with pytest.raises(InputError):
            read_file(path).tensors["c.kernel"]
        assert time.process_time() - started < 2


def test_bits_that_flip_never_do_harm(tmp_path: Path):
    data, path = whole_file(), tmp_path / "x.onnx"
    random = np.random.default_rng(11)
    for _ in range(400):
        damaged = bytearray(data)
        for place in random.integers(0, 900, random.integers(1, 4)):
            damaged[int(place)] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        started = time.process_time()
        try:
            found = read_file(path)
            for name in found.tensors:
                assert found.tensors[name].shape == found.network.tensors[name]
        except InputError as error:
            assert "\n" not in str(error)
        assert time.process_time() - started < 2
