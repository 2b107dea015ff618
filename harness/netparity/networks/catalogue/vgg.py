"""VGG networks (Simonyan and Zisserman, 2014, arXiv:1409.1556): configurations D and E.

Each also has a tiny copy, and a version without dense layers ("no top"), which Keras publishes too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from netparity.networks.catalogue.build import Builder
from netparity.networks.graph import GraphError, Network, Preprocessing

Blocks = tuple[tuple[int, ...], ...]

MEAN_RGB = (123.68, 116.779, 103.939)
"""Mean of the ImageNet training images, as stated with both published weight files."""
FACE_MEAN_RGB = (129.1863, 104.7624, 93.5940)
"""Mean of the faces, as the authors subtract it."""
OXFORD = Preprocessing(mean=MEAN_RGB)
"""As the authors trained them: grey levels less their mean."""
TORCHVISION = Preprocessing(
    mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225), scale=1 / 255, filter="bilinear"
)
"""As all of torchvision's networks expect it."""
_TORCH_EPSILON = 1e-5


def _feature_layers(builder: Builder, blocks: Blocks) -> None:
    for block, widths in enumerate(blocks, start=1):
        for index, units in enumerate(widths, start=1):
            name = f"conv{block}_{index}"
            builder.conv(f"{name}_linear", units, 3, pads=1, **_inner(name))
            names = {"keras": f"block{block}_conv{index}", "matconvnet": f"relu{block}_{index}"}
            builder.add(name, "relu", names=names)
        names = {"keras": f"block{block}_pool", "matconvnet": f"pool{block}"}
        builder.pool(f"pool{block}", 2, 2, names=names)


def _normalised_layers(builder: Builder, blocks: Blocks) -> None:
    """The same with a batch normalisation behind each convolution, as torchvision's `vgg16_bn`."""
    for block, widths in enumerate(blocks, start=1):
        for index, units in enumerate(widths, start=1):
            builder.conv(f"conv{block}_{index}", units, 3, pads=1)
            builder.batch_norm(f"bn{block}_{index}", _TORCH_EPSILON)
            builder.add(f"relu{block}_{index}", "relu")
        builder.pool(f"pool{block}", 2, 2)


def _inner(parameters: str) -> dict[str, Any]:
    return {"inner": True, "parameters": parameters, "names": {"matconvnet": parameters}}


def _dense_layers(builder: Builder, dense: tuple[int, ...], classes: int, first: int) -> None:
    """Hidden dense layers numbered from `first`, then the softmax output."""
    for index, units in enumerate(dense):
        name = f"fc{first + index}"
        names = {"keras": f"fc{index + 1}", "matconvnet": f"relu{first + index}"}
        _dense_layer(builder, name, name, units, "relu", names)
    names = {"keras": "predictions", "matconvnet": "prob"}
    _dense_layer(builder, "prob", f"fc{first + len(dense)}", classes, "softmax", names)


def _dense_layer(
    builder: Builder,
    name: str,
    parameters: str,
    units: int,
    activation: str,
    names: dict[str, str],
) -> None:
    builder.dense(f"{name}_linear", units, **_inner(parameters))
    builder.add(name, activation, names=names)


@dataclass(frozen=True)
class Widths:
    """What distinguishes one VGG network from another.

    Attributes:
        blocks: output channels of the convolutions in each block; a block ends in a pool.
        dense: units of the hidden dense layers.
        classes: units of the output; 0 without dense layers.
    """

    blocks: Blocks
    dense: tuple[int, ...]
    classes: int


def widths_of(network: Network) -> Widths | None:
    """The widths of a network that `vgg` builds; None for any other network."""
    if any(network is known for known in ALL):
        return _widths(network)
    if network.origin or len(network.inputs) > 1 or network.nodes[0].name != "conv1_1_linear":
        return None
    widths = _widths(network)
    try:
        built = vgg(network.name, widths.blocks, widths.dense, widths.classes, network.input_size)
    except GraphError:
        return None
    alike = all(
        getattr(built, part) == getattr(network, part) for part in ("inputs", "nodes", "tensors")
    )
    return widths if alike else None


def _widths(network: Network) -> Widths:
    blocks: dict[str, list[int]] = {}
    dense = []
    for layer in network.parametric_layers:
        assert layer.kernel_shape is not None
        if layer.kind == "conv":
            block = layer.name.partition("_")[0]
            blocks.setdefault(block, []).append(layer.kernel_shape[-1])
        else:
            dense.append(layer.kernel_shape[-1])
    *hidden, classes = dense or [0]
    return Widths(tuple(map(tuple, blocks.values())), tuple(hidden), classes)


def vgg(
    name: str,
    blocks: Blocks,
    dense: tuple[int, ...],
    classes: int,
    input_size: tuple[int, int],
    preprocessing: Preprocessing = OXFORD,
    feature_layers: Callable[[Builder, Blocks], None] = _feature_layers,
) -> Network:
    """A VGG network with the given widths; without dense layers if there are no classes."""
    builder = Builder((*input_size, 3))
    feature_layers(builder, blocks)
    if classes:
        _dense_layers(builder, dense, classes, first=len(blocks) + 1)
    features = tuple(name for name in ("fc6", "fc7") if name in builder.shapes) or (builder.last,)
    return builder.network(name, preprocessing, features)


def _tiny(blocks: Blocks) -> Blocks:
    return tuple(tuple(width // 16 for width in block) for block in blocks)


_D = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
_E = ((64, 64), (128, 128), (256,) * 4, (512,) * 4, (512,) * 4)

VGG16 = vgg("vgg16", _D, (4096, 4096), 1000, (224, 224))
VGG19 = vgg("vgg19", _E, (4096, 4096), 1000, (224, 224))
VGG16_TINY = vgg("vgg16-tiny", _tiny(_D), (256, 256), 10, (64, 64))
VGG19_TINY = vgg("vgg19-tiny", _tiny(_E), (256, 256), 10, (64, 64))


def _without_top() -> Iterator[Network]:
    for network, blocks in (
        (VGG16, _D),
        (VGG16_TINY, _tiny(_D)),
        (VGG19, _E),
        (VGG19_TINY, _tiny(_E)),
    ):
        height, width, _ = network.inputs[0].shape
        yield vgg(f"{network.name}-notop", blocks, (), 0, (height, width))


WITH_TOP = (VGG16, VGG16_TINY, VGG19, VGG19_TINY)
ALL = (*WITH_TOP, *_without_top())


def vgg_face() -> Network:
    """VGG-Face (Parkhi, Vedaldi and Zisserman, 2015): VGG-16 for 2622 faces, with their mean."""
    mean = Preprocessing(mean=FACE_MEAN_RGB)
    return vgg("vgg-face", _D, (4096, 4096), 2622, (224, 224), mean)


def normalised(plain: Network) -> Network:
    """A VGG network with batch normalisation, trained and preprocessed as torchvision does."""
    widths = _widths(plain)
    return vgg(
        f"{plain.name}-bn",
        widths.blocks,
        widths.dense,
        widths.classes,
        plain.input_size,
        TORCHVISION,
        _normalised_layers,
    )


BUILDERS: dict[str, Callable[[], Network]] = {
    **{network.name: partial(lambda known: known, network) for network in ALL},
    **{f"{network.name}-bn": partial(normalised, network) for network in WITH_TOP},
    "vgg-face": vgg_face,
}
