"""The known mistakes of each node, and those with the preprocessing of the input.

A new mistake with an operation is one entry in its file in `networks/ops`; one with the input is an
entry here. What to change about it is an entry in the folder `advice`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from netparity.networks import Network, Node
from netparity.networks.ops import OPS
from netparity.networks.ops.base import Array, Known, Mistake
from netparity.networks.plain_input import from_plain, in_order, to_plain

MISTAKES: Mapping[str, Mistake] = {
    mistake.key: mistake for op in OPS.values() for mistake in op.mistakes
}
"""Every known mistake with an operation, by its key. Operations declare theirs: `networks.ops`."""


def known_shapes(network: Network, node: Node) -> Known:
    """The shapes and operations around a node."""
    return Known(
        inputs=tuple(network.shapes[name] for name in node.inputs),
        tensors={role: network.tensors[name] for role, name in node.tensors.items()},
        output=network.shapes[node.name],
        readers=tuple(reader.op for reader in network.readers[node.name]),
        before=tuple(
            network.by_name[name].op if name in network.by_name else "input" for name in node.inputs
        ),
    )


def mistakes_of(network: Network, node: Node) -> Iterator[Mistake]:
    """The mistakes that this node can have, the likeliest first."""
    known = known_shapes(network, node)
    for mistake in OPS[node.op].mistakes:
        if mistake.fits(node, known):
            yield mistake


def _has_pads(node: Node, known: Known) -> bool:
    return node.op == "conv" and any(node.attributes.get("pads", ()))


OTHER_SHAPES: tuple[Mistake, ...] = (
    Mistake(
        "padding-valid",
        "the padding is 'valid' instead of 'same'",
        lambda step: step.with_attributes(pads=(0, 0, 0, 0)),
        _has_pads,
    ),
    Mistake(
        "pool-floor",
        "the pool's size is rounded down instead of up",
        lambda step: step.with_attributes(ceil=False),
        lambda node, known: bool(node.attributes.get("ceil", False)),
    ),
)
"""Mistakes that are known by the shape of the feature; those of the same keys keep the shape."""


def is_left_out(mistake: Mistake) -> bool:
    """Whether the mistake leaves out the whole operation, so that its output is its input."""
    return mistake.key.endswith("-missing") and "activation" in mistake.touches


def is_narrow(mistake: Mistake) -> bool:
    """Whether the mistake is arithmetic in a narrow format."""
    return "operands" in mistake.touches


def can_drop_out(network: Network, node: Node) -> bool:
    """Whether dropout may be active in this output: its own, or that after a dense layer's ReLU."""
    if node.op == "dropout":
        return True
    before = network.by_name.get(node.inputs[0])
    if node.op != "relu" or before is None:
        return False
    places = network.shapes[before.name][:-1]
    return before.op == "dense" or (before.op == "conv" and set(places) == {1})


