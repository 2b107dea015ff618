"""One small VGG as keras2onnx, Paddle2ONNX and PyTorch (constants not folded) write it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import NodeProto, TensorProto, helper, numpy_helper

from netparity.networks.reading.base import ReadNetwork
from tests.support.onnx_files import assert_reads, model_of, node, random_values

KERNEL, BIAS = random_values(4, 3, 3, 3), random_values(4)
ROWS = 4 * 4 * 5


def _computed(found: ReadNetwork) -> list[str]:
    inert = {"identity", "dropout", "flatten", "reshape", "transpose"}
    return [each.op for each in found.network.nodes if each.op not in inert]


def by_keras2onnx() -> tuple[list[NodeProto], dict[str, Any], dict[str, Any]]:
    """Channels last outside; the bias of a dense layer is added, Identity at both ends."""
    nodes = [
        node("Transpose", ["x"], ["adjusted_input1"], "Transpose6", perm=[0, 3, 1, 2]),
        node("Conv", ["adjusted_input1", "conv/kernel:0", "conv/bias:0"], ["conv0"], "conv"),
        node("Relu", ["conv0"], ["relu0"], "Relu5", domain=""),
        node("MaxPool", ["relu0"], ["pool0"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
        node("Transpose", ["pool0"], ["pool_out"], "Transpose1", perm=[0, 2, 3, 1]),
        node("Reshape", ["pool_out", "shape_tensor"], ["flat"], "flatten"),
        node("MatMul", ["flat", "fc/kernel:0"], ["fc0"], "fc"),
        node("Add", ["fc0", "fc/bias:0"], ["fc_biased"], "Add"),
        node("Softmax", ["fc_biased"], ["predictions"], "Softmax"),
        node("Identity", ["predictions"], ["y"], "Identity1"),
    ]
    nodes[1].attribute.append(helper.make_attribute("auto_pad", "SAME_UPPER"))
    constants = {
        "conv/kernel:0": KERNEL,
        "conv/bias:0": BIAS,
        "shape_tensor": np.array([-1, ROWS]),
        "fc/kernel:0": random_values(ROWS, 6),
        "fc/bias:0": random_values(6),
    }
    return nodes, constants, {"x": ("N", 8, 10, 3)}


def by_paddle() -> tuple[list[NodeProto], dict[str, Any], dict[str, Any]]:
    """Weights in Constant nodes, each bias reshaped and added, a flatten by computed sizes."""
    made = {
        "conv2d_0.w_0": KERNEL,
        "conv2d_0.b_0": BIAS,
        "linear_0.w_0": random_values(ROWS, 6),
        "linear_0.b_0": random_values(6),
        "Constant_0": np.array([1, 4, 1, 1]),
        "start": np.array([0]),
        "end": np.array([1]),
        "rest": np.array([-1]),
    }
    constants = [
        node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(values)))
        for name, values in made.items()
    ]
    nodes = [
        *constants,
        node("Conv", ["x", "conv2d_0.w_0"], ["p2o.0"], pads=[1] * 4, kernel_shape=[3, 3]),
        node("Reshape", ["conv2d_0.b_0", "Constant_0"], ["p2o.1"]),
        node("Add", ["p2o.0", "p2o.1"], ["p2o.2"]),
        node("Relu", ["p2o.2"], ["p2o.3"]),
        node("MaxPool", ["p2o.3"], ["p2o.4"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Shape", ["p2o.4"], ["p2o.5"]),
        node("Slice", ["p2o.5", "start", "end"], ["p2o.6"]),
        node("Concat", ["p2o.6", "rest"], ["p2o.7"], axis=0),
        node("Reshape", ["p2o.4", "p2o.7"], ["p2o.8"]),
        node("MatMul", ["p2o.8", "linear_0.w_0"], ["p2o.9"]),
        node("Add", ["p2o.9", "linear_0.b_0"], ["p2o.10"]),
        node("Softmax", ["p2o.10"], ["y"], axis=-1),
    ]
    return nodes, {}, {"x": ("N", 3, 8, 10)}


def by_pytorch_unfolded() -> tuple[list[NodeProto], dict[str, Any], dict[str, Any]]:
    """`x.view(x.size(0), -1)` from Shape, Gather and Concat; half-precision weights are cast."""
    nodes = [
        node("Cast", ["k16"], ["k"], to=TensorProto.FLOAT),
        node("Identity", ["b"], ["shared.bias"]),
        node("Conv", ["x", "k", "shared.bias"], ["/features/Conv"], pads=[1] * 4),
        node("Relu", ["/features/Conv"], ["/features/Relu"]),
        node("MaxPool", ["/features/Relu"], ["pooled"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Shape", ["pooled"], ["shape"]),
        node("Gather", ["shape", "zero"], ["images"], axis=0),
        node("Unsqueeze", ["images", "axes"], ["images1"]),
        node("Concat", ["images1", "minus"], ["sizes"], axis=0),
        node("Reshape", ["pooled", "sizes"], ["flat"]),
        node("Dropout", ["flat", "ratio", "training"], ["dropped", ""]),
        node("Transpose", ["fc.weight"], ["turned"], perm=[1, 0]),
        node("MatMul", ["dropped", "turned"], ["product"]),
        node("Add", ["fc.bias", "product"], ["logits"]),
        node("Softmax", ["logits"], ["y"], axis=1),
    ]
    constants = {
        "k16": KERNEL.astype(np.float16),
        "b": BIAS,
        "zero": np.array(0),
        "axes": np.array([0]),
        "minus": np.array([-1]),
        "ratio": np.float32(0.5),
        "training": np.array(False),
        "fc.weight": random_values(6, ROWS),
        "fc.bias": random_values(6),
    }
    return nodes, constants, {"x": ("N", 3, "H", "W")}


@pytest.mark.parametrize("exporter", [by_keras2onnx, by_paddle, by_pytorch_unfolded])
def test_a_vgg_is_read_as_the_same_operations(exporter, tmp_path: Path):
    nodes, constants, inputs = exporter()
    size = (8, 10) if inputs["x"][2] == "H" else None
    model = model_of(nodes, constants, inputs, opset=17)
    found = assert_reads(model, tmp_path, input_size=size)
    assert _computed(found) == ["conv", "relu", "max_pool", "dense", "softmax"]
    assert found.network.inputs[0].shape == (8, 10, 3)
