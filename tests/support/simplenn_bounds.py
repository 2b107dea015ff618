"""What arithmetic explains: values in extended precision, each with a bound on its error.

Higham, Accuracy and Stability of Numerical Algorithms, chapter 3: a sum of n rounded products, in
whatever order, is off by at most gamma(n) times the same sum of absolute values. Values here come
pixel by pixel from windows of the padded image, a method that nothing in matlab/ shares.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

Pair = tuple[int, int]
Sides = tuple[int, int, int, int]
Result = tuple[np.ndarray, np.ndarray]


def gamma(terms: float, kind: np.dtype) -> float:
    """n u / (1 - n u), u the unit roundoff of the class."""
    error = terms * np.finfo(kind).eps / 2
    return float(error / (1 - error))


def size(image: Pair, window: Pair, stride: Pair, pad: Sides, dilate: Pair = (1, 1)) -> Pair:
    """Rows and columns of the output, as MatConvNet's documentation has them."""
    rows = (image[0] + pad[0] + pad[1] - dilate[0] * (window[0] - 1) - 1) // stride[0] + 1
    columns = (image[1] + pad[2] + pad[3] - dilate[1] * (window[1] - 1) - 1) // stride[1] + 1
    return rows, columns


def windows(
    x: np.ndarray, window: Pair, stride: Pair, pad: Sides, dilate: Pair, fill: float
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Every output pixel with what it sees of x, padded with `fill`."""
    padded = np.pad(x, (pad[:2], pad[2:], (0, 0), (0, 0)), constant_values=fill)
    rows, columns = size(x.shape[:2], window, stride, pad, dilate)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride[0], j * stride[1]
            bottom = top + dilate[0] * (window[0] - 1) + 1
            right = left + dilate[1] * (window[1] - 1) + 1
            yield i, j, padded[top : bottom : dilate[0], left : right : dilate[1]]


def convolution(
    x: np.ndarray,
    f: np.ndarray,
    b: np.ndarray | None,
    stride: Pair = (1, 1),
    pad: Sides = (0, 0, 0, 0),
    dilate: Pair = (1, 1),
) -> Result:
    """x is H x W x C x N and f FH x FW x FC x K, in C / FC groups."""
    window, (fc, k) = f.shape[:2], f.shape[2:]
    groups = x.shape[2] // fc
    shape = (*size(x.shape[:2], window, stride, pad, dilate), k, x.shape[3])
    value, magnitude = np.empty(shape, np.longdouble), np.empty(shape, np.longdouble)
    wide_x, wide_f = x.astype(np.longdouble), f.astype(np.longdouble)
    for i, j, seen in windows(wide_x, window, stride, pad, dilate, 0):
        for g in range(groups):
            to = slice(g * k // groups, (g + 1) * k // groups)
            inputs, filters = seen[:, :, g * fc : (g + 1) * fc], wide_f[:, :, :, to]
            value[i, j, to] = np.einsum("ijcn,ijck->kn", inputs, filters)
            magnitude[i, j, to] = np.einsum("ijcn,ijck->kn", abs(inputs), abs(filters))
    terms = window[0] * window[1] * fc
    if b is not None:
        added = b.astype(np.longdouble).reshape(1, 1, -1, 1)
        value, magnitude, terms = value + added, magnitude + abs(added), terms + 1
    return value, gamma(terms, x.dtype) * magnitude


def pooling(x: np.ndarray, window: Pair, stride: Pair, pad: Sides, method: str) -> Result:
    """Maximum, which is exact, or mean of the pixels inside the image."""
    shape = (*size(x.shape[:2], window, stride, pad), *x.shape[2:])
    value, bound = np.empty(shape, np.longdouble), np.zeros(shape)
    for i, j, seen in windows(x.astype(np.longdouble), window, stride, pad, (1, 1), np.nan):
        if method == "max":
            value[i, j] = np.nanmax(seen, axis=(0, 1))
        else:
            value[i, j] = np.nanmean(seen, axis=(0, 1))
            inside = np.count_nonzero(~np.isnan(seen[:, :, 0, 0]))
            bound[i, j] = gamma(inside + 1, x.dtype) * np.nanmean(abs(seen), axis=(0, 1))
    return value, bound


def softmax(x: np.ndarray) -> Result:
    """A rounded difference d moves exp(d) by |d| u; then 1 ulp for exp, C additions, a division."""
    wide = x.astype(np.longdouble)
    difference = wide - wide.max(axis=2, keepdims=True)
    e = np.exp(difference)
    value = e / e.sum(axis=2, keepdims=True)
    # The sum's error is a mean of its terms' errors, weighted by the terms themselves.
    mean = (value * abs(difference)).sum(axis=2, keepdims=True)
    terms = abs(difference) + mean + x.shape[2] + 6
    smallest = np.finfo(x.dtype).tiny
    return value, 1.01 * terms * np.finfo(x.dtype).eps / 2 * value + smallest


def normalization(x: np.ndarray, param: tuple[float, float, float, float]) -> Result:
    """The base is off by N + 4 roundings, its power by BETA times that, plus those of pow."""
    count, kappa, alpha, beta = param
    wide = x.astype(np.longdouble)
    value = np.empty_like(wide)
    logarithm = np.empty_like(wide)
    for c in range(x.shape[2]):
        first = max(0, c - int(np.floor((count - 1) / 2)))
        last = min(x.shape[2] - 1, c + int(np.ceil((count - 1) / 2)))
        base = kappa + alpha * (wide[:, :, first : last + 1] ** 2).sum(axis=2)
        value[:, :, c] = wide[:, :, c] / base**beta
        logarithm[:, :, c] = abs(np.log(base))
    terms = beta * (min(count, x.shape[2]) + 4) + beta * logarithm + 4
    return value, 1.01 * terms * np.finfo(x.dtype).eps / 2 * abs(value)
