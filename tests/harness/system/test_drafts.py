"""A draft is removed when its writer is dead, and nothing that is not a draft ever is."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from netparity.errors import StoreError
from netparity.system import drafts
from netparity.system.cache import replacing
from netparity.system.drafts import drafting, drafts_in, is_abandoned, remove_abandoned

HERE = drafts.host()


@pytest.fixture(scope="module")
def dead() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen(["/bin/true"])
    process.wait()
    return process.pid


def old(path: Path) -> None:
    long_ago = time.time() - 86401
    os.utime(path, (long_ago, long_ago))


def test_a_draft_is_gone_when_its_block_ends(tmp_path: Path):
    with drafting(tmp_path / "a.weights.h5") as draft:
        draft.write_bytes(b"x")
        assert draft.suffix == ".h5" and drafts_in(tmp_path) == [draft]
        assert not is_abandoned(draft)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "days", "abandoned"),
    [
        (f".a.{HERE}-{{dead}}.h5", 0, True),
        (f".a.{HERE}-{{dead}}", 0, True),
        (f".a.b.{HERE}-{{dead}}.h5", 0, True),
        (f".a.{HERE}-{{alive}}.h5", 0, False),
        (f".a.{HERE}-{{alive}}.h5", 1, True),  # its number was given to another process
        (".a.000000-{dead}.h5", 0, False),
        (".a.000000-{dead}.h5", 1, True),
        (".a.{dead}.h5", 0, False),
        (".a.{dead}.h5", 1, True),
        ("a.{dead}.h5", 1, False),
        (".a.h5", 1, False),
        (".netparity", 1, False),
    ],
)
def test_what_is_abandoned(tmp_path: Path, dead: int, name: str, days: int, abandoned: bool):
    path = tmp_path / name.format(dead=dead, alive=os.getppid())
    path.write_bytes(b"12345")
    if days:
        old(path)
    assert is_abandoned(path) is abandoned
    assert remove_abandoned(tmp_path) == 5 * abandoned
    assert path.exists() is not abandoned


def test_the_next_writer_of_a_file_removes_its_own_drafts_alone(tmp_path: Path, dead: int):
    own = tmp_path / f".table.{HERE}-{dead}.md"
    others = [tmp_path / f".notes.{HERE}-{dead}.md", tmp_path / ".table.2024.md"]
    for path in (own, *others):
        path.write_text("x")
        old(path)
    with replacing(tmp_path / "table.md") as draft:
        draft.write_text("new")
    assert not own.exists() and all(path.exists() for path in others)


def test_a_folder_of_that_name_is_not_a_draft(tmp_path: Path, dead: int):
    folder = tmp_path / f".a.{HERE}-{dead}.h5"
    folder.mkdir()
    old(folder)
    assert drafts_in(tmp_path) == [] and remove_abandoned(tmp_path) == 0
    assert folder.is_dir()


def test_a_folder_is_never_replaced(tmp_path: Path):
    (tmp_path / "a").mkdir()
    with pytest.raises(StoreError, match="is a folder, which is never replaced"):
        replacing(tmp_path / "a").__enter__()
