"""Operations on values in PyTorch: activations, sums, normalisations."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]
from torch.nn import functional as F  # type: ignore[import-not-found] # noqa: N812

from torch_step import Call, Step, axis_of, channels_first, channels_last, reshaped

_SELU = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)
"""Alpha and gamma of `F.selu`."""


def batch_norm(step: Step) -> Call:
    """F.batch_norm with the stored statistics; the channels are moved to where it wants them."""
    for role in ("mean", "variance", "scale", "bias"):
        step.hold(role, step.given.get(role))
    epsilon = step.attribute("epsilon")

    def call(x: Any) -> Any:
        return F.batch_norm(x, step.mean, step.variance, step.scale, step.bias, eps=epsilon)

    if len(step.shape) in (1, 3):
        return call
    return lambda x: call(x.movedim(-1, 1)).movedim(1, -1)


def lrn(step: Step) -> Call:
    """F.local_response_norm, which divides alpha by the size."""
    size, beta, kappa = (step.attribute(key) for key in ("size", "beta", "kappa"))
    alpha = step.attribute("alpha") * size
    channels = axis_of(-1, len(step.shape))

    def call(x: Any) -> Any:
        x = x.movedim(channels, 1)
        flat = x.unsqueeze(-1) if x.dim() == 2 else x
        # The longer side of PyTorch's even window is before the channel, netparity's after it.
        flat = flat if size % 2 else flat.flip(1)
        flat = F.local_response_norm(flat, size, alpha, beta, kappa)
        flat = flat if size % 2 else flat.flip(1)
        return flat.reshape(x.shape).movedim(1, channels)

    return call


def prelu(step: Step) -> Call:
    """F.prelu, if each channel has one slope."""
    slope, rank = step.given["slope"], len(step.shape)
    if slope.size == step.shape[-1] == slope.shape[-1] and rank in (1, 3):
        step.hold("slope", slope.reshape(-1))
        return lambda x: F.prelu(x, step.slope)
    step.hold_along("slope")
    return lambda x: torch.where(x > 0, x, step.slope * x)


def clipped_relu(step: Step) -> Call:
    """X between a minimum and a maximum, either of which may be absent."""
    low, high = step.attribute("minimum"), step.attribute("maximum")
    if low is None and high is None:
        return lambda x: x
    return lambda x: torch.clamp(x, low, high)


def hard_sigmoid(step: Step) -> Call:
    """Slope * x + offset between 0 and 1."""
    slope, offset = step.attribute("slope"), step.attribute("offset")
    if (slope, offset) == (1 / 6, 0.5):
        call: Call = F.hardsigmoid
        return call
    return lambda x: torch.clamp(slope * x + offset, 0.0, 1.0)


def selu(step: Step) -> Call:
    """F.selu, if it has these numbers; else gamma times an ELU."""
    alpha, gamma = step.attribute("alpha"), step.attribute("gamma")
    if np.allclose((alpha, gamma), _SELU, rtol=1e-9, atol=0):
        call: Call = F.selu
        return call
    return lambda x: gamma * F.elu(x, alpha)


def leaky_relu(step: Step) -> Call:
    """X where it is positive, otherwise slope * x."""
    slope = step.attribute("slope")
    return lambda x: F.leaky_relu(x, slope)


def elu(step: Step) -> Call:
    """X where it is positive, otherwise alpha * (exp(x) - 1)."""
    alpha = step.attribute("alpha")
    return lambda x: F.elu(x, alpha)


def gelu(step: Step) -> Call:
    """X times the normal distribution function, exactly or by a hyperbolic tangent."""
    approximate = "tanh" if step.attribute("approximate") else "none"
    return lambda x: F.gelu(x, approximate=approximate)


def softmax(step: Step) -> Call:
    """exp(x) / sum of exp(x) over an axis."""
    [axis] = step.axes("axis")
    return lambda x: F.softmax(x, axis)


def joined(combine: Callable[[Any, Any], Any]) -> Callable[[Step], Call]:
    """Two or more inputs, combined from the first to the last with NumPy's broadcasting."""

    def make(step: Step) -> Call:
        ranks = {len(shape) for shape in step.shapes}
        if len(ranks) == 1:
            return lambda *inputs: reduce(combine, inputs)
        rank = max(ranks)

        def call(*inputs: Any) -> Any:
            # NumPy aligns the last axes, which are the channels.
            last = [channels_last(x) for x in inputs]
            wide = [x.reshape(x.shape[0], *[1] * (rank + 1 - x.dim()), *x.shape[1:]) for x in last]
            return reduce(combine, [channels_first(x) for x in wide])

        return call

    return make


