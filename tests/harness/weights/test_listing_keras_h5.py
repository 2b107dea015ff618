"""What a Keras .h5 of weights lists, whatever its layers are called and however it is nested."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
import pytest

from netparity.weights.formats import BY_NAME
from netparity.weights.listing import KERAS
from tests.support.cases import NANO, random_tensors
from tests.support.keras_zoo import unpacked
from tests.support.listings import listed, refused, values

RANDOM = np.random.default_rng(0)


def arrays(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    return [RANDOM.normal(size=shape).astype("<f4") for shape in shapes]


def h5(path: Path, layers: Mapping[str, Mapping[str, np.ndarray]], **attributes) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in layers]
        file.attrs.update(attributes)
        for layer, held in layers.items():
            group = file.create_group(layer)
            group.attrs["weight_names"] = [name.encode() for name in held]
            for name, array in held.items():
                group[name] = array
    return path


CONV = ((3, 3, 3, 4), (4,))


@pytest.mark.parametrize(
    ("layer", "names", "expected"),
    [
        ("conv1_1", ["conv1_1/kernel:0", "conv1_1/bias:0"], None),
        ("c", ["vgg/c/kernel:0", "vgg/c/bias:0"], ["c/kernel:0", "c/bias:0"]),
        ("c", ["c_3/kernel:0", "c_3/bias:0"], ["c/kernel:0", "c/bias:0"]),
        ("c_1", ["c_1_W", "c_1_b"], ["c_1/W", "c_1/b"]),
        ("conv1_1", ["conv1_1_W_1:0", "conv1_1_b_1:0"], ["conv1_1/W", "conv1_1/b"]),
        ("fc6/relu", ["kernel", "bias"], ["fc6/relu/kernel", "fc6/relu/bias"]),
    ],
)
def test_a_layers_arrays_are_named_for_it(tmp_path, layer, names, expected) -> None:
    given = dict(zip(names, arrays(*CONV), strict=True))
    found = listed(h5(tmp_path / "w.h5", {"input": {}, layer: given}))
    assert list(found.tensors) == (expected or names)
    assert [stored.name for stored in found.tensors.values()] == names
    assert all(map(np.array_equal, values(found).values(), given.values()))
    assert found.ordered and found.convention.first == "BGR"


def test_a_nested_model_is_heldin_the_order_of_its_arrays(tmp_path: Path) -> None:
    """Keras lists those of a group that are trained first."""
    names = ["c_10/kernel:0", "c_10/bias:0", "bn/gamma:0", "bn/beta:0", "c_2/kernel:0"]
    names += ["bn/moving_mean:0", "bn/moving_variance:0"]
    given = dict(zip(names, arrays(*CONV, (4,), (4,), (3, 3, 4, 5), (4,), (4,)), strict=True))
    head = dict(zip(["dense/kernel:0", "dense/bias:0"], arrays((5, 2), (2,)), strict=True))
    found = listed(h5(tmp_path / "w.h5", {"vgg16": given, "flatten": {}, "dense": head}))
    assert list(found.tensors) == [f"vgg16/{name}" for name in names] + list(head)
    assert found.dropout is None  # those of the nested model are not listed


@pytest.mark.parametrize("name", ["keras2-nested.h5", "keras3-nested.h5", "tf_keras-nested.h5"])
def test_a_whole_nested_model_of_a_real_keras(name: str, tmp_path: Path) -> None:
    path = unpacked(name, tmp_path)
    found = listed(path)
    with h5py.File(path) as file:
        data: list[np.ndarray] = []
        file["model_weights"].visititems(
            lambda _, item: data.append(item[()]) if isinstance(item, h5py.Dataset) else None
        )
    assert sorted(array.tobytes() for array in data) == sorted(
        array.tobytes() for array in values(found).values()
    )
    roles = {name.rpartition("/")[2].split(":")[0] for name in found.tensors}
    assert roles >= {"kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance"}
    assert found.convention.rotated == name.startswith("keras2")


def test_batch_normalisation_of_keras_1(tmp_path: Path) -> None:
    roles = ("gamma", "beta", "running_mean", "running_std")
    given = dict(zip([f"b_{role}" for role in roles], arrays(*[(4,)] * 4), strict=True))
    found = listed(h5(tmp_path / "w.h5", {"b": given}))
    assert list(found.tensors) == ["b/gamma", "b/beta", "b/running_mean", "b/moving_variance"]


def test_an_optimizers_state_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    whole = dict(zip(["c/kernel:0", "c/bias:0"], arrays(*CONV), strict=True))
    h5(path, {"c": whole})
    with h5py.File(path, "a") as file:
        file.move("c", "model_weights/c")
        file["model_weights"].attrs["layer_names"] = file.attrs["layer_names"]
        del file.attrs["layer_names"]
        state = file.create_group("optimizer_weights")
        state.attrs["weight_names"] = [b"Adam/m:0", b"Adam/v:0", b"iterations:0"]
    found = listed(path)
    assert found.left_out == ("state of an optimizer (3 tensors)",)
    assert list(found.tensors) == list(whole)


def test_a_list_of_layers_that_is_cut_into_attributes(tmp_path: Path) -> None:
    path = h5(tmp_path / "w.h5", {"c": {"c/kernel:0": arrays(*CONV)[0]}})
    with h5py.File(path, "a") as file:
        file.attrs["layer_names0"] = file.attrs["layer_names"]
        del file.attrs["layer_names"]
    assert list(listed(path).tensors) == ["c/kernel:0"]


# --- the layout of 2015 ---------------------------------------------------------------------


def numbered(path: Path, layers: list[list[np.ndarray]]) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = len(layers)
        for place, held in enumerate(layers):
            group = file.create_group(f"layer_{place}")
            group.attrs["nb_params"] = len(held)
            for number, array in enumerate(held):
                group[f"param_{number}"] = array
    return path


def test_numbered_layers_are_theanos(tmp_path: Path) -> None:
    layers = [[], arrays((4, 3, 3, 3), (4,)), *[[]] * 9, arrays((16, 5), (5,)), arrays(*[(5,)] * 4)]
    found = listed(numbered(tmp_path / "w.h5", layers))
    assert list(found.tensors) == [
        *("layer_1/kernel", "layer_1/bias", "layer_11/kernel", "layer_11/bias"),
        *(f"layer_12/{role}" for role in ("gamma", "beta", "moving_mean", "moving_variance")),
    ]
    assert found.tensors["layer_1/kernel"].name == "layer_1/param_0"
    assert (found.convention.kernels, found.convention.rotated) == (("OIHW",), True)


def test_numbered_layers_that_are_not_there(tmp_path: Path) -> None:
    path = numbered(tmp_path / "w.h5", [arrays((4, 3, 3, 3), (4,))])
    with h5py.File(path, "a") as file:
        file.attrs["nb_layers"] = 3
    assert "announces 3 layers and has 1" in refused(path)
    with h5py.File(path, "a") as file:
        file.attrs["nb_layers"] = 1
        del file["layer_0/param_1"]
    assert "'layer_0' announces 2 arrays and has 1" in refused(path)


# --- how arrays are stored ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("writer", "file_name", "kernels", "rotated"),
    [
        ("keras-h5", "w.h5", "HWIO", False),
        ("keras-h5", "vgg_tf_dim_ordering_th_kernels.h5", "HWIO", True),
        ("keras-h5-theano", "w.h5", "OIHW", True),
        ("keras-h5-theano", "vgg_th_dim_ordering_tf_kernels.h5", "OIHW", False),
        ("keras2-h5", "vgg_th_kernels.h5", "HWIO", False),
        ("keras2-h5-theano", "w.h5", "HWIO", True),
    ],
)
def test_ordering_and_rotation(tmp_path, writer, file_name, kernels, rotated) -> None:
    """As the shapes, the attribute and the name of the file say, in this order."""
    path = tmp_path / file_name
    BY_NAME[writer].write(path, NANO, random_tensors(NANO))
    found = listed(path)
    assert (found.convention.kernels, found.convention.rotated) == ((kernels,), rotated)
    assert found.convention.matrices == ("IO",)
    assert bool(found.notes) == (writer == "keras2-h5-theano")


def test_shapes_that_do_not_tell_the_ordering(tmp_path: Path) -> None:
    given = {"c": {"c/kernel:0": arrays((3, 3, 3, 3))[0]}}
    found = listed(h5(tmp_path / "w.h5", given))
    assert found.convention.kernels == KERAS.kernels and "do not determine" in found.reason
    found = listed(h5(tmp_path / "th_dim_ordering.h5", given))
    assert found.convention.kernels == ("OIHW", "HWIO") and found.convention.rotated


def test_narrow_and_wide_numbers_of_either_order(tmp_path: Path) -> None:
    kinds = ("<f2", "<f8", ">f4", "<i8")
    names = [f"n/{kind[1:]}/kernel" for kind in kinds]
    given = [RANDOM.integers(0, 9, (2, 3)).astype(kind) for kind in kinds]
    found = listed(h5(tmp_path / "w.h5", {"n": dict(zip(names, given, strict=True))}))
    assert all(map(np.array_equal, values(found).values(), given))


# --- refused --------------------------------------------------------------------------------


def test_layers_that_are_named_twice_or_missing(tmp_path: Path) -> None:
    path = h5(tmp_path / "w.h5", {"a": {"a/kernel:0": arrays((2, 2))[0]}, "b": {}})
    with h5py.File(path, "a") as file:
        file.attrs["layer_names"] = [b"a", b"b", b"a"]
    assert "'a' is duplicated" in refused(path)
    with h5py.File(path, "a") as file:
        file.attrs["layer_names"] = [b"a", b"gone"]
    assert "'gone' is missing" in refused(path)
    with h5py.File(path, "a") as file:
        file.attrs["layer_names"] = [b"a"]
        file["a"].attrs["weight_names"] = [b"a/kernel:0", b"a/bias:0"]
    assert "'a/bias:0' is missing" in refused(path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    path = h5(tmp_path / "w.h5", {"a": {}})
    with h5py.File(path, "a") as file:
        file["a"].attrs["weight_names"] = [b"k"]
        file["a/k"] = h5py.ExternalLink("/etc/passwd", "/")
    assert "is a link" in refused(path)
