"""An ONNX file without the values of its initialisers, which are read when they are needed.

Only the structure is parsed by the `onnx` package; where the values lie is found from the fields of
the file (`onnx.proto`), so that a large network costs no memory before its weights are used.
"""

from __future__ import annotations

import json
import math
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from netparity.files import protobuf, raw
from netparity.files.limits import WEIGHTS, DamagedError, check_size
from netparity.files.protobuf import Field, File
from netparity.networks.checking import MOST_NODES
from netparity.networks.node import MOST_VALUES, GraphError
from netparity.networks.reading.onnx.constants import Constant, known

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

_GRAPH, _NODE, _INITIALIZER, _SPARSE = 7, 1, 5, 15
_DIMS, _TYPE, _FLOATS, _NAME, _RAW, _DOUBLES, _EXTERNAL, _LOCATION = 1, 2, 4, 8, 9, 10, 13, 14
_KEY, _VALUE = 1, 2
_PLAIN = {1: "<f4", 10: "<f2", 11: "<f8"}
_MOST_SMALL = 2**24
_MOST_STRUCTURE = 2**31 - 1


@dataclass(frozen=True)
class Parsed:
    """A file's structure and its initialisers."""

    model: ModelProto
    initializers: dict[str, Constant]


def parse(path: Path) -> Parsed:
    """Read a file's structure.

    Raises:
        DamagedError: if it is damaged.
        GraphError: if it refers to other files, or is larger than any network.
    """
    from onnx import ModelProto

    initializers: dict[str, Constant] = {}
    rest, graph, nodes = [], [], 0
    with File(path) as file:
        for outer in file.fields(0, file.size):
            if outer.number != _GRAPH:
                rest.append(outer)
                continue
            for inner in file.fields(outer.start, outer.end):
                if inner.number == _INITIALIZER:
                    constant = _initializer(file, inner, path)
                    if constant.name in initializers:
                        raise DamagedError(f"two initialisers are called {constant.name[:80]!r}")
                    initializers[constant.name] = constant
                elif inner.number == _SPARSE:
                    raise GraphError("it has sparse initialisers, which netparity does not read")
                else:
                    graph.append(inner)
                    nodes += inner.number == _NODE
                if nodes > MOST_NODES:
                    raise GraphError(f"it has more than {MOST_NODES} nodes, which is the limit")
                if len(initializers) > WEIGHTS.members:
                    raise GraphError(f"it has more than {WEIGHTS.members} initialisers")
        structure = b"".join(_copied(file, field) for field in graph)
        data = b"".join(_copied(file, field) for field in rest)
    model = ModelProto()
    _parse(model, data + protobuf.message(_GRAPH, structure), "its structure")
    _refuse_bytes(model)
    return Parsed(model, initializers)


def _refuse_bytes(model: ModelProto) -> None:
    """Refuse names that are not UTF-8, which the package gives as bytes."""
    for node in model.graph.node:
        names = [node.name, node.op_type, node.domain, *node.input, *node.output]
        names += [attribute.name for attribute in node.attribute]
        names += [part for entry in node.metadata_props for part in (entry.key, entry.value)]
        _refuse_text(names)
    described = [*model.graph.input, *model.graph.output]
    _refuse_text([entry.name for entry in described])
    _refuse_text([part for entry in model.metadata_props for part in (entry.key, entry.value)])
    domains = [entry.domain for entry in model.opset_import]
    _refuse_text([model.producer_name, model.graph.name, *domains])


def _refuse_text(names: Iterable[object]) -> None:
    for name in names:
        if not isinstance(name, str):
            raise DamagedError(f"a name {name!r:.80} is not text")


def _copied(file: File, field: Field) -> bytes:
    """A field as it lies in the file."""
    if field.value or field.end == field.start:
        return protobuf.number(field.number, field.value)
    return protobuf.message(field.number, file.bytes(field, _MOST_STRUCTURE))


