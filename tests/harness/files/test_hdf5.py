"""What an HDF5 file holds is read without leaving the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from netparity.files import hdf5
from netparity.files.hdf5 import Array, Group, Link, Place
from netparity.files.limits import WEIGHTS, DamagedError
from netparity.files.stored import Stored, Unreadable
from tests.support.unexamined import unexamined


@pytest.fixture(autouse=True)
def own_files_are_not_examined() -> Iterator[None]:
    with unexamined():
        yield


def root_of(path: Path) -> Group:
    return hdf5.read(Place(path), WEIGHTS)


@pytest.mark.parametrize("options", [{}, {"chunks": (2, 3)}, {"compression": "gzip"}])
@pytest.mark.parametrize("shape", [(5, 6), (7,), (), (0, 3), (2, 3, 4)])
def test_values_are_read_whole_and_by_rows(tmp_path: Path, shape, options) -> None:
    if len(shape) != 2 or 0 in shape:
        options = {}
    values = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file.create_dataset("a/b", data=values, **options)
    stored = hdf5.floats(hdf5.member(root_of(tmp_path / "f.h5"), "a/b"), "b")
    assert (stored.name, stored.shape, stored.dtype) == ("b", shape, np.float32)
    assert np.array_equal(stored.load(), values)
    if shape and values.size:
        row = values.size // shape[0]
        assert np.array_equal(stored.fetch(row, 2 * row), values[1:2].ravel())


def test_no_file_stays_open(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file["x"] = np.zeros(3)
    stored = hdf5.floats(hdf5.member(root_of(tmp_path / "f.h5"), "x"), "x")
    stored.load()
    still_open = {os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")}
    assert str(tmp_path / "f.h5") not in still_open


def test_a_part_of_a_file_is_read_as_one(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file["x"] = np.arange(3.0)
    inside = (tmp_path / "f.h5").read_bytes()
    (tmp_path / "g").write_bytes(b"x" * 77 + inside + b"y" * 99)
    root = hdf5.read(Place(tmp_path / "g", 77, len(inside)), WEIGHTS)
    assert np.array_equal(hdf5.floats(root.members["x"], "x").load(), [0, 1, 2])


def test_attributes_are_texts_and_numbers(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file.attrs["text"], file.attrs["bytes"], file.attrs["number"] = "a", np.bytes_(b"b"), 3
        file.attrs["names"] = np.array([b"x", b"y"])
        file.attrs["none"] = np.array([], dtype="S1")
        file.attrs["reference"] = file.ref
        file.attrs["pair"] = np.zeros(1, dtype=[("a", "f4"), ("b", "f4")])
    attributes = root_of(tmp_path / "f.h5").attributes
    assert set(attributes) == {"text", "bytes", "number", "names", "none"}
    assert [hdf5.text(attributes[name]) for name in ("text", "bytes")] == ["a", "b"]
    assert [hdf5.text(name) for name in attributes["names"]] == ["x", "y"]


def test_links_are_told_and_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"] = np.zeros(3)
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file["soft"] = h5py.SoftLink("/x")
        file["outside"] = h5py.ExternalLink("secret.h5", "/x")
        file["group/kept"] = np.zeros(1)
    root = root_of(tmp_path / "f.h5")
    assert root.members["soft"] == root.members["outside"] == Link()
    for name in ("soft", "outside", "outside/x"):
        with pytest.raises(DamagedError, match=r"is a link|no group"):
            hdf5.member(root, name)
    with pytest.raises(DamagedError, match="'group/lost' is missing"):
        hdf5.member(root, "group/lost")


def test_one_object_under_many_names_is_one(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file["a/itself"] = file.create_group("a")
        file["b"] = file["a"]
        file["x"] = file["a/y"] = np.zeros(3)
        cell = file.create_dataset("cell", (3,), dtype=h5py.ref_dtype)
        cell[0], cell[1] = file["a"].ref, cell.ref
    root = root_of(tmp_path / "f.h5")
    group, cell = root.members["a"], root.members["cell"]
    assert isinstance(group, Group)
    assert group.members["itself"] is root.members["b"] is group
    assert isinstance(cell, Array)
    assert cell.targets == [group, cell, None]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"shape": (2**29,), "chunks": (2**25,)}, "pieces of 33,554,432 values"),
        ({"shape": (2**24,), "chunks": (2**10,)}, "67,108,864 bytes of which only 0"),
        ({"shape": (2**40,), "chunks": (2**10,)}, "4,398,046,511,104 bytes"),
        ({"shape": (4,), "scaleoffset": 2, "chunks": (2,)}, "the filter 6"),
        ({"data": h5py.Empty("f4")}, "no values"),
    ],
)
def test_what_is_not_read_says_why(tmp_path: Path, options, words: str) -> None:
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file.create_dataset("x", **{"dtype": "f4", **options})
    found = root_of(tmp_path / "f.h5").members["x"]
    assert isinstance(found, Array)
    assert isinstance(found.values, Unreadable)
    assert words in found.values.what
    with pytest.raises(DamagedError, match=words):
        hdf5.floats(found, "x")


def test_a_small_array_that_was_never_written_holds_its_fill_value(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file.create_dataset("x", (3,), "f4", fillvalue=1.5)
    assert hdf5.floats(root_of(tmp_path / "f.h5").members["x"], "x").load().tolist() == [1.5] * 3


def test_texts_in_data_sets(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file["short"], file["several"] = np.bytes_(b"bool matrix"), np.array([b"a", b"b"])
        file["number"] = 3.0
    members = root_of(tmp_path / "f.h5").members
    assert hdf5.text_of(members["short"]) == "bool matrix"
    assert hdf5.text_of(members["several"]) is hdf5.text_of(members["number"]) is None
    assert isinstance(members["several"], Array)
    assert isinstance(members["several"].values, Stored)
