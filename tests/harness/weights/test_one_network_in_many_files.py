"""One set of weights as each tool or script stores it; all files are the same network.

The spellings are those of public files: vgg16.npy of tensorflow-vgg, vgg16_weights.npz with Caffe's
names, TF-slim's checkpoints, vgg16_weights.h5 of 2015, and models nested by fine-tuning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from netparity.networks import NETWORKS
from netparity.weights import open_weights
from netparity.weights.synthetic import make
from tests.support.pickles import npy_of, python2
from tests.support.unexamined import unexamined

TINY = NETWORKS["vgg16-tiny"]
TENSORS = make(TINY, 0)
MAP = (2, 2, 32)  # what the first dense layer reads
Layers = Iterator[tuple[str, np.ndarray, np.ndarray]]


def layers(flat: bool = True, bgr: bool = True) -> Layers:
    """Each layer's name, kernel (HWIO; dense ones inputs x units if flat) and bias."""
    for layer in TINY.parametric_layers:
        kernel, bias = TENSORS[layer.kernel], TENSORS[layer.bias]
        if bgr and layer.takes_image:
            kernel = kernel[:, :, ::-1]
        if flat and layer.kind == "dense":
            kernel = kernel.reshape(-1, kernel.shape[3])
        yield str(layer.parameters), kernel, bias


def numbered_layers_of_2015(path: Path) -> None:
    """OIHW, rotated for Theano's convolution; the map is read channels first."""
    with h5py.File(path, "w") as file:
        place = 0
        for name, kernel, bias in layers():
            file.create_group(f"layer_{place}").attrs["nb_params"] = 0
            group = file.create_group(f"layer_{place + 1}")
            group.attrs["nb_params"] = 2
            group["param_0"], group["param_1"] = theanos(name, kernel), bias
            place += 2
        file.attrs["nb_layers"] = place


def theanos(name: str, kernel: np.ndarray) -> np.ndarray:
    if name == "fc6":
        return kernel.reshape(*MAP, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
    return kernel.transpose(3, 2, 0, 1)[:, :, ::-1, ::-1] if kernel.ndim == 4 else kernel


def nested_h5(path: Path) -> None:
    """A model in another, whose group has the arrays of all its layers."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"input_2", b"vgg16", b"flatten", b"dense", b"out", b"end"]
        rows = list(layers())
        groups = {"input_2": [], "vgg16": rows[:-3], "flatten": []}
        groups |= {
            name: [row] for name, row in zip(["dense", "out", "end"], rows[-3:], strict=True)
        }
        for name, held in groups.items():
            group = file.create_group(name)
            listed = [
                (f"{layer}_1/{role}:0", array)
                for layer, *both in held
                for role, array in zip(("kernel", "bias"), both, strict=True)
            ]
            group.attrs["weight_names"] = [name.encode() for name, _ in listed]
            for array_name, array in listed:
                group[array_name] = array


def nested_weights_h5(path: Path) -> None:
    rows = list(layers())
    with h5py.File(path, "w") as file:
        for place, (_, kernel, bias) in enumerate(rows):
            dense = place - len(rows) + 3
            kind, number = ("dense", dense) if dense >= 0 else ("functional/layers/conv2d", place)
            group = file.create_group(f"layers/{kind}{f'_{number}' * bool(number)}/vars")
            group["0"], group["1"] = kernel, bias
        file.create_group("optimizer/vars")["0"] = np.int64(3)


def tf_slim(path: Path) -> None:
    """Dense layers are convolutions, the first layer takes RGB, names are sorted."""
    arrays: dict[str, np.ndarray] = {"global_step": np.array(7), "vgg_16/mean_rgb": np.ones(3)}
    for name, kernel, bias in layers(flat=False, bgr=False):
        scope = f"vgg_16/{name[:5]}/{name}" if name.startswith("conv") else f"vgg_16/{name}"
        arrays |= {f"{scope}/weights": kernel, f"{scope}/biases": bias}
        arrays |= {f"{scope}/{role}/Momentum": kernel for role in ("weights", "biases")}
    np.savez(path, **dict(sorted(arrays.items())))


def caffes_names(path: Path) -> None:
    rows = list(layers(bgr=False))
    arrays = {f"{name}_W": kernel for name, kernel, _ in rows}
    np.savez(path, **arrays, **{f"{name}_b": bias for name, _, bias in rows})


def keras_names(path: Path) -> None:
    rows = list(layers())
    arrays = {f"block_{name}_kernel_0": kernel.astype("<f8") for name, kernel, _ in rows}
    np.savez_compressed(path, **arrays, **{f"block_{name}_bias_0": bias for name, _, bias in rows})


def get_weights(path: Path) -> None:
    np.savez(path, *[array for _, *both in layers() for array in both])


def dictionary_of_python2(path: Path) -> None:
    rows = {name: [kernel, bias] for name, kernel, bias in layers()}
    jumbled = sorted(rows, key=lambda name: name[::-1])
    path.write_bytes(python2({name: rows[name] for name in jumbled}))


def dictionary_of_caffe_tensorflow(path: Path) -> None:
    held = {name: {"weights": w.astype(">f4"), "biases": b} for name, w, b in layers()}
    npy_of(path, held, 4)


@pytest.mark.parametrize(
    ("write", "suffix"),
    [
        (numbered_layers_of_2015, ".h5"),
        (nested_h5, ".h5"),
        (nested_weights_h5, ".weights.h5"),
        (tf_slim, ".npz"),
        (caffes_names, ".npz"),
        (keras_names, ".npz"),
        (get_weights, ".npz"),
        (dictionary_of_python2, ".npy"),
        (dictionary_of_caffe_tensorflow, ".npy"),
    ],
)
def test_the_network_is_read(write: Callable[[Path], None], suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"w{suffix}"
    write(path)
    with unexamined():
        opened = open_weights(path)
        found = dict(opened.tensors)
    assert opened.model.name == TINY.name
    assert found.keys() == TENSORS.keys()
    assert all(np.array_equal(found[name], TENSORS[name]) for name in found)
