"""The initialisers of a VGG network in ONNX, whatever their names.

They are identified by the nodes that use them: the second and third input of a `Conv` or `Gemm`,
or a `MatMul` and the `Add` after it. Kernels are OIHW; a `Gemm` with `transB` holds units x
inputs; the image's channels are RGB, as in torchvision. Fields: the ONNX project's `onnx.proto`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from netparity.files import protobuf, raw
from netparity.files.limits import WEIGHTS, DamagedError, reading
from netparity.files.protobuf import Field, File
from netparity.files.source import Source
from netparity.files.stored import Stored
from netparity.networks import Layer, Network
from netparity.weights.contents import (
    Contents,
    Format,
    Pair,
    Tensors,
    bias_values,
    kernel_values,
)
from netparity.weights.layout import Layout, Tensor

_LAYOUT = Layout("OIHW", "OIHW", flat=True)
_IR_VERSION, _OPSET = 8, 13
_IR_FIELD, _PRODUCER, _GRAPH, _OPSETS = 1, 2, 7, 8
_NODE, _GRAPH_NAME, _INITIALIZER, _INPUT, _OUTPUT = 1, 2, 5, 11, 12
_TYPES = {1: "<f4", 10: "<f2", 11: "<f8"}
_FLOAT = 1
_ATTRIBUTE_INT, _ATTRIBUTE_INTS = 2, 7
_Attributes = Mapping[str, int | tuple[int, ...]]
_POOL: _Attributes = {"kernel_shape": (2, 2), "strides": (2, 2)}
_CONVOLUTION: _Attributes = {"kernel_shape": (3, 3), "pads": (1,) * 4, "strides": (1, 1)}


@dataclass
class _Node:
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    operation: str = ""
    transposed: bool = False


def recognise(source: Source) -> bool:
    """Whether it begins with ONNX's version field and is named .onnx (ONNX has no signature)."""
    mark = bytes([_IR_FIELD << 3])
    return source.head.startswith(mark) and source.path.suffix.lower() == ".onnx"


def read(source: Source) -> Contents:
    """Read such a file.

    Raises:
        InputError: if it is damaged or not a VGG network.
    """
    with reading(source.path, "ONNX"), File(source.path) as file:
        nodes, arrays = _graph(file, source.path)
        layers = list(_layers(nodes, arrays))
        if not layers:
            raise DamagedError("none of its nodes is a convolution or dense layer with weights")
        transposed = {node.transposed for node, _ in layers if node.operation != "Conv"}
        if len(transposed) > 1:
            raise DamagedError("only some of its dense layers are transposed")
        dense = "IHWO" if transposed == {False} else "OIHW"
        reason = "ONNX stores convolutions as OIHW"
        if transposed:
            order = "units x inputs" if transposed == {True} else "inputs x units"
            reason += f"; by transB, dense layers are {order}"
        return Contents(
            pairs=tuple(pair for _, pair in layers),
            layout=replace(_LAYOUT, dense=dense),
            reason=reason,
            names=_names,
            dropout=any(node.operation == "Dropout" for node in nodes),
        )


