"""An independent float64 forward pass of VGG-like networks, and their SimpleNN files.

Nothing here shares a method with matlab/: convolution is a sum over filter taps of the whole image.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.io

from tests.support.octave_process import cell

MEAN_RGB = np.array([123.68, 116.779, 103.939], np.float32)


def convolve(
    x: np.ndarray,
    f: np.ndarray,
    b: np.ndarray | None = None,
    stride: tuple[int, int] = (1, 1),
    pad: tuple[int, int, int, int] = (0, 0, 0, 0),
    dilate: tuple[int, int] = (1, 1),
) -> np.ndarray:
    """Correlate x, H x W x C x N, with f, FH x FW x FC x K, in C / FC groups, in float64."""
    x, f = x.astype(np.float64), f.astype(np.float64)
    x = np.pad(x, (pad[:2], pad[2:], (0, 0), (0, 0)))
    fh, fw, fc, k = f.shape
    groups = x.shape[2] // fc
    rows = (x.shape[0] - dilate[0] * (fh - 1) - 1) // stride[0] + 1
    columns = (x.shape[1] - dilate[1] * (fw - 1) - 1) // stride[1] + 1
    out = np.zeros((rows, columns, k, x.shape[3]))
    for i in range(fh):
        for j in range(fw):
            seen = x[i * dilate[0] :: stride[0], j * dilate[1] :: stride[1]][:rows, :columns]
            for g in range(groups):
                of, to = slice(g * fc, (g + 1) * fc), slice(g * k // groups, (g + 1) * k // groups)
                out[:, :, to] += np.einsum("hwcn,ck->hwkn", seen[:, :, of], f[i, j, :, to])
    return out if b is None else out + b.astype(np.float64).reshape(1, 1, -1, 1)


def pool(
    x: np.ndarray,
    window: tuple[int, int],
    stride: tuple[int, int],
    pad: tuple[int, int, int, int],
    method: str,
) -> np.ndarray:
    """Maximum or mean of the pixels inside the image, window by window."""
    x = x.astype(np.float64)
    rows = (x.shape[0] + pad[0] + pad[1] - window[0]) // stride[0] + 1
    columns = (x.shape[1] + pad[2] + pad[3] - window[1]) // stride[1] + 1
    out = np.empty((rows, columns, *x.shape[2:]))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride[0] - pad[0], j * stride[1] - pad[2]
            seen = x[max(top, 0) : top + window[0], max(left, 0) : left + window[1]]
            out[i, j] = getattr(seen, "max" if method == "max" else "mean")(axis=(0, 1))
    return out


class TinyVgg:
    """A VGG of 64 x 64 pixels with random weights: 13 convolutions, 5 pools, 3 dense layers."""

    blocks = ((4, 4), (8, 8), (8, 8, 8), (16, 16, 16), (16, 16, 16))
    size = 64

    def __init__(self, seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        self.layers: list[dict] = []
        channels = 3
        for block, widths in enumerate(self.blocks, 1):
            for index, width in enumerate(widths, 1):
                self.add_conv(f"conv{block}_{index}", 3, channels, width, pad=1)
                self.layers.append({"type": "relu", "name": f"relu{block}_{index}"})
                channels = width
            self.layers.append(pool_layer(f"pool{block}"))
        self.add_conv("fc6", 2, channels, 24, pad=0)
        self.layers.append({"type": "relu", "name": "relu6"})
        self.add_conv("fc7", 1, 24, 20, pad=0)
        self.layers.append({"type": "relu", "name": "relu7"})
        self.add_conv("fc8", 1, 20, 10, pad=0)
        self.layers.append({"type": "softmax", "name": "prob"})

    def add_conv(self, name: str, side: int, channels: int, width: int, pad: int) -> None:
        shape = (side, side, channels, width)
        scale = np.sqrt(2 / (side * side * channels))
        f = (self.random.standard_normal(shape) * scale).astype(np.float32)
        b = (self.random.standard_normal((1, width)) * 0.1).astype(np.float32)
        self.layers.append(
            {
                "type": "conv",
                "name": name,
                "weights": cell([f, b]),
                "size": np.array([shape], float),
                "pad": np.full((1, 4), float(pad)),
                "stride": np.array([[1.0, 1.0]]),
            }
        )

    def save(self, file: Path, old_format: bool = False) -> Path:
        """Write imagenet-vgg-verydeep-16.mat's layout, or that of MatConvNet before 1.0-beta16."""
        normalization = {
            "averageImage": MEAN_RGB.reshape(1, 1, 3),
            "imageSize": np.array([[self.size, self.size, 3.0]]),
            "interpolation": "bilinear",
            "border": np.zeros((1, 2)),
        }
        layers = [dict(layer) for layer in self.layers]
        content = {"layers": cell(layers), "meta": {"normalization": normalization}}
        if old_format:
            for layer in layers:
                if "weights" in layer:
                    layer["filters"], layer["biases"] = layer.pop("weights")[0]
            average = np.tile(MEAN_RGB, (self.size, self.size, 1))
            content = {
                "layers": cell(layers),
                "normalization": normalization | {"averageImage": average},
            }
        scipy.io.savemat(file, content)
        return file

    def forward(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """All activations in float64 for x, N x H x W x C; each N x H x W x C."""
        x = x.astype(np.float64).transpose(1, 2, 3, 0)
        seen = {}
        for layer in self.layers:
            if layer["type"] == "conv":
                f, b = layer["weights"][0]
                x = convolve(x, f, b, pad=tuple(layer["pad"][0].astype(int)))
            elif layer["type"] == "pool":
                x = pool(x, (2, 2), (2, 2), (0, 1, 0, 1), "max")
            elif layer["type"] == "relu":
                x = np.maximum(x, 0)
            else:
                x = np.exp(x - x.max(axis=2, keepdims=True))
                x = x / x.sum(axis=2, keepdims=True)
            seen[layer["name"]] = x.transpose(3, 0, 1, 2)
        return seen


def pool_layer(name: str) -> dict:
    """VGG16's pools carry a padding that shows at odd sizes only."""
    return {
        "type": "pool",
        "name": name,
        "method": "max",
        "pool": np.array([[2.0, 2.0]]),
        "stride": np.array([[2.0, 2.0]]),
        "pad": np.array([[0.0, 1.0, 0.0, 1.0]]),
    }
