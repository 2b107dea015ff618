"""Random weights, for use without the published ones.

Features made with them mean nothing, but every multiplication and addition is done: rounding,
layouts, speed and memory are those of trained weights. Every result made with them is labelled
synthetic.
"""

from __future__ import annotations

import math

import numpy as np

from netparity.models import Model
from netparity.watch import SILENT, Watch
from netparity.weights.canonical import Tensor

VERSION = 1
"""Increased whenever the same seed would give different numbers."""

_BIAS_SCALE = 0.5
_OUTPUT_GAIN = 1 / 64


def make(model: Model, seed: int, watch: Watch = SILENT) -> dict[str, Tensor]:
    """He-normal kernels (He et al., 2015, arXiv:1502.01852) and small non-zero biases.

    A kernel's standard deviation is sqrt(2 / fan-in), which keeps activations at the scale of
    the image through any number of ReLU layers. The output layer is scaled down by 64, so that
    the softmax is not saturated and float32 can represent every class's probability.

    Each layer has its own generator, seeded by (seed, index), so that no layer depends on how many
    numbers were drawn before it.
    """
    tensors: dict[str, Tensor] = {}
    layers = model.parametric_layers
    total = sum(math.prod(shape) for shape in model.parameter_shapes.values())
    with watch.task(f"making synthetic weights, seed {seed}", total) as task:
        for index, layer in enumerate(layers):
            shape = layer.kernel_shape
            assert shape is not None
            rng = np.random.default_rng([seed, index])
            gain = _OUTPUT_GAIN if layer is layers[-1] else 1.0
            scale = gain * math.sqrt(2 / math.prod(shape[:3]))
            kernel = rng.standard_normal(shape, dtype=np.float32)
            kernel *= np.float32(scale)
            bias = rng.standard_normal(shape[3], dtype=np.float32) * np.float32(gain * _BIAS_SCALE)
            tensors[layer.kernel], tensors[layer.bias] = kernel, bias
            task.advance(kernel.size + bias.size)
    return tensors