def scale_shift(step: Step) -> Call:
    """X * scale + bias."""
    step.hold_along("scale")
    step.hold_along("bias")

    def call(x: Any) -> Any:
        x = x if step.scale is None else x * step.scale
        return x if step.bias is None else x + step.bias

    return call


def layer_norm(step: Step) -> Call:
    """F.layer_norm over the last axes, with channels last; else mean and variance by themselves."""
    rank = len(step.shape)
    axes = sorted(axis % rank for axis in step.attribute("axes"))
    epsilon = step.attribute("epsilon")
    sizes = tuple(step.shape[axis] for axis in axes)
    for role in ("scale", "bias"):
        values = step.given.get(role)
        step.hold(role, None if values is None else np.broadcast_to(values, sizes))
    if axes == list(range(rank - len(axes), rank)):
        return lambda x: channels_first(
            F.layer_norm(channels_last(x), sizes, step.scale, step.bias, epsilon)
        )
    # Normalised with these axes last, then moved back.
    dims = [1 + axis for axis in axes]
    ends = list(range(-len(axes), 0))

    def call(x: Any) -> Any:
        last = channels_last(x).movedim(dims, ends)
        last = F.layer_norm(last, sizes, step.scale, step.bias, epsilon)
        return channels_first(last.movedim(ends, dims))

    return call


def l2_norm(step: Step) -> Call:
    """X divided by the root of its sum of squares over some axes."""
    axes, epsilon, combine = step.axes(), step.attribute("epsilon"), step.attribute("combine")
    if combine == "max":
        return lambda x: F.normalize(x, 2.0, axes, epsilon)

    def call(x: Any) -> Any:
        squares = torch.sum(x * x, axes, keepdim=True)
        if combine == "add":
            return x / torch.sqrt(squares + epsilon)
        return x / torch.sqrt(torch.clamp(squares, min=epsilon))

    return call


def mean(step: Step) -> Call:
    """The mean over some axes."""
    return _reduced(step, step.axes(), torch.mean)


def global_pool(function: Any) -> Callable[[Step], Call]:
    """The mean or maximum of every channel."""

    def make(step: Step) -> Call:
        rank = len(step.shape)
        return _reduced(step, [axis_of(axis, rank) for axis in range(rank - 1)], function)

    return make


def _reduced(step: Step, axes: list[int], function: Any) -> Call:
    shape = step.node.shape
    if step.attribute("keep_dims"):
        return lambda x: function(x, axes, keepdim=True)
    if len(shape) == 1 and axis_of(-1, len(step.shape)) not in axes:
        return lambda x: function(x, axes)
    return lambda x: reshaped(function(x, axes, keepdim=True), shape)


def simple(function: Callable[[Any], Any]) -> Callable[[Step], Call]:
    """An operation without attributes."""
    return lambda step: function


VALUES: dict[str, Callable[[Step], Call]] = {
    "batch_norm": batch_norm,
    "lrn": lrn,
    "relu": simple(F.relu),
    "leaky_relu": leaky_relu,
    "clipped_relu": clipped_relu,
    "prelu": prelu,
    "sigmoid": simple(torch.sigmoid),
    "hard_sigmoid": hard_sigmoid,
    "swish": simple(F.silu),
    "hard_swish": simple(F.hardswish),
    "elu": elu,
    "selu": selu,
    "tanh": simple(torch.tanh),
    "gelu": gelu,
    "softmax": softmax,
    "add": joined(torch.add),
    "subtract": joined(torch.sub),
    "multiply": joined(torch.mul),
    "divide": joined(torch.div),
    "scale_shift": scale_shift,
    "layer_norm": layer_norm,
    "l2_norm": l2_norm,
    "mean": mean,
    "global_average": global_pool(torch.mean),
    "global_max": global_pool(torch.amax),
    "dropout": simple(lambda x: x),
    "identity": simple(lambda x: x),
}
"""By the key that nodes use."""
