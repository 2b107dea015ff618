"""NumPy's .npy, alone and in archives, as NumPy writes it; nothing is unpickled."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netparity.files import npy, zip_file
from netparity.files.limits import FEATURES, WEIGHTS, DamagedError
from netparity.files.source import Source
from tests.support.cases import npy_header

ARRAYS = [
    np.float32(1.5),
    np.arange(3, dtype=">f8"),
    np.arange(24, dtype=np.int16).reshape(2, 3, 4),
    np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4)),
    np.zeros((0, 3)),
    np.array([[True, False]]),
    np.array(["a", "bc"]),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
@pytest.mark.parametrize("how", ["npy", "savez", "savez_compressed"])
def test_arrays_as_numpy_reads_them(tmp_path: Path, array: np.ndarray, how: str) -> None:
    path = tmp_path / f"f.{how[:3]}"
    if how == "npy":
        np.save(path, array)
        stored = npy.read(path, WEIGHTS)
    else:
        with path.open("wb") as file:
            getattr(np, how)(file, x=array)
        stored = Source(path, WEIGHTS).arrays()["x"]
    assert (stored.shape, stored.dtype) == (array.shape, array.dtype)
    assert np.array_equal(stored.load(), array)
    if array.ndim > 1 and len(array) > 1:
        row = array.size // len(array)
        assert np.array_equal(stored.fetch(row, 2 * row), array[1:2].ravel())


def test_the_header_is_numpys(tmp_path: Path) -> None:
    (tmp_path / "f.npy").write_bytes(npy.header_of((2, 3)) + bytes(24))
    assert np.load(tmp_path / "f.npy").tolist() == [[0] * 3] * 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html>", "begins with"),
        (npy_header("(3,)") + bytes(8), "12 bytes of values are announced, 8 are there"),
        (npy_header("(1000000, 1000000)") + bytes(64), "4,000,000,000,000 bytes"),
        (npy_header("(-1, -3)") + bytes(64), r"the shape \(-1, -3\)"),
    ],
)
def test_damage(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "f.npy").write_bytes(data)
    with pytest.raises(DamagedError, match=words):
        npy.read(tmp_path / "f.npy", FEATURES)
    with zipfile.ZipFile(tmp_path / "f.npz", "w") as archive:
        archive.writestr("x.npy", data)
    with pytest.raises(DamagedError, match=words):
        Source(tmp_path / "f.npz", FEATURES).arrays()


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", np.array([{}], dtype=object))
    with pytest.raises(DamagedError, match="never unpickled"):
        npy.read(tmp_path / "f.npy", None).load()


def test_limits(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "f.npz", x=np.zeros(2**22), y=np.zeros(1))
    with pytest.raises(DamagedError, match="unpacks"):
        zip_file.members(tmp_path / "f.npz", WEIGHTS)
    assert list(zip_file.members(tmp_path / "f.npz", FEATURES)) == ["x.npy", "y.npy"]
    with pytest.raises(DamagedError, match="lists 2 files"):
        zip_file.members(tmp_path / "f.npz", replace(FEATURES, members=1))
    np.save(tmp_path / "f.npy", np.zeros(10))
    assert npy.read(tmp_path / "f.npy", None).size == 10
    with pytest.raises(DamagedError, match="80 bytes where at most 79"):
        npy.read(tmp_path / "f.npy", replace(FEATURES, array_bytes=79))
