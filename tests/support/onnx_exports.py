"""Files as PyTorch's exporter and tf2onnx write them: names and orders of axes of their own."""

from __future__ import annotations

import numpy as np
from onnx import ModelProto

from tests.support.onnx_files import Size, model_of, node, random_values


def by_pytorch(images: Size = "batch") -> ModelProto:
    """Channels first, and values that have numbers for names."""
    nodes = [
        node("Conv", ["image", "onnx::Conv_9"], ["7"], "/features/features.0/Conv", pads=[1] * 4),
        node("BatchNormalization", ["7", *"sbmv"], ["8"], "/features/features.1/Batch"),
        node("Relu", ["8"], ["9"], "/features/features.2/Relu"),
        node("GlobalAveragePool", ["9"], ["10"], "/pool/GlobalAveragePool"),
        node("Flatten", ["10"], ["11"], "/Flatten"),
        node("Gemm", ["11", "fc.weight", "fc.bias"], ["logits"], "/fc/Gemm", transB=1),
    ]
    constants = {
        "onnx::Conv_9": random_values(4, 3, 3, 3),
        **{name: random_values(4, seed=at) for at, name in enumerate("sbm")},
        "v": np.abs(random_values(4, seed=5)) + 1,
        "fc.weight": random_values(5, 4),
        "fc.bias": random_values(5),
    }
    return model_of(nodes, constants, {"image": (images, 3, 8, 10)}, ("logits",))


def by_tf2onnx() -> ModelProto:
    """Channels last outside, a Transpose before the first convolution and one behind the last."""
    nodes = [
        node("Transpose", ["image"], ["t:0"], "model/conv/Conv2D__6", perm=[0, 3, 1, 2]),
        node("Conv", ["t:0", "w", "b"], ["model/conv/BiasAdd:0"], "model/conv/BiasAdd"),
        node("Relu", ["model/conv/BiasAdd:0"], ["model/conv/Relu:0"], "model/conv/Relu"),
        node("Transpose", ["model/conv/Relu:0"], ["result"], "back", perm=[0, 2, 3, 1]),
    ]
    constants = {"w": random_values(4, 3, 3, 3), "b": random_values(4)}
    return model_of(nodes, constants, {"image": ("N", 8, 10, 3)}, ("result",), producer="tf2onnx")
