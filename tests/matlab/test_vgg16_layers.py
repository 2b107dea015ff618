"""Full VGG16 in the compatibility functions: each of the 37 layers of the file, to rounding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks.catalogue.vgg import VGG16
from netparity.networks.ops.base import RIGHT, Array, How
from netparity.parity import FLOOR_FACTOR
from netparity.parity.passes import Weights, input_values, run_nodes
from netparity.weights import resolve
from tests.support.octave_process import HERE, MATLAB

ORDERS = (
    How(),
    How(channel_order="shuffled"),
    How(partial_sums=64),
    How(channel_order="shuffled-again", partial_sums=64),
)


def layers_of_the_file(weights: Weights, x: Array, how: How = RIGHT) -> Iterator[tuple[str, Array]]:
    """Every layer of MatConvNet's file, where a ReLU is a layer of its own."""
    names = {node.name for node in VGG16.nodes}
    for node, values in run_nodes(VGG16.nodes, weights, input_values(VGG16, x), how, keep=names):
        yield node.names["matconvnet"], values


def relative_l2(x: Array, truth: Array) -> float:
    return float(np.linalg.norm(x.ravel() - truth.ravel()) / np.linalg.norm(truth))


def test_every_layer_of_vgg16_is_within_the_noise_of_float32(
    octave: Callable, tmp_path: Path
) -> None:
    source = resolve("synthetic:0", VGG16)
    weights = dict(source.tensors())
    tensor = prepare([decode(SAMPLE_IMAGE)], VGG16)
    np.save(tmp_path / "input.npy", tensor)
    script = HERE / "write_layers.m"
    mat = source.file("matconvnet-simplenn")
    done = octave(script, MATLAB, mat, tmp_path / "input.npy", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")

    names = (tmp_path / "names.txt").read_text().split()
    assert len(names) == 37
    truth = dict(layers_of_the_file(weights, tensor.astype(np.float64)))
    assert list(truth) == names
    floors = dict.fromkeys(names, 0.0)
    for how in ORDERS:
        for name, x in layers_of_the_file(weights, tensor, how):
            floors[name] = max(floors[name], relative_l2(x, truth[name]))
    ratios = {}
    for number, name in enumerate(names, 1):
        found = np.load(tmp_path / f"{number:02}.npy")
        assert found.dtype == np.float32
        ratios[name] = relative_l2(found, truth[name]) / floors[name]
    # The first layers add few terms, which every order rounds alike.
    assert max(ratios.values()) < FLOOR_FACTOR, ratios
    assert min(ratios.values()) > 0.1, "an error far below any order's own is no measurement"
