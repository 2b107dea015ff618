"""Random weights, for use without the published ones.

Features made with them mean nothing, but every multiplication and addition is done: rounding,
layouts, speed and memory are those of trained weights. Every result made with them is labelled
synthetic.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from netparity.networks import Network, Node
from netparity.watch import SILENT, Watch
from netparity.weights import levels
from netparity.weights.canonical import Tensor

VERSION = 1
"""Increased whenever the same seed would give different numbers."""

_BIAS_SCALE = 0.5
"""Standard deviation of a bias, for inputs of the size of an image."""
_LOWEST, _HIGHEST = 1 / 16, levels.IMAGE**2
"""Mean squares that the inputs of a layer may have; others are brought to the nearer one."""
_OF_MAXIMUM = 0.75
"""The size of what a clipped ReLU is given, in units of its maximum: a few percent are clipped."""
_TO_NORMALISE = 0.25
"""The size of what a normalisation is given: a variance of about 0.1."""
_WITH_SCALE = frozenset(
    {"softmax", "sigmoid", "hard_sigmoid", "tanh", "elu", "selu", "gelu", "swish", "hard_swish"}
)
"""Operations that saturate, or turn into a ReLU, at inputs much larger than 1."""


def make(model: Network, seed: int, watch: Watch = SILENT) -> dict[str, Tensor]:
    """He-normal kernels (He et al., 2015, arXiv:1502.01852), and all else to go with them.

    A kernel's standard deviation is sqrt(2 / fan-in), which keeps activations at the scale of
    the image through any number of ReLU layers. It is smaller where sums of many branches have
    become larger than the image (`levels`). In front of an activation with a scale of its own, and
    at the end of the network, outputs have a size of about 1, so that no softmax is saturated and
    float32 can represent every class's probability. In front of a normalisation they are smaller,
    so that its epsilon matters.

    The means and variances of a batch normalisation are near those of its input, its scales near 1
    and its biases near 0, but no two channels have the same.

    Each node has its own generator, seeded by (seed, index), so that no node depends on how many
    numbers were drawn before it.

    Returns:
        Every tensor of the network by its name, in stored order.
    """
    tensors: dict[str, Tensor] = {}
    expected = {entry.name: levels.of_input(entry) for entry in model.inputs}
    sizes, gains, others = _sizes(model), dict[str, float](), 0
    total = sum(math.prod(shape) for shape in model.tensors.values())
    with watch.task(f"making synthetic weights, seed {seed}", total) as task:
        for node in model.nodes:
            given = [expected[name] for name in node.inputs]
            square, size = given[0].square, sizes.get(node.name)
            drawn: Mapping[str, Tensor] = {}
            if "kernel" in node.tensors:
                kernel = node.tensors["kernel"]
                if kernel not in gains:  # nodes may share a kernel
                    rng = np.random.default_rng([seed, len(gains)])
                    gains[kernel] = _gain(square, size)
                    drawn = _kernel_and_bias(model, node, rng, gains[kernel], square)
                expected[node.name] = levels.Level(2 * square * gains[kernel] ** 2)
            else:
                if node.tensors:
                    rng = np.random.default_rng([seed, others, 1])
                    drawn = _others(model, node, rng, square, size or 1.0)
                    others += 1
                expected[node.name] = levels.of_output(model, node, given, size or 1.0)
            for role, values in drawn.items():
                if tensors.setdefault(node.tensors[role], values) is values:
                    task.advance(values.size)
        tensors |= _of_inputs(model, seed)
    return {name: tensors[name] for name in model.tensors}


def _gain(square: float, size: float | None) -> float:
    """The factor by which a kernel is smaller than He's.

    Args:
        square: mean square of the input.
        size: to which the output is brought; None to leave it near the input's.
    """
    if size is not None:
        return size / math.sqrt(square)
    return math.sqrt(min(max(square, _LOWEST), _HIGHEST) / square)


def _sizes(model: Network) -> dict[str, float]:
    """The size of the outputs of nodes that end the network or come before something with a scale.

    What lies beyond the next kernel or normalisation is not looked at. A node whose output only
    reaches another kernel has none.
    """
    sizes: dict[str, float | None] = {}
    for node in reversed(model.nodes):
        ahead = [_size_for(reader, sizes) for reader in model.readers[node.name]]
        known = [size for size in ahead if size is not None]
        sizes[node.name] = max(known) if known else (None if ahead else 1.0)
    return {name: size for name, size in sizes.items() if size is not None}


def _size_for(reader: Node, sizes: Mapping[str, float | None]) -> float | None:
    """The size that a node should be given; None if it does not matter."""
    if "kernel" in reader.tensors:
        return None
    if reader.op == "clipped_relu":
        highest = reader.attributes.get("maximum", 6.0)
        if highest is not None:
            return max(1.0, _OF_MAXIMUM * float(highest))
    if reader.op in levels.NORMALISATIONS:
        return _TO_NORMALISE
    if reader.op in _WITH_SCALE:
        return 1.0
    return sizes[reader.name]


def _kernel_and_bias(
    model: Network, node: Node, rng: np.random.Generator, gain: float, square: float
) -> dict[str, Tensor]:
    shape = model.tensors[node.tensors["kernel"]]
    scale = gain * math.sqrt(2 / _fan_in(node, shape))
    kernel = rng.standard_normal(shape, dtype=np.float32)
    kernel *= np.float32(scale)
    drawn = {"kernel": kernel}
    if "bias" in node.tensors:
        size = _BIAS_SCALE * math.sqrt(square) / levels.IMAGE
        bias = rng.standard_normal(model.tensors[node.tensors["bias"]], dtype=np.float32)
        drawn["bias"] = bias * np.float32(gain * size)
    return drawn


def _fan_in(node: Node, kernel: tuple[int, ...]) -> float:
    """The number of products in a sum: for a transposed convolution, of the average output."""
    if node.op != "conv_transpose":
        return math.prod(kernel[:-1])
    groups = int(node.attributes.get("groups", 1))
    places: int = math.prod(node.attributes.get("strides", (1, 1)))
    return max(1.0, kernel[0] * kernel[1] * kernel[3] / (groups * places))


def _others(
    model: Network, node: Node, rng: np.random.Generator, square: float, size: float
) -> dict[str, Tensor]:
    """Scales, biases, means, variances and slopes; each number is different.

    Args:
        square: mean square of the input.
        size: of the output, if the node is a normalisation.
    """
    root = math.sqrt(square)
    is_normalisation = node.op in levels.NORMALISATIONS
    scale, shift = (size, size) if is_normalisation else (1.0, root)
    drawn: dict[str, Tensor] = {}
    for role, name in node.tensors.items():
        shape = model.tensors[name]
        if role in ("scale", "variance"):
            factor = square if role == "variance" else scale
            values = factor * rng.uniform(*levels.AROUND_ONE, shape)
        elif role == "slope":
            values = rng.uniform(*levels.SLOPE, shape)
        else:
            deviation = levels.SHIFT * (root if role == "mean" else shift)
            values = deviation * rng.standard_normal(shape)
        drawn[role] = values.astype(np.float32)
    return drawn


def _of_inputs(model: Network, seed: int) -> dict[str, Tensor]:
    """Mean images, which belong to the preprocessing."""
    rng = np.random.default_rng([seed, len(model.nodes), 2])
    means = [entry.preprocessing.mean_image for entry in model.inputs if entry.preprocessing]
    return {
        name: (120 + 10 * rng.standard_normal(model.tensors[name])).astype(np.float32)
        for name in means
        if name is not None
    }
