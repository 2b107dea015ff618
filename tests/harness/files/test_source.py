"""What a user gives is a regular file that is not empty, or a sentence says what it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netparity.errors import InputError
from netparity.files.limits import WEIGHTS
from netparity.files.source import open_source
from netparity.weights import open_weights


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        open_source(path, WEIGHTS, "weights", "a.h5")
    assert str(caught.value).startswith(f"weights {path} ")
    return str(caught.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "loop").symlink_to("loop")
    assert "is a folder" in refused(tmp_path)
    assert "do not exist; give the path of a file, such as a.h5" in refused(tmp_path / "none")
    assert "do not exist" in refused(tmp_path / "empty" / "none")
    assert "empty (0 bytes)" in refused(tmp_path / "empty")
    assert "symbolic links" in refused(tmp_path / "loop")


@pytest.mark.parametrize("name", ["w.h5", "w.mat", "w.npz"])
def test_a_named_pipe_keeps_nobody_waiting(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="not a regular file"):
        open_weights(tmp_path / name)
