"""The archive: `metadata.json`, `config.json` and `model.weights.h5`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from netparity.files import hdf5_writing, zip_file
from netparity.networks.graph import GraphError, Network
from netparity.networks.ops.base import Tensors
from netparity.networks.reading.keras.weights import snake_case
from netparity.networks.writing.keras.lacks import lacks
from netparity.networks.writing.keras.layers import LAYER_WRITERS
from netparity.networks.writing.keras.metadata import metadata_of
from netparity.networks.writing.keras.names import unused
from netparity.networks.writing.keras.order import in_keras_order
from netparity.networks.writing.keras.plan import LAYERS, KerasLayer, Plan, Ref
from netparity.system.drafts import drafting

_WEIGHTS = "model.weights.h5"


def write(path: Path, network: Network, tensors: Tensors) -> None:
    """Write a network as a functional model.

    Raises:
        GraphError: naming node and operation, if Keras has no layers for it.
    """
    plan = planned(network, tensors)
    with drafting(path.with_suffix(".h5")) as inside:
        _write_weights(inside, network.name, plan.layers)
        with zip_file.writing(path) as archive:
            config = json.dumps(_config(plan), default=_plain)
            metadata = json.dumps(metadata_of(plan), default=_plain)
            zip_file.add(archive, "metadata.json", [metadata.encode()])
            zip_file.add(archive, "config.json", [config.encode()])
            zip_file.add_file(archive, _WEIGHTS, inside)


def planned(network: Network, tensors: Tensors) -> Plan:
    """The layers for every node.

    Raises:
        GraphError: naming node and operation, if Keras has no layers for it.
    """
    plan = Plan(network, tensors)
    for entry in network.inputs:
        plan.input_layer(entry.name, entry.shape)
    for node in network.nodes:
        if (reason := lacks(node)) is not None:
            raise GraphError(f"node {node.name!r} ({node.op}): {reason}")
        plan.finish(node, LAYER_WRITERS[node.op](plan, node))
    plan.layers = in_keras_order(plan.layers, [plan.names[node.name] for node in network.outputs])
    return plan


def _plain(number: Any) -> Any:
    """NumPy's numbers as Python's."""
    return number.item()


def _write_weights(path: Path, name: str, layers: list[KerasLayer]) -> None:
    """Write `layers/conv2d_3/vars/0`: by kind and number, as Keras's `save_weights` does."""
    with hdf5_writing.creating(path) as file:
        file.create_group("vars").attrs["name"] = unused(name, set())
        counts: dict[str, int] = {}
        for layer in layers:
            if layer.module != LAYERS:
                continue
            kind = snake_case(layer.kind)
            count = counts.get(kind, 0)
            counts[kind] = count + 1
            group = file.create_group(f"layers/{f'{kind}_{count}' if count else kind}/vars")
            group.attrs["name"] = layer.name
            for place, weight in enumerate(layer.weights):
                values = np.ascontiguousarray(weight.load(), dtype="<f4")
                hdf5_writing.write(group, str(place), weight.shape, [values])


def _config(plan: Plan) -> dict[str, Any]:
    """The model as Keras describes it."""
    network = plan.network
    inputs = [[plan.names[entry.name], 0, 0] for entry in network.inputs]
    outputs = [[plan.names[node.name], 0, 0] for node in network.outputs]
    shapes = [[None, *entry.shape] for entry in network.inputs]
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": unused(network.name, set()),
            "trainable": True,
            "layers": [_described(layer) for layer in plan.layers],
            "input_layers": inputs[0] if len(inputs) == 1 else inputs,
            "output_layers": outputs[0] if len(outputs) == 1 else outputs,
        },
        "registered_name": "Functional",
        "build_config": {"input_shape": shapes[0] if len(shapes) == 1 else shapes},
    }


def _described(layer: KerasLayer) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "module": layer.module,
        "class_name": layer.kind,
        "config": layer.config,
        "registered_name": None if layer.module == LAYERS else layer.kind,
        "name": layer.name,
        "inbound_nodes": [],
    }
    if layer.arguments:
        arguments = [_argument(value) for value in layer.arguments]
        entry["inbound_nodes"] = [{"args": arguments, "kwargs": {}}]
        if layer.weights and isinstance(layer.arguments[0], Ref):
            entry["build_config"] = {"input_shape": [None, *layer.arguments[0].shape]}
    return entry


def _argument(value: Any) -> Any:
    if isinstance(value, list):
        return [_argument(item) for item in value]
    if not isinstance(value, Ref):
        return value
    tensor = {
        "shape": [None, *value.shape],
        "dtype": "float32",
        "keras_history": [value.layer, 0, 0],
    }
    return {"class_name": "__keras_tensor__", "config": tensor}
