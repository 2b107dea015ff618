"""Written ONNX files: read back, and run by the reference implementation of the `onnx` package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from netparity.errors import InputError
from netparity.files.limits import WEIGHTS
from netparity.files.source import open_source
from netparity.networks import NETWORKS, GraphError, Input, Network, Node, Preprocessing
from netparity.networks.matching import compare
from netparity.networks.ops import OPS
from netparity.networks.reading.onnx import read
from netparity.networks.writing.onnx import WRITER, write
from netparity.networks.writing.onnx.operations import OPERATIONS
from netparity.protocol.lazy import LazyMapping
from tests.support.every_operation import SKETCHES
from tests.support.graph_jobs import evaluate
from tests.support.onnx_reference import run_onnx

SMALL = [name for name in NETWORKS if "tiny" in name]


def channels_first(x: np.ndarray) -> np.ndarray:
    return np.moveaxis(x, 3, 1) if x.ndim == 4 else x


def differ(x: np.ndarray, y: np.ndarray) -> float:
    """The largest difference, in units of the largest value."""
    return float(abs(x - y).max() / max(abs(y).max(), 1e-30))


def weights_of(network: Network, seed: int = 3) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    made = {}
    for name, shape in network.tensors.items():
        scale = np.sqrt(2 / max(1, np.prod(shape[:-1]))) if name.endswith("kernel") else 0.1
        made[name] = random.normal(0, scale, shape).astype(np.float32)
        if name.endswith((".variance", ".scale")):
            made[name] = abs(made[name]) + np.float32(0.5)
    return made


def image_of(network: Network) -> np.ndarray:
    shape = network.inputs[0].shape
    return np.random.default_rng(4).normal(0, 1, (2, *shape)).astype(np.float32)


def run_by_onnx(path: Path, network: Network, x: np.ndarray) -> dict[str, np.ndarray]:
    found = run_onnx(path, {network.inputs[0].name: channels_first(x)})
    return {node.name: found[node.name] for node in network.nodes}


def written(folder: Path, network: Network, tensors: dict[str, np.ndarray]) -> Path:
    path = folder / "network.onnx"
    write(path, network, tensors)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    return path


@pytest.mark.parametrize("name", SKETCHES)
def test_every_operation_is_written_as_the_reference_implementation_computes_it(
    name: str, tmp_path: Path
):
    sketch = SKETCHES[name]()
    network = sketch.network()
    x = image_of(network)
    path = written(tmp_path, network, sketch.tensors)
    expected = evaluate(network, sketch.tensors, x)
    for node, values in run_by_onnx(path, network, x).items():
        assert differ(values, channels_first(expected[node])) < 1e-5, node


@pytest.mark.parametrize("name", SKETCHES)
def test_every_operation_is_read_back_as_it_was(name: str, tmp_path: Path):
    sketch = SKETCHES[name]()
    network = sketch.network()
    back = read(open_source(written(tmp_path, network, sketch.tensors), WEIGHTS, "x", "x"))
    x = image_of(network)
    expected = evaluate(network, sketch.tensors, x)
    found = evaluate(back.network, back.tensors, x)
    for node in network.nodes:
        same = found[back.network.node(node.name).name]
        assert same.shape == expected[node.name].shape, node
        assert differ(same, expected[node.name]) < 1e-7, node


@pytest.mark.parametrize("name", SMALL)
def test_networks_of_the_catalogue_are_written_and_read_back(name: str, tmp_path: Path):
    network = NETWORKS[name]
    tensors, x = weights_of(network), image_of(network)
    path = written(tmp_path, network, tensors)
    back = read(open_source(path, WEIGHTS, "x", "x"))
    expected = evaluate(network, tensors, x)
    found = evaluate(back.network, back.tensors, x)
    by_onnx = run_by_onnx(path, network, x)
    for node in network.nodes:
        assert differ(found[node.name], expected[node.name]) < 1e-7, node.name
        assert differ(by_onnx[node.name], channels_first(expected[node.name])) < 2e-5, node.name


@pytest.mark.slow
@pytest.mark.parametrize("name", ["googlenet", "resnet50", "squeezenet", "alexnet", "fcn32s"])
def test_large_networks_of_the_catalogue_are_read_back_with_the_same_structure(
    name: str, tmp_path: Path
):
    network = NETWORKS[name]
    write(
        tmp_path / "x.onnx",
        network,
        LazyMapping(network.tensors, lambda tensor: np.zeros(network.tensors[tensor], np.float32)),
    )
    back = read(open_source(tmp_path / "x.onnx", WEIGHTS, "x", "x"))
    assert compare(back.network, network).differences == ()


def test_what_onnx_has_no_place_for_is_kept(tmp_path: Path):
    network = NETWORKS["vgg16-tiny"]
    back = read(open_source(written(tmp_path, network, weights_of(network)), WEIGHTS, "x", "x"))
    assert back.network.inputs == network.inputs
    assert back.network.name == network.name
    assert back.network.default_features == network.default_features
    assert [layer.name for layer in back.network.layers] == [layer.name for layer in network.layers]
    assert back.network.node("block1_conv1").name == "conv1_1"
    assert back.network.node("fc1").name == "fc6"


def test_a_mean_image_is_kept(tmp_path: Path):
    image = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    network = Network(
        "meant",
        (Input("input", (2, 2, 3), Preprocessing(mean_image="average")),),
        (Node("relu", "relu", ("input",)),),
        {"average": (2, 2, 3)},
    )
    path = written(tmp_path, network, {"average": image})
    back = read(open_source(path, WEIGHTS, "x", "x"))
    assert back.network.inputs == network.inputs
    assert np.array_equal(back.tensors["average"], image)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"features": 3}', "[" * 100_000, '{"features": [], "aliases": {}}']
)
def test_damaged_metadata_is_refused(text: str, tmp_path: Path):
    network = NETWORKS["vgg16-tiny"]
    model = onnx.load(written(tmp_path, network, weights_of(network)))
    model.metadata_props[0].value = text
    onnx.save(model, tmp_path / "other.onnx")
    with pytest.raises(InputError, match=r"its metadata 'netparity.network' is damaged"):
        read(open_source(tmp_path / "other.onnx", WEIGHTS, "x", "x"))


def test_every_operation_of_the_graph_has_a_counterpart():
    assert set(OPERATIONS) == set(OPS)
    assert all(WRITER.lacks(Node("x", op, ("input",))) is None for op in OPS)


def test_an_operation_without_a_counterpart_is_named(tmp_path: Path):
    assert WRITER.lacks(Node("x", "teleport", ("input",))) == "ONNX has no such operation"


def test_nothing_larger_than_the_format_holds_is_written(tmp_path: Path):
    shape = (2**15, 2**15)
    node = Node("fc", "dense", ("input",), tensors={"kernel": "fc.kernel"})
    network = Network("huge", (Input("input", (2**15,)),), (node,), {"fc.kernel": shape})
    with pytest.raises(
        GraphError, match=r"huge has 4,294,967,.* bytes; an ONNX file holds at most"
    ):
        write(tmp_path / "x.onnx", network, {"fc.kernel": np.zeros(1, np.float32)})
    assert not (tmp_path / "x.onnx").exists()
