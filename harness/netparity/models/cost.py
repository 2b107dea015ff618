"""The minimum cost of a network: operations and bytes of every layer, from the layer map."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from netparity.models.layers import Layer, Model

BYTES_PER_VALUE = 4


@dataclass(frozen=True)
class Cost:
    """The cost of one layer for a batch.

    Attributes:
        flops: multiplications and additions in its products, counted separately, including a
            convolution's taps outside the image. Biases, activations and pools are not counted.
        moved_bytes: weights once, input and output once per image, all float32.
    """

    layer: Layer
    flops: int
    moved_bytes: int


def costs(model: Model, images: int = 1, last: str | None = None) -> Iterator[Cost]:
    """The cost of each layer for a batch of `images`, up to the layer called `last`.

    Raises:
        UnknownLayerError: if there is no such layer.
    """
    end = model.layer(last) if last is not None else None
    values_in = 3 * math.prod(model.input_size)
    for layer in model.layers:
        values_out = math.prod(layer.output_shape)
        weights = math.prod(layer.kernel_shape) if layer.kernel_shape is not None else 0
        places = math.prod(layer.output_shape[:2]) if layer.kind == "conv" else 1
        biases = layer.kernel_shape[3] if layer.kernel_shape is not None else 0
        moved = weights + biases + images * (values_in + values_out)
        yield Cost(layer, 2 * images * weights * places, BYTES_PER_VALUE * moved)
        values_in = values_out
        if layer is end:
            return
