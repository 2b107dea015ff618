"""What Keras 3's weights list, however the models are nested and in the order of their making."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.networks.reading.keras import read
from netparity.weights.formats import BY_NAME
from tests.support.cases import NANO, random_tensors
from tests.support.keras_zoo import unpacked
from tests.support.listings import listed, refused, values
from tests.support.unexamined import unexamined

RANDOM = np.random.default_rng(0)
KERNEL, BIAS, VECTOR = (3, 3, 4, 4), (4,), (4,)
Tree = Mapping[str, Any]


def write(path: Path, tree: Tree) -> Path:
    """A file as Keras writes it, layer by layer. tree: groups, or the shapes of a layer's arrays,
    or these with the user's name for it."""
    with h5py.File(path, "w") as file:
        _fill(file.create_group("layers") if "layers" not in tree else file, tree)
    return path


def _fill(group: h5py.Group, tree: Tree) -> None:
    for key, item in tree.items():
        made = group.require_group(key)
        if isinstance(item, Mapping):
            _fill(made, item)
            continue
        name, shapes = item if isinstance(item, tuple) else (None, item)
        variables = made.create_group("vars")
        if name is not None:
            variables.attrs["name"] = name
        for place, shape in enumerate(shapes):
            variables[str(place)] = RANDOM.normal(size=shape).astype("<f4")


def layers_of(path: Path) -> list[str]:
    return list(dict.fromkeys(name.rpartition("/")[0] for name in listed(path).tensors))


@pytest.mark.parametrize(
    "name", ["keras3-nested.keras", "keras3-sequential.keras", "tf_keras-nested.keras"]
)
def test_a_real_archive_lists_what_its_graph_has(name: str, tmp_path: Path) -> None:
    path = unpacked(name, tmp_path)
    found = listed(path)
    with unexamined():
        stated = read(Source(path, WEIGHTS))
    wanted = [stated.tensors[tensor] for tensor in stated.network.tensors]

    def numbers(arrays) -> set[bytes]:
        return {np.sort(array.reshape(-1)).astype("<f4").tobytes() for array in arrays}

    assert numbers(values(found).values()) == numbers(wanted)
    assert found.ordered and not found.notes


def test_every_kind_of_layer_has_its_roles(tmp_path: Path) -> None:
    path = unpacked("keras3-every_layer.keras", tmp_path)
    found = listed(path)
    roles: dict[str, set[str]] = {}
    for name in found.tensors:
        layer, _, role = name.rpartition("/")
        roles.setdefault(layer, set()).add(role)
    assert roles["depthwise_conv2d"] == {"kernel", "bias"}
    assert roles["separable_conv2d"] == {"depthwise_kernel", "pointwise_kernel", "bias"}
    assert roles["batch_normalization"] == {"gamma", "beta", "moving_mean", "moving_variance"}
    assert roles["p_re_lu"] == {"alpha"}
    assert roles["layer_normalization"] == {"gamma", "beta"}
    counted = [layer for layer in roles if roles[layer] == {"mean", "variance", "count"}]
    assert counted and all(layer.startswith("normalization") for layer in counted)


def test_names_are_the_users_where_the_file_has_them(tmp_path: Path) -> None:
    inside = {"conv2d": ("first", [KERNEL, BIAS]), "conv2d_1": [KERNEL]}
    tree = {"functional": {"vars": {}, "layers": inside}, "dense": ("out", [(4, 2), (2,)])}
    path = write(tmp_path / "w.weights.h5", {"layers": tree})
    with h5py.File(path, "a") as file:
        file["layers/functional/vars"].attrs["name"] = "vgg16"
    assert list(listed(path).tensors) == [
        *("vgg16/first/kernel", "vgg16/first/bias", "vgg16/conv2d_1/kernel"),
        *("out/kernel", "out/bias"),
    ]


def test_layers_of_one_name_are_told_apart_by_their_groups(tmp_path: Path) -> None:
    tree = {"conv2d": ("same", [KERNEL]), "conv2d_1": ("same", [KERNEL])}
    path = write(tmp_path / "w.weights.h5", {"layers": tree})
    assert layers_of(path) == ["conv2d", "conv2d_1"]


def test_what_is_no_part_of_the_network_is_counted(tmp_path: Path) -> None:
    tree = {
        "layers": {"conv2d": [KERNEL, BIAS], "dropout": {"seed_generator": [(2,)]}},
        "optimizer": [(), (), KERNEL],
        "metrics": {"mean": [(), ()]},
    }
    found = listed(write(tmp_path / "w.weights.h5", tree))
    assert list(found.tensors) == ["conv2d/kernel", "conv2d/bias"]
    assert found.left_out == (
        "state of an optimizer (3 tensors)",
        "state of metrics (2 tensors)",
        "state of random generators (1 tensor)",
    )
    assert found.dropout is True


