"""MatConvNet files as MATLAB writes them, made with SciPy, and read by netparity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.io

from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.networks.reading import READERS
from netparity.networks.reading.base import ReadNetwork
from tests.support.octave_process import as_matlab, cell

RANDOM = np.random.default_rng(11)
MEAN = np.array([123.68, 116.779, 103.939], np.float32).reshape(1, 1, 3)


def single(*shape: int) -> np.ndarray:
    """Random numbers of class single."""
    return RANDOM.standard_normal(shape).astype(np.float32)


def normalization(size: tuple[int, int, int] = (8, 8, 3), **changes: Any) -> dict[str, Any]:
    """meta.normalization as the published files have it."""
    return {
        "imageSize": np.array([size], float),
        "averageImage": MEAN if size[2] == 3 else np.zeros((1, 1, size[2]), np.float32),
        "border": np.zeros((1, 2)),
        "interpolation": "bilinear",
        "keepAspect": False,
    } | changes


def conv(name: str, filters: np.ndarray, bias: bool = True, **fields: Any) -> dict[str, Any]:
    """A convolution of SimpleNN."""
    biases = single(1, filters.shape[3]) if bias else np.zeros((0, 0), np.float32)
    return {"type": "conv", "name": name, "weights": cell([filters, biases])} | fields


def save_simplenn(path: Path, layers: list[dict[str, Any]], **variables: Any) -> Path:
    """A SimpleNN file; `meta` is the usual one unless it is given."""
    rest = variables or {"meta": {"normalization": normalization()}}
    scipy.io.savemat(path, {"layers": cell([as_matlab(layer) for layer in layers])} | rest)
    return path


def dag_layer(
    name: str,
    kind: str,
    inputs: list[str],
    output: str,
    params: list[str] | None = None,
    **block: Any,
) -> dict[str, Any]:
    """A layer of DagNN in its saved form."""
    return {
        "name": name,
        "type": f"dagnn.{kind}",
        "inputs": cell(inputs),
        "outputs": cell([output]),
        "params": cell(params or []),
        "block": as_matlab(block) if block else {"numInputs": 1.0},
    }


def struct_array(members: list[dict[str, Any]]) -> np.ndarray:
    """A 1 x N structure array."""
    names = list(members[0]) if members else ["name"]
    made = np.empty((1, len(members)), dtype=[(name, object) for name in names])
    for place, member in enumerate(members):
        for name in names:
            made[0, place][name] = member[name]
    return made


def dag_variables(
    layers: list[dict[str, Any]], params: dict[str, np.ndarray], **rest: Any
) -> dict[str, Any]:
    """The variables of a DagNN file."""
    return {
        "layers": struct_array(layers),
        "params": struct_array(
            [
                {"name": name, "value": value, "learningRate": 1.0, "weightDecay": 1.0}
                for name, value in params.items()
            ]
        ),
        "vars": struct_array([{"name": "input", "precious": False}]),
        **(rest or {"meta": {"normalization": normalization()}}),
    }


def read(path: Path, input_size: tuple[int, int] | None = None) -> ReadNetwork:
    """What the one reader that recognises a file reads from it."""
    source = Source(path, WEIGHTS)
    [reader] = [reader for reader in READERS if reader.recognises(source)]
    return reader.read(source, input_size)
