"""HDF5 is written whole, or the error is raised after the library has closed the file in peace."""

from __future__ import annotations

import errno
from pathlib import Path

import h5py
import numpy as np
import pytest

from netparity.files import hdf5_writing

ARRAYS = {f"group-{number}": np.full((50, 30), number, np.float32) for number in range(12)} | {
    "large": np.arange(100_000, dtype=np.float32).reshape(100, 1000)
}


def write(path: Path, **options) -> None:
    with hdf5_writing.creating(path, **options) as file:
        file.attrs["names"] = np.array([name.encode() for name in ARRAYS])
        for name, array in ARRAYS.items():
            pieces = np.split(array, 2)
            hdf5_writing.write(file.create_group(name), "values", array.shape, pieces)


@pytest.mark.parametrize("options", [{}, {"libver": "earliest"}])
def test_what_is_written_is_read_again(tmp_path: Path, options: dict[str, str]):
    write(tmp_path / "a.h5", **options)
    with h5py.File(tmp_path / "a.h5", "r") as file:
        assert [name.decode() for name in file.attrs["names"]] == list(ARRAYS)
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(file[name]["values"][()], array)


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_wherever_writing_fails_the_error_is_raised_at_the_end(tmp_path, monkeypatch, error):
    real, calls = hdf5_writing._Sink._write_all, []

    def failing(sink, view):
        calls.append(len(view))
        if len(calls) > allowed:
            raise error
        real(sink, view)

    monkeypatch.setattr(hdf5_writing._Sink, "_write_all", failing)
    allowed = 10**9
    write(tmp_path / "whole.h5")
    whole = len(calls)
    assert whole > 20
    for allowed in range(0, whole, 3):
        calls.clear()
        with pytest.raises(type(error)) as caught:
            write(tmp_path / "part.h5")
        assert caught.value is error
        assert len(calls) == allowed + 1  # afterwards nothing is written


def test_a_piece_of_half_a_row_is_refused(tmp_path: Path):
    with (
        pytest.raises(ValueError, match="is not a whole number of rows"),
        hdf5_writing.creating(tmp_path / "a.h5") as file,
    ):
        hdf5_writing.write(file, "values", (4, 3), [np.zeros(5, np.float32)])
