"""Features in every format and in every usual order of axes are read, or refused."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from scipy.io import loadmat, savemat
from scipy.sparse import csc_array

from netparity.errors import InputError
from netparity.features import FORMATS, mat, read_features, text
from netparity.files.limits import FEATURES
from netparity.files.source import Source
from netparity.networks import UnknownNodeError
from netparity.networks.catalogue.vgg import vgg
from tests.support.cases import npy_header
from tests.support.unexamined import unexamined

WIDE = vgg("wide", ((2,), (3,), (5,), (6,), (7,)), (11, 12), 10, (32, 64))
LAYER = "conv3_1"
H, W, C = WIDE.layer(LAYER).output_shape
UNITS = WIDE.layer("fc6").output_shape[0]


def random_map(count: int = 1, dtype: Any = np.float32) -> np.ndarray:
    values = np.random.default_rng(1).standard_normal((count, H, W, C)).astype(dtype)
    assert len({count, H, W, C}) == 4
    return values


def random_units(count: int = 1) -> np.ndarray:
    return np.random.default_rng(2).standard_normal((count, UNITS), dtype=np.float32)


@pytest.fixture
def examined() -> None:
    """For tests of damaged and hostile files: see `own_files_are_not_examined`."""


@pytest.fixture(autouse=True)
def own_files_are_not_examined(request: pytest.FixtureRequest) -> Iterator[None]:
    with nullcontext() if "examined" in request.fixturenames else unexamined():
        yield


EXAMINED = pytest.mark.usefixtures("examined")


# --- writers: what the tools themselves write ------------------------------------------------


def write_v73(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    """As MATLAB's save -v7.3: text in a user block of 512 bytes, then HDF5, axes in reverse."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, array in arrays.items():
            put_v73(file, name, array)
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Thu Jan  1 00:00:00 1970 HDF5"
    with path.open("r+b") as file:
        file.write((header + b" schema 1.00 .").ljust(124) + b"\x00\x02IM")
    return path


def put_v73(group: h5py.Group, name: str, array: np.ndarray) -> h5py.Dataset:
    # MATLAB knows nothing below two dimensions, and drops those of 1 at the end.
    shape = array.shape + (1,) * (2 - array.ndim)
    while len(shape) > 2 and shape[-1] == 1:
        shape = shape[:-1]
    data = group.create_dataset(name, data=array.reshape(shape).T)
    data.attrs["MATLAB_class"] = np.bytes_({4: b"single", 8: b"double"}[array.dtype.itemsize])
    return data


