"""What a tensor's name says: which layer it belongs to, and what it is there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from netparity.weights import tensor_names

_KERNELS = ("weight", "weights", "kernel", "W", "w", "depthwise_kernel", "pointwise_kernel")
_ROLES = {
    **dict.fromkeys(_KERNELS, "kernel"),
    **dict.fromkeys(("bias", "biases", "b", "beta", "offset"), "bias"),
    **dict.fromkeys(("gamma", "scale"), "scale"),
    **dict.fromkeys(("moving_mean", "running_mean", "mean"), "mean"),
    **dict.fromkeys(("moving_variance", "moving_var", "running_var"), "variance"),
    **dict.fromkeys(("running_variance", "running_std", "variance"), "variance"),
}
_STATE = re.compile(r"(exp_avg(_sq)?|momentum_buffer|adam\w*|vhat)$", re.IGNORECASE)
_COUNTERS = ("num_batches_tracked", "global_step", "iterations", "count", "seed_generator_state")
_BRANCHES = ("downsample", "shortcut", "proj", "skip", "branch1", "_0_conv", "_0_bn")


@dataclass(frozen=True)
class Name:
    """A tensor's name, taken apart.

    Attributes:
        layer: the part that all tensors of its layer have in common; empty if there is none.
        role: `kernel`, `bias`, `scale`, `mean` or `variance`; empty if only a number or nothing
            says what it is.
        number: its place among the tensors of its layer, if names are numbers.
    """

    layer: str
    role: str
    number: int | None = None


def parse(name: str) -> Name:
    """Take a name apart, such as `features.0.weight`, `block1_conv1/kernel:0` or `conv1_1_W`."""
    layer, last = tensor_names.split(name)
    if (role := _ROLES.get(tensor_names.role(name))) is not None:
        return Name(layer, role)
    number = re.fullmatch(r"(?:.*_)?(\d+)", last or name)
    if number is None:
        return Name(name, "")
    return Name(layer if last else "", "", int(number[1]))


def no_weights(name: str) -> str:
    """What a tensor is if it is not a weight; empty if its name does not say."""
    last = re.split(r"[/.\\]", name)[-1].partition(":")[0]
    if last in _COUNTERS:
        return "counters"
    return "state of an optimizer" if tensor_names.is_state(name) or _STATE.match(last) else ""


def pattern(name: str) -> str:
    """A name without its numbers; names with one pattern are ordered by their numbers."""
    return re.sub(r"\d+", "#", name)


def is_branch(name: str) -> bool:
    """Whether a name says that the layer is the shortcut around others."""
    return any(word in name.lower() for word in _BRANCHES)
