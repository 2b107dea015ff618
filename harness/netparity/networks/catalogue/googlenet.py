"""GoogLeNet (Szegedy et al., 2014, arXiv:1409.4842) as MatConvNet publishes it.

`imagenet-googlenet-dag` is Princeton's version, with the two further classifiers that helped in
training: they end in `cls1_fc2` and `cls2_fc2`. The widths are those of the paper's table 1. A
module's and a pool's name is that of the file's variable; a ReLU's variable ends in `x`.

The file subtracts a mean image; the network here subtracts its mean in each channel.
"""

from __future__ import annotations

from netparity.networks.catalogue.alexnet import CAFFE_MEAN_RGB, LRN
from netparity.networks.catalogue.build import Builder, ceil_pads
from netparity.networks.graph import Network, Preprocessing

Widths = tuple[int, int, int, int, int, int]
"""Channels of a module: the 1 x 1 branch; the reduction before the 3 x 3 convolution, and that; the
reduction before the 5 x 5 convolution, and that; the convolution behind the pool."""


def googlenet() -> Network:
    """Nine inception modules and three classifiers."""
    builder = Builder((224, 224, 3))
    _stem(builder, 64, 64, 192)
    _inception(builder, "icp1", (64, 96, 128, 16, 32, 32), "icp2_in")
    _inception(builder, "icp2", (128, 128, 192, 32, 96, 64), "icp2_out")
    _pool(builder, "icp3_in")
    _inception(builder, "icp3", (192, 96, 208, 16, 48, 64), "icp3_out")
    _further_classifier(builder, "cls1")
    _inception(builder, "icp4", (160, 112, 224, 24, 64, 64), "icp4_out")
    _inception(builder, "icp5", (128, 128, 256, 24, 64, 64), "icp5_out")
    _inception(builder, "icp6", (112, 144, 288, 32, 64, 64), "icp6_out")
    _further_classifier(builder, "cls2")
    _inception(builder, "icp7", (256, 160, 320, 32, 128, 128), "icp7_out")
    _pool(builder, "icp8_in")
    _inception(builder, "icp8", (256, 160, 320, 32, 128, 128), "icp8_out")
    _inception(builder, "icp9", (384, 192, 384, 48, 128, 128), "icp9_out")
    return _finished(builder, "googlenet", 1000)


def googlenet_tiny() -> Network:
    """Two modules; the second has an average pool with padding, and there is one classifier."""
    builder = Builder((64, 64, 3))
    _stem(builder, 16, 16, 48)
    _inception(builder, "icp1", (16, 24, 32, 8, 16, 16), "icp1_out")
    _pool(builder, "icp2_in")
    _inception(builder, "icp2", (32, 32, 64, 8, 16, 16), "icp2_out", pool="average_pool")
    return _finished(builder, "googlenet-tiny", 10)


def _stem(builder: Builder, first: int, reduced: int, second: int) -> None:
    _convolution(builder, "conv1", first, 7, stride=2)
    _pool(builder, "pool1")
    builder.lrn("norm1", *LRN)
    _convolution(builder, "reduction2", reduced, 1)
    _convolution(builder, "conv2", second, 3)
    builder.lrn("norm2", *LRN)
    _pool(builder, "pool2")


def _convolution(builder: Builder, name: str, units: int, window: int, stride: int = 1) -> str:
    builder.conv(name, units, window, stride=stride, pads=window // 2)
    return _relu(builder)


def _relu(builder: Builder) -> str:
    before = builder.last
    relu = f"relu{before.removeprefix('conv')}" if before[:4] == "conv" else f"relu_{before}"
    return builder.add(relu, "relu", names={"matconvnet": f"{before}x"})


def _pool(builder: Builder, name: str) -> None:
    """A maximum of 3 x 3 with stride 2, whose last window may reach beyond the map."""
    builder.pool(name, 3, 2, pads=ceil_pads(builder.shape, 3, 2))


def _inception(
    builder: Builder, name: str, widths: Widths, output: str, pool: str = "max_pool"
) -> None:
    """Four branches, joined in `output`."""
    single, reduction1, triple, reduction2, quintuple, projection = widths
    before = builder.last
    _convolution(builder, f"{name}_reduction1", reduction1, 1)
    out1 = _convolution(builder, f"{name}_out1", triple, 3)
    builder.last = before
    _convolution(builder, f"{name}_reduction2", reduction2, 1)
    out2 = _convolution(builder, f"{name}_out2", quintuple, 5)
    builder.last = before
    builder.pool(f"{name}_pool", 3, 1, op=pool, pads=1)
    out3 = _convolution(builder, f"{name}_out3", projection, 1)
    builder.last = before
    out0 = _convolution(builder, f"{name}_out0", single, 1)
    builder.add(output, "concat", inputs=(out0, out1, out2, out3))


def _further_classifier(builder: Builder, name: str) -> None:
    """A classifier beside the main path, which goes on from the same node."""
    before = builder.last
    pads = ceil_pads(builder.shape, 5, 3)
    builder.pool(f"{name}_pool", 5, 3, op="average_pool", pads=pads)
    _convolution(builder, f"{name}_reduction", 128, 1)
    builder.dense(f"{name}_fc1", 1024)
    _relu(builder)
    builder.dense(f"{name}_fc2", 1000)
    builder.last = before


def _finished(builder: Builder, name: str, classes: int) -> Network:
    builder.pool("cls3_pool", builder.shape[0], 1, op="average_pool")
    builder.dense("cls3_fc", classes)
    builder.add("softmax", "softmax", names={"matconvnet": "prob"})
    return builder.network(name, Preprocessing(mean=CAFFE_MEAN_RGB), ("cls3_pool",))


BUILDERS = {"googlenet": googlenet, "googlenet-tiny": googlenet_tiny}
