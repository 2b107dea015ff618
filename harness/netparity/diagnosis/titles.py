"""What is wrong: each cause in a few words, and the same cause at many layers as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from string import Template

from netparity.diagnosis.findings import Cause
from netparity.diagnosis.image_titles import INPUT_WAYS, TREATED
from netparity.diagnosis.mistakes import INPUT_TITLES, MISTAKES, can_drop_out, mistakes_of
from netparity.networks import Layer, Network, Node
from netparity.networks.ops import OPS

_TITLES = {
    **INPUT_TITLES,
    **INPUT_WAYS,
    **TREATED,
    **{mistake.key: mistake.title for mistake in MISTAKES.values()},
    "before-relu": "the feature was taken before the ReLU",
    "before-activation": "the feature was taken before the $detail",
    "off-by-one": "the exported feature is that of $detail",
    "dropout": "dropout is active",
    "weights-other": "the weights are those of $detail",
    "relu-applied": "the feature was taken after the activation",
    "resize": "the image was resized differently: $detail",
    "resize-nearest": "the image was resized with nearest neighbour",
    "resize-bilinear": "the image was resized with a bilinear filter",
    "resize-bicubic": "the image was resized with a bicubic filter",
    "resize-lanczos": "the image was resized with a Lanczos filter",
}

_READ_AT_THE_END = (
    "weights-other",
    "before-relu",
    "before-activation",
    "policy-bfloat16",
    "policy-float16",
)
"""Mistakes that a diagnosis names only at the layers whose features were compared."""


def describe(cause: Cause) -> str:
    """One cause, for example "conv3_2: the kernels are rotated by 180°".

    Raises:
        KeyError: if there is no such mistake.
    """
    return f"{cause.place}: {Template(_TITLES[cause.mistake]).substitute(detail=cause.detail)}"


def merge(
    causes: Iterable[Cause], model: Network, compared: Collection[str] | None = None
) -> list[Cause]:
    """Turn the same mistake at every layer that can have it into one cause of "every …".

    Args:
        compared: names of the layers whose features were compared; None for all of them. Some
            mistakes, such as other weights, are named only at these.

    Returns:
        The causes in the order in which each mistake first occurs.
    """
    merged: list[Cause] = []
    groups: dict[tuple[str, str], list[Cause]] = {}
    for cause in dict.fromkeys(causes):
        groups.setdefault((cause.mistake, cause.detail), []).append(cause)
    for (mistake, detail), group in groups.items():
        possible = {
            model.owner(node) for node in model.nodes if _fits(mistake, detail, model, node)
        }
        fitting = [layer for layer in model.layers if layer.name in possible]
        if compared is not None and mistake in _READ_AT_THE_END:
            possible &= set(compared)
        if len(group) > 1 and possible == {cause.place for cause in group}:
            merged.append(Cause(mistake, _every(fitting), detail))
        else:
            merged += group
    return merged


def _fits(mistake: str, detail: str, network: Network, node: Node) -> bool:
    if mistake == "before-relu":
        return node.op == "relu"
    if mistake == "before-activation":
        return OPS[node.op].title == detail
    if mistake == "dropout":
        return can_drop_out(network, node)
    if mistake == "weights-other":
        return bool(node.tensors)
    return any(known.key == mistake for known in mistakes_of(network, node))


def _every(layers: Sequence[Layer]) -> str:
    kinds = {layer.kind for layer in layers}
    if kinds == {"conv"}:
        return "every convolution"
    if kinds == {"pool"}:
        return "every pool"
    if kinds == {"dense"}:
        return "every hidden dense layer"
    if len(kinds) == 1 and (kind := kinds.pop()) in OPS:
        return f"every {OPS[kind].title}"
    if all(layer.activation == "relu" for layer in layers):
        return "every layer with a ReLU"
    return "every layer"