def test_layers_are_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    made = ["normalization", "functional", "dense", "batch_normalization", "dense_1"]
    shapes = [[VECTOR, VECTOR, ()], None, [(4, 4), BIAS], [VECTOR] * 4, [(4, 2)]]
    tree: dict[str, Any] = dict(zip(made, shapes, strict=True))
    tree["functional"] = {"layers": {"separable_conv2d": [KERNEL, KERNEL], "conv2d": [KERNEL]}}
    path = write(tmp_path / "w.weights.h5", {"layers": tree})
    expected = ["normalization", "functional/separable_conv2d", "functional/conv2d", *made[2:]]
    assert layers_of(path) == expected and listed(path).ordered


@pytest.mark.parametrize("copied", ["by name", "backwards"])
def test_a_copy_in_another_order_is_put_right_by_numbers(tmp_path: Path, copied: str) -> None:
    convs = [f"conv2d_{place}" if place else "conv2d" for place in range(12)]
    norms = [name.replace("conv2d", "batch_normalization") for name in convs]
    inside = {name: [KERNEL, BIAS] for name in convs} | {name: [VECTOR] * 4 for name in norms}
    tree = {"functional": {"layers": inside}, "dense": [(4, 2)], "dense_1": [(2, 2)]}

    def ordered(tree: Tree) -> Tree:
        keys = sorted(tree, reverse=copied == "backwards")
        return {k: ordered(v) if isinstance(v := tree[k], Mapping) else v for k in keys}

    path = write(tmp_path / "w.weights.h5", ordered({"layers": tree}))
    pairs = [f"functional/{name}" for pair in zip(convs, norms, strict=True) for name in pair]
    assert layers_of(path) == [*pairs, "dense", "dense_1"]
    assert listed(path).notes == ("the file does not tell the order of layers of different kinds",)


def test_layers_that_are_attributes_have_no_order(tmp_path: Path) -> None:
    """A subclassed model's layers are written in the order of the attributes' names."""
    path = write(tmp_path / "w.weights.h5", {"layers": {}, "out": [(4, 2)], "stem": [KERNEL]})
    found = listed(path)
    assert list(found.tensors) == ["stem/kernel", "out/kernel"] and not found.ordered


def test_the_older_group_of_layers(tmp_path: Path) -> None:
    tree = {"conv2d": [KERNEL, BIAS]}
    path = write(tmp_path / "w.weights.h5", {"layers": {}, "_layer_checkpoint_dependencies": tree})
    assert list(listed(path).tensors) == ["conv2d/kernel", "conv2d/bias"]


def test_bfloat16_is_widened(tmp_path: Path) -> None:
    """Keras stores it as plain bytes with an attribute; it is float32's upper half."""
    path = write(tmp_path / "w.weights.h5", {"layers": {"dense": []}})
    numbers = np.array([[1.0, -2.5], [0.15625, 3.0e38]], "<f4")
    halves = (numbers.view("<u4") >> 16).astype("<u2")
    with h5py.File(path, "a") as file:
        data = file["layers/dense/vars"].create_dataset("0", data=halves.view("V2"))
        data.attrs["dtype"] = "bfloat16"
    [array] = values(listed(path)).values()
    assert array.dtype == np.float32
    assert np.array_equal(array, (halves.astype("<u4") << 16).view("<f4"))
    assert np.allclose(array, numbers, rtol=2**-7)


@pytest.mark.parametrize("writer", ["keras", "keras-weights-h5"])
def test_what_netparity_writes(tmp_path: Path, writer: str) -> None:
    path = tmp_path / f"w{BY_NAME[writer].suffixes[0]}"
    BY_NAME[writer].write(path, NANO, random_tensors(NANO))
    found = listed(path)
    layers = [layer.names["keras"] for layer in NANO.parametric_layers]
    assert list(found.tensors) == [
        f"{layer}/{role}" for layer in layers for role in ("kernel", "bias")
    ]
    assert found.convention.kernels == ("HWIO",) and found.convention.first == "BGR"


# --- refused --------------------------------------------------------------------------------


def test_a_file_without_layers(tmp_path: Path) -> None:
    assert "no group 'layers' with arrays" in refused(write(tmp_path / "w.weights.h5", {}))


def test_groups_that_hold_themselves(tmp_path: Path) -> None:
    path = write(tmp_path / "w.weights.h5", {"layers": {"conv2d": [KERNEL]}})
    with h5py.File(path, "a") as file:
        for name in "abc":
            file[f"layers/{name}"] = file["layers"]
    assert list(listed(path).tensors) == ["conv2d/kernel"]


def test_groups_without_end(tmp_path: Path) -> None:
    path = tmp_path / "w.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_group("/layers/a" * 40 + "/vars")["0"] = np.zeros(2, "f4")
    assert "nested more than 32 deep" in refused(path)


def test_arrays_of_texts(tmp_path: Path) -> None:
    path = write(tmp_path / "w.weights.h5", {"layers": {"dense": []}})
    with h5py.File(path, "a") as file:
        file["layers/dense/vars/0"] = np.array([b"kernel"])
    assert "'dense/vars/0' holds |S6, no numbers" in refused(path)
