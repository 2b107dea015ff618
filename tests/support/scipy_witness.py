"""Every operation by SciPy in float64, and in plain loops where SciPy has nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import ndimage, signal, special

from tests.support.op_cases import Case

Array = np.ndarray


def scipy_output(case: Case, inputs: tuple[Array, ...]) -> Array:
    """The output of a node for N x shape inputs, image by image."""
    compute = COMPUTED[case.op]
    images = zip(*inputs, strict=True)
    return np.array([compute(case, *image) for image in images], dtype=np.float64)


def tensor(case: Case, role: str, default: float) -> Array:
    return np.asarray(case.tensors.get(role, default), dtype=np.float64)


def spread(kernel: Array, steps: tuple[int, int]) -> Array:
    """Zeros between the rows and columns."""
    height, width = ((size - 1) * step + 1 for size, step in zip(kernel.shape, steps, strict=True))
    result = np.zeros((height, width))
    result[:: steps[0], :: steps[1]] = kernel
    return result


def margins(pads: tuple[int, ...]) -> tuple[tuple[int, int], tuple[int, int]]:
    return (pads[0], pads[1]), (pads[2], pads[3])


def conv(case: Case, x: Array) -> Array:
    kernel = case.tensors["kernel"].astype(np.float64)
    share, units = kernel.shape[2], kernel.shape[3] // case["groups"]
    result = np.zeros(case.shape) + tensor(case, "bias", 0)
    rows, columns = case["strides"]
    for o, c in np.ndindex(kernel.shape[3], share):
        plane = np.pad(x[..., o // units * share + c], margins(case["pads"]))
        taps = spread(kernel[:, :, c, o], case["dilations"])
        result[..., o] += signal.correlate(plane, taps, "valid", "direct")[::rows, ::columns]
    return result


def conv_transpose(case: Case, x: Array) -> Array:
    """A full convolution with zeros between the input's values."""
    kernel = case.tensors["kernel"].astype(np.float64)
    units, share = kernel.shape[2], kernel.shape[3] // case["groups"]
    wide = [
        np.zeros((size - 1) * s + d * (k - 1) + 1)
        for size, s, d, k in zip(
            x.shape[:2], case["strides"], case["dilations"], kernel.shape[:2], strict=True
        )
    ]
    whole = np.zeros((len(wide[0]), len(wide[1]), units * case["groups"]))
    for o, c in np.ndindex(units, x.shape[2]):
        plane = spread(x[..., c], case["strides"])
        taps = spread(kernel[:, :, o, c], case["dilations"])
        whole[..., c // share * units + o] += signal.convolve(plane, taps, "full", "direct")
    top, _, left, _ = case["crops"]
    result = np.zeros(case.shape)
    for i, j in np.ndindex(case.shape[:2]):
        if 0 <= i + top < whole.shape[0] and 0 <= j + left < whole.shape[1]:
            result[i, j] = whole[i + top, j + left]
    return result + tensor(case, "bias", 0)


def dense(case: Case, x: Array) -> Array:
    kernel = case.tensors["kernel"].astype(np.float64)
    if kernel.ndim == 2:
        return np.einsum("...c,co->...o", x, kernel) + tensor(case, "bias", 0)
    values = list(np.ndindex(kernel.shape[:-1]))
    read = dict(zip(values, x.ravel(), strict=True)) if x.ndim == 1 else x
    sums = [
        math.fsum(read[place] * kernel[(*place, o)] for place in values)
        for o in range(kernel.shape[-1])
    ]
    return np.array(sums) + tensor(case, "bias", 0)


def max_pool(case: Case, x: Array) -> Array:
    return windows(case, x, ndimage.maximum_filter, -np.inf)


def average_pool(case: Case, x: Array) -> Array:
    """The sum of each window divided by that of ones, in the image or in the pads too."""
    ones = np.ones_like(x)
    if case["count_padding"]:
        ones = np.pad(ones, (*margins(case["pads"]), (0, 0)), constant_values=1)
        case_of_ones = Case(case.op, (ones.shape,), {**case.attributes, "pads": (0, 0, 0, 0)})
        counts = windows(case_of_ones, ones, sum_filter, 0)[: case.shape[0], : case.shape[1]]
    else:
        counts = windows(case, ones, sum_filter, 0)
    return windows(case, x, sum_filter, 0) / counts


def sum_filter(plane: Array, footprint: Array, mode: str, cval: float, origin: Any) -> Array:
    weights = footprint.astype(np.float64)
    return ndimage.correlate(plane, weights, mode=mode, cval=cval, origin=origin)


def windows(case: Case, x: Array, find: Callable[..., Array], border: float) -> Array:
    """A filter of SciPy's, whose result at a place is that of the window that begins there."""
    footprint = spread(np.ones(case["window"]), case["dilations"]) > 0
    origin = [-(size // 2) for size in footprint.shape]
    (top, _), (left, _) = margins(case["pads"])
    rows, columns = case["strides"]
    far = [size + 20 for size in footprint.shape]
    result = np.zeros(case.shape)
    for c in range(x.shape[2]):
        plane = np.pad(x[..., c], ((top, far[0]), (left, far[1])), constant_values=border)
        found = find(plane, footprint=footprint, mode="constant", cval=border, origin=origin)
        result[..., c] = found[::rows, ::columns][: case.shape[0], : case.shape[1]]
    return result


def by_channel(find: Callable[[Array], float]) -> Callable[[Case, Array], Array]:
    def compute(case: Case, x: Array) -> Array:
        found = np.array([find(x[..., c]) for c in range(x.shape[2])])
        return found.reshape(case.shape)

    return compute


def batch_norm(case: Case, x: Array) -> Array:
    mean, variance = (tensor(case, role, 0) for role in ("mean", "variance"))
    scale, bias = tensor(case, "scale", 1), tensor(case, "bias", 0)
    result = np.empty_like(x)
    for place in np.ndindex(x.shape):
        c = place[-1]
        deviation = math.sqrt(variance[c] + case["epsilon"])
        result[place] = (x[place] - mean[c]) / deviation
        result[place] *= scale if scale.ndim == 0 else scale[c]
        result[place] += bias if bias.ndim == 0 else bias[c]
    return result


def lrn(case: Case, x: Array) -> Array:
    size = case["size"]
    # The middle of an even window is that of SciPy's moved by one.
    origin = -1 if size % 2 == 0 else 0
    total = ndimage.correlate1d(x**2, np.ones(size), axis=-1, mode="constant", origin=origin)
    return x * (case["kappa"] + case["alpha"] * total) ** -case["beta"]


def layer_norm(case: Case, x: Array) -> Array:
    """Over the last axes; SciPy's variance is that of the population."""
    count = len(case["axes"])
    result = np.empty_like(x)
    for place in np.ndindex(x.shape[: x.ndim - count]):
        values = x[place]
        mean = math.fsum(values.ravel()) / values.size
        variance = math.fsum((values.ravel() - mean) ** 2) / values.size
        result[place] = (values - mean) / math.sqrt(variance + case["epsilon"])
    return result * tensor(case, "scale", 1) + tensor(case, "bias", 0)


def l2_norm(case: Case, x: Array) -> Array:
    axes = tuple(axis % x.ndim for axis in case["axes"])
    epsilon, result = case["epsilon"], np.empty_like(x)
    for place in np.ndindex(x.shape):
        read = tuple(slice(None) if axis in axes else place[axis] for axis in range(x.ndim))
        norm = math.hypot(*np.atleast_1d(x[read]).ravel())
        divisor = {
            "max": max(norm, epsilon),
            "add": math.sqrt(norm**2 + epsilon),
            "max_square": math.sqrt(max(norm**2, epsilon)),
        }[case["combine"]]
        result[place] = x[place] / divisor
    return result


def mean(case: Case, x: Array) -> Array:
    axes = tuple(axis % x.ndim for axis in case["axes"])
    kept = [1 if axis in axes else size for axis, size in enumerate(x.shape)]
    result = np.empty(kept)
    for place in np.ndindex(*kept):
        read = tuple(slice(None) if axis in axes else place[axis] for axis in range(x.ndim))
        values = np.atleast_1d(x[read]).ravel()
        result[place] = math.fsum(values) / len(values)
    return result.reshape(case.shape)


def each(find: Callable[[Case, float], float]) -> Callable[[Case, Array], Array]:
    """Value by value, in Python's own numbers."""

    def compute(case: Case, x: Array) -> Array:
        return np.array([find(case, float(value)) for value in x.ravel()]).reshape(x.shape)

    return compute


def clip(value: float, low: float | None, high: float | None) -> float:
    value = value if low is None or value > low else low
    return value if high is None or value < high else high


def hard_sigmoid(slope: float, offset: float, value: float) -> float:
    return clip(slope * value + offset, 0, 1)


def elu(alpha: float, value: float) -> float:
    return value if value > 0 else alpha * math.expm1(value)


def gelu(case: Case, value: float) -> float:
    if case["approximate"]:
        inner = math.sqrt(2 / math.pi) * (value + 0.044715 * value**3)
        return 0.5 * value * (1 + math.tanh(inner))
    return value * 0.5 * math.erfc(-value / math.sqrt(2))


def prelu(case: Case, x: Array) -> Array:
    slope = np.broadcast_to(case.tensors["slope"], x.shape).astype(np.float64)
    result = np.empty_like(x)
    for place in np.ndindex(x.shape):
        result[place] = x[place] * (slope[place] if x[place] < 0 else 1)
    return result


def folded(combine: Callable[[float, float], float]) -> Callable[..., Array]:
    """Broadcast by hand: the last axes belong together, and an axis of size 1 is read again."""

    def compute(case: Case, *images: Array) -> Array:
        result = np.empty(case.shape)
        for place in np.ndindex(case.shape):
            values = [
                float(
                    x[
                        tuple(
                            0 if size == 1 else at
                            for at, size in zip(place[len(place) - x.ndim :], x.shape, strict=True)
                        )
                    ]
                )
                for x in images
            ]
            total = values[0]
            for value in values[1:]:
                total = combine(total, value)
            result[place] = total
        return result

    return compute


def scale_shift(case: Case, x: Array) -> Array:
    result = np.empty_like(x)
    scale = np.broadcast_to(tensor(case, "scale", 1), x.shape)
    bias = np.broadcast_to(tensor(case, "bias", 0), x.shape)
    for place in np.ndindex(x.shape):
        result[place] = x[place] * scale[place] + bias[place]
    return result


def concat(case: Case, *images: Array) -> Array:
    axis = case["axis"] % images[0].ndim
    parts = [np.moveaxis(x, axis, 0) for x in images]
    return np.moveaxis(np.array([row for part in parts for row in part]), 0, axis)


def flatten(case: Case, x: Array) -> Array:
    order = case["order"]
    found = []
    for place in np.ndindex(*(x.shape[axis] for axis in order)):
        read = [0] * x.ndim
        for axis, at in zip(order, place, strict=True):
            read[axis] = at
        found.append(x[tuple(read)])
    return np.array(found)


def transpose(case: Case, x: Array) -> Array:
    return flatten(case, x).reshape([x.shape[axis] for axis in case["order"]])


def reshape(case: Case, x: Array) -> Array:
    values = iter(x.ravel())
    result = np.empty(case["shape"])
    for place in np.ndindex(*case["shape"]):
        result[place] = next(values)
    return result


def pad(case: Case, x: Array) -> Array:
    """SciPy calls reflection without the edge `mirror`, and repeating the edge `nearest`."""
    mode = {"constant": "constant", "reflect": "mirror", "edge": "nearest"}[case["mode"]]
    befores = np.array([before for before, _ in case["pads"]])
    places = np.indices(case.shape) - befores.reshape(-1, *(1,) * x.ndim)
    return ndimage.map_coordinates(x, places, order=0, mode=mode, cval=case["value"])


def crop(case: Case, x: Array) -> Array:
    befores = np.array([before for before, _ in case["crops"]])
    places = np.indices(case.shape) + befores.reshape(-1, *(1,) * x.ndim)
    return ndimage.map_coordinates(x, places, order=0)


def coordinate(case: Case, axis: int, place: int) -> Fraction:
    """Where a place of the output lies in the input, exactly."""
    size, target = case.shapes[0][axis], case["size"][axis]
    if case["coordinates"] == "align_corners":
        return Fraction(place * (size - 1), target - 1) if target > 1 else Fraction(0)
    if case["coordinates"] == "asymmetric":
        return Fraction(place * size, target)
    if case["coordinates"] == "pytorch_half_pixel" and target == 1:
        return Fraction(0)
    return (Fraction(2 * place + 1, 2) * size) / target - Fraction(1, 2)


def rounded(value: Fraction, rounding: str) -> int:
    half = Fraction(1, 2)
    return {
        "floor": math.floor(value),
        "ceil": math.ceil(value),
        "round_prefer_floor": math.ceil(value - half),
        "round_prefer_ceil": math.floor(value + half),
    }[rounding]


def resize(case: Case, x: Array) -> Array:
    along = [
        [coordinate(case, axis, place) for place in range(case["size"][axis])] for axis in (0, 1)
    ]
    if case["method"] == "nearest":
        read = [[rounded(value, case["rounding"]) for value in axis] for axis in along]
        rows, columns = (
            np.clip(values, 0, size - 1) for values, size in zip(read, x.shape, strict=False)
        )
        return np.array([[x[row, column] for column in columns] for row in rows])
    rows, columns = (np.array(values, dtype=np.float64) for values in along)
    places = np.array(np.meshgrid(rows, columns, indexing="ij"))
    planes = [
        ndimage.map_coordinates(x[..., c], places, order=1, mode="nearest")
        for c in range(x.shape[2])
    ]
    return np.stack(planes, axis=-1)


COMPUTED: dict[str, Callable[..., Array]] = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "dense": dense,
    "max_pool": max_pool,
    "average_pool": average_pool,
    "global_average": by_channel(ndimage.mean),
    "global_max": by_channel(ndimage.maximum),
    "batch_norm": batch_norm,
    "lrn": lrn,
    "layer_norm": layer_norm,
    "l2_norm": l2_norm,
    "mean": mean,
    "relu": each(lambda case, value: max(value, 0.0)),
    "leaky_relu": each(lambda case, value: value if value > 0 else value * case["slope"]),
    "clipped_relu": each(lambda case, value: clip(value, case["minimum"], case["maximum"])),
    "prelu": prelu,
    "sigmoid": lambda case, x: special.expit(x),
    "hard_sigmoid": each(lambda case, value: hard_sigmoid(case["slope"], case["offset"], value)),
    "swish": lambda case, x: x * special.expit(x),
    "hard_swish": each(lambda case, value: value * hard_sigmoid(1 / 6, 0.5, value)),
    "elu": each(lambda case, value: elu(case["alpha"], value)),
    "selu": each(lambda case, value: case["gamma"] * elu(case["alpha"], value)),
    "tanh": each(lambda case, value: math.tanh(value)),
    "gelu": each(gelu),
    "softmax": lambda case, x: special.softmax(x, axis=case["axis"]),
    "add": folded(lambda left, right: left + right),
    "subtract": folded(lambda left, right: left - right),
    "multiply": folded(lambda left, right: left * right),
    "divide": folded(lambda left, right: left / right),
    "scale_shift": scale_shift,
    "concat": concat,
    "flatten": flatten,
    "reshape": reshape,
    "transpose": transpose,
    "pad": pad,
    "crop": crop,
    "resize": resize,
    "dropout": lambda case, x: x,
    "identity": lambda case, x: x,
}
