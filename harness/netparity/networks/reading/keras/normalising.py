"""Normalisation: of batches, of layers, by stated numbers, and to a length of 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np

from netparity.networks.reading.keras.building import Array, Tensor, Value, constant, of_file
from netparity.networks.reading.keras.call import Call

_KEPT_AWAY = 1e-7
"""Keras's least standard deviation (`backend.epsilon()`)."""


def _with_last(call: Call, value: Value, axis: int) -> Value:
    """The value with one of the graph's axes last."""
    rank = len(value.shape)
    if axis == rank - 1:
        return value
    others = [place for place in range(rank) if place != axis]
    places = {old: new for new, old in enumerate([*others, axis])}
    return call.arranged(tuple(places[old] for old in value.order), value)


def batch_norm(call: Call) -> Value:
    """BatchNormalization(axis, epsilon, scale, center). Keras 1's `running_std` is a variance."""
    fields = call.fields
    axes = fields.wholes("axis") or (-1,)
    if len(axes) != 1:
        raise fields.refused(f"has axes {axes}, expected one")
    if fields.whole("mode", default=0) != 0:
        raise fields.refused("has a mode other than 0, which netparity does not compute")
    value = _with_last(call, call.value, call.axis(axes[0]))
    turned = value.order != call.value.order
    roles = [
        *(("scale",) if fields.flag("scale", default=True) else ()),
        *(("bias",) if fields.flag("center", default=True) else ()),
        *("mean", "variance"),
    ]
    tensors = {role: of_file(stored) for role, stored in call.expect_arrays(*roles).items()}
    attributes = {"epsilon": fields.number("epsilon", default=1e-3)}
    if not turned:
        return call.node("batch_norm", [value], attributes, tensors)
    inner = call.node("batch_norm", [value], attributes, tensors, suffix="linear")
    return call.arranged(call.value.order, inner, named=True)


def layer_norm(call: Call) -> Value:
    """LayerNormalization(axis, epsilon, scale, center)."""
    fields, value = call.fields, call.value
    if fields.flag("rms_scaling", default=False):
        raise fields.refused("has rms_scaling, which netparity does not compute")
    axes = [call.axis(axis) for axis in fields.wholes("axis") or (-1,)]
    roles = [
        *(("scale",) if fields.flag("scale", "gamma", default=True) else ()),
        *(("bias",) if fields.flag("center", "beta", default=True) else ()),
    ]
    rank = len(value.shape)
    tensors = {
        role: of_file(stored, lambda values: _sorted(values, axes))
        for role, stored in call.expect_arrays(*roles).items()
    }
    attributes = {
        "axes": tuple(sorted(axis - rank for axis in axes)),
        "epsilon": fields.number("epsilon", default=1e-3),
    }
    return call.node("layer_norm", [value], attributes, tensors)


def _sorted(values: Array, axes: Sequence[int]) -> Array:
    """An array with one axis for each of `axes`, in the graph's order."""
    if values.ndim != len(axes):
        return values
    return values.transpose([place for _, place in sorted(zip(axes, count(), strict=False))])


def _spread(values: Array, axes: Sequence[int], rank: int) -> Array:
    """The same, broadcast to one image: with 1 for every other axis after the first of them."""
    if values.ndim != len(axes):
        return values
    first = min(axes)
    ordered = _sorted(values, axes)
    sizes = iter(ordered.shape)
    return ordered.reshape([next(sizes) if axis in axes else 1 for axis in range(first, rank)])


def rescaling(call: Call) -> Value:
    """Rescaling: x * scale + offset."""
    tensors = {}
    for role, name, neutral in (("scale", "scale", 1.0), ("bias", "offset", 0.0)):
        number = _numbers(call, name)
        if number is None or (number.ndim == 0 and number == neutral):
            continue
        tensors[role] = constant(_in_order(call, number))
    call.build.scalings.add(call.name)
    return call.node("scale_shift", None, {}, tensors) if tensors else call.node("identity")


def _in_order(call: Call, values: Any) -> Any:
    """Numbers that broadcast over Keras's axes, arranged for the graph's."""
    order = call.value.order
    if values.ndim == 0 or call.value.plain:
        return values
    full = values.reshape((1,) * (len(order) - values.ndim) + values.shape)
    return full.transpose([order.index(axis) for axis in range(len(order))])


