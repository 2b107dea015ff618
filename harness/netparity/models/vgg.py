"""VGG networks (Simonyan and Zisserman, 2014, arXiv:1409.1556): configurations D and E.

Each also has a tiny copy, and a version without dense layers ("no top"), which Keras publishes too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from netparity.models.layers import Layer, Model

MEAN_RGB = (123.68, 116.779, 103.939)
"""Mean of the ImageNet training images, as stated with both published weight files."""


def _feature_layers(
    blocks: tuple[tuple[int, ...], ...], input_size: tuple[int, int]
) -> Iterator[Layer]:
    """Convolutions and pools; the input has three channels."""
    (height, width), channels = input_size, 3
    for block, widths in enumerate(blocks, start=1):
        for index, units in enumerate(widths, start=1):
            yield Layer(
                name=f"conv{block}_{index}",
                kind="conv",
                activation="relu",
                parameters=f"conv{block}_{index}",
                kernel_shape=(3, 3, channels, units),
                output_shape=(height, width, units),
                names={
                    "keras": f"block{block}_conv{index}",
                    "matconvnet": f"relu{block}_{index}",
                },
            )
            channels = units
        height, width = height // 2, width // 2
        yield Layer(
            name=f"pool{block}",
            kind="pool",
            activation=None,
            parameters=None,
            kernel_shape=None,
            output_shape=(height, width, channels),
            names={"keras": f"block{block}_pool", "matconvnet": f"pool{block}"},
        )


def _dense_layers(
    input_shape: tuple[int, ...], dense: tuple[int, ...], classes: int, first: int
) -> Iterator[Layer]:
    """Hidden dense layers numbered from `first`, then the softmax output."""
    height, width, channels = input_shape
    for index, units in enumerate(dense):
        number = first + index
        yield Layer(
            name=f"fc{number}",
            kind="dense",
            activation="relu",
            parameters=f"fc{number}",
            kernel_shape=(height, width, channels, units),
            output_shape=(units,),
            names={"keras": f"fc{index + 1}", "matconvnet": f"relu{number}"},
        )
        height, width, channels = 1, 1, units
    yield Layer(
        name="prob",
        kind="dense",
        activation="softmax",
        parameters=f"fc{first + len(dense)}",
        kernel_shape=(height, width, channels, classes),
        output_shape=(classes,),
        names={"keras": "predictions", "matconvnet": "prob"},
    )


def vgg(
    name: str,
    blocks: tuple[tuple[int, ...], ...],
    dense: tuple[int, ...],
    classes: int,
    input_size: tuple[int, int],
) -> Model:
    """A VGG network with the given widths."""
    convolutional = tuple(_feature_layers(blocks, input_size))
    head = tuple(
        _dense_layers(convolutional[-1].output_shape, dense, classes, first=len(blocks) + 1)
    )
    return Model(
        name=name,
        blocks=blocks,
        dense=dense,
        classes=classes,
        input_size=input_size,
        mean_rgb=MEAN_RGB,
        layers=convolutional + head,
    )


def without_top(model: Model) -> Model:
    """The same network up to its last pool."""
    layers = tuple(layer for layer in model.layers if layer.kind != "dense")
    return replace(
        model,
        name=f"{model.name}-notop",
        dense=(),
        classes=0,
        layers=layers,
        default_features=(layers[-1].name,),
    )


def _tiny(blocks: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(width // 16 for width in block) for block in blocks)


_D = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
_E = ((64, 64), (128, 128), (256,) * 4, (512,) * 4, (512,) * 4)

VGG16 = vgg("vgg16", _D, (4096, 4096), 1000, (224, 224))
VGG19 = vgg("vgg19", _E, (4096, 4096), 1000, (224, 224))
VGG16_TINY = vgg("vgg16-tiny", _tiny(_D), (256, 256), 10, (64, 64))
VGG19_TINY = vgg("vgg19-tiny", _tiny(_E), (256, 256), 10, (64, 64))

WITH_TOP = (VGG16, VGG16_TINY, VGG19, VGG19_TINY)
ALL = (*WITH_TOP, *map(without_top, WITH_TOP))
