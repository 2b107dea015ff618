"""MatConvNet's layers as values of a MAT file: a SimpleNN cell or a DagNN's structures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netparity.files import mat5_writing as writing
from netparity.files.mat5_writing import Blob
from netparity.networks.matconvnet.layers import FieldValue, McnLayer, Parameter

_TYPES = {
    "Conv": "conv",
    "ConvTranspose": "convt",
    "Pooling": "pool",
    "BatchNorm": "bnorm",
    "LRN": "normalize",
    "ReLU": "relu",
    "Sigmoid": "sigmoid",
    "SoftMax": "softmax",
    "DropOut": "dropout",
}
"""What SimpleNN has too, and what it calls that."""

_RENAMED = {"poolSize": "pool"}
_ONLY_BLOCKS = {"hasBias", "numChannels"}


def breaks_chain(layers: Sequence[McnLayer], source: str) -> McnLayer | None:
    """The first layer that does not read the one before it alone, or that SimpleNN lacks."""
    for layer in layers:
        if layer.inputs != (source,) or layer.kind not in _TYPES:
            return layer
        source = layer.name
    return None


def simplenn_layers(layers: Sequence[McnLayer]) -> Blob:
    """The cell `layers` of a SimpleNN file."""
    return writing.cell([_simplenn(layer) for layer in layers], "layers")


def _simplenn(layer: McnLayer) -> Blob:
    fields = {"name": writing.text(layer.name), "type": writing.text(_TYPES[layer.kind])}
    if layer.parameters:
        weights = [_values(parameter) for parameter in layer.parameters]
        if layer.kind in ("Conv", "ConvTranspose") and len(weights) == 1:
            weights.append(writing.array((0, 0), lambda: ()))
        fields["weights"] = writing.cell(weights)
    kept = {
        _RENAMED.get(name, name): value
        for name, value in layer.fields.items()
        if name not in _ONLY_BLOCKS
    }
    return writing.struct(fields | _fields(kept) | {"precious": writing.logical(False)})


def dagnn_variables(layers: Sequence[McnLayer], inputs: Sequence[str]) -> list[Blob]:
    """The structures `layers`, `params` and `vars` of a DagNN file."""
    members = [
        {
            "name": writing.text(layer.name),
            "type": writing.text(f"dagnn.{layer.kind}"),
            "inputs": _texts(layer.inputs),
            "outputs": _texts([layer.name]),
            "params": _texts([_parameter_name(layer, each) for each in layer.parameters]),
            "block": writing.struct(_fields(layer.fields)),
        }
        for layer in layers
    ]
    parameters = [
        {
            "name": writing.text(_parameter_name(layer, parameter)),
            "value": _values(parameter),
            "learningRate": writing.doubles(1),
            "weightDecay": writing.doubles(1),
            "trainMethod": writing.text("average" if parameter.role == "moments" else "gradient"),
        }
        for layer in layers
        for parameter in layer.parameters
    ]
    named = [
        {"name": writing.text(name), "precious": writing.logical(False)}
        for name in (*inputs, *(layer.name for layer in layers))
    ]
    return [
        writing.structs(members, "layers"),
        writing.structs(parameters, "params"),
        writing.structs(named, "vars"),
    ]


def _parameter_name(layer: McnLayer, parameter: Parameter) -> str:
    return f"{layer.name}_{parameter.role}"


def _values(parameter: Parameter) -> Blob:
    return writing.array(parameter.size, parameter.values)


def _texts(values: Sequence[str]) -> Blob:
    return writing.cell([writing.text(value) for value in values])


def _fields(fields: Mapping[str, FieldValue]) -> dict[str, Blob]:
    return {name: _field(value) for name, value in fields.items()}


def _field(value: FieldValue) -> Blob:
    if isinstance(value, str):
        return writing.text(value)
    if isinstance(value, bool):
        return writing.logical(value)
    return writing.doubles(*value)
