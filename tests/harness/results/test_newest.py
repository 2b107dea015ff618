"""The newest run is found by the time in its folder's name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netparity.errors import InputError
from netparity.results.newest import newest, stored


def make(results: Path, name: str, file: str = "run.json") -> Path:
    folder = results / name
    folder.mkdir()
    (folder / file).touch()
    return folder


def test_the_name_decides_and_not_when_a_file_was_written(tmp_path: Path) -> None:
    new = make(tmp_path, "20261102T080000Z-000000")
    old = make(tmp_path, "20261101T080000Z-ffffff")
    os.utime(new / "run.json", (0, 0))
    assert list(stored(tmp_path)) == [old, new]
    assert newest(tmp_path) == new


def test_other_folders_are_none(tmp_path: Path) -> None:
    run = make(tmp_path, "20261101T080000Z-ffffff")
    make(tmp_path, "reference")
    make(tmp_path, "20261103T080000Z-000000-sweep", "sweep.json")
    (tmp_path / "20261104T080000Z-000000").mkdir()  # cut short before anything was stored
    assert newest(tmp_path) == run
    assert newest(tmp_path, ("run.json", "sweep.json")).name.endswith("sweep")


def test_none_at_all_is_an_error_that_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"{tmp_path}/results contains no run"):
        newest(tmp_path / "results")
