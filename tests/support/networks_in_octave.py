"""A network written for MatConvNet and computed by Octave, and what it must be in float64."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from netparity.networks.graph import Network
from netparity.networks.writing import WRITERS
from tests.support import octave_process
from tests.support.octave_process import MATLAB

Tensors = Mapping[str, np.ndarray]


def synthetic(network: Network, seed: int = 0) -> dict[str, np.ndarray]:
    """Random tensors that keep activations within a few powers of ten; variances are positive."""
    random = np.random.default_rng(seed)
    made = {}
    for name, shape in network.tensors.items():
        values = random.standard_normal(shape)
        role = name.rpartition(".")[2]
        if role == "kernel":
            values *= np.sqrt(2 / max(1, np.prod(shape[:-1])))
        elif role == "variance":
            values = random.uniform(0.1, 2, shape)
        elif role == "scale":
            values = random.uniform(0.5, 1.5, shape)
        elif role == "slope":
            values *= 0.3
        made[name] = values.astype(np.float32)
    return made


def octave_features(
    folder: Path,
    network: Network,
    tensors: Tensors,
    x: np.ndarray,
    writer: str = "matconvnet",
    **changes: Any,
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The features of all nodes that the file has, from extract_features, and result.json."""
    chosen = WRITERS[writer]
    file = folder / "network.mat"
    chosen.write(file, network, tensors)
    return features_of(folder, file, dict(chosen.names(network)), network, x, **changes)


def features_of(
    folder: Path,
    file: Path,
    names: Mapping[str, str],
    network: Network,
    x: np.ndarray,
    **changes: Any,
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The same from a file that exists; `names` are the layers or variables of the nodes."""
    np.save(folder / "input.npy", x.astype(np.float32))
    (folder / "out").mkdir(exist_ok=True)
    job = {
        "schema_version": 1,
        "runner": "matconvnet-octave",
        "label": "octave",
        "model": network.name,
        "architecture": None,
        "network": str(folder / "network.json"),
        "weights": {"file": str(file), "format": "matconvnet", "sha256": "0" * 64},
        "images": ["none.png"] * len(x),
        "shared_input": {"file": str(folder / "input.npy"), "shape": list(x.shape)},
        "features": [
            {"name": f"f{place}", "layer": names[name], "shape": [len(x), *network.shapes[name]]}
            for place, name in enumerate(names)
        ],
        "data_format": "channels_last",
        "threads": 2,
        "warmup": 0,
        "repeats": 1,
        "options": {"only": "shared"},
        "output_dir": str(folder / "out"),
    }
    (folder / "job.json").write_text(json.dumps(job | changes), encoding="utf-8")
    done = octave_process.run(MATLAB / "octave_main.m", folder / "job.json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    result = json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))
    return {
        name: np.load(folder / "out" / result["features"]["shared"][f"f{place}"]["file"])
        for place, name in enumerate(names)
    }, result
