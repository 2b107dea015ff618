"""Temporary folders of killed processes are removed by the next one, and no others are."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from netparity.system import drafts, temporary, unfinished
from netparity.system.temporary import make_folder, remove_folder


@pytest.fixture(autouse=True)
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    temporary.remove_abandoned.cache_clear()


def dead() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_folder_is_private_and_goes_with_all_in_it(tmp_path: Path) -> None:
    folder = make_folder("turns")
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700
    os.mkfifo(folder / "ready")
    remove_folder(folder)
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    here, pid = drafts.host(), dead()
    left = tmp_path / f"netparity-turns-{here}-{pid}-abc_1234"
    left.mkdir()
    os.mkfifo(left / "go")
    kept = [
        tmp_path / f"netparity-turns-{here}-{os.getpid()}-abcdefgh",  # at work
        tmp_path / f"netparity-turns-000000-{pid}-abcdefgh",  # of another machine
        tmp_path / f"netparity-{pid}",
        tmp_path / f"mine-turns-{here}-{pid}-abcdefgh",
    ]
    for path in kept:
        path.mkdir()
    target = tmp_path / "documents"
    target.mkdir()
    (target / "thesis").touch()
    link = tmp_path / f"netparity-check-{here}-{pid}-link0000"
    link.symlink_to(target)
    make_folder("turns")
    assert not left.exists()
    assert all(path.exists() for path in kept)
    assert (target / "thesis").exists()


def test_of_another_user_nothing_is_removed(tmp_path: Path, monkeypatch) -> None:
    left = tmp_path / f"netparity-turns-{drafts.host()}-{dead()}-abcdefgh"
    left.mkdir()
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    make_folder("turns")
    assert left.exists()


def test_what_is_unfinished_is_removed_when_the_program_is_ended(tmp_path: Path) -> None:
    folder = make_folder("check")
    (folder / "file").touch()
    with drafts.drafting(tmp_path / "weights.h5") as draft:
        draft.touch()
        unfinished.remove_all()
        assert not draft.exists() and not folder.exists()
    unfinished.forget(folder)
    complete = tmp_path / "complete"
    with unfinished.unfinished(complete):
        complete.touch()
    unfinished.remove_all()
    assert complete.exists()
