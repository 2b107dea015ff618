"""A job on a small VGG, and what its result must be, however Octave is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.support.simplenn_reference import MEAN_RGB, TinyVgg

RESULT_KEYS = [
    *("schema_version", "status", "error", "ready_unix_seconds", "phases", "features"),
    *(
        "native_input",
        "code",
        "built",
        "versions",
        "data_format",
        "threads",
        "blas",
        "flags",
        "clock",
        "layers",
        "usage",
    ),
]


def make_job(parent: Path, net: TinyVgg) -> dict[str, Any]:
    """A job in a folder whose name is harmful in a shell and looks like a pattern."""
    folder = parent / "it's [1] * $(touch harm) `touch harm` é"
    (folder / "out").mkdir(parents=True)
    random = np.random.default_rng(9)
    pixels = random.integers(0, 256, (90, 120, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / "photo.png")
    x = (random.random((1, net.size, net.size, 3)) * 255 - MEAN_RGB).astype(np.float32)
    np.save(folder / "input.npy", x)
    return {
        "schema_version": 1,
        "runner": "matconvnet-octave",
        "label": 'Octave \u2013 "quoted" \u00e9',
        "model": "vgg16-tiny",
        "weights": {"file": str(net.save(folder / "w.mat")), "format": "simplenn-mat"},
        "images": [str(folder / "photo.png")],
        "shared_input": {"file": str(folder / "input.npy"), "shape": list(x.shape)},
        "features": [
            {"name": "fc6", "layer": "relu6", "shape": [1, 24]},
            {"name": "pool1", "layer": "pool1", "shape": [1, 32, 32, 4]},
        ],
        "data_format": None,
        "threads": 2,
        "warmup": 1,
        "repeats": 3,
        "options": {},
        "output_dir": str(folder / "out"),
    }


def relative_l2(got: np.ndarray, expected: np.ndarray) -> float:
    return float(np.linalg.norm(got - expected) / np.linalg.norm(expected))


def assert_features_are_right(job: dict[str, Any], result: dict[str, Any], net: TinyVgg) -> None:
    """Every feature of both inputs, against the float64 pass over the input that was used."""
    out = Path(job["output_dir"])
    assert result["native_input"] == {"file": "native-input.npy", "shape": [1, 64, 64, 3]}
    inputs = {
        "shared": np.load(job["shared_input"]["file"]),
        "native": np.load(out / "native-input.npy"),
    }
    for name, x in inputs.items():
        expected = net.forward(x)
        for feature in job["features"]:
            saved = result["features"][name][feature["name"]]
            y = np.load(out / saved["file"])
            assert saved["file"] == f"{name}-{feature['name']}.npy"
            assert list(y.shape) == saved["shape"] == feature["shape"]
            assert y.dtype == np.float32
            wanted = expected[feature["layer"]].reshape(y.shape)
            assert np.count_nonzero(wanted) > wanted.size / 10
            assert relative_l2(y, wanted) < 3e-6  # some tens of rounding steps of 6e-8
    assert not list(out.parent.rglob("harm"))
