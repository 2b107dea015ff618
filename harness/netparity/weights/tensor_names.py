"""What a tensor's name says: the layer that it belongs to, and its role there.

Keras 2 and TF-slim write `block1_conv1/kernel:0` and `vgg_16/conv1/conv1_1/weights`, PyTorch
`features.0.weight`, Keras 1 `convolution2d_1_W`, and scripts that save with NumPy whatever they
like: `conv1_1_W`, `block1_conv1_kernel_0`, `W1`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

_T = TypeVar("_T")

_WORDS = (
    *("depthwise_kernel", "pointwise_kernel", "moving_mean", "moving_variance", "moving_var"),
    *("running_mean", "running_variance", "running_var", "running_std", "num_batches_tracked"),
    *("kernel", "weights", "weight", "biases", "bias", "gamma", "beta", "alphas", "alpha"),
    *("scale", "offset", "mean", "variance", "count", "W", "w", "b"),
)
_ROLE = rf"(?P<role>{'|'.join(_WORDS)})(?P<again>_\d+)?(?::\d+)?"
_LAST_PART = re.compile(rf"(?:{_ROLE}|(?:param_)?\d+)")
_SUFFIX = re.compile(rf"(?P<layer>.+?)[_-]{_ROLE}")
_NUMBERED_ROLE = re.compile(r"(?P<role>W|w|b|weights?|bias(?:es)?|kernel)_?(?P<number>\d+)")
_OTHER_WORDS = {"running_std": "moving_variance"}
"""Keras 1 calls the variance so."""

_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_SLOTS = re.compile(
    r"(?:Adam|Momentum|RMSProp|Adadelta|Adagrad|Ftrl|Adamax|ExponentialMovingAverage)(?:_\d+)?"
)
_COUNTERS = re.compile(
    r"global_step|beta[12]_power(?:_\d+)?|save_counter|learning_rate|iterations?"
)
_MEANS = {"mean_rgb", "rgb_mean", "mean_image", "mean_value", "mean value"}
_STATE = {"optimizer", "optimizer_weights", "_optimizer", "training", "Optimizer"}


def name_of(name: str) -> str:
    """A name whose layer and role are separated: itself, if it separates them by `/` or `.`."""
    name = name.replace("\\", "/").removesuffix(_VALUE)
    layer, role = split(name)
    if not role or any(name == f"{layer}{mark}{role}" for mark in "/."):
        return name
    return f"{layer}/{role}"


def split(name: str) -> tuple[str, str]:
    """The layer and the role, which is empty if the name does not tell it.

    >>> split("block1_conv1/kernel:0"), split("convolution2d_1_W"), split("features.0.weight")
    (('block1_conv1', 'kernel:0'), ('convolution2d_1', 'W'), ('features.0', 'weight'))
    """
    for mark in "/.":
        layer, found, last = name.rpartition(mark)
        if found and layer and (match := _LAST_PART.fullmatch(last)) is not None:
            word = match["role"] or ""
            return layer, _OTHER_WORDS.get(word, word if match["again"] else last)
    before, found, last = name.rpartition("/")
    for pattern in (_SUFFIX, _NUMBERED_ROLE):
        if (match := pattern.fullmatch(last)) is not None:
            parts = match.groupdict()
            layer = parts.get("layer") or f"layer_{parts['number']}"
            return before + found + layer, _OTHER_WORDS.get(parts["role"], parts["role"])
    whole = _LAST_PART.fullmatch(name)
    return ("", name) if whole is not None and whole["role"] is not None else (name, "")


def role(name: str) -> str:
    """A tensor's role without what TensorFlow adds to it: `kernel` of `kernel:0`."""
    found = split(name)[1]
    match = _LAST_PART.fullmatch(found)
    return match["role"] or found if match is not None else found


def named(tensors: Iterable[tuple[str, _T]]) -> dict[str, _T]:
    """Tensors under names that separate layer and role, if these are not ambiguous.

    Args:
        tensors: by their names in the file, which differ.
    """
    listed = list(tensors)
    clear = [name_of(name) for name, _ in listed]
    counts = Counter(clear) + Counter(raw for raw, _ in listed if name_of(raw) != raw)
    return {
        name if counts[name] == 1 else raw: tensor
        for name, (raw, tensor) in zip(clear, listed, strict=True)
    }


def is_state(name: str) -> bool:
    """Whether a tensor belongs to training and not to the network: slots, counters, averages."""
    parts = name.replace("\\", "/").removesuffix(_VALUE).split("/")
    return (
        ".OPTIMIZER_SLOT" in parts
        or parts[0] in _STATE
        or _COUNTERS.fullmatch(parts[-1]) is not None
        or (len(parts) > 1 and _SLOTS.fullmatch(parts[-1]) is not None)
    )


def is_mean(name: str) -> bool:
    """Whether a tensor is the mean of the images that a network was trained on."""
    return re.split(r"[/\\.]", name)[-1] in _MEANS


def by_layer(tensors: Mapping[str, _T]) -> dict[str, dict[str, _T]]:
    """Tensors by layer and role, in the file's order of layers."""
    found: dict[str, dict[str, _T]] = {}
    for name, tensor in tensors.items():
        found.setdefault(split(name)[0], {})[role(name)] = tensor
    return found


def natural(name: str) -> list[tuple[int, int | str]]:
    """A key that sorts names with their numbers as numbers."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts]


def left_out(what: str, count: int) -> tuple[str, ...]:
    """`state of an optimizer (52 tensors)`, if there are any."""
    return (f"{what} ({count:,} tensor{'s' if count != 1 else ''})",) if count else ()
