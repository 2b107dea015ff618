"""Local response normalisation as `writing.keras` composes it of layers, read as one node again.

Keras has no layer for it. The file holds x * (kappa + alpha * sum of squares) ^ -beta: Multiply, a
convolution of 1 x 1 whose kernel is a band of `alpha` and whose bias is `kappa`, Power, Multiply.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from netparity.networks.node import GraphError, Node
from netparity.networks.reading.keras.building import Array, Builder, Value
from netparity.networks.reading.keras.call import Call

MOST_CHANNELS = 2048


def power(call: Call, base: Value, exponent: float) -> Value:
    """Keep a power in mind until it is multiplied; there is no such node."""
    call.build.powers[call.name] = (base, exponent)
    return Value(call.name, base.shape, base.order)


def folded(call: Call, inputs: Sequence[Value]) -> Value | None:
    """The node of `x * power`, if that is the normalisation of x; None for any other product."""
    if len(inputs) != 2 or inputs[1].name not in call.build.powers:
        return None
    x, (base, exponent) = inputs[0], call.build.powers[inputs[1].name]
    sums = _made_by(call.build, base.name)
    squares = _made_by(call.build, sums.inputs[0]) if sums is not None else None
    if sums is None or squares is None or sums.op != "conv" or "bias" not in sums.tensors:
        return None
    if squares.op != "multiply" or squares.inputs != (x.name, x.name):
        return None
    kernel, kappas = (sums.tensors[role] for role in ("kernel", "bias"))
    shape = (1, 1, x.shape[-1], x.shape[-1])
    if call.build.tensors[kernel].shape != shape or shape[-1] > MOST_CHANNELS:
        return None
    bands = call.build.bands
    if kernel not in bands:
        bands[kernel] = _band(*(call.build.tensors[name].load() for name in (kernel, kappas)))
    band = bands[kernel]
    if band is None:
        return None
    call.build.dropped |= {sums.name, squares.name}
    call.build.powers.pop(inputs[1].name)
    return call.node("lrn", [x], {**band, "beta": -exponent})


def _made_by(build: Builder, name: str) -> Node | None:
    return next((node for node in reversed(build.nodes) if node.name == name), None)


def _band(kernel: Array, kappas: Array) -> dict[str, Any] | None:
    """Size, alpha and kappa of a band that reaches (size - 1) // 2 before and size // 2 after."""
    matrix = kernel[0, 0]
    read, written = np.nonzero(matrix)
    if not len(read) or not (kappas == kappas[0]).all():
        return None
    before, after = int((written - read).max()), int((read - written).max())
    size, alpha = before + after + 1, matrix[read[0], written[0]]
    places = np.subtract.outer(np.arange(len(matrix)), np.arange(len(matrix)))
    expected = np.where((places >= -before) & (places <= after), alpha, 0)
    if (before, after) != ((size - 1) // 2, size // 2) or not np.array_equal(matrix, expected):
        return None
    return {"size": size, "alpha": _shortest(alpha), "kappa": _shortest(kappas[0])}


def _shortest(value: np.floating) -> float:
    """The number with the fewest digits that is this float32: 1e-4, not 9.99999974e-05."""
    return float(str(np.float32(value)))


def finish(build: Builder) -> None:
    """Drop the nodes that became part of others.

    Raises:
        GraphError: if there is a power that is not part of a normalisation.
    """
    for name in build.powers:
        raise GraphError(
            f"layer {name[:80]!r} (Power) is a power, which netparity does not compute"
        )
    read = Counter(name for node in build.nodes for name in node.inputs)
    kept = []
    for node in reversed(build.nodes):
        if node.name not in build.dropped or read[node.name]:
            kept.append(node)
            continue
        read.subtract(node.inputs)
    build.nodes = kept[::-1]
    used = {tensor for node in build.nodes for tensor in node.tensors.values()}
    build.tensors = {name: tensor for name, tensor in build.tensors.items() if name in used}
