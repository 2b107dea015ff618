"""The first command says what it downloads, shows one line, and what went wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.scripts import loaded

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return loaded(ROOT / "harness" / "bootstrap.py")


def printing(*lines: str, status: int = 0) -> list[str]:
    """A program that prints as pip does."""
    return [sys.executable, "-c", f"print({chr(10).join(lines)!r}); raise SystemExit({status})"]


def test_all_that_follows_is_in_the_first_announcement(bootstrap, tmp_path: Path, capsys) -> None:
    bootstrap.announce(tmp_path / ".venv", tmp_path / ".venv" / "made", development=False)
    own, rest = capsys.readouterr().out.splitlines()
    assert own == ".venv: netparity's own environment, about 170 MB to download, 600 MB on disk"
    downloads = (bootstrap.NETPARITY, bootstrap.RUNNERS, bootstrap.SYSTEM)
    assert f"downloads about {sum(download for download, _ in downloads)} MB" in rest


def test_an_update_announces_itself_alone(bootstrap, tmp_path: Path, capsys) -> None:
    (tmp_path / "made").touch()
    bootstrap.announce(tmp_path, tmp_path / "made", development=False)
    bootstrap.announce(tmp_path, tmp_path / "made-dev", development=True)
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_what_succeeds_is_quiet(bootstrap, capsys) -> None:
    bootstrap.run(printing("Collecting a==1", "Collecting b==2"), ".venv", 2)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_counts_the_packages(bootstrap, monkeypatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(bootstrap, "show", shown.append)
    ignored = "Ignoring c: markers 'sys_platform == \"win32\"' don't match your environment"
    present = "Requirement already satisfied: b==2 in ./lib"
    bootstrap.run(printing(ignored, "Collecting a==1", present, "Installing"), ".venv", 3)
    assert shown[-2:] == ["installing .venv: 2 of 2 packages", ""]


def test_what_fails_shows_the_end_of_its_output(bootstrap, capsys) -> None:
    lines = [f"line {number}" for number in range(100)]
    with pytest.raises(SystemExit, match=r"this failed with exit status 3: .*python"):
        bootstrap.run(printing(*lines, status=3), ".venv", 9)
    assert capsys.readouterr().err.splitlines() == lines[-bootstrap.LOG_TAIL_LINES :]


@pytest.mark.parametrize(
    ("sudo", "command"),
    [("/usr/bin/sudo", "sudo apt-get install"), (None, "su -c 'apt-get install")],
)
def test_who_may_not_install_gets_a_command(bootstrap, monkeypatch, sudo, command) -> None:
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: sudo)
    refused = bootstrap.subprocess.CompletedProcess([], 1)
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *given, **how: refused)
    with pytest.raises(SystemExit, match="cannot make environments here") as end:
        bootstrap.install_venv()
    assert f"{command} python3.{sys.version_info.minor}-venv" in str(end.value)