@dataclass(frozen=True)
class InputChange:
    """Mistakes in the preprocessing of the input tensor.

    Attributes:
        value: a key of `VALUES`; None where mean and scale are right.
        channels_swapped: BGR for RGB.
        axes_swapped: rows and columns swapped.
    """

    value: str | None = None
    channels_swapped: bool = False
    axes_swapped: bool = False

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Keys of these mistakes."""
        keys = [self.value] if self.value else []
        keys += ["channels-swapped"] * self.channels_swapped
        keys += ["axes-swapped"] * self.axes_swapped
        return tuple(keys)

    def apply(self, x: Array, model: Network) -> Array:
        """Make these mistakes in a correct tensor.

        Args:
            x: N x H x W x 3, RGB in grey levels, mean subtracted (`networks.plain_input`).
        """
        if self.value:
            mean = np.asarray(model.mean_rgb, dtype=x.dtype)
            x = VALUES[self.value].apply(x + mean, mean)
        if self.channels_swapped:
            x = x[..., ::-1]
        if self.axes_swapped:
            x = x.swapaxes(1, 2)
        return np.ascontiguousarray(x)

    def apply_to_input(self, x: Array, network: Network) -> Array:
        """Make these mistakes in a network's correct input, whatever its own normalisation is.

        Args:
            x: N x H x W x 3, as the network takes it.
        """
        if self.value:
            plain = replace(self, channels_swapped=False, axes_swapped=False).apply(
                to_plain(x, network), network
            )
            own_scale = VALUES[self.value].own_scale
            x = from_plain(plain, network) if own_scale else in_order(plain, network)
        return replace(self, value=None).apply(x, network)

    def undo(self, x: Array, model: Network) -> Array:
        """Remove these mistakes from a tensor."""
        if self.axes_swapped:
            x = x.swapaxes(1, 2)
        if self.channels_swapped:
            x = x[..., ::-1]
        if self.value:
            mean = np.asarray(model.mean_rgb, dtype=x.dtype)
            x = VALUES[self.value].undo(x, mean) - mean
        return np.ascontiguousarray(x)


@dataclass(frozen=True)
class Value:
    """A wrong mean or scale: from grey levels of 0 to 255 to the input, and back.

    `apply` and `undo` take an N x H x W x 3 array and the mean in RGB.

    Attributes:
        own_scale: whether the network's own scale is applied afterwards; otherwise the values are
            those of another network's normalisation.
    """

    title: str
    apply: Callable[[Array, Array], Array]
    undo: Callable[[Array, Array], Array]
    own_scale: bool = False


_TORCH_MEAN = np.array([0.485, 0.456, 0.406])
_TORCH_STD = np.array([0.229, 0.224, 0.225])
"""As torchvision's documentation states them for its pretrained models."""


def _torch(raw: Array, mean: Array) -> Array:
    return np.asarray((raw / 255 - _TORCH_MEAN) / _TORCH_STD, dtype=raw.dtype)


def _untorch(x: Array, mean: Array) -> Array:
    return np.asarray((x * _TORCH_STD + _TORCH_MEAN) * 255, dtype=x.dtype)


VALUES: dict[str, Value] = {
    "mean-missing": Value(
        "the mean is not subtracted", lambda raw, mean: raw, lambda x, mean: x, own_scale=True
    ),
    "mean-twice": Value(
        "the mean is subtracted twice",
        lambda raw, mean: raw - mean - mean,
        lambda x, mean: x + mean + mean,
        own_scale=True,
    ),
    "mean-swapped": Value(
        "the mean is subtracted in the wrong channel order",
        lambda raw, mean: raw - mean[::-1],
        lambda x, mean: x + mean[::-1],
        own_scale=True,
    ),
    "scale-0-1": Value(
        "the image is scaled to 0…1 and no mean is subtracted",
        lambda raw, mean: raw / 255,
        lambda x, mean: x * 255,
    ),
    "scale-pm1": Value(
        "the image is scaled to −1…1 and no mean is subtracted",
        lambda raw, mean: raw / np.asarray(127.5, raw.dtype) - 1,
        lambda x, mean: (x + 1) * np.asarray(127.5, x.dtype),
    ),
    "scale-after-mean": Value(
        "the image is divided by 255 after the mean was subtracted",
        lambda raw, mean: (raw - mean) / 255,
        lambda x, mean: x * 255 + mean,
    ),
    "scale-0-1-mean-255": Value(
        "the mean of the range 0…255 is subtracted from an image of 0…1",
        lambda raw, mean: raw / 255 - mean,
        lambda x, mean: (x + mean) * 255,
    ),
    "scale-torch": Value(
        "the image is normalised as in torchvision (0…1, minus mean, divided by deviation)",
        _torch,
        _untorch,
    ),
}

INPUT_TITLES = {
    **{key: value.title for key, value in VALUES.items()},
    "channels-swapped": "the channels are swapped (RGB for BGR)",
    "axes-swapped": "rows and columns of the image are swapped",
}

INPUT_CHANGES: tuple[InputChange, ...] = tuple(
    sorted(
        (
            InputChange(value, channels, axes)
            for value in (None, *VALUES)
            for channels in (False, True)
            for axes in (False, True)
            if value or channels or axes
        ),
        key=lambda change: len(change.mistakes),
    )
)
"""Every mistake of the input and every combination, the fewest mistakes first."""
