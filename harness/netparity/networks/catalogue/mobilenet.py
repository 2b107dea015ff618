"""MobileNet (Howard et al., 2017, arXiv:1704.04861) in small, with the names of Keras."""

from __future__ import annotations

from netparity.networks.catalogue.build import Builder
from netparity.networks.graph import Network, Preprocessing

EPSILON = 1e-3
"""The default of Keras."""
SCALED = Preprocessing(scale=1 / 127.5, mean=(1.0,))
"""From -1 to 1, as `keras.applications.mobilenet.preprocess_input` makes it."""


def mobilenet_tiny() -> Network:
    """Four pairs of a depthwise and a pointwise convolution.

    A convolution with stride 2 is padded at the bottom and right only, as in Keras.
    """
    builder = Builder((64, 64, 3))
    builder.conv("conv1", 16, 3, stride=2, pads=(0, 1, 0, 1), bias=False)
    _finish(builder, "conv1")
    for number, (units, stride) in enumerate(((32, 1), (64, 2), (64, 1), (128, 2)), start=1):
        _pair(builder, number, units, stride)
    builder.add("global_average_pooling2d", "global_average")
    builder.dense("fc", 10)
    builder.add("predictions", "softmax")
    return builder.network("mobilenet-tiny", SCALED, ("global_average_pooling2d",))


def _pair(builder: Builder, number: int, units: int, stride: int) -> None:
    channels = builder.shape[2]
    pads = 1 if stride == 1 else (0, 1, 0, 1)
    name = f"conv_dw_{number}"
    builder.conv(name, channels, 3, stride=stride, pads=pads, groups=channels, bias=False)
    _finish(builder, name)
    builder.conv(f"conv_pw_{number}", units, 1, bias=False)
    _finish(builder, f"conv_pw_{number}")


def _finish(builder: Builder, name: str) -> None:
    """Batch normalisation and ReLU6."""
    builder.batch_norm(f"{name}_bn", EPSILON)
    builder.add(f"{name}_relu", "clipped_relu", minimum=0.0, maximum=6.0)


BUILDERS = {"mobilenet-tiny": mobilenet_tiny}
