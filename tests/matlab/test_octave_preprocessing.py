"""The native input of any network, as its job states it: (value * scale - mean) / deviation.

The images have the size to which they would be resized, so that the numbers are known exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from netparity.networks.checking import checked
from netparity.networks.graph import Network
from netparity.networks.node import Input, Node
from netparity.networks.writing import WRITERS
from tests.support.networks_in_octave import features_of

PIXELS = np.random.default_rng(3).integers(0, 256, (6, 8, 3), dtype=np.uint8)
V = PIXELS.astype(np.float32)
STATED: dict[str, Any] = {"order": "RGB", "mean": [0.0], "deviation": [1.0], "scale": 1.0}
STATED |= {"mean_image": None, "resize": None, "keep_aspect": False, "filter": "bicubic"}
GREY = 0.299 * V[..., :1] + 0.587 * V[..., 1:2] + 0.114 * V[..., 2:]

CASES: dict[str, tuple[dict[str, Any], np.ndarray]] = {
    "as it is": ({}, V),
    "mean": ({"mean": [123.68, 116.779, 103.939]}, V - np.float32([123.68, 116.779, 103.939])),
    "one mean": ({"mean": [127.5], "scale": 0.5}, V * 0.5 - 127.5),
    "blue first": ({"order": "BGR", "mean": [1.0, 2.0, 3.0]}, V[..., ::-1] - [1, 2, 3]),
    "deviation": (
        {"scale": 1 / 255, "mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225]},
        (V / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225],
    ),
    "grey": ({"order": "grey", "mean": [10.0]}, GREY - 10),
    "crop": ({"resize": [6, 8]}, V[1:5, 1:7]),
    "crop of the proportions kept": ({"resize": [6, 6], "keep_aspect": True}, V[1:5, 2:6]),
}


def native(folder: Path, shape: tuple[int, ...], changes: dict[str, Any]) -> np.ndarray:
    """native-input.npy of a job on a network that is a ReLU, for the image above."""
    network = checked(Network("n", (Input("x", shape),), (Node("y", "relu", ("x",)),)))
    WRITERS["dagnn"].write(folder / "net.mat", network, {})
    Image.fromarray(PIXELS).save(folder / "photo.png")
    got, result = features_of(
        folder,
        folder / "net.mat",
        {"y": "y"},
        network,
        np.ones((1, *shape), np.float32),
        preprocessing=STATED | changes,
        images=[str(folder / "photo.png")],
        options={},
    )
    assert np.all(got["y"] == 1)
    x = np.load(folder / "out" / result["native_input"]["file"])[0]
    y = np.load(folder / "out" / result["features"]["native"]["f0"]["file"])[0]
    assert np.array_equal(y, np.maximum(x, 0))
    return x


@pytest.mark.parametrize("case", CASES)
def test_the_job_states_the_preprocessing(octave: Callable, tmp_path: Path, case: str) -> None:
    changes, wanted = CASES[case]
    x = native(tmp_path, wanted.shape, changes)
    np.testing.assert_allclose(x, wanted, rtol=1e-5, atol=1e-4)


def test_a_mean_image(octave: Callable, tmp_path: Path) -> None:
    mean = np.random.default_rng(4).uniform(90, 130, V.shape).astype(np.float32)
    np.save(tmp_path / "mean.npy", mean)
    x = native(tmp_path, V.shape, {"mean_image": str(tmp_path / "mean.npy")})
    assert np.array_equal(x, V - mean)


def test_a_network_without_images(octave: Callable, tmp_path: Path) -> None:
    """The input itself is given: there is nothing to preprocess and no native input."""
    network = checked(Network("n", (Input("x", (7,)),), (Node("y", "relu", ("x",)),)))
    WRITERS["simplenn"].write(tmp_path / "net.mat", network, {})
    x = np.random.default_rng(5).standard_normal((2, 7)).astype(np.float32)
    got, result = features_of(
        tmp_path,
        tmp_path / "net.mat",
        {"y": "y"},
        network,
        x,
        images=[],
        options={},
    )
    assert np.array_equal(got["y"], np.maximum(x, 0))
    assert result["native_input"] is None and "native" not in result["features"]
    assert "preprocess" not in result["phases"]