def write(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the whole network, from `input` (N x 3 x H x W, RGB, mean subtracted) to `output`."""
    parts: list[bytes | _Array] = [*_nodes(model), protobuf.message(_GRAPH_NAME, model.name)]
    for layer in model.parametric_layers:
        shape = _LAYOUT.shape(layer)
        parts.append(_Array(layer.kernel, shape, partial(_kernel, tensors, layer)))
        parts.append(_Array(layer.bias, shape[:1], partial(_bias, tensors, layer)))
    height, width = model.input_size
    last = model.layers[-1].output_shape
    sizes = last if len(last) == 1 else (last[2], last[0], last[1])
    parts.append(protobuf.message(_INPUT, _value_info("input", (3, height, width))))
    parts.append(protobuf.message(_OUTPUT, _value_info("output", sizes)))
    sizes_ = [len(part) if isinstance(part, bytes) else part.size for part in parts]
    with path.open("wb") as file:
        file.write(protobuf.number(_IR_FIELD, _IR_VERSION))
        file.write(protobuf.message(_PRODUCER, "netparity"))
        file.write(protobuf.message(_OPSETS, protobuf.number(2, _OPSET)))
        file.write(protobuf.head(_GRAPH, sum(sizes_)))
        for part in parts:
            if isinstance(part, bytes):
                file.write(part)
            else:
                part.write(file.write)


# --- reading ----------------------------------------------------------------------------------


def _graph(file: File, path: Path) -> tuple[list[_Node], dict[str, Stored]]:
    nodes, arrays = [], {}
    for outer in file.fields(0, file.size):
        if outer.number != _GRAPH:
            continue
        for inner in file.fields(outer.start, outer.end):
            if inner.number == _NODE:
                nodes.append(_node(file, inner))
            elif inner.number == _INITIALIZER:
                stored = _initializer(file, inner, path)
                if stored.name in arrays:
                    raise DamagedError(f"the initialiser {stored.name[:80]!r} is duplicated")
                arrays[stored.name] = stored
            if max(len(nodes), len(arrays)) > WEIGHTS.members:
                raise DamagedError(f"it has more than {WEIGHTS.members:,} nodes or initialisers")
    return nodes, arrays


def _node(file: File, outer: Field) -> _Node:
    node = _Node()
    for inner in file.fields(outer.start, outer.end):
        if inner.number == 1:
            node.inputs.append(file.text(inner))
        elif inner.number == 2:
            node.outputs.append(file.text(inner))
        elif inner.number == 4:
            node.operation = file.text(inner)
        elif inner.number == 5:
            attribute = {part.number: part for part in file.fields(inner.start, inner.end)}
            named = 1 in attribute and file.text(attribute[1]) == "transB"
            node.transposed |= named and 3 in attribute and attribute[3].value == 1
    return node


def _initializer(file: File, outer: Field, path: Path) -> Stored:
    name, dims, kind, data = "", [], _FLOAT, None
    for inner in file.fields(outer.start, outer.end):
        if inner.number == 1:
            dims += file.varints(inner)
        elif inner.number == 2:
            kind = inner.value
        elif inner.number in (4, 9, 10):
            data = inner
        elif inner.number == 8:
            name = file.text(inner)
        elif inner.number in (13, 14) and (inner.number == 13 or inner.value):
            raise DamagedError("its values are in another file; export it as a single file")
    dtype = np.dtype(_TYPES.get(kind, "u1"))
    if kind not in _TYPES or data is None:  # shapes and the like, which are not weights
        return Stored(name, tuple(dims), dtype, lambda start, stop: np.empty(0, dtype))
    size = int(np.prod(dims, dtype=np.float64)) * dtype.itemsize
    if data.end - data.start != size:
        raise DamagedError(f"{name[:80]!r} claims shape {tuple(dims)}, which does not fit its data")
    return raw.stored(path, name, dims, dtype, data.start)


def _layers(nodes: list[_Node], arrays: dict[str, Stored]) -> Iterator[tuple[_Node, Pair]]:
    counts = {"convolution": 0, "dense": 0}
    takers = {name: node for node in nodes for name in node.inputs}
    for node in nodes:
        if node.operation not in ("Conv", "Gemm", "MatMul") or len(node.inputs) < 2:
            continue
        names = list(node.inputs[1:3])
        if node.operation == "MatMul" and node.outputs and node.outputs[0] in takers:
            names += takers[node.outputs[0]].inputs
        weights = [arrays[name] for name in names if name in arrays]
        if len(weights) != 2:
            raise DamagedError(
                f"the inputs of a {node.operation} node do not include both a kernel and a bias"
            )
        kind = "convolution" if node.operation == "Conv" else "dense"
        counts[kind] += 1
        yield node, Pair(f"{kind} {counts[kind]}", *weights)


def _names(model: Network) -> list[str]:
    kinds = [layer.kind for layer in model.parametric_layers]
    convolutions = kinds.count("conv")
    return [f"convolution {at + 1}" for at in range(convolutions)] + [
        f"dense {at + 1}" for at in range(len(kinds) - convolutions)
    ]


# --- writing ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Array:
    """An initialiser whose values are made when it is written."""

    name: str
    shape: tuple[int, ...]
    values: Callable[[], Iterator[Tensor]]

    @property
    def _head(self) -> bytes:
        dims = b"".join(protobuf.number(1, size) for size in self.shape)
        data = 4 * int(np.prod(self.shape, dtype=np.int64))
        inner = dims + protobuf.number(2, _FLOAT) + protobuf.message(8, self.name)
        inner += protobuf.head(9, data)
        return protobuf.head(_INITIALIZER, len(inner) + data) + inner

    @property
    def size(self) -> int:
        return len(self._head) + 4 * int(np.prod(self.shape, dtype=np.int64))

    def write(self, put: Callable[[bytes | memoryview], int]) -> None:
        put(self._head)
        for piece in self.values():
            put(piece.astype("<f4", copy=False).data)


def _kernel(tensors: Tensors, layer: Layer) -> Iterator[Tensor]:
    return kernel_values(tensors, layer, _LAYOUT)[1]


def _bias(tensors: Tensors, layer: Layer) -> Iterator[Tensor]:
    return bias_values(tensors, layer)[1]


def _nodes(model: Network) -> Iterator[bytes]:
    before, flattened = "input", False
    for layer in model.layers:
        last = layer is model.layers[-1]
        after = "output" if last else layer.name
        if layer.kind == "pool":
            yield _write_node("MaxPool", [before], after, _POOL)
        else:
            if layer.kind == "dense" and not flattened:
                yield _write_node("Flatten", [before], "flatten", {"axis": 1})
                before, flattened = "flatten", True
            inputs = [before, layer.kernel, layer.bias]
            if layer.kind == "conv":
                yield _write_node("Conv", inputs, f"{layer.name}.sum", _CONVOLUTION)
            else:
                yield _write_node("Gemm", inputs, f"{layer.name}.sum", {"transB": 1})
            operation = "Relu" if layer.activation == "relu" else "Softmax"
            yield _write_node(operation, [f"{layer.name}.sum"], after, {})
        before = after


def _write_node(operation: str, inputs: list[str], output: str, attributes: _Attributes) -> bytes:
    data = b"".join(protobuf.message(1, name) for name in inputs)
    data += protobuf.message(2, output) + protobuf.message(4, operation)
    for name, value in attributes.items():
        inner = protobuf.message(1, name)
        if isinstance(value, int):
            inner += protobuf.number(3, value) + protobuf.number(20, _ATTRIBUTE_INT)
        else:
            inner += b"".join(protobuf.number(8, item) for item in value)
            inner += protobuf.number(20, _ATTRIBUTE_INTS)
        data += protobuf.message(5, inner)
    return protobuf.message(_NODE, data)


def _value_info(name: str, sizes: tuple[int, ...]) -> bytes:
    dims = protobuf.message(1, protobuf.message(2, "N"))
    dims += b"".join(protobuf.message(1, protobuf.number(1, size)) for size in sizes)
    tensor = protobuf.number(1, _FLOAT) + protobuf.message(2, dims)
    return protobuf.message(1, name) + protobuf.message(2, protobuf.message(1, tensor))


FORMATS = (Format("onnx", "ONNX", (".onnx",), recognise, read, write),)
