"""Constants that a file computes, and shapes that depend on the number of images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from netparity.networks import GraphError
from tests.support.onnx_files import assert_reads, model_of, node, ops_of, random_values, read_model


def constant(name: str, values, dtype=None):
    return node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(values, dtype)))


def test_flattening_by_the_number_of_images(tmp_path: Path):
    """`x.view(x.size(0), -1)` in PyTorch's exporter."""
    nodes = [
        node("Shape", ["x"], ["shape"]),
        constant("zero", 0),
        node("Gather", ["shape", "zero"], ["count"], axis=0),
        node("Unsqueeze", ["count"], ["counts"], axes=[0]),
        constant("rest", [-1]),
        node("Concat", ["counts", "rest"], ["target"], axis=0),
        node("Reshape", ["x", "target"], ["y"]),
    ]
    found = assert_reads(model_of(nodes, opset=11), tmp_path)
    assert ops_of(found) == ["flatten"]
    assert found.network.nodes[0].attributes["order"] == (2, 0, 1)


def test_flattening_by_tensorflow(tmp_path: Path):
    """Shape, Cast, Slice and Concat in tf2onnx."""
    nodes = [
        node("Shape", ["x"], ["shape"]),
        node("Cast", ["shape"], ["small"], to=TensorProto.INT32),
        node("Slice", ["small", "zero", "one"], ["count"]),
        node("Concat", ["count", "rest"], ["both"], axis=0),
        node("Cast", ["both"], ["target"], to=TensorProto.INT64),
        node("Reshape", ["x", "target"], ["y"]),
    ]
    constants = {"zero": np.array([0]), "one": np.array([1]), "rest": np.array([240], np.int32)}
    found = assert_reads(model_of(nodes, constants, {"x": ("N", 8, 10, 3)}), tmp_path)
    assert ops_of(found) == ["flatten"]


def test_a_size_that_is_computed_from_that_of_an_activation(tmp_path: Path):
    nodes = [
        node("Shape", ["x"], ["shape"]),
        node("Slice", ["shape", "two", "four"], ["places"]),
        node("Mul", ["places", "twice"], ["larger"]),
        node("Slice", ["shape", "zero", "two"], ["front"]),
        node("Concat", ["front", "larger"], ["sizes"], axis=0),
        node("Resize", ["x", "", "", "sizes"], ["y"], mode="nearest"),
    ]
    constants = {"zero": [0], "two": [2], "four": [4], "twice": [2, 3]}
    found = assert_reads(model_of(nodes, {k: np.array(v) for k, v in constants.items()}), tmp_path)
    assert found.network.nodes[0].attributes["size"] == (16, 30)


@pytest.mark.parametrize(
    ("nodes", "values"),
    [
        ([node("Identity", ["a"], ["c"])], lambda a: a),
        ([node("Neg", ["a"], ["c"])], lambda a: -a),
        ([node("Sqrt", ["a"], ["c"])], np.sqrt),
        ([node("Mul", ["a", "a"], ["c"])], lambda a: a * a),
        ([node("Div", ["a", "two"], ["c"])], lambda a: a / 2),
        ([node("Transpose", ["row"], ["t"]), node("Reshape", ["t", "flat"], ["c"])], lambda a: a),
        (
            [node("Cast", ["a"], ["h"], to=TensorProto.FLOAT16), node("Cast", ["h"], ["c"], to=1)],
            lambda a: a.astype(np.float16),
        ),
        (
            [
                node(
                    "ConstantOfShape",
                    ["count"],
                    ["c"],
                    value=helper.make_tensor("v", TensorProto.FLOAT, [1], [2.5]),
                )
            ],
            lambda a: 2.5 + 0 * a,
        ),
        ([node("Range", ["nought", "three", "unit"], ["c"])], lambda a: np.arange(3.0)),
        ([node("Expand", ["two", "count"], ["c"])], lambda a: 2 + 0 * a),
        ([node("Concat", ["two", "two", "two"], ["c"], axis=0)], lambda a: 2 + 0 * a),
        ([node("Squeeze", ["row"], ["c"])], lambda a: a),
        ([node("Where", ["mask", "a", "two"], ["c"])], lambda a: np.where([1, 0, 1], a, 2)),
        ([constant("c", [1.0, 2.0, 3.0], np.float32)], lambda a: np.arange(1.0, 4)),
        ([node("Constant", [], ["c"], value_floats=[1.0, 2.0, 3.0])], lambda a: np.arange(1.0, 4)),
    ],
)
def test_constants_are_folded(nodes, values, tmp_path: Path):
    a = abs(random_values(3)) + np.float32(0.5)
    constants = {
        **{"a": a, "row": a[None], "two": np.float32([2]), "count": np.array([3])},
        **{"flat": np.array([3]), "mask": np.array([True, False, True])},
        **{"nought": np.float32(0), "three": np.float32(3), "unit": np.float32(1)},
    }
    add = node("Add", ["x", "c"], ["y"])
    found = assert_reads(model_of([*nodes, add], constants, {"x": ("N", 3)}), tmp_path)
    assert np.allclose(found.tensors["y.bias"], values(a), rtol=1e-7)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("packed", [True, False])
def test_weights_of_any_precision_wherever_they_are_stored(dtype, packed: bool, tmp_path: Path):
    kernel = random_values(4, 3, 1, 1).astype(dtype)
    model = model_of([node("Conv", ["x", "k"], ["y"])], {"k": kernel})
    if not packed:
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        model.graph.initializer[0].CopyFrom(
            helper.make_tensor("k", kind, kernel.shape, kernel.ravel().tolist())
        )
    found = read_model(model, tmp_path)
    assert found.tensors["y.kernel"].dtype == np.float32
    assert np.array_equal(found.tensors["y.kernel"][0, 0], kernel[:, :, 0, 0].T.astype(np.float32))


def test_bfloat16_weights(tmp_path: Path):
    values = [1.0, -2.5, 0.0078125]
    model = model_of(
        [node("Add", ["x", "b"], ["y"])], {"b": np.zeros(3, np.float32)}, {"x": ("N", 3)}
    )
    model.graph.initializer[0].CopyFrom(helper.make_tensor("b", TensorProto.BFLOAT16, [3], values))
    assert read_model(model, tmp_path).tensors["y.bias"].tolist() == values


def test_computing_with_the_number_of_images_is_refused(tmp_path: Path):
    nodes = [
        node("Shape", ["x"], ["shape"]),
        node("Cast", ["shape"], ["numbers"], to=1),
        node("Gather", ["numbers", "zero"], ["count"]),
        node("Div", ["x", "count"], ["y"], name="mean"),
    ]
    model = model_of(nodes, {"zero": np.array(0)})
    with pytest.raises(GraphError, match=r"node 'mean' \(Div\) computes with the number of images"):
        read_model(model, tmp_path)
    fixed = model_of(nodes, {"zero": np.array(0)}, {"x": (2, 3, 8, 10)})
    assert ops_of(assert_reads(fixed, tmp_path)) == ["scale_shift"]


def test_images_that_are_mixed_are_refused(tmp_path: Path):
    model = model_of([node("Reshape", ["x", "s"], ["y"], name="mix")], {"s": np.array([1, -1])})
    with pytest.raises(GraphError, match=r"node 'mix' \(Reshape\) makes .* keep the images apart"):
        read_model(model, tmp_path)
