"""Operations that exporters write as several nodes: GELU by Erf, layer normalisation by means.

Each function looks at one node and follows its inputs backwards. Where it finds the pattern, the
nodes on the way are not translated one by one; nothing else may read what they compute. The
product of x and sigmoid(x) is read as `swish` in the same way: most tools have it as one layer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from netparity.networks.reading.onnx import curves, norms
from netparity.networks.reading.onnx.expressions import OWN, Expressions, Pattern

if TYPE_CHECKING:
    from onnx import NodeProto

Match = Callable[[Expressions, "NodeProto"], Pattern | None]


def patterns_in(view: Expressions) -> dict[str, Pattern]:
    """Every pattern by the output of its last node; the larger one where two overlap."""
    found: dict[str, Pattern] = {}
    covered: set[str] = set()
    for node in reversed(view.nodes):
        if (
            not node.output
            or node.output[0] in covered
            or len(node.input) != 2
            or node.domain not in OWN
        ):
            continue
        for match in _MATCHES.get(node.op_type, ()):
            view.start()
            pattern = match(view, node)
            if pattern is None or pattern.source in view.visited:
                continue
            if view.closed(node.output[0]):
                inner = frozenset(view.visited) - {node.output[0]}
                found[node.output[0]] = replace(pattern, inner=inner)
                covered |= inner
                break
    return found


_MATCHES: dict[str, tuple[Match, ...]] = {
    "Add": (norms.layer_norm, norms.folded_layer_norm),
    "Mul": (curves.gelu, curves.gated, curves.hard_sigmoid, norms.layer_norm, norms.unit_length),
    "Div": (curves.gelu, curves.gated, curves.hard_sigmoid, norms.layer_norm, norms.unit_length),
}
