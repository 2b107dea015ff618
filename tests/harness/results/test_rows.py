"""Arrays on disk, written and read a few rows at a time."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError, StoreError
from netparity.results.rows import Rows, RowWriter


def test_what_is_written_row_by_row_is_what_numpy_reads(tmp_path: Path):
    rows = np.random.default_rng(0).normal(size=(12, 2, 3)).astype(np.float32)
    with RowWriter(tmp_path / "x.npy", (2, 3)) as writer:
        for row in rows:
            writer.append(row)
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), rows)
    assert os.path.getsize(tmp_path / "x.npy") == 128 + rows.nbytes


def test_a_part_holds_the_rows_that_a_slice_would(tmp_path: Path):
    array = np.arange(40, dtype=np.float32).reshape(10, 4)
    np.save(tmp_path / "x.npy", array)
    rows = Rows.open(tmp_path / "x.npy")
    part = rows.part(3, 8)
    assert part.shape == (5, 4)
    np.testing.assert_array_equal(part[1:3], array[4:6])
    np.testing.assert_array_equal(part[4:9], array[7:8])
    np.testing.assert_array_equal(part.part(2, 4)[:], array[5:7])
    assert rows.part(8, 20).shape == (2, 4)
    assert rows.part(12, 20)[:].shape == (0, 4)


def test_an_array_by_columns_is_read_as_it_is(tmp_path: Path):
    array = np.asfortranarray(np.arange(24, dtype=np.float32).reshape(4, 3, 2))
    np.save(tmp_path / "x.npy", array)
    np.testing.assert_array_equal(Rows.open(tmp_path / "x.npy")[1:3], array[1:3])


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((2, 2)), "float64, expected float32"),
        (np.float32(1), "a single number"),
        (np.array([None]), "object"),
    ],
)
def test_other_arrays_are_refused(tmp_path: Path, array: np.ndarray, words: str):
    np.save(tmp_path / "x.npy", array, allow_pickle=True)
    with pytest.raises(InputError, match=words):
        Rows.open(tmp_path / "x.npy")


def test_a_cut_off_file_is_refused(tmp_path: Path):
    np.save(tmp_path / "x.npy", np.zeros((4, 4), np.float32))
    os.truncate(tmp_path / "x.npy", 150)
    with pytest.raises(InputError, match="incomplete"):
        Rows.open(tmp_path / "x.npy")


def test_a_full_disk_is_said(tmp_path: Path):
    os.symlink("/dev/full", tmp_path / "x.npy")
    with (
        pytest.raises(StoreError, match="No space left"),
        RowWriter(tmp_path / "x.npy", (1024, 1024)) as writer,
    ):
        writer.append(np.zeros((1024, 1024), np.float32))
