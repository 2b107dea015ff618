"""Operations on values in Theano: activations, sums, normalisations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import theano.tensor as tt  # type: ignore[import-not-found]

from theano_step import Step, aligned, along, constant


def dense(step: Step) -> Any:
    """A matrix product over the last axis, or over the whole map in the order H, W, C."""
    kernel = step.tensors["kernel"]
    matrix = kernel.reshape(-1, kernel.shape[-1])
    values = tt.dot(step.x.reshape((-1, len(matrix)), ndim=2), constant_matrix(matrix))
    if "bias" in step.tensors:
        values = values + constant(step.tensors["bias"][None])
    return values.reshape((step.x.shape[0], *step.node.shape), ndim=1 + len(step.node.shape))


def constant_matrix(matrix: np.ndarray) -> Any:
    """Return a matrix in memory, which does not broadcast."""
    return tt.patternbroadcast(constant(matrix), [False, False])


def batch_norm(step: Step) -> Any:
    """(x - mean) / sqrt(variance + epsilon) * scale + bias, per channel."""
    # Theano's own operation takes no epsilon below 1e-5.
    root = np.sqrt(step.tensors["variance"].astype(np.float64) + step["epsilon"])
    factor = constant(_per_channel(step, np.float64(step.tensors.get("scale", 1.0)) / root))
    values = (step.x - along(step, "mean")) * factor
    bias = along(step, "bias")
    return values if bias is None else values + bias


def _per_channel(step: Step, values: np.ndarray) -> np.ndarray:
    return np.reshape(values, (1,) * len(step.shape) + (-1,))


def lrn(step: Step) -> Any:
    """Divide x by (kappa + alpha * sum over `size` channels of x squared) ^ beta."""
    size, channels = step["size"], step.shape[-1]
    before = (size - 1) // 2
    squares = tt.sqr(step.x)
    total = squares
    for shift in range(-before, size - before):
        if shift == 0 or abs(shift) >= channels:
            continue
        start, stop = max(0, -shift), min(channels, channels - shift)
        # total[c] += squares[c + shift]
        total = tt.inc_subtensor(total[..., start:stop], squares[..., start + shift : stop + shift])
    base = np.float32(step["kappa"]) + np.float32(step["alpha"]) * total
    return step.x / base ** np.float32(step["beta"])


def leaky_relu(step: Step) -> Any:
    """X where it is positive, otherwise slope * x."""
    return tt.switch(step.x > 0, step.x, np.float32(step["slope"]) * step.x)


def clipped_relu(step: Step) -> Any:
    """X between a minimum and a maximum, either of which may be absent."""
    x = step.x
    if step["minimum"] is not None:
        x = tt.maximum(x, np.float32(step["minimum"]))
    if step["maximum"] is not None:
        x = tt.minimum(x, np.float32(step["maximum"]))
    return x


def prelu(step: Step) -> Any:
    """X where it is positive, otherwise a slope of its own for each channel or value."""
    return tt.switch(step.x > 0, step.x, along(step, "slope") * step.x)


def hard_sigmoid(step: Step) -> Any:
    """Slope * x + offset between 0 and 1."""
    return tt.clip(
        np.float32(step["slope"]) * step.x + np.float32(step["offset"]),
        np.float32(0),
        np.float32(1),
    )


def hard_swish(step: Step) -> Any:
    """X * clip(x / 6 + 0.5, 0, 1)."""
    x = step.x
    return x * tt.clip(x / np.float32(6) + np.float32(0.5), np.float32(0), np.float32(1))


def elu(step: Step) -> Any:
    """X where it is positive, otherwise alpha * (exp(x) - 1)."""
    return _elu(step.x, step["alpha"])


def selu(step: Step) -> Any:
    """Gamma times an ELU."""
    return np.float32(step["gamma"]) * _elu(step.x, step["alpha"])


def _elu(x: Any, alpha: float) -> Any:
    return tt.switch(x > 0, x, np.float32(alpha) * tt.expm1(tt.minimum(x, np.float32(0))))


def gelu(step: Step) -> Any:
    """X times the normal distribution function, exactly or by a hyperbolic tangent."""
    x = step.x
    if step["approximate"]:
        inner = x + np.float32(0.044715) * x**3
        return (
            np.float32(0.5)
            * x
            * (np.float32(1) + tt.tanh(np.float32(math.sqrt(2 / math.pi)) * inner))
        )
    return np.float32(0.5) * x * (np.float32(1) + tt.erf(x * np.float32(math.sqrt(0.5))))


def softmax(step: Step) -> Any:
    """exp(x) / sum of exp(x) over an axis, shifted by the maximum."""
    [axis] = step.axes("axis")
    powers = tt.exp(step.x - tt.max(step.x, axis=axis, keepdims=True))
    return powers / tt.sum(powers, axis=axis, keepdims=True)


def joined(combine: Callable[[Any, Any], Any]) -> Callable[[Step], Any]:
    """Two or more inputs, combined from the first to the last with NumPy's broadcasting."""

    def compute(step: Step) -> Any:
        first, *others = aligned(step)
        for other in others:
            first = combine(first, other)
        return first

    return compute


