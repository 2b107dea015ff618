"""What OpenCV 4 computes from the same files: another implementation of Caffe's layers.

NETPARITY_OPENCV4_PYTHON is the path of a Python that has `opencv-python-headless<5`. Where OpenCV
differs from Caffe, the layer is tried by hand in `test_layers.py`: it ignores `transpose` of a
dense layer and `k` of LRN, and clips a pool's last window on each axis by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netparity.networks.catalogue import NETWORKS
from netparity.weights import synthetic
from tests.support import opencv4_caffe
from tests.support.caffe_cases import CASES
from tests.support.caffe_files import L, data, read_pair
from tests.support.caffe_like import like
from tests.support.graph_runs import run_graph

PYTHON = os.environ.get("NETPARITY_OPENCV4_PYTHON")
ROUNDING = 3e-6
"""Relative L2 difference of two float32 implementations at the last layer of VGG16."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PYTHON is None, reason="NETPARITY_OPENCV4_PYTHON names no Python"),
]


def agree(folder: Path, head: dict[str, Any], layers: Sequence[L], old: bool, scale: float) -> int:
    """Compare every layer that OpenCV has; the number of them."""
    found = read_pair(folder, head, layers, old)
    shape = found.network.image.shape
    x = np.random.default_rng(3).normal(0, scale, (1, *shape)).astype(np.float32)
    np.save(folder / "x.npy", np.ascontiguousarray(np.moveaxis(x, -1, 1)))
    names = ("net.prototxt", "net.caffemodel", "x.npy", ".")
    command = [str(PYTHON), opencv4_caffe.__file__, *(str(folder / name) for name in names)]
    subprocess.run(command, check=True)
    values = run_graph(found.network, found.tensors, x)
    compared = 0
    for place, name in enumerate(json.loads((folder / "names.json").read_text())):
        if name in values:
            ours, theirs = np.moveaxis(values[name], -1, 1), np.load(folder / f"{place}.npy")
            assert ours.size == theirs.size, name
            difference = np.linalg.norm(ours.ravel() - theirs.ravel().astype(float))
            assert difference <= ROUNDING * np.linalg.norm(ours), name
            compared += 1
    return compared


@pytest.mark.parametrize("name", CASES)
def test_layers(tmp_path: Path, name: str) -> None:
    head, layers = CASES[name]
    single = [layer for layer in layers if layer.type != "Slice"]
    assert agree(tmp_path, head, layers, False, scale=1.0) == len(single)


@pytest.mark.parametrize("name", ["vgg16-tiny", "alexnet-tiny", "resnet-tiny", "googlenet-tiny"])
def test_networks(tmp_path: Path, name: str) -> None:
    network = NETWORKS[name]
    height, width, channels = network.image.shape
    layers = like(network, synthetic.make(network, 0))
    for old in (False,) if name == "resnet-tiny" else (False, True):
        count = agree(tmp_path, data(1, channels, height, width), layers, old, scale=50.0)
        assert count == len(layers)
