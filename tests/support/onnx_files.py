"""Small ONNX files made node by node, read, and computed by two implementations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from netparity.files.limits import WEIGHTS
from netparity.files.source import open_source
from netparity.networks.reading.base import ReadNetwork
from netparity.networks.reading.onnx import read
from tests.support.graph_runs import run_graph
from tests.support.onnx_reference import run_onnx

Array = np.ndarray[Any, Any]
Size = int | str | None

node = helper.make_node


def random_values(*shape: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)


def model_of(
    nodes: Sequence[NodeProto],
    constants: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Sequence[Size]] | None = None,
    outputs: Sequence[str] = ("y",),
    opset: int = 17,
    producer: str = "",
    name: str = "",
) -> ModelProto:
    """A model whose input is `x` and whose output is `y` unless it says otherwise."""
    sizes = inputs or {"x": ("N", 3, 8, 10)}
    graph = helper.make_graph(
        list(nodes),
        name or "small",
        [helper.make_tensor_value_info(k, TensorProto.FLOAT, list(v)) for k, v in sizes.items()],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None) for output in outputs],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in (constants or {}).items()],
    )
    versions = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=versions, ir_version=8, producer_name=producer)


def read_model(
    model: ModelProto, folder: Path, input_size: tuple[int, int] | None = None
) -> ReadNetwork:
    path = folder / "model.onnx"
    onnx.save(model, str(path))
    return read_file(path, input_size)


def read_file(path: Path, input_size: tuple[int, int] | None = None) -> ReadNetwork:
    return read(open_source(path, WEIGHTS, "the network", "vgg16.onnx"), input_size)


def assert_reads(
    model: ModelProto,
    folder: Path,
    bound: float = 2e-6,
    input_size: tuple[int, int] | None = None,
    images: int = 2,
) -> ReadNetwork:
    """The file is read, and the network computes what the `onnx` package's reference does."""
    found = read_model(model, folder, input_size)
    network = found.network
    given, fed = [], {}
    stated = {entry.name: entry for entry in model.graph.input}
    for at, entry in enumerate(network.inputs):
        count = stated[entry.name].type.tensor_type.shape.dim[0].dim_value or images
        x = random_values(count, *entry.shape, seed=at + 7)
        given.append(x)
        sizes = [dim.dim_value for dim in stated[entry.name].type.tensor_type.shape.dim]
        fed[entry.name] = channels_first(x) if _is_channels_first(sizes, entry.shape) else x
    values = run_graph(network, found.tensors, *given)
    expected = run_onnx(model, fed)
    for output in model.graph.output:
        ours = values[network.node(output.name).name]
        assert matches(ours, expected[output.name], bound), output.name
    return found


def _is_channels_first(sizes: Sequence[int], shape: Sequence[int]) -> bool:
    return len(sizes) == 4 and sizes[1] in (0, shape[2]) and sizes[2:] != [shape[1], shape[2]]


def channels_first(x: Array) -> Array:
    return np.moveaxis(x, 3, 1) if x.ndim == 4 else x


def matches(ours: Array, expected: Array, bound: float) -> bool:
    """Whether two activations are equal, whichever order of axes the file has."""
    assert np.isfinite(expected).all()
    for candidate in (ours, channels_first(ours)):
        if candidate.shape == expected.shape:
            scale = max(float(abs(expected).max()), 1e-30)
            if float(abs(candidate - expected).max()) <= bound * scale:
                return True
    return False


def ops_of(found: ReadNetwork) -> list[str]:
    return [each.op for each in found.network.nodes]
