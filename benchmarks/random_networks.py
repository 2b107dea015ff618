"""Random VGG networks with weights and inputs as varied as those that people bring."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from netparity.inputs import SAMPLE_IMAGE
from netparity.networks import Network
from netparity.networks.catalogue.vgg import MEAN_RGB, vgg
from netparity.weights import synthetic

Single = npt.NDArray[np.float32]
Generator = np.random.Generator

WEIGHT_KINDS = (
    "he-normal",
    "large",
    "small",
    "shifted kernels",
    "sparse",
    "heavy-tailed",
    "large biases",
    "negative biases",
    "uneven channels",
)
INPUT_KINDS = ("noise", "smooth", "sample image", "nearly constant", "black border")


@dataclass(frozen=True)
class Net:
    """A random network with an input."""

    number: int
    model: Network
    weights: Mapping[str, Single]
    tensor: Single
    weight_kind: str
    input_kind: str

    def __str__(self) -> str:
        widths: dict[str, list[str]] = {"conv": [], "dense": []}
        for layer in self.model.parametric_layers:
            widths[layer.kind].append(str(layer.output_shape[-1]))
        convolutions, dense = ("-".join(widths[kind]) for kind in ("conv", "dense"))
        size = "x".join(map(str, self.model.input_size))
        return (
            f"{self.number}: {convolutions} | {dense} on {len(self.tensor)} x {size}, "
            f"{self.weight_kind}, {self.input_kind}"
        )


def draw(seed: int, number: int) -> Net:
    """The network of that number; it does not depend on how many there are."""
    rng = np.random.default_rng([seed, number])
    model = _architecture(rng)
    weight_kind, input_kind = str(rng.choice(WEIGHT_KINDS)), str(rng.choice(INPUT_KINDS))
    weights = _weights(rng, model, weight_kind)
    raw = np.stack([_image(rng, input_kind, model) for _ in range(rng.integers(1, 4))])
    tensor = raw.astype(np.float32) - np.float32(MEAN_RGB)
    return Net(number, model, weights, tensor, weight_kind, input_kind)


def _architecture(rng: Generator) -> Network:
    blocks = [
        [int(width) for width in rng.integers(2, 25, rng.integers(1, 4))]
        for _ in range(rng.integers(2, 6))
    ]
    _avoid_cubes(blocks)
    dense = tuple(int(units) for units in rng.integers(8, 65, rng.integers(1, 3)))
    # Every pool divides evenly: of an odd map MatConvNet's padded pools keep one row more.
    step = 2 ** len(blocks)
    size = rng.integers(32 // step, 96 // step, 2, endpoint=True) * step
    if rng.random() < 0.5:
        size[:] = size[0]
    classes = int(rng.integers(3, 21))
    return vgg("random", tuple(map(tuple, blocks)), dense, classes, (int(size[0]), int(size[1])))


def _avoid_cubes(blocks: list[list[int]]) -> None:
    """No kernel of 3 x 3 x 3 x 3: Keras 2 with channels_first turns it round while loading.

    Of a file without a `keras_version` it transposes every kernel, and transposes it back only
    where the shape shows that it was wrong to.
    """
    channels = 3
    for block in blocks:
        for index, width in enumerate(block):
            if channels == width == 3:
                block[index] = 4
            channels = block[index]


def _weights(rng: Generator, model: Network, kind: str) -> dict[str, Single]:
    """He-normal ones changed; the logits' scale, which decides how sharp prob is, is random."""
    weights = synthetic.make(model, int(rng.integers(2**31)))
    layers = model.parametric_layers
    sharpness = np.float32(np.exp(rng.uniform(0, math.log(64))))
    weights[layers[-1].kernel] *= sharpness
    weights[layers[-1].bias] *= sharpness
    for layer in layers:
        kernel, bias = weights[layer.kernel], weights[layer.bias]
        spread = float(kernel.std())
        if kind == "large":
            kernel *= np.float32(3)
        elif kind == "small":
            kernel *= np.float32(0.2)
            bias *= np.float32(0.2)
        elif kind == "shifted kernels":
            kernel += np.float32(spread * rng.uniform(-0.7, 0.7))
        elif kind == "sparse":
            kernel *= rng.random(kernel.shape) < 0.15
            kernel *= np.float32(2.5)
        elif kind == "heavy-tailed":
            kernel[...] = rng.standard_t(1.5, kernel.shape) * spread / 3
        elif kind == "large biases":
            bias += np.float32(rng.uniform(50, 500))
        elif kind == "negative biases":
            bias -= np.float32(rng.uniform(0, 60))
        elif kind == "uneven channels":
            kernel *= np.exp(rng.normal(0, 1.5, kernel.shape[3])).astype(np.float32)
    return weights


def _image(rng: Generator, kind: str, model: Network) -> npt.NDArray[np.floating]:
    """H x W x RGB, 0 to 255."""
    height, width = model.input_size
    if kind == "noise":
        return rng.integers(0, 256, (height, width, 3)).astype(np.float32)
    if kind == "sample image":
        picture = Image.open(SAMPLE_IMAGE).convert("RGB").resize((width, height))
        return np.asarray(picture, np.float32)[:, :: int(rng.choice([1, -1]))]
    if kind == "nearly constant":
        return rng.integers(0, 256, 3) + rng.normal(0, 0.01, (height, width, 3))
    few = rng.integers(0, 256, (int(rng.integers(2, 9)), int(rng.integers(2, 9)), 3), np.uint8)
    picture = Image.fromarray(few).resize((width, height), Image.Resampling.BICUBIC)
    image = np.asarray(picture, np.float32).copy()
    if kind == "black border":
        edge = int(rng.integers(1, min(height, width) // 3))
        inside = np.zeros_like(image)
        inside[edge:-edge, edge:-edge] = image[edge:-edge, edge:-edge]
        return inside
    return image
