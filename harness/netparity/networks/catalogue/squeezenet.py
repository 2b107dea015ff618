"""SqueezeNet 1.1 (Iandola et al., 2016, arXiv:1602.07360).

From the authors' SqueezeNet_v1.1/deploy.prototxt (github.com/forresti/SqueezeNet) with its names.
torchvision's `squeezenet1_1` is the same network, and its names are aliases. (Version 1.0 differs:
the authors pad `conv10`.)
"""

from __future__ import annotations

from netparity.networks.catalogue.build import Builder, ceil_pads
from netparity.networks.graph import Network, Preprocessing

PREPROCESSING = Preprocessing(mean=(123.0, 117.0, 104.0), resize=(256, 256), filter="bicubic")
SQUEEZED = {2: 16, 3: 16, 4: 32, 5: 32, 6: 48, 7: 48, 8: 64, 9: 64}
"""Channels to which each module squeezes its input; each branch expands them by 4."""
POOLED_AFTER = (3, 5)


def squeezenet() -> Network:
    """Eight fire modules."""
    builder = Builder((227, 227, 3))
    builder.conv("conv1", 64, 3, stride=2, names=_torchvision("features.0"))
    builder.add("relu_conv1", "relu", names=_torchvision("features.1"))
    _pool(builder, 1, "features.2")
    place = 3
    for number, units in SQUEEZED.items():
        _fire(builder, f"fire{number}", units, f"features.{place}")
        place += 1
        if number in POOLED_AFTER:
            _pool(builder, number, f"features.{place}")
            place += 1
    builder.conv("conv10", 1000, 1, names=_torchvision("classifier.1"))
    builder.add("relu_conv10", "relu", names=_torchvision("classifier.2"))
    builder.add("pool10", "global_average", names=_torchvision("classifier.3"))
    builder.add("prob", "softmax")
    return builder.network("squeezenet", PREPROCESSING, ("pool10",))


def _torchvision(name: str) -> dict[str, str]:
    return {"torchvision": name}


def _pool(builder: Builder, number: int, alias: str) -> None:
    """A maximum whose last window may reach beyond the map."""
    pads = ceil_pads(builder.shape, 3, 2)
    builder.pool(f"pool{number}", 3, 2, pads=pads, names=_torchvision(alias))


def _fire(builder: Builder, name: str, units: int, alias: str) -> None:
    """A 1 x 1 convolution whose output a 1 x 1 and a 3 x 3 convolution read; they are joined."""
    squeezed = _convolution(builder, name, "squeeze1x1", units, 1, f"{alias}.squeeze")
    narrow = _convolution(builder, name, "expand1x1", 4 * units, 1, f"{alias}.expand1x1")
    builder.last = squeezed
    wide = _convolution(builder, name, "expand3x3", 4 * units, 3, f"{alias}.expand3x3")
    builder.add(f"{name}/concat", "concat", inputs=(narrow, wide), names=_torchvision(alias))


def _convolution(
    builder: Builder, module: str, name: str, units: int, window: int, alias: str
) -> str:
    pads = window // 2
    builder.conv(f"{module}/{name}", units, window, pads=pads, names=_torchvision(alias))
    names = _torchvision(f"{alias}_activation")
    return builder.add(f"{module}/relu_{name}", "relu", names=names)


BUILDERS = {"squeezenet": squeezenet}
