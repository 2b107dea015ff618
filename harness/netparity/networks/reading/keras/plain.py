"""Whether every layer of a file of Keras 2 has one output, which has the layer's own name."""

from __future__ import annotations

from typing import Any

_NESTED = ("Functional", "Model", "Sequential")


def is_plain(config: Any) -> bool:
    """Whether each layer of a model's configuration is called once, in one model."""
    inside = config["config"]
    # Of a sequential model, the configuration may be its layers.
    layers = inside["layers"] if isinstance(inside, dict) else inside
    return all(map(_is_plain, layers))


def _is_plain(layer: Any) -> bool:
    kind = str(layer["class_name"])
    calls = layer.get("inbound_nodes") or []
    return kind not in _NESTED and not kind.endswith("OpLambda") and len(calls) <= 1
