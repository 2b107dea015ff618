"""AlexNet (Krizhevsky, Sutskever and Hinton, 2012) and its relatives of 2012 to 2014.

Five convolutions, local response normalisation, three dense layers. Sizes are from the papers and
from MatConvNet's examples/imagenet/cnn_imagenet_init.m. The normalisations are from the prototxt
files of the published weights as MatConvNet imports them: alpha is Caffe's divided by the size
(utils/layers.py). Names are those of the published .mat files, whose layers are the nodes here.

Those files subtract a mean image. The networks here subtract its mean in each channel.
"""

from __future__ import annotations

from netparity.networks.catalogue.build import Builder, ceil_pads
from netparity.networks.catalogue.vgg import MEAN_RGB
from netparity.networks.graph import Network, Preprocessing

CAFFE_MEAN_RGB = (122.67891434, 116.66876762, 104.00698793)
"""Mean of Caffe's mean image of ImageNet, as in MatConvNet's utils/import-fcn.sh."""
CAFFE = Preprocessing(mean=CAFFE_MEAN_RGB, resize=(256, 256), filter="bicubic")
"""Resized to 256 x 256 without regard to proportions, then cropped in the middle."""
LRN = (5, 1.0, 2e-5, 0.75)
"""Size, kappa, alpha and beta of Caffe's two networks."""
VGG_LRN = (5, 2.0, 1e-4, 0.75)
"""The same of VGG-F, VGG-M and VGG-S."""
FEATURES = ("relu6", "relu7")


def alexnet() -> Network:
    """`imagenet-caffe-alex`: Caffe's AlexNet, which normalises before it pools."""
    builder = Builder((227, 227, 3))
    convolution(builder, 1, 96, 11, stride=4)
    builder.lrn("norm1", *LRN)
    pool(builder, 1)
    convolution(builder, 2, 256, 5, pads=2, groups=2)
    builder.lrn("norm2", *LRN)
    pool(builder, 2)
    _last_three(builder, (384, 384, 256), groups=2)
    classifier(builder, (4096, 4096), 1000)
    return builder.network("alexnet", CAFFE, FEATURES)


def caffe_ref() -> Network:
    """`imagenet-caffe-ref`: Caffe's reference network (Jia et al., 2014), pools before norms."""
    builder = Builder((227, 227, 3))
    convolution(builder, 1, 96, 11, stride=4)
    pool(builder, 1)
    builder.lrn("norm1", *LRN)
    convolution(builder, 2, 256, 5, pads=2, groups=2)
    pool(builder, 2)
    builder.lrn("norm2", *LRN)
    _last_three(builder, (384, 384, 256), groups=2)
    classifier(builder, (4096, 4096), 1000)
    return builder.network("caffe-ref", CAFFE, FEATURES)


def vgg_f() -> Network:
    """`imagenet-vgg-f` (Chatfield et al., 2014, arXiv:1405.3531): fast."""
    builder = Builder((224, 224, 3))
    convolution(builder, 1, 64, 11, stride=4)
    builder.lrn("norm1", *VGG_LRN)
    pool(builder, 1)
    convolution(builder, 2, 256, 5, pads=2)
    builder.lrn("norm2", *VGG_LRN)
    pool(builder, 2)
    _last_three(builder, (256, 256, 256))
    return _chatfield(builder, "vgg-f")


def vgg_m() -> Network:
    """`imagenet-vgg-m` of the same paper: medium."""
    builder = Builder((224, 224, 3))
    convolution(builder, 1, 96, 7, stride=2)
    builder.lrn("norm1", *VGG_LRN)
    pool(builder, 1)
    convolution(builder, 2, 256, 5, stride=2, pads=1)
    builder.lrn("norm2", *VGG_LRN)
    pool(builder, 2)
    _last_three(builder, (512, 512, 512))
    return _chatfield(builder, "vgg-m")


def vgg_s() -> Network:
    """`imagenet-vgg-s` of the same paper: slow.

    The paper's table pads conv2 by 1, MatConvNet's script by 0, as here.
    """
    builder = Builder((224, 224, 3))
    convolution(builder, 1, 96, 7, stride=2)
    builder.lrn("norm1", *VGG_LRN)
    pool(builder, 1, stride=3)
    convolution(builder, 2, 256, 5)
    builder.lrn("norm2", *VGG_LRN)
    pool(builder, 2, window=2)
    _last_three(builder, (512, 512, 512), stride=3)
    return _chatfield(builder, "vgg-s")


def alexnet_tiny() -> Network:
    """AlexNet's layers with other widths, for an input of 63 x 63."""
    builder = Builder((63, 63, 3))
    convolution(builder, 1, 16, 5, stride=2)
    builder.lrn("norm1", *LRN)
    pool(builder, 1)
    convolution(builder, 2, 32, 5, pads=2, groups=2)
    builder.lrn("norm2", *LRN)
    pool(builder, 2)
    _last_three(builder, (48, 48, 32), groups=2)
    classifier(builder, (128, 128), 10)
    return builder.network("alexnet-tiny", Preprocessing(mean=CAFFE_MEAN_RGB), FEATURES)


def convolution(
    builder: Builder,
    number: int,
    units: int,
    window: int,
    stride: int = 1,
    pads: int = 0,
    groups: int = 1,
) -> None:
    """`convN`, then `reluN`."""
    builder.conv(f"conv{number}", units, window, stride=stride, pads=pads, groups=groups)
    builder.add(f"relu{number}", "relu")


def pool(builder: Builder, number: int, window: int = 3, stride: int = 2) -> None:
    """`poolN`, a maximum whose last window may reach beyond the map."""
    builder.pool(f"pool{number}", window, stride, pads=ceil_pads(builder.shape, window, stride))


def _last_three(
    builder: Builder, units: tuple[int, int, int], groups: int = 1, stride: int = 2
) -> None:
    """The convolutions 3 to 5, of which the last two are grouped, and the last pool."""
    convolution(builder, 3, units[0], 3, pads=1)
    convolution(builder, 4, units[1], 3, pads=1, groups=groups)
    convolution(builder, 5, units[2], 3, pads=1, groups=groups)
    pool(builder, 5, stride=stride)


def classifier(builder: Builder, hidden: tuple[int, ...], classes: int) -> None:
    """`fc6`, `relu6` and so on, then `prob`."""
    for number, units in enumerate(hidden, start=6):
        builder.dense(f"fc{number}", units)
        builder.add(f"relu{number}", "relu")
    builder.dense(f"fc{6 + len(hidden)}", classes)
    builder.add("prob", "softmax")


def _chatfield(builder: Builder, name: str) -> Network:
    classifier(builder, (4096, 4096), 1000)
    return builder.network(name, Preprocessing(mean=MEAN_RGB), FEATURES)


BUILDERS = {
    "alexnet": alexnet,
    "alexnet-tiny": alexnet_tiny,
    "caffe-ref": caffe_ref,
    "vgg-f": vgg_f,
    "vgg-m": vgg_m,
    "vgg-s": vgg_s,
}