def _numbers(call: Call, name: str) -> Any:
    value = call.fields.get(name)
    if value is None:
        return None
    if isinstance(value, Mapping):  # a tensor, or an array as Keras 2 wrote it
        inside = value.get("config")
        value = inside.get("value") if isinstance(inside, Mapping) else value.get("value")
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        array = np.asarray(np.nan)
    if array.ndim > len(call.value.shape) + 1 or not np.isfinite(array).all() or not array.size:
        raise call.fields.refused(f"has {name} {str(value)[:60]!r}, expected numbers")
    return array


def normalization(call: Call) -> Value:
    """Normalization: (x - mean) / standard deviation, which is never below 1e-7."""
    fields, value = call.fields, call.value
    if fields.flag("invert", default=False):
        raise fields.refused("has invert, which netparity does not compute")
    axes = [call.axis(axis) for axis in fields.wholes("axis") or ()]
    rank = len(value.shape)
    if fields.get("mean") is not None or fields.get("variance") is not None:
        mean, variance = _numbers(call, "mean"), _numbers(call, "variance")
        if mean is None or variance is None or (variance < 0).any():
            raise fields.refused("lacks a mean or a variance of 0 or more")
        tensors = [_stated(call, numbers, axes) for numbers in (-mean, _inverse(variance))]
    else:
        arrays = [stored for stored in call.arrays if stored.shape]  # a number is a count of images
        if len(arrays) != 2:
            raise fields.refused("has no mean and variance in the file; was it adapted?")
        mean_array, variance_array = arrays
        tensors = [
            of_file(mean_array, lambda values: _spread(-values, axes, rank)),
            of_file(variance_array, lambda values: _spread(_inverse(values), axes, rank)),
        ]
    call.build.scalings.add(call.name)
    centred = call.node("scale_shift", [value], {}, {"bias": tensors[0]}, suffix="centred")
    call.build.scalings.add(centred.name)
    return call.node("scale_shift", [centred], {}, {"scale": tensors[1]})


def _inverse(variance: Array) -> Array:
    deviation = np.maximum(np.sqrt(variance.astype(np.float64)), _KEPT_AWAY)
    return np.asarray(1 / deviation)


def _stated(call: Call, numbers: Array, axes: Sequence[int]) -> Tensor:
    """Numbers of the configuration, one for each place along `axes`."""
    shape = call.value.shape
    sizes = tuple(shape[axis] for axis in axes)
    try:
        values = np.broadcast_to(numbers, sizes) if numbers.size == 1 else numbers.reshape(sizes)
    except ValueError:
        raise call.fields.refused(
            f"has {numbers.size} numbers for an axis of {sizes or 1} values"
        ) from None
    return constant(_spread(values, axes, len(shape)) if axes else values)


def unit_norm(call: Call) -> Value:
    """UnitNormalization: x / max(length, 1e-12)."""
    axes = tuple(call.axis(axis) for axis in call.fields.wholes("axis") or (-1,))
    rank = len(call.value.shape)
    places = tuple(sorted(axis - rank for axis in axes))
    return call.node("l2_norm", None, {"axes": places, "epsilon": 1e-12, "combine": "max"})


def layer_scale(call: Call) -> Value:
    """LayerScale of Keras's ConvNeXt: x * gamma, a factor for each channel."""
    for name in ("init_values", "projection_dim"):
        call.fields.get(name)
    stored = call.expect_arrays("scale")["scale"]
    axis, rank = call.axis(-1), len(call.value.shape)
    scale = of_file(stored, lambda values: _spread(values, [axis], rank))
    return call.node("scale_shift", None, {}, {"scale": scale})


NORMALISING_LAYERS = {
    "BatchNormalization": batch_norm,
    "BatchNormalizationV1": batch_norm,
    "BatchNormalizationV2": batch_norm,
    "SyncBatchNormalization": batch_norm,
    "LayerNormalization": layer_norm,
    "Rescaling": rescaling,
    "Normalization": normalization,
    "UnitNormalization": unit_norm,
    "LayerScale": layer_scale,
}
