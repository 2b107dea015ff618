"""3 x 3 convolutions as fast tools compute them, in float32: by Winograd's transform and by FFT."""

from __future__ import annotations

import numpy as np

from netparity.networks.ops.base import Array

# Winograd's F(4 x 4, 3 x 3): Lavin and Gray, Fast Algorithms for Convolutional Neural Networks.
_INPUT = np.array(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
    np.float32,
)
_KERNEL = np.array(
    [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ],
    np.float32,
)
_OUTPUT = np.array(
    [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], np.float32
)


def winograd(x: Array, kernel: Array) -> Array:
    """A 3 x 3 convolution in tiles of 4 x 4, in float32.

    Args:
        x: N x H x W x C with its border.
        kernel: 3 x 3 x C x O.
    """
    count, height, width = x.shape[0], x.shape[1] - 2, x.shape[2] - 2
    rows, columns = -(-height // 4), -(-width // 4)
    x = np.pad(x, ((0, 0), (0, 4 * rows - height), (0, 4 * columns - width), (0, 0)))
    tiles = np.lib.stride_tricks.sliding_window_view(x, (6, 6), (1, 2))[:, ::4, ::4]
    moved = _contract("iu,nrscuv,jv->nrscij", _INPUT, tiles, _INPUT)
    kernels = _contract("iu,uvco,jv->coij", _KERNEL, kernel, _KERNEL)
    products = _contract("nrscij,coij->nrsoij", moved, kernels)
    tiled = _contract("yi,nrsoij,xj->nrysxo", _OUTPUT, products, _OUTPUT)
    whole = tiled.reshape(count, 4 * rows, 4 * columns, -1)
    return np.ascontiguousarray(whole[:, :height, :width])


def fourier(x: Array, kernel: Array) -> Array:
    """A 3 x 3 convolution by FFT, in float32; the arguments are those of `winograd`."""
    size = x.shape[1:3]
    moved = np.fft.rfft2(x, size, (1, 2))
    kernels = np.fft.rfft2(kernel, size, (0, 1)).conj()
    products = _contract("nuvc,uvco->nuvo", moved, kernels)
    whole = np.fft.irfft2(products, size, (1, 2))
    return np.ascontiguousarray(whole[:, : size[0] - 2, : size[1] - 2], np.float32)


def _contract(formula: str, *arrays: Array) -> Array:
    """`einsum` by matrix products."""
    return np.asarray(np.einsum(formula, *arrays, optimize=True))


CONVOLVING = {"winograd": winograd, "fft": fourier}