def scale_shift(step: Step) -> Any:
    """X * scale + bias."""
    scale, bias = along(step, "scale"), along(step, "bias")
    values = step.x if scale is None else step.x * scale
    return values if bias is None else values + bias


def layer_norm(step: Step) -> Any:
    """(x - mean) / sqrt(variance + epsilon) over some axes, times scale plus bias."""
    axes = step.axes()
    centred = step.x - tt.mean(step.x, axis=axes, keepdims=True)
    variance = tt.mean(tt.sqr(centred), axis=axes, keepdims=True)
    values = centred / tt.sqrt(variance + np.float32(step["epsilon"]))
    scale, bias = (_over_axes(step, role) for role in ("scale", "bias"))
    values = values if scale is None else values * scale
    return values if bias is None else values + bias


def _over_axes(step: Step, role: str) -> Any:
    """Return a tensor that broadcasts over the normalised axes; None if the node has none."""
    if role not in step.tensors:
        return None
    values = step.tensors[role]
    shape = [1] * (1 + len(step.shape))
    for axis, size in zip(reversed(step.axes()), reversed(values.shape)):  # noqa: B905
        shape[axis] = size
    return constant(values.reshape(shape))


def l2_norm(step: Step) -> Any:
    """X divided by the root of its sum of squares over some axes."""
    squares = tt.sum(tt.sqr(step.x), axis=step.axes(), keepdims=True)
    epsilon = np.float32(step["epsilon"])
    length = {
        "max": lambda: tt.maximum(tt.sqrt(squares), epsilon),
        "add": lambda: tt.sqrt(squares + epsilon),
        "max_square": lambda: tt.sqrt(tt.maximum(squares, epsilon)),
    }[step["combine"]]()
    return step.x / length


def mean(step: Step) -> Any:
    """The mean over some axes."""
    return tt.mean(step.x, axis=step.axes(), keepdims=step["keep_dims"])


def global_pool(reduce: Callable[..., Any]) -> Callable[[Step], Any]:
    """The mean or maximum of every channel."""
    return lambda step: reduce(
        step.x, axis=list(range(1, len(step.shape))), keepdims=step["keep_dims"]
    )


VALUES: dict[str, Callable[[Step], Any]] = {
    "dense": dense,
    "batch_norm": batch_norm,
    "lrn": lrn,
    "relu": lambda step: tt.maximum(step.x, np.float32(0)),
    "leaky_relu": leaky_relu,
    "clipped_relu": clipped_relu,
    "prelu": prelu,
    "sigmoid": lambda step: tt.nnet.sigmoid(step.x),
    "hard_sigmoid": hard_sigmoid,
    "swish": lambda step: step.x * tt.nnet.sigmoid(step.x),
    "hard_swish": hard_swish,
    "elu": elu,
    "selu": selu,
    "tanh": lambda step: tt.tanh(step.x),
    "gelu": gelu,
    "softmax": softmax,
    "add": joined(tt.add),
    "subtract": joined(tt.sub),
    "multiply": joined(tt.mul),
    "divide": joined(tt.true_div),
    "scale_shift": scale_shift,
    "layer_norm": layer_norm,
    "l2_norm": l2_norm,
    "mean": mean,
    "global_average": global_pool(tt.mean),
    "global_max": global_pool(tt.max),
    "dropout": lambda step: step.x,
    "identity": lambda step: step.x,
}
"""By the key that nodes use."""
