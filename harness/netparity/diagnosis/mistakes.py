"""The known mistakes: what each of them changes in the computation of a layer or of the input.

A new mistake is one entry here and one in `advice.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from netparity.models import Layer, Model
from netparity.parity.arithmetic import Array

Fits = Callable[[Layer], bool]


@dataclass(frozen=True)
class LayerMistake:
    """A way in which a layer deviates from the network's definition.

    Attributes:
        key: its name, e.g. `kernels-rotated`.
        title: what is wrong, in words that can follow "conv1_1: ".
        changes: fields of `parity.network.How`.
        fits: whether a layer can have it.
    """

    key: str
    title: str
    changes: Mapping[str, Any]
    fits: Fits


def _is_conv(layer: Layer) -> bool:
    return layer.kind == "conv"


def _is_pool(layer: Layer) -> bool:
    return layer.kind == "pool"


def _has_bias(layer: Layer) -> bool:
    return layer.kind != "pool"


def _has_relu(layer: Layer) -> bool:
    return layer.activation == "relu"


def _has_softmax(layer: Layer) -> bool:
    return layer.activation == "softmax"


def _reads_a_map(layer: Layer) -> bool:
    """A dense layer whose input has more than one place, so that the order matters."""
    shape = layer.kernel_shape
    return layer.kind == "dense" and shape is not None and shape[0] * shape[1] > 1


LAYER_MISTAKES: tuple[LayerMistake, ...] = (
    LayerMistake(
        "kernels-rotated", "the kernels are rotated by 180°", {"kernel": "rotated"}, _is_conv
    ),
    LayerMistake(
        "kernels-transposed",
        "rows and columns of the kernels are swapped",
        {"kernel": "transposed"},
        _is_conv,
    ),
    LayerMistake("bias-missing", "the bias is missing", {"bias": False}, _has_bias),
    LayerMistake("relu-missing", "the ReLU is missing", {"activation": "none"}, _has_relu),
    LayerMistake("softmax-missing", "the softmax is missing", {"activation": "none"}, _has_softmax),
    LayerMistake(
        "relu-added",
        "there is a ReLU before the softmax",
        {"activation": "relu-own"},
        _has_softmax,
    ),
    LayerMistake(
        "padding-valid",
        "the padding is 'valid' instead of 'same', and the border is filled with zeros",
        {"conv_padding": "valid"},
        _is_conv,
    ),
    LayerMistake(
        "pool-average",
        "the pool takes the mean instead of the maximum",
        {"pooling": "average"},
        _is_pool,
    ),
    LayerMistake(
        "pool-padding",
        "the pool is padded at the top and left, so that its windows are shifted",
        {"pool_shift": (1, 1)},
        _is_pool,
    ),
    LayerMistake(
        "pool-padding-top", "the pool is padded at the top", {"pool_shift": (1, 0)}, _is_pool
    ),
    LayerMistake(
        "pool-padding-left", "the pool is padded at the left", {"pool_shift": (0, 1)}, _is_pool
    ),
    *(
        LayerMistake(
            f"flatten-{letters}",
            f"the input is flattened in the order {', '.join(letters.upper())} instead of H, W, C",
            {"flatten": tuple("hwc".index(letter) for letter in letters)},
            _reads_a_map,
        )
        for letters in ("chw", "cwh", "whc", "hcw", "wch")
    ),
    *(
        LayerMistake(
            f"precision-{name}",
            f"inputs and kernels are rounded to {words}",
            {"operands": name},
            _has_bias,
        )
        for name, words in (("tf32", "TF32"), ("bfloat16", "bfloat16"), ("float16", "float16"))
    ),
    *(
        LayerMistake(
            f"policy-{name}",
            f"computed and stored in {name}",
            {"operands": name, "storage": name},
            _has_bias,
        )
        for name in ("bfloat16", "float16")
    ),
)
"""Every known mistake of a layer, the likeliest first."""


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

    def apply(self, x: Array, model: Model) -> Array:
        """Make these mistakes in a correct tensor.

        Args:
            x: N x H x W x 3, RGB, mean subtracted.
        """
        if self.value:
            mean = np.asarray(model.mean_rgb, dtype=x.dtype)
            x = VALUES[self.value].apply(x + mean, mean)
        if self.channels_swapped:
            x = x[..., ::-1]
        if self.axes_swapped:
            x = x.swapaxes(1, 2)
        return np.ascontiguousarray(x)

    def undo(self, x: Array, model: Model) -> Array:
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
    """

    title: str
    apply: Callable[[Array, Array], Array]
    undo: Callable[[Array, Array], Array]


_TORCH_MEAN = np.array([0.485, 0.456, 0.406])
_TORCH_STD = np.array([0.229, 0.224, 0.225])
"""As torchvision's documentation states them for its pretrained models."""


def _torch(raw: Array, mean: Array) -> Array:
    return np.asarray((raw / 255 - _TORCH_MEAN) / _TORCH_STD, dtype=raw.dtype)


def _untorch(x: Array, mean: Array) -> Array:
    return np.asarray((x * _TORCH_STD + _TORCH_MEAN) * 255, dtype=x.dtype)


VALUES: dict[str, Value] = {
    "mean-missing": Value("the mean is not subtracted", lambda raw, mean: raw, lambda x, mean: x),
    "mean-twice": Value(
        "the mean is subtracted twice",
        lambda raw, mean: raw - mean - mean,
        lambda x, mean: x + mean + mean,
    ),
    "mean-swapped": Value(
        "the mean is subtracted in the wrong channel order",
        lambda raw, mean: raw - mean[::-1],
        lambda x, mean: x + mean[::-1],
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


def layer_mistake(key: str) -> LayerMistake:
    """The mistake of this key."""
    return next(mistake for mistake in LAYER_MISTAKES if mistake.key == key)
