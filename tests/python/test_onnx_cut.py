"""An ONNX file is cut to what an output needs, as the `onnx` package reads it."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from onnx_cut import OnnxError, cut

FLOAT = TensorProto.FLOAT


@pytest.fixture
def file(tmp_path):
    """input -> a (a.kernel) -> b, c (c.kernel) -> d; b and d are the outputs."""
    nodes = [
        helper.make_node("Mul", ["input", "a.kernel"], ["a"], "first"),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Add", ["a", "c.kernel"], ["c"]),
        helper.make_node("Relu", ["c"], ["d"]),
    ]
    tensors = [
        numpy_helper.from_array(np.full((1, 3, 1, 1), 2, np.float32), "a.kernel"),
        numpy_helper.from_array(np.zeros((70, 1, 2), np.float32), "c.kernel"),
    ]
    sizes = ["N", 3, None, 300]
    graph = helper.make_graph(
        nodes,
        "é",
        [helper.make_tensor_value_info("input", FLOAT, sizes)],
        [helper.make_tensor_value_info(name, FLOAT, sizes) for name in ("b", "d")],
        tensors,
        value_info=[helper.make_tensor_value_info("c", FLOAT, sizes)],
    )
    path = tmp_path / "file.onnx"
    onnx.save(helper.make_model(graph, producer_name="test", ir_version=8), path)
    return path


def names(entries):
    return [entry.name for entry in entries]


def test_only_what_an_output_needs_remains(file):
    part = cut(str(file), ["a"])
    model = onnx.load_model_from_string(part.model)
    assert [node.name for node in model.graph.node] == ["first"]
    assert names(model.graph.initializer) == ["a.kernel"]
    assert names(model.graph.output) == ["a"]
    assert model.graph.output[0].type.tensor_type.elem_type == FLOAT
    assert part.values == ["a"]
    assert part.inputs == {"input": (None, 3, None, 300)}
    assert model.producer_name == "test"
    assert model.opset_import == onnx.load(file).opset_import


def test_outputs_have_the_order_in_which_they_are_asked_for(file):
    graph = onnx.load_model_from_string(cut(str(file), ["d", "c", "b"]).model).graph
    assert names(graph.output) == ["d", "c", "b"]
    whole = onnx.load(file).graph
    assert graph.node == whole.node and graph.initializer == whole.initializer
    assert {entry.type.tensor_type.elem_type for entry in graph.output} == {FLOAT}
    assert not any(entry.type.tensor_type.HasField("shape") for entry in graph.output)


def test_of_two_producers_the_first_made_the_network(file):
    whole = file.read_bytes() + bytes([2 << 3 | 2, 9]) + b"netparity"
    file.write_bytes(whole)
    assert onnx.load(file).producer_name == "netparity"
    assert cut(str(file), ["a"]).producer == "test"


def test_an_unknown_output_is_named(file):
    with pytest.raises(OnnxError, match=r"computes no 'e'.*'a', 'b', 'c', 'd'"):
        cut(str(file), ["a", "e"])


@pytest.mark.parametrize("length", [0, 1, 20, 100, -1])
def test_a_damaged_file_is_refused(file, tmp_path, length):
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(file.read_bytes()[:length])
    with pytest.raises(OnnxError):
        cut(str(damaged), ["d"])


def test_other_bytes_are_refused(tmp_path):
    other = tmp_path / "other.onnx"
    other.write_bytes(b"\x89HDF\r\n\x1a\n" * 20)
    with pytest.raises(OnnxError):
        cut(str(other), ["d"])
