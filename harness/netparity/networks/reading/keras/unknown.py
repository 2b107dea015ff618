"""Layers that are not read, and what to do about them."""

from __future__ import annotations

from netparity.networks.node import GraphError
from netparity.networks.reading.keras.config import Layer
from netparity.networks.reading.keras.operators import OPERATORS

_SHOWN = 80
_ALSO_LAYERS = {"Maximum", "Minimum"}


def unknown(layer: Layer) -> GraphError:
    """An error that names the layer and its class."""
    name = f"layer {layer.name[:_SHOWN]!r}"
    function = layer.kind in OPERATORS and layer.kind not in _ALSO_LAYERS
    if function and not layer.operation:
        return GraphError(
            f"{name} is the function {layer.kind} of keras.ops, which Keras writes into .h5 "
            "without its constants; fix: save the model as .keras"
        )
    if layer.kind == "TensorFlowOpLayer":
        return GraphError(
            f"{name} is an operation of TensorFlow, which netparity cannot read; fix: write it as "
            "a layer of Keras (Rescaling for x / 255), or export the model to ONNX"
        )
    return GraphError(
        f"{name} is of class {layer.kind[:_SHOWN]!r}, which netparity cannot read; fix: save the "
        "layers before it as a model of their own"
    )
