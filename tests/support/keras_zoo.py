"""Files of real Keras beside what Keras computed from them, compared node by node in float64."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np

from netparity.networks.ops.base import Step, run_step
from netparity.networks.reading.base import ReadNetwork
from tests.support.keras_files import read_file

FILES = Path(__file__).parents[1] / "harness" / "networks" / "files" / "keras"


def unpacked(name: str, folder: Path) -> Path:
    """A committed file, unpacked."""
    path = folder / name
    path.write_bytes(lzma.decompress((FILES / f"{name}.xz").read_bytes()))
    return path


def values_of(read: ReadNetwork, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every node's output in float64. inputs: as Keras takes them."""
    network, values = read.network, {}
    for entry in network.inputs:
        # A sequential model's input has a name of Keras's own making.
        x = inputs.get(entry.name, next(iter(inputs.values())))
        values[entry.name] = _arranged(x, entry.shape).astype(np.float64)
    tensors = {name: array.astype(np.float64) for name, array in read.tensors.items()}
    for node in network.nodes:
        own = {role: tensors[name] for role, name in node.tensors.items()}
        values[node.name] = run_step(Step(node, tuple(values[n] for n in node.inputs), own))
    return values


def _arranged(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Channels last, if they are first."""
    if values.shape[1:] == tuple(shape):
        return values
    return values.transpose(0, 2, 3, 1)


def errors(path: Path, computed: Path, channels_first: bool = False) -> dict[str, float]:
    """Relative L2 error of every layer that Keras computed, by the node's name.

    A model with channels first also has outputs that are not images; either order is accepted.
    """
    arrays = _arrays(computed)
    read = read_file(path)
    inputs = {key[3:].split(":")[0]: x for key, x in arrays.items() if key.startswith("in:")}
    expected = {key[4:]: x for key, x in arrays.items() if key.startswith("out:")}
    for name in list(expected):
        expected.setdefault(name.rpartition("/")[2], expected[name])
    values = values_of(read, inputs)
    found = {}
    for node in read.network.features:
        if node.name in expected:
            wanted = expected[node.name].astype(np.float64)
            orders = [wanted]
            if channels_first and wanted.ndim == 4:
                orders.append(wanted.transpose(0, 2, 3, 1))
            found[node.name] = min(_error(values[node.name], order) for order in orders)
    return found


def end_error(path: Path, computed: Path) -> float:
    """Relative L2 error of what the model predicts from its inputs."""
    arrays = _arrays(computed)
    inputs = {key[3:]: x for key, x in arrays.items() if key.startswith("in:")}
    height, width = next(iter(inputs.values())).shape[1:3]
    read = read_file(path, input_size=(height, width))
    [last] = read.network.outputs
    return _error(values_of(read, inputs)[last.name], arrays["end"].astype(np.float64))


def _arrays(computed: Path) -> dict[str, np.ndarray]:
    """The inputs and outputs that a zoo's script wrote."""
    with np.load(computed) as file:
        index, values = json.loads(str(file["index"])), file["values"]
    found, at = {}, 0
    for label, shape in index:
        count = int(np.prod(shape))
        found[label] = values[at : at + count].reshape(shape)
        at += count
    return found


def _error(found: np.ndarray, wanted: np.ndarray) -> float:
    if found.shape != wanted.shape:
        return np.inf
    return float(np.linalg.norm(found - wanted) / max(np.linalg.norm(wanted), 1e-30))
