"""VGG16's layers by name and shape, for the published size and for smaller ones."""

from __future__ import annotations

import re
from dataclasses import dataclass

from job_files import Architecture

# Simonyan and Zisserman, arXiv:1409.1556, configuration D, as keras.applications builds it.
PUBLISHED = Architecture(
    blocks=[[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]],
    dense=[4096, 4096],
    classes=1000,
    input_size=[224, 224],
)

KERAS_NAMES = {"fc6": "fc1", "fc7": "fc2", "prob": "predictions"}


@dataclass(frozen=True)
class WeightedLayer:
    """A layer that has weights: a kernel (H x W x Cin x Cout or Kin x Kout) and Cout biases."""

    name: str
    kernel: tuple[int, ...]

    @property
    def bias(self) -> tuple[int, ...]:
        """Shape of the bias: one value per output channel."""
        return self.kernel[-1:]


def weighted_layers(architecture: Architecture) -> list[WeightedLayer]:
    """Return every layer with weights, in network order."""
    layers = []
    channels = 3
    for block, widths in enumerate(architecture.blocks, start=1):
        for position, width in enumerate(widths, start=1):
            name = f"block{block}_conv{position}"
            layers.append(WeightedLayer(name, (3, 3, channels, width)))
            channels = width
    shrink = 2 ** len(architecture.blocks)
    height, width = architecture.input_size
    units_in = (height // shrink) * (width // shrink) * channels
    for name, units in zip(dense_names(architecture), dense_units(architecture), strict=True):
        layers.append(WeightedLayer(name, (units_in, units)))
        units_in = units
    return layers


def dense_names(architecture: Architecture) -> list[str]:
    """Return fc1, fc2, ..., predictions; nothing for a network without classes ("no top")."""
    if not architecture.classes:
        return []
    return [f"fc{i}" for i in range(1, len(architecture.dense) + 1)] + ["predictions"]


def dense_units(architecture: Architecture) -> list[int]:
    """Return the output width of each dense layer, the softmax included."""
    return [*architecture.dense, architecture.classes] if architecture.classes else []


def layer_names(architecture: Architecture) -> list[str]:
    """Return the Keras names of the layers that have a feature, in network order."""
    names = []
    for block, widths in enumerate(architecture.blocks, start=1):
        names += [f"block{block}_conv{i}" for i in range(1, len(widths) + 1)]
        names.append(f"block{block}_pool")
    if dense := dense_names(architecture):
        names += ["flatten", *dense]
    return names


def keras_layer_name(name: str) -> str:
    """Translate netparity's layer name to Keras's; a Keras name is returned unchanged.

    >>> [keras_layer_name(name) for name in ("fc6", "conv3_2", "pool5", "fc1")]
    ['fc1', 'block3_conv2', 'block5_pool', 'fc1']
    """
    if convolution := re.fullmatch(r"conv(\d+)_(\d+)", name):
        return f"block{convolution[1]}_conv{convolution[2]}"
    if pool := re.fullmatch(r"pool(\d+)", name):
        return f"block{pool[1]}_pool"
    return KERAS_NAMES.get(name, name)