def _initializer(file: File, outer: Field, path: Path) -> Constant:
    name, dims, kind, data = "", list[int](), 0, None
    elsewhere: str | None = None
    for inner in file.fields(outer.start, outer.end):
        if inner.number == _DIMS:
            dims += file.varints(inner)
        elif inner.number == _TYPE:
            kind = inner.value
        elif inner.number in (_FLOATS, _DOUBLES, _RAW) and data is None:
            data = inner
        elif inner.number == _NAME:
            name = file.text(inner)
        elif inner.number == _EXTERNAL:
            elsewhere = _other_file(file, inner) or elsewhere or ""
        elif inner.number == _LOCATION and inner.value:
            elsewhere = elsewhere or ""
    if elsewhere is not None:
        raise external(name, elsewhere, path)
    refuse_values(name, dims)
    if kind in _PLAIN and data is not None:
        dtype = np.dtype(_PLAIN[kind])
        if data.end - data.start == math.prod(dims) * dtype.itemsize:
            stored = raw.stored(path, name, dims, dtype, data.start)
            return Constant(name, tuple(dims), dtype, stored.load)
    from onnx import TensorProto

    tensor = TensorProto()
    _parse(tensor, file.bytes(outer, _MOST_SMALL), f"the tensor {name[:80]!r}")
    return of_tensor(tensor, name)


def _parse(message: ModelProto | TensorProto, data: bytes, what: str) -> None:
    try:
        message.ParseFromString(data)
    except Exception as error:  # protobuf's own type, which moves between its versions
        raise DamagedError(f"{what} is not what ONNX prescribes") from error


def of_tensor(tensor: TensorProto, name: str) -> Constant:
    """The values of a tensor that is part of the structure.

    Raises:
        DamagedError: if its values do not fit its shape or its type is not one of numbers.
        GraphError: if they are in another file.
    """
    from onnx import numpy_helper

    if tensor.data_location or tensor.external_data:
        raise external(name)
    dims = list(tensor.dims)
    refuse_values(name, dims)
    values: np.ndarray[Any, Any]
    try:
        values = np.asarray(numpy_helper.to_array(tensor))
        if values.dtype.kind in "iu":
            values = values.astype(np.int64)  # see `rearranging._typed`
        elif values.dtype.kind not in "fb":
            values = values.astype(np.float32)  # bfloat16 and its like
    except Exception as error:  # the package raises many types
        raise DamagedError(f"the values of {name[:80]!r} do not fit its shape {dims}") from error
    return known(name, values)


def refuse_values(name: str, dims: list[int]) -> None:
    """Refuse a shape that is not one, or has too many values."""
    if any(not 0 <= size < 2**63 for size in dims) or len(dims) > 16:
        raise GraphError(f"the tensor {name[:80]!r} has the shape {dims[:16]}")
    if math.prod(dims) > MOST_VALUES:
        raise GraphError(
            f"the tensor {name[:80]!r} has {math.prod(dims):.3g} values; "
            f"the limit is {MOST_VALUES:.3g}"
        )
    check_size(name, dims, np.dtype(np.int8), WEIGHTS)


def _other_file(file: File, outer: Field) -> str:
    """The name of the file that an entry of a tensor's external data gives; empty if it is none."""
    entry = {inner.number: inner for inner in file.fields(outer.start, outer.end)}
    if not {_KEY, _VALUE} <= set(entry) or file.text(entry[_KEY]) != "location":
        return ""
    return file.text(entry[_VALUE])


def external(name: str, other: str = "", path: Path | None = None) -> GraphError:
    """An error for a tensor whose values are in another file, which is not opened.

    Args:
        other: the name of that file, as this one gives it.
        path: of this file.
    """
    shown = f" ({other[:80]!r})" if other else ""
    is_plain = bool(re.fullmatch(r"[\w. -]+", other))
    if path is not None and is_plain and not (path.parent / other).exists():
        return GraphError(
            f"the values of the tensor {name[:80]!r} are in another file, which is missing{shown}; "
            "fix: copy it here from where this file came from, then save both as one file: "
            f"{_as_one(path)}"
        )
    return GraphError(
        f"the values of the tensor {name[:80]!r} are in another file, which netparity does not "
        f"open{shown}; fix: save both as one file: {_as_one(path)}, or export one with "
        "torch.onnx.export(..., external_data=False)"
    )


def _as_one(path: Path | None) -> str:
    quoted = "FILE" if path is None else json.dumps(str(path), ensure_ascii=False)
    code = f'import onnx; onnx.save(onnx.load({quoted}), "single.onnx")'
    return f"python -c {shlex.quote(code)}"