def write_json(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    document = {name: array.tolist() for name, array in arrays.items()}
    path.write_text(json.dumps(document["fc6"] if list(document) == ["fc6"] else document))
    return path


def write_h5(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array
    return path


def write_mat(path: Path, arrays: dict[str, np.ndarray], **options: Any) -> Path:
    savemat(path, arrays, **options)
    return path


def write_v7(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    return write_mat(path, arrays, do_compression=True)


def write_npz(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    with path.open("wb") as file:  # to a path without it, NumPy adds .npz
        np.savez_compressed(file, **arrays)
    return path


def write_npy(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    (array,) = arrays.values()
    np.save(path, array)
    return path


PYTHONS: dict[str, Callable[[Path, dict[str, np.ndarray]], Path]] = {
    "npy": write_npy,
    "npz": write_npz,
    "h5": write_h5,
    "json": write_json,
}
MATLABS: dict[str, Callable[[Path, dict[str, np.ndarray]], Path]] = {
    "v5": write_mat,
    "v7": write_v7,
    "v73": write_v73,
}
WRITERS = PYTHONS | MATLABS


def written(tmp_path: Path, writer: str, array: np.ndarray, name: str = "fc6") -> Path:
    suffix = ".mat" if writer in MATLABS else f".{writer}"
    return WRITERS[writer](tmp_path / f"features{suffix}", {name: array})


def read(path: Path, layer: str = LAYER, **options: Any) -> list[Any]:
    return read_features(path, WIDE, layer, **options)


def refused(path: Path, layer: str = LAYER, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(path, layer, **options)
    assert str(path) in str(caught.value)
    return str(caught.value)


# --- orientations ----------------------------------------------------------------------------

ORDERS = ["NHWC", "NCHW", "HWCN", "CWHN"]
ANY_WRITER = pytest.mark.parametrize("writer", WRITERS)


def in_order(values: np.ndarray, order: str) -> np.ndarray:
    return values.transpose(["NHWC".index(axis) for axis in order])


@ANY_WRITER
@pytest.mark.parametrize("order", ORDERS)
def test_maps_of_several_images_in_every_order(tmp_path: Path, writer: str, order: str) -> None:
    values = random_map(3)
    path = written(tmp_path, writer, in_order(values, order))
    for count in (3, None):
        (found,) = read(path, count=count)
        assert found.fits
        assert np.array_equal(found.values, values)
        assert found.orientation.startswith(" x ".join(order))
        assert found.values.dtype == (np.float64 if writer == "json" else np.float32)


@ANY_WRITER
@pytest.mark.parametrize("order", ["HWC", "CHW", "CWH"])
@pytest.mark.parametrize("ones", [(0, 0), (1, 0), (0, 1), (2, 1)])
def test_one_map_with_dimensions_of_one_anywhere(
    tmp_path: Path, writer: str, order: str, ones: tuple[int, int]
) -> None:
    values = random_map()
    array = values[0].transpose(["HWC".index(axis) for axis in order])
    path = written(tmp_path, writer, array.reshape((1,) * ones[0] + array.shape + (1,) * ones[1]))
    (found,) = read(path, count=1)
    assert found.fits
    assert np.array_equal(found.values, values)
    letters = found.orientation.partition(" (")[0].split(" x ")
    assert [axis for axis in letters if axis not in "1N"] == list(order)


@ANY_WRITER
def test_a_flat_map_is_taken_in_the_order_natural_to_the_format_first(
    tmp_path: Path, writer: str
) -> None:
    values = random_map()
    rows_first, matlab = values[0].ravel(), values[0].ravel(order="F")
    natural, other = (matlab, rows_first) if writer in MATLABS else (rows_first, matlab)
    readings = read(written(tmp_path, writer, natural))
    assert len(readings) == 3  # and channels first
    assert np.array_equal(readings[0].values, values)
    assert readings[0].orientation.startswith("flat vector taken as H x W x C")
    for flat in (other, values[0].transpose(2, 0, 1).ravel()):
        readings = read(written(tmp_path, writer, flat))
        assert not np.array_equal(readings[0].values, values)
        assert sum(np.array_equal(found.values, values) for found in readings[1:]) == 1


@pytest.mark.parametrize("turned", [False, True])
def test_flat_maps_one_per_row_or_column(tmp_path: Path, turned: bool) -> None:
    values = random_map(3)
    flat = values.reshape(3, -1)
    found = read(written(tmp_path, "npy", flat.T if turned else flat))[0]
    assert np.array_equal(found.values, values)
    assert found.orientation.startswith(
        "each column a flat vector" if turned else "each row a flat vector"
    )
    flat = np.stack([image.ravel(order="F") for image in values])
    assert np.array_equal(
        read(written(tmp_path, "v5", flat.T if turned else flat))[0].values, values
    )


def test_matlab_axes_read_raw_from_hdf5(tmp_path: Path) -> None:
    # MATLAB's H x W x C x N is N x C x W x H in the file.
    values = random_map(3)
    path = written(tmp_path, "npy", in_order(values, "HWCN").T)
    (found,) = read(path)
    assert np.array_equal(found.values, values)
    assert found.orientation == "N x C x W x H (axes reversed)"


@ANY_WRITER
@pytest.mark.parametrize("order", ["NWHC", "WHCN"])
def test_rows_and_columns_are_never_exchanged_alone(
    tmp_path: Path, writer: str, order: str
) -> None:
    path = written(tmp_path, writer, in_order(random_map(3), order))
    (found,) = read(path)
    assert not found.fits


def test_a_square_map_has_each_order_once(tmp_path: Path) -> None:
    square = vgg("square", ((4,), (4,), (4,), (4,), (4,)), (3,), 2, (32, 32))
    values = np.random.default_rng(3).standard_normal((4, 4, 4))  # conv4_1: all axes alike
    path = tmp_path / "f.npy"
    np.save(path, values)
    readings = read_features(path, square, "conv4_1")
    assert [found.orientation for found in readings] == [
        "H x W x C",
        "C x H x W (channels first)",
        "C x W x H (axes reversed)",
    ]
    for position, found in enumerate(readings):
        for other in readings[:position]:
            assert not np.array_equal(found.values, other.values)


def test_a_map_of_one_channel_is_not_turned(tmp_path: Path) -> None:
    grey = vgg("grey", ((1,),), (3,), 2, (8, 8))
    path = tmp_path / "f.npy"
    np.save(path, np.random.default_rng(3).standard_normal((8, 8)))
    assert [found.orientation for found in read_features(path, grey, "conv1_1")] == ["H x W"]


@ANY_WRITER
@pytest.mark.parametrize(
    "shape",
    [(UNITS,), (1, UNITS), (UNITS, 1), (1, 1, UNITS), (1, 1, 1, UNITS), (1, UNITS, 1, 1)],
    ids=str,
)
def test_units_of_one_image(tmp_path: Path, writer: str, shape: tuple[int, ...]) -> None:
    values = random_units()
    (found,) = read(written(tmp_path, writer, values.reshape(shape)), "fc6")
    assert found.fits
    assert np.array_equal(found.values, values)


@ANY_WRITER
def test_units_of_several_images(tmp_path: Path, writer: str) -> None:
    values = random_units(3)
    for array, words in (
        (values, "N x K"),
        (values.T, "K x N (an image per column)"),
        (values.T.reshape(1, 1, UNITS, 3), "1 x 1 x K x N (an image per column)"),
        (values.reshape(3, 1, 1, UNITS), "N x 1 x 1 x K"),
    ):
        (found,) = read(written(tmp_path, writer, array), "fc6", count=3)
        assert np.array_equal(found.values, values)
        assert found.orientation == words


def test_as_many_images_as_units(tmp_path: Path) -> None:
    values = random_units(UNITS)
    first, second = read(written(tmp_path, "npy", values), "fc6")
    assert np.array_equal(first.values, values)
    assert np.array_equal(second.values, values.T)
    first, second = read(written(tmp_path, "v5", values.T), "fc6")
    assert np.array_equal(first.values, values)
    assert np.array_equal(second.values, values.T)


@ANY_WRITER
def test_a_shape_that_does_not_fit(tmp_path: Path, writer: str) -> None:
    array = np.ones((UNITS + 1, 3), dtype=np.float32)
    (found,) = read(written(tmp_path, writer, array), "fc6", count=2)
    assert not found.fits
    assert np.array_equal(found.values, array)
    assert found.orientation == (
        f"found {UNITS + 1} x 3; expected N x K = 2 x {UNITS} in any usual order"
    )


def test_another_number_of_images_does_not_fit(tmp_path: Path) -> None:
    path = written(tmp_path, "npy", random_map(3))
    assert not read(path, count=2)[0].fits
    assert read(path, count=3)[0].fits


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("<f2", "f2"), (">f4", "f4"), ("<f8", "f8"), ("u1", "f8"), ("<i8", "f8")],
)
@pytest.mark.parametrize("writer", ["npy", "npz", "h5"])
def test_the_float_type_is_kept(tmp_path: Path, writer: str, dtype: str, expected: str) -> None:
    values = np.arange(UNITS).astype(dtype)
    (found,) = read(written(tmp_path, writer, values), "fc6")
    assert found.values.dtype == np.dtype(expected)
    assert found.values.dtype.isnative
    assert np.array_equal(found.values[0], np.arange(UNITS))


@ANY_WRITER
def test_nan_and_infinite_values_are_kept(tmp_path: Path, writer: str) -> None:
    values = random_units()
    values[0, :3] = np.nan, np.inf, -np.inf
    (found,) = read(written(tmp_path, writer, values), "fc6")
    assert np.array_equal(found.values, values, equal_nan=True)


def test_fortran_order_is_no_other_shape(tmp_path: Path) -> None:
    values = random_map(3)
    (found,) = read(written(tmp_path, "npy", np.asfortranarray(values)))
    assert np.array_equal(found.values, values)


# --- which variable --------------------------------------------------------------------------

NAMED = pytest.mark.parametrize("writer", ["npz", "h5", "v5", "v7", "v73"])


@NAMED
@pytest.mark.parametrize("name", ["fc6", "FC6", "relu6", "fc1"])
def test_a_variable_with_the_layers_name_in_any_tool(
    tmp_path: Path, writer: str, name: str
) -> None:
    values = random_units(2)
    arrays = {"a": values[:1], name: values[1:], "labels": np.float64([3.0])}
    (found,) = read(WRITERS[writer](tmp_path / "f", arrays), "fc6")
    assert found.variable == name
    assert np.array_equal(found.values, values[1:])


@NAMED
def test_a_variable_that_is_named(tmp_path: Path, writer: str) -> None:
    values = random_units(2)
    path = WRITERS[writer](tmp_path / "f", {"a": values[:1], "fc6": values[1:]})
    (found,) = read(path, "fc6", variable="a")
    assert np.array_equal(found.values, values[:1])
    message = refused(path, "fc6", variable="b")
    assert "'b'" in message
    assert "'a'" in message
    assert "'fc6'" in message


@NAMED
def test_the_only_variable_whatever_its_name(tmp_path: Path, writer: str) -> None:
    (found,) = read(WRITERS[writer](tmp_path / "f", {"x": np.ones((2, 2))}), "fc6")
    assert (found.variable, found.fits) == ("x", False)


@NAMED
def test_the_only_variable_whose_shape_fits(tmp_path: Path, writer: str) -> None:
    arrays = {"x": np.ones((2, 2)), "y": random_units(), "z": np.float64([1.0])}
    path = WRITERS[writer](tmp_path / "f", arrays)
    (found,) = read(path, "fc6")
    assert found.variable == "y"
    for layer, several in (("fc6", {"also": random_units()}), ("fc7", {})):
        message = refused(WRITERS[writer](tmp_path / "f", arrays | several), layer)
        assert "--variable" in message
        assert f"1 x {UNITS}" in message or f"'y' ({UNITS}" in message


def test_before_and_after_the_relu(tmp_path: Path) -> None:
    # In MatConvNet fc6 is the sum and relu6 the feature: nobody but the user can tell.
    path = write_npz(tmp_path / "f", {"fc6": random_units(), "relu6": random_units()})
    assert "--variable" in refused(path, "fc6")
    (found,) = read(path, "fc6", variable="relu6")
    assert found.variable == "relu6"


def test_a_whole_name_goes_before_the_last_part_of_one(tmp_path: Path) -> None:
    arrays = {"gradients/fc6": random_units(), "fc6": random_units()}
    (found,) = read(write_h5(tmp_path / "f", arrays), "fc6")
    assert found.variable == "fc6"


@EXAMINED
def test_groups_and_objects_in_objects(tmp_path: Path) -> None:
    values = random_units()
    path = write_h5(tmp_path / "f", {"a/b/x": values, "net/features/fc6": values})
    (found,) = read(path, "fc6")
    assert found.variable == "net/features/fc6"
    path = tmp_path / "f.json"
    path.write_text(
        json.dumps({"seed": 0, "made": "today", "net": {"fc6": values[0].tolist(), "ok": True}})
    )
    (found,) = read(path, "fc6")
    assert found.variable == "net/fc6"
    assert np.array_equal(found.values, values)
    (found,) = read(path, "fc6", variable="net.fc6")


def test_an_unknown_layer(tmp_path: Path) -> None:
    with pytest.raises(UnknownNodeError):
        read(written(tmp_path, "npy", random_units()), "fc9")


def test_a_name_for_a_file_without_names(tmp_path: Path) -> None:
    message = refused(written(tmp_path, "npy", random_units()), "fc6", variable="x")
    assert "leave --variable out" in message


NO_NUMBERS = {
    "complex numbers": 1j * random_units(),
    "text": np.array(["ab", "cd"]),
    "true/false values": random_units() > 0,
}


@pytest.mark.parametrize("writer", ["npz", "h5", "v5", "v7"])  # 7.3 has a test of its own
@pytest.mark.parametrize("said", NO_NUMBERS)
def test_what_is_no_real_number(tmp_path: Path, writer: str, said: str) -> None:
    value = NO_NUMBERS[said]
    if writer == "h5" and said == "text":
        value = value.astype("S")
    path = WRITERS[writer](tmp_path / "f", {"fc6": value, "other": random_units()})
    assert f"'fc6' holds {said}" in refused(path, "fc6")
    assert read(path, "fc6", variable="other")[0].fits
    assert said in refused(WRITERS[writer](tmp_path / "g", {"x": value}), "fc6")


@pytest.mark.parametrize("said", NO_NUMBERS)
def test_what_is_no_real_number_in_a_struct(tmp_path: Path, said: str) -> None:
    path = write_v7(tmp_path / "f", {"s": {"fc6": NO_NUMBERS[said]}})
    assert said in refused(path, "fc6", variable="s.fc6")


# --- MATLAB ----------------------------------------------------------------------------------


@pytest.mark.parametrize("compressed", [False, True])
def test_structs_and_cells(tmp_path: Path, compressed: bool) -> None:
    values = random_units(3)
    cell = np.empty((1, 2), dtype=object)
    cell[0, :] = values[0], {"x": values[1], "name": "relu6"}
    array = np.zeros((1, 2), dtype=[("x", object), ("name", object)])
    array["x"][0, :] = values[1], values[2]
    array["name"][0, :] = "relu5", "relu6"
    contents = {"features": {"fc6": values[0], "fc7": 1.0}, "maps": cell, "res": array}
    path = tmp_path / "f.mat"
    savemat(path, contents, do_compression=compressed)
    (found,) = read(path, "fc6")
    assert found.variable == "features.fc6"
    for name, row in (("maps{1}", 0), ("maps{2}.x", 1), ("res(2).x", 2)):
        (found,) = read(path, "fc6", variable=name)
        assert np.array_equal(found.values, values[row : row + 1])
    assert "text" in refused(path, "fc6", variable="res(2).name")
    assert "'res(1).x' (1 x 11)" in refused(path, "fc6", variable="res.x")


@EXAMINED
def test_structs_and_cells_of_matlab_73(tmp_path: Path) -> None:
    values = random_units(3)
    path = write_v73(tmp_path / "f.mat", {})
    with h5py.File(path, "r+") as file:
        kept = [
            put_v73(file, f"#refs#/{name}", row) for name, row in zip("abc", values, strict=True)
        ]
        struct_ = file.create_group("features")
        struct_.attrs["MATLAB_class"] = np.bytes_(b"struct")
        put_v73(struct_, "fc6", values[0])
        cell = file.create_dataset("maps", (2, 1), dtype=h5py.ref_dtype)
        cell.attrs["MATLAB_class"] = np.bytes_(b"cell")
        array = file.create_group("res")
        array.attrs["MATLAB_class"] = np.bytes_(b"struct")
        field = array.create_dataset("x", (2, 1), dtype=h5py.ref_dtype)
        cell[0, 0], cell[1, 0] = kept[0].ref, kept[1].ref
        field[0, 0], field[1, 0] = kept[1].ref, kept[2].ref
    (found,) = read(path, "fc6")
    assert found.variable == "features.fc6"
    for name, row in (("maps{1}", 0), ("maps{2}", 1), ("res(1).x", 1), ("res(2).x", 2)):
        (found,) = read(path, "fc6", variable=name)
        assert np.array_equal(found.values, values[row : row + 1])


@EXAMINED
def test_classes_of_matlab_73_that_hold_no_numbers(tmp_path: Path) -> None:
    path = write_v73(tmp_path / "f.mat", {})
    pair = np.zeros((UNITS, 1), dtype=[("real", "<f8"), ("imag", "<f8")])
    with h5py.File(path, "r+") as file:
        for name, data, matlab_class in (
            ("flags", np.zeros((UNITS, 1), np.uint8), b"logical"),
            ("words", np.zeros((UNITS, 1), np.uint16), b"char"),
            ("pair", pair, b"double"),
            ("none", np.zeros(2, np.uint64), b"double"),
        ):
            file[name] = data
            file[name].attrs["MATLAB_class"] = np.bytes_(matlab_class)
        file["none"].attrs["MATLAB_empty"] = np.uint8(1)
        file.create_group("thin").attrs["MATLAB_sparse"] = np.uint64(3)
    message = refused(path, "fc6")
    for said in (
        "'flags' (true/false values)",
        "'words' (text)",
        "'pair' (complex numbers)",
        "'none' (no values)",
        "'thin' (a sparse matrix)",
    ):
        assert said in message


def test_whole_numbers_that_matlab_packs_are_doubles_still(tmp_path: Path) -> None:
    # MATLAB stores doubles that are whole as small integers: here class 6 (double) as uint8.
    def element(kind: int, data: bytes) -> bytes:
        return struct.pack("<II", kind, len(data)) + data + b"\0" * (-len(data) % 8)

    body = (
        element(6, struct.pack("<II", 6, 0))
        + element(5, struct.pack("<ii", 1, UNITS))
        + element(1, b"fc6")
        + element(2, bytes(range(UNITS)))
    )
    path = tmp_path / "f.mat"
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + element(14, body))
    (found,) = read(path, "fc6")
    assert found.values.dtype == np.float64
    assert np.array_equal(found.values[0], range(UNITS))


def test_the_other_byte_order(tmp_path: Path) -> None:
    def element(kind: int, data: bytes) -> bytes:
        return struct.pack(">II", kind, len(data)) + data + b"\0" * (-len(data) % 8)

    values = random_units()
    body = (
        element(6, struct.pack(">II", 7, 0))
        + element(5, struct.pack(">ii", 1, UNITS))
        + struct.pack(">HH4s", 3, 1, b"fc6")  # a small element: size, type, data
        + element(7, values.astype(">f4").tobytes())
    )
    path = tmp_path / "f.mat"
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI" + element(14, body))
    assert np.array_equal(loadmat(path)["fc6"], values)
    (found,) = read(path, "fc6")
    assert np.array_equal(found.values, values)


def test_versions_of_mat_that_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "f.mat"
    savemat(path, {"fc6": random_units()}, format="4")
    assert "-v7" in refused(path, "fc6")
    path.write_text("# Created by Octave 7.3.0\n# name: fc6\n# type: matrix\n")
    assert "Octave's own text format" in refused(path, "fc6")


# How SciPy reads what it writes itself is the measure of how we do.
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("dtype", ["f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (UNITS, 1), (2, 3, 4), (2, 1, 3, 5)], ids=str)
def test_numbers_as_scipy_reads_them(
    tmp_path: Path, compressed: bool, dtype: str, shape: tuple[int, ...]
) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    path = tmp_path / "f.mat"
    savemat(path, {"a_rather_long_name": array, "b": array}, do_compression=compressed)
    for entry in mat.variables(Source(path, FEATURES)):
        values = entry.load()
        assert values.dtype == array.dtype
        assert np.array_equal(values, loadmat(path)[entry.name])


def test_damage_that_takes_scipy_down(tmp_path: Path) -> None:
    # The type of the numbers, 7 for single, made one of which SciPy has no record.
    path = written(tmp_path, "v5", random_units())
    data = path.read_bytes()
    tag = struct.pack("<II", 7, 4 * UNITS)
    assert data.count(tag) == 1
    for kind in (0, 8, 10, 20, 0x0A07, 0xFF):
        path.write_bytes(data.replace(tag, struct.pack("<II", kind, 4 * UNITS)))
        refused(path, "fc6")


def test_a_sparse_matrix(tmp_path: Path) -> None:
    path = tmp_path / "f.mat"
    savemat(path, {"fc6": csc_array(np.eye(3))})
    assert "sparse" in refused(path, "fc6")


# --- CSV -------------------------------------------------------------------------------------


def table(tmp_path: Path, content: str | bytes, name: str = "f.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("mark", [",", ";", "\t", " ", "  ", ", ", " ; "])
@pytest.mark.parametrize("header", ["", "unit", "# a comment\n", "\ufeff", "%\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_rows_of_numbers(tmp_path: Path, mark: str, header: str, end: str) -> None:
    values = random_units(3).astype(np.float64)
    if header == "unit":
        header = mark.join(f'"unit{place}"' for place in range(UNITS)) + "\n"
    rows = (end or "\n").join(mark.join(map(repr, row)) for row in values.tolist()) + end
    (found,) = read(table(tmp_path, header + rows), "fc6", count=3)
    assert (found.variable, found.orientation) == (None, "N x K")
    assert np.array_equal(found.values, values)


@pytest.mark.parametrize("header", ["", "fc6\n", "\n\n"])
def test_a_column_of_numbers(tmp_path: Path, header: str) -> None:
    values = random_units().astype(np.float64)
    path = table(tmp_path, header + "\n".join(map(repr, values[0].tolist())))
    (found,) = read(path, "fc6")
    assert np.array_equal(found.values, values)


def test_a_delimiter_at_the_end_and_tokens_of_every_tool(tmp_path: Path) -> None:
    path = table(tmp_path, "nan,NaN,NAN,inf,Inf,-Inf,infinity,1e-3,-.5,+2,3.,\n")
    (found,) = read(path, "fc6")
    expected = [[np.nan] * 3 + [np.inf, np.inf, -np.inf, np.inf, 1e-3, -0.5, 2, 3]]
    assert np.array_equal(found.values, expected, equal_nan=True)


@pytest.mark.parametrize("index", [True, False])
def test_what_pandas_writes(tmp_path: Path, index: bool) -> None:
    # DataFrame(values).to_csv(index=index): columns without a name are numbered.
    values = random_units(2).astype(np.float64).tolist()
    lines = [([""] if index else []) + [str(place) for place in range(UNITS)]]
    lines += [([str(row)] if index else []) + list(map(repr, values[row])) for row in range(2)]
    path = table(tmp_path, "".join(",".join(line) + "\n" for line in lines))
    (found,) = read(path, "fc6")
    assert np.array_equal(found.values, values)


def test_one_row_that_looks_like_numbered_columns_is_data(tmp_path: Path) -> None:
    path = table(tmp_path, ",".join(map(str, range(UNITS))) + "\n")
    assert np.array_equal(read(path, "fc6")[0].values, [range(UNITS)])


def test_what_numpy_savetxt_writes(tmp_path: Path) -> None:
    values = random_units(2)
    np.savetxt(tmp_path / "f.txt", values, header="two images")
    assert np.array_equal(read(tmp_path / "f.txt", "fc6")[0].values, values)


def test_maps_as_tables(tmp_path: Path) -> None:
    values = random_map(1, np.float64)
    image = values[0]
    for array in (
        image.reshape(H, W * C),
        image.reshape((H, W * C), order="F"),  # MATLAB's dlmwrite(x(:,:))
        image.reshape(H * W, C),
        image.transpose(2, 0, 1).reshape(C, H * W),
    ):
        np.savetxt(tmp_path / "f.csv", array, delimiter=",", fmt="%.17g")
        readings = read(tmp_path / "f.csv")
        assert sum(np.array_equal(found.values, values) for found in readings) == 1
        assert all(found.fits for found in readings)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("1,2\n3\n", "line 2 has 1 numbers"),
        ("1,2\n3,x\n", "line 2, cell 2 is 'x'"),
        ("1,2\n3,true\n", "'true'"),
        ("1,,2\n", "cell 2 is ''"),
        ("1.5,2_0\n", "'2_0'"),
        ("1.5,1+2i\n", "'1+2i'"),
        ("1,5;2,5\n1,5;2,5\n", "decimal point"),
        ("a,b\n", "no line of numbers"),
        ("\n\n", "no line of numbers"),
        (b"\xff\xfe1\x00,\x002\x00", "not UTF-8"),
        ("1,2\0\n3,4", "'2\\x00'"),
        ("1," + "2" * 200_000 + '\n"', "field"),
    ],
)
def test_no_table(tmp_path: Path, content: str | bytes, said: str) -> None:
    assert said in refused(table(tmp_path, content))


# --- JSON ------------------------------------------------------------------------------------


def test_null_and_tokens(tmp_path: Path) -> None:
    path = table(tmp_path, "\ufeff[null, NaN, Infinity, -Infinity, 1, 2.5, 0,0,0,0,0]", "f.json")
    (found,) = read(path, "fc6")
    expected = [[np.nan, np.nan, np.inf, -np.inf, 1, 2.5, 0, 0, 0, 0, 0]]
    assert np.array_equal(found.values, expected, equal_nan=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[1, 2", "not JSON"),
        ("", "empty (0 bytes)"),
        ("[[1, 2], [3]]", "unequal length"),
        ("[[1], 2]", "unequal length"),
        ("[1, [2]]", "side by side"),
        ("[]", "empty list"),
        ("[[], []]", "empty list"),
        ("[true, 1]", "true/false"),
        ('["1", 2]', "text"),
        ("null", "null"),
        ('[{"fc6": [1]}]', "objects in a list"),
        ("{}", "nothing"),
        ('{"a": 1, "a": 2}', "duplicated"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("[" * 40 + "1" + "]" * 40, "nested too deeply"),
        ('{"a": {"fc6": "x"}}', "text"),
    ],
)
def test_no_list_of_numbers(tmp_path: Path, content: str, said: str) -> None:
    assert said in refused(table(tmp_path, content, "f.json"))


def test_a_very_long_whole_number_is_infinite(tmp_path: Path) -> None:
    path = table(tmp_path, "[" + "9" * 5000 + ", 1]", "f.json")
    assert np.isinf(read(path, "fc6")[0].values[0])


# --- refusals --------------------------------------------------------------------------------


def test_what_is_no_file(tmp_path: Path) -> None:
    assert "do not exist" in refused(tmp_path / "missing.npy")
    assert "folder" in refused(tmp_path)
    os.mkfifo(tmp_path / "pipe.npy")
    assert "not a regular file" in refused(tmp_path / "pipe.npy")
    assert "empty (0 bytes)" in refused(table(tmp_path, "", "f.npy"))
    assert "neither the content nor the ending '.xyz'" in refused(table(tmp_path, "1", "f.xyz"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = table(tmp_path, "1,2")
    path.chmod(0)
    assert "Permission denied" in refused(path)


def test_a_huge_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "f.npy"
    with path.open("wb") as file:
        file.truncate(FEATURES.array_bytes + 1)  # sparse: takes no room
    assert "at most 2,147,483,648" in refused(path)


@ANY_WRITER
@pytest.mark.parametrize("suffix", [".npy", ".csv", ".mat", ".json", ".bin", ""])
def test_the_content_tells_the_format(tmp_path: Path, writer: str, suffix: str) -> None:
    values = random_units()
    path = written(tmp_path, writer, values)
    renamed = shutil.copy(path, tmp_path / f"renamed{suffix}")
    if writer == "json" and suffix != ".json":
        refused(renamed)
    else:
        assert np.array_equal(read(renamed, "fc6")[0].values, values)


@EXAMINED
@ANY_WRITER
@pytest.mark.parametrize("keep", [0.05, 0.3, 0.6, 0.95])
def test_a_truncated_file(tmp_path: Path, writer: str, keep: float) -> None:
    path = written(tmp_path, writer, random_map(3))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    refused(path)


@EXAMINED
@ANY_WRITER
@pytest.mark.parametrize("seed", range(20))
def test_damage_ends_in_words_or_in_values(tmp_path: Path, writer: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    path = written(tmp_path, writer, random_units(3))
    data = np.frombuffer(path.read_bytes(), np.uint8).copy()
    places = rng.integers(0, min(len(data), 1200), 8)
    data[places] = rng.integers(0, 256, 8)
    path.write_bytes(data.tobytes())
    try:
        assert read(path, "fc6")
    except InputError as error:
        assert str(path) in str(error)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (pytest.fail, ("unpickled",))

    array = np.array([Trap()], dtype=object)
    np.save(tmp_path / "f.npy", array, allow_pickle=True)
    assert "never unpickled" in refused(tmp_path / "f.npy")
    np.savez(tmp_path / "f.npz", fc6=array)
    assert "never unpickled" in refused(tmp_path / "f.npz", "fc6")


def test_a_header_that_claims_more_than_there_is(tmp_path: Path) -> None:
    path = table(tmp_path, npy_header("(1000000, 1000000)") + bytes(64), "f.npy")
    assert "4,000,000,000,000 bytes" in refused(path)
    with zipfile.ZipFile(tmp_path / "f.npz", "w") as archive:
        archive.writestr("fc6.npy", npy_header("(1000000, 1000000)") + bytes(64))
    assert "4,000,000,000,000 bytes" in refused(tmp_path / "f.npz")


def test_a_records_npy(tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", np.zeros(3, dtype=[("a", "f4")]))
    assert "records" in refused(tmp_path / "f.npy")


def test_a_zip_without_arrays(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "f.npz", "w") as archive:
        archive.writestr("readme.txt", "no features")
    assert "without a single .npy" in refused(tmp_path / "f.npz")


@EXAMINED
def test_zip_and_mat_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = np.zeros(2**20)
    bomb = write_npz(tmp_path / "f.npz", {"fc6": zeros})
    packed = write_v7(tmp_path / "f.mat", {"fc6": zeros})
    nested = write_v7(tmp_path / "g.mat", {"a": {"b": zeros}})
    monkeypatch.setattr("netparity.features.LIMITS", replace(FEATURES, array_bytes=2**20))
    assert "unpacks to" in refused(bomb)
    for path in (packed, nested):
        assert "8,388,608 bytes where at most 1,048,576 are accepted" in refused(path)
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file.create_dataset("fc6", (2**40,), chunks=(2**10,), dtype="f4")
    assert "4,398,046,511,104 bytes" in refused(tmp_path / "f.h5")


def test_a_mat_bomb_that_claims_to_be_small(tmp_path: Path) -> None:
    """What a variable does not claim is not unpacked: 256 MiB would show in the peak."""
    packed = zlib.compress(struct.pack("<II", 14, 64) + bytes(2**28))
    path = tmp_path / "f.mat"
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    path.write_bytes(header + struct.pack("<II", 15, len(packed)) + packed)
    tracemalloc.start()
    refused(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 2**24


def test_too_much_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_VALUES", 100)
    for name, content in (("f.csv", "1 " * 200), ("g.csv", "1\n" * 200), ("f.json", "[1,1" * 200)):
        assert ".npy" in refused(table(tmp_path, content, name))
    monkeypatch.setattr(text, "MAX_TEXT_BYTES", 100)
    assert "at most 100" in refused(table(tmp_path, " " * 101 + "1"))


@EXAMINED
def test_too_many_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = {f"a{number}": random_units() for number in range(5)}
    monkeypatch.setattr("netparity.features.LIMITS", replace(FEATURES, members=3))
    for writer in ("npz", "v5", "v73", "h5", "json"):
        path = WRITERS[writer](tmp_path / f"f.{writer}", arrays)
        assert "3" in refused(path, "fc6")


@EXAMINED
def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = write_h5(tmp_path / "secret.h5", {"x": random_units()})
    np.save(tmp_path / "secret.npy", random_units())
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file["external"] = h5py.ExternalLink(str(secret), "/x")
        file["soft"] = h5py.SoftLink("/external")
        layout = h5py.VirtualLayout(shape=(1, UNITS), dtype="f4")
        layout[:] = h5py.VirtualSource(secret, "x", shape=(1, UNITS))
        file.create_virtual_dataset("fc6", layout)
        file.create_dataset(
            "raw",
            (UNITS,),
            dtype="f4",
            external=[(str(tmp_path / "secret.npy"), 128, 4 * UNITS)],
        )
    message = refused(tmp_path / "f.h5", "fc6")
    assert "'fc6' (values that lie in another file)" in message
    assert "'raw' (values that lie in another file)" in message
    assert "external" not in message
    assert "soft" not in message


@EXAMINED
def test_groups_and_cells_that_hold_themselves(tmp_path: Path) -> None:
    path = write_v73(tmp_path / "f.mat", {"fc6": random_units()})
    with h5py.File(path, "r+") as file:
        file["group/again"] = file["/"]
        file["group/itself"] = file["group"]
        cell = file.create_dataset("cell", (1, 1), dtype=h5py.ref_dtype)
        cell.attrs["MATLAB_class"] = np.bytes_(b"cell")
        cell[0, 0] = cell.ref
    assert read(path, "fc6")[0].fits
    assert "nested too deeply" in refused(path, "fc6", variable="x")


def test_an_empty_array(tmp_path: Path) -> None:
    for writer in ("npy", "npz", "h5", "v5"):
        assert "no values" in refused(written(tmp_path, writer, np.zeros((0, 3))))


def test_every_format_says_what_it_is() -> None:
    for module in FORMATS:
        assert module.NAME
        assert all(suffix.startswith(".") for suffix in module.SUFFIXES)
        assert not module.recognises(b"")
    endings = [suffix for module in FORMATS for suffix in module.SUFFIXES]
    assert len(endings) == len(set(endings))


# --- the real Octave -------------------------------------------------------------------------


@EXAMINED
def test_what_octave_writes(octave: str, tmp_path: Path) -> None:
    model = vgg("octave", ((4,),), (8,), 2, (2, 3))  # conv1_1: 2 x 3 x 4; fc2: 8
    program = """
        x = single(reshape(1:24, 2, 3, 4)) / 7; y = single(reshape(1:8, 1, 1, 8)) / 7;
        res = struct('x', x, 'name', 'conv1_1'); maps = {y, x}; flag = true;
        save('-v6', 'v6.mat', 'x', 'y', 'res', 'maps', 'flag');
        save('-v7', 'v7.mat', 'x', 'y', 'res', 'maps', 'flag');
        save('-hdf5', 'octave.h5', 'x', 'y', 'res', 'maps', 'flag');
        save('-text', 'text.mat', 'x', 'y');
        csvwrite('x.csv', x(:, :)); csvwrite('y.csv', y(:));
        dlmwrite('flat.csv', x(:)', ';'); dlmwrite('gaps.txt', [NaN Inf -Inf 1:5], ' ');
        function put(file, value)
            out = fopen(file, 'w'); fputs(out, jsonencode(value)); fclose(out);
        end
        put('x.json', x); put('y.json', y); put('named.json', struct('conv1_1', x, 'fc2', y));
        put('gaps.json', [NaN 1:7]);
    """
    (tmp_path / "write_all.m").write_text("1;\n" + program)
    command = [octave, "--no-gui", "--quiet", "--norc", "write_all.m"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120)
    # MATLAB counts the first index fastest.
    x = (np.arange(1, 25, dtype=np.float32) / np.float32(7)).reshape((1, 2, 3, 4), order="F")
    y = (np.arange(1, 9, dtype=np.float32) / np.float32(7)).reshape(1, 8)

    for name in ("v6.mat", "v7.mat", "octave.h5"):
        for wanted, layer, values in (
            ("x", "conv1_1", x),
            ("y", "fc2", y),
            ("res.x", "conv1_1", x),
            ("maps{1}", "fc2", y),
            ("maps{2}", "conv1_1", x),
        ):
            (found,) = read_features(tmp_path / name, model, layer, variable=wanted)
            assert found.values.dtype == np.float32, (name, wanted)
            assert np.array_equal(found.values, values), (name, wanted)
        assert "true/false" in refused(tmp_path / name, variable="flag")
    assert "-v7" in refused(tmp_path / "text.mat")

    for name, layer, values in (
        ("x.csv", "conv1_1", x),
        ("flat.csv", "conv1_1", x),
        ("y.csv", "fc2", y),
        ("x.json", "conv1_1", x),
        ("y.json", "fc2", y),
        ("named.json", "conv1_1", x),
        ("named.json", "fc2", y),
    ):
        readings = read_features(tmp_path / name, model, layer, count=1)
        # dlmwrite and csvwrite keep five and sixteen digits.
        digits = 1e-4 if name == "flat.csv" else 1e-7
        close = [np.allclose(found.values, values, rtol=digits) for found in readings]
        assert close.count(True) == 1, name
        assert close[0] or name in ("x.csv", "flat.csv"), name  # no telling by a table
    for name in ("gaps.txt", "gaps.json"):
        (found,) = read_features(tmp_path / name, model, "fc2")
        assert np.isnan(found.values[0, 0])
