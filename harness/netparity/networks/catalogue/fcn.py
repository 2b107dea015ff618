"""FCN-32s (Long, Shelhamer and Darrell, 2015, arXiv:1411.4038), which labels every pixel.

`pascal-fcn32s-dag` is imported from the authors' network for Caffe: VGG-16 with its dense layers as
convolutions, an image padded by 100, and scores that a transposed convolution enlarges by 32 before
they are cropped to the image (fcn32s/train.prototxt in github.com/shelhamer/fcn.berkeleyvision.org
has the pads and the crop). It takes any image; 500 x 500 is its prototxt's size. Names are those of
MatConvNet's file; a ReLU's variable there ends in `x`.
"""

from __future__ import annotations

from netparity.networks.catalogue.alexnet import CAFFE_MEAN_RGB
from netparity.networks.catalogue.build import IMAGE, Builder, ceil_pads
from netparity.networks.graph import Network, Preprocessing

BLOCKS = ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3)
CLASSES = 21
"""Pascal VOC's twenty and the background."""
OFFSET = 19
"""Rows and columns of the enlarged scores that lie before the image's first."""


def fcn32s() -> Network:
    """The network for an image of 500 x 500."""
    builder = Builder((500, 500, 3))
    for block, widths in enumerate(BLOCKS, start=1):
        for index, units in enumerate(widths, start=1):
            pads = 100 if (block, index) == (1, 1) else 1
            _convolution(builder, "conv", f"{block}_{index}", units, 3, pads)
        builder.pool(f"pool{block}", 2, 2, pads=ceil_pads(builder.shape, 2, 2))
    _convolution(builder, "fc", "6", 4096, 7)
    _convolution(builder, "fc", "7", 4096, 1)
    builder.conv("score_fr", CLASSES, 1)
    kernel = (64, 64, CLASSES, CLASSES)
    builder.add("bigscore", "conv_transpose", tensors={"kernel": kernel}, strides=(32, 32))
    _crop_to_input(builder)
    return builder.network("fcn32s", Preprocessing(mean=CAFFE_MEAN_RGB), ("score_fr", builder.last))


def _convolution(
    builder: Builder, kind: str, label: str, units: int, window: int, pads: int = 0
) -> None:
    before = builder.conv(f"{kind}{label}", units, window, pads=pads)
    builder.add(f"relu{label}", "relu", names={"matconvnet": f"{before}x"})


def _crop_to_input(builder: Builder) -> None:
    sizes = zip(builder.shape, builder.shapes[IMAGE], strict=True)
    crops = [(OFFSET, size - wanted - OFFSET) for size, wanted in list(sizes)[:2]]
    builder.add("upscore", "crop", crops=(*crops, (0, 0)))


BUILDERS = {"fcn32s": fcn32s}
