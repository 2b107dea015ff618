"""Residual networks (He, Zhang, Ren and Sun, 2015, arXiv:1512.03385) with bottleneck blocks.

As their authors publish them for Caffe (github.com/KaimingHe/deep-residual-networks) and MatConvNet
imports them: a block's stride is in its first 1 x 1 convolution, the first pool rounds the number
of its windows up, epsilon is 1e-5, and only the network of 50 layers has a bias in `conv1`.

Keras's networks of the same names have other pads, another epsilon and a bias in every convolution;
torchvision's have the stride in the 3 x 3 convolution. The nodes have Keras's names as aliases, and
the names of the variables in MatConvNet's files, which end in `x` after a batch normalisation or a
sum's ReLU, and in `xxx` after any other ReLU.
"""

from __future__ import annotations

from functools import partial

from netparity.networks.catalogue.build import Builder, ceil_pads
from netparity.networks.catalogue.vgg import MEAN_RGB
from netparity.networks.graph import Network, Preprocessing

EPSILON = 1e-5
"""The default of Caffe."""


def resnet(
    name: str,
    blocks: tuple[int, ...],
    width: int = 64,
    classes: int = 1000,
    input_size: tuple[int, int] = (224, 224),
    first_bias: bool = False,
) -> Network:
    """A residual network.

    Args:
        blocks: the number of blocks in each stage.
        width: channels of the first convolution and of the first stage's narrow convolutions.
        first_bias: whether the first convolution has a bias.
    """
    builder = Builder((*input_size, 3))
    keras = {"keras": "conv1_conv"}
    builder.conv("conv1", width, 7, stride=2, pads=3, bias=first_bias, names=keras)
    names = {"keras": "conv1_bn", "matconvnet": "conv1x"}
    builder.batch_norm("bn_conv1", EPSILON, names=names)
    builder.add("conv1_relu", "relu", names={"matconvnet": "conv1xxx"})
    pads = ceil_pads(builder.shape, 3, 2)
    builder.pool("pool1", 3, 2, pads=pads, names={"keras": "pool1_pool"})
    for stage, count in enumerate(blocks, start=2):
        for index in range(count):
            stride = 2 if stage > 2 and index == 0 else 1
            keras_name = f"conv{stage}_block{index + 1}"
            label = f"{stage}{_letter(index, count, max(blocks))}"
            _block(builder, label, keras_name, width * 2 ** (stage - 2), stride)
    size = builder.shape[0]
    builder.pool("pool5", size, 1, op="average_pool", names={"keras": "avg_pool"})
    builder.dense(f"fc{classes}", classes)
    builder.add("prob", "softmax", names={"keras": "predictions"})
    return builder.network(name, Preprocessing(mean=MEAN_RGB), ("pool5",))


def _letter(index: int, count: int, longest: int) -> str:
    """a, b, c and so on; a, b1, b2 and so on if a stage of the network has more than 6 blocks."""
    if count <= 3 or longest <= 6:
        return "abcdef"[index]
    return "a" if index == 0 else f"b{index}"


def _block(builder: Builder, label: str, keras: str, width: int, stride: int) -> None:
    """1 x 1, 3 x 3 and 1 x 1 convolutions, added to the input or to a projection of it."""
    before = skip = builder.last
    if stride != 1 or builder.shape[2] != 4 * width:
        skip = _convolution(builder, f"{label}_branch1", f"{keras}_0", 4 * width, 1, stride)
        builder.last = before
    _convolution(builder, f"{label}_branch2a", f"{keras}_1", width, 1, stride)
    _relu(builder, f"{label}_branch2a", f"{keras}_1")
    _convolution(builder, f"{label}_branch2b", f"{keras}_2", width, 3)
    _relu(builder, f"{label}_branch2b", f"{keras}_2")
    branch = _convolution(builder, f"{label}_branch2c", f"{keras}_3", 4 * width, 1)
    total = builder.add(
        f"res{label}", "add", inputs=(skip, branch), names={"keras": f"{keras}_add"}
    )
    names = {"keras": f"{keras}_out", "matconvnet": f"{total}x"}
    builder.add(f"{total}_relu", "relu", names=names)


def _convolution(
    builder: Builder, label: str, keras: str, units: int, window: int, stride: int = 1
) -> str:
    names = {"keras": f"{keras}_conv"}
    pads = window // 2
    builder.conv(f"res{label}", units, window, stride=stride, pads=pads, bias=False, names=names)
    names = {"keras": f"{keras}_bn", "matconvnet": f"res{label}x"}
    return builder.batch_norm(f"bn{label}", EPSILON, names=names)


def _relu(builder: Builder, label: str, keras: str) -> None:
    names = {"keras": f"{keras}_relu", "matconvnet": f"res{label}xxx"}
    builder.add(f"res{label}_relu", "relu", names=names)


BUILDERS = {
    "resnet-tiny": partial(resnet, "resnet-tiny", (2, 2, 2), 8, 10, (64, 64)),
    "resnet50": partial(resnet, "resnet50", (3, 4, 6, 3), first_bias=True),
    "resnet101": partial(resnet, "resnet101", (3, 4, 23, 3)),
    "resnet152": partial(resnet, "resnet152", (3, 8, 36, 3)),
}
