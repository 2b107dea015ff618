"""Networks that PyTorch exported, against what PyTorch computed from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.support.graph_runs import run_graph
from tests.support.onnx_files import matches, read_file
from tests.support.onnx_reference import run_onnx

FOLDER = Path(__file__).parents[2] / "files" / "pytorch"
FILES = sorted(FOLDER.glob("*.onnx"))

EXPORTER_FOLDS = 2e-7
"""PyTorch folds batch normalisations, and constants, in float32 when it exports."""


def outputs_of(path: Path) -> dict[str, np.ndarray]:
    with np.load(FOLDER / f"{path.stem.partition('-')[0]}.npz") as stored:
        return {name: stored[name] for name in stored.files}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_network_computes_what_pytorch_computed(path: Path):
    found, stored = read_file(path), outputs_of(path)
    values = run_graph(found.network, found.tensors, np.moveaxis(stored["input"], 1, 3))
    last = values[found.network.outputs[-1].name]
    assert matches(last, stored["output64"], EXPORTER_FOLDS)
    assert matches(last, stored["output32"], 2e-6)
    modules = set(stored) - {"input", "output32", "output64"}
    assert modules
    for name in modules:
        node = found.network.node(name)
        assert matches(values[node.name][:1], stored[name], EXPORTER_FOLDS), name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_activation_is_that_of_the_reference_implementation(path: Path):
    found, stored = read_file(path), outputs_of(path)
    network = found.network
    values = run_graph(network, found.tensors, np.moveaxis(stored["input"], 1, 3))
    expected = run_onnx(onnx.load(path), {network.inputs[0].name: stored["input"]})
    compared = set()
    for tensor, wanted in expected.items():
        known = network.aliases.get(tensor, tensor)
        if known in values and values[known].shape in (
            wanted.shape,
            np.moveaxis(wanted, 1, -1).shape,
        ):
            assert matches(values[known], wanted, 1e-5), tensor
            compared.add(known)
    assert compared >= {
        node.name for node in network.features if node.op in ("conv", "dense", "add")
    }


def test_names_are_those_of_the_modules():
    names = [node.name for node in read_file(FOLDER / "alexlike-script17.onnx").network.nodes]
    assert names == [
        *("features.0", "features.1", "features.3", "features.4", "features.5", "features.6"),
        *("features.7", "features.8", "avgpool", "Reshape", "classifier.1", "classifier.2"),
        "classifier.3",
    ]
    other = read_file(FOLDER / "reslike-dynamo18.onnx").network
    names = [node.name for node in other.nodes if node.name.startswith("layer2")]
    assert names == [
        *("layer2.0.bn1", "layer2.0.relu", "layer2.0.bn2", "layer2.0.downsample.1"),
        *("layer2.0.add_91", "layer2.0.relu_1"),
    ]


def test_no_file_says_where_it_was_made():
    for path in FILES:
        assert b".py" not in path.read_bytes(), path


def test_nothing_but_the_layers_is_left():
    """No node for the arithmetic of shapes, for transposes or for the parts of GELU."""
    network = read_file(FOLDER / "nextlike-script13.onnx").network
    assert [node.op for node in network.nodes] == [
        *("scale_shift", "scale_shift", "conv", "layer_norm", "dense", "gelu", "dense"),
        *("scale_shift", "add", "reshape", "transpose", "reshape", "crop", "crop", "tanh"),
        *("gelu", "concat", "flatten", "dense"),
    ]
