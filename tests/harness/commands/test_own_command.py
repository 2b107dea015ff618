"""A command in a message can be typed where the message is read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.text import Text

from netparity.commands import own_command as module
from netparity.commands import shared
from netparity.commands.main import COMMANDS
from netparity.commands.own_command import as_typed_here, own_command
from netparity.commands.progress import RichWatch


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Call the program by a path, with some folders on the PATH; the working folder is its own."""
    monkeypatch.chdir(tmp_path)

    def call(program: Path | str, *folders: Path) -> Path:
        path = Path(program)
        if path.is_absolute():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("#!/bin/sh\n")
            path.chmod(0o755)
        monkeypatch.setattr(sys, "argv", [str(program), "compare"])
        monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))
        return path

    return call


def test_the_name_alone_is_enough_on_the_path(called, tmp_path: Path) -> None:
    program = called(tmp_path / "bin" / "netparity", tmp_path / "bin")
    assert own_command() == "netparity"
    # As `uv tool install` and pipx do it.
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "netparity").symlink_to(program)
    called(tmp_path / "bin" / "netparity", tmp_path / "local")
    assert own_command() == "netparity"


def test_in_a_checkout_it_is_the_relative_path(called, tmp_path: Path) -> None:
    called(tmp_path / ".venv" / "bin" / "netparity")
    assert own_command() == ".venv/bin/netparity"


def test_another_netparity_on_the_path_is_not_meant(called, tmp_path: Path) -> None:
    called(tmp_path / "other" / "netparity")
    called(tmp_path / "env" / "bin" / "netparity", tmp_path / "other")
    assert own_command() == "env/bin/netparity"


def test_elsewhere_it_is_the_whole_path_in_quotes(called, tmp_path: Path, monkeypatch) -> None:
    program = called(tmp_path / "my env" / "netparity")
    monkeypatch.chdir(tmp_path.parent.parent)
    assert own_command() == f"'{os.path.relpath(program)}'"
    monkeypatch.chdir("/usr")
    assert own_command() == f"'{program}'"


def test_in_its_own_folder_it_begins_with_a_dot(called, tmp_path: Path) -> None:
    called(tmp_path / "netparity")
    assert own_command() == "./netparity"


def test_a_module_is_run_with_its_python(called, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/x/netparity/commands/__main__.py"])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "env" / "bin" / "python"))
    assert own_command() == "env/bin/python -m netparity.commands"


def test_a_program_that_uses_the_library_is_not_named(called) -> None:
    called("pytest")
    assert own_command() == "netparity"


def test_commands_are_replaced_and_prose_is_not(called, tmp_path: Path) -> None:
    called(tmp_path / ".venv" / "bin" / "netparity")
    here = ".venv/bin/netparity"
    assert as_typed_here("fix: netparity setup pytorch") == f"fix: {here} setup pytorch"
    assert as_typed_here("`netparity compare-runs A B`") == f"`{here} compare-runs A B`"
    for kept in (
        "netparity needs Python 3.11",
        "netparity: error",
        "/x/netparity compare",
        "netparity comparers",
    ):
        assert as_typed_here(kept) == kept


@pytest.mark.parametrize(
    ("pip", "words"),
    [
        (object(), "env/bin/python -m pip install"),
        (None, "uv pip install --python env/bin/python"),
    ],
)
def test_pip_is_that_of_the_program(called, tmp_path: Path, monkeypatch, pip, words: str) -> None:
    called(tmp_path / "bin" / "netparity", tmp_path / "bin")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "env" / "bin" / "python"))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: pip)
    wanted = f"install it with: {words} 'netparity[transfer]'"
    assert as_typed_here("install it with: pip install 'netparity[transfer]'") == wanted
    for kept in ("python -m pip install matlabengine", "uv pip install --python x numpy"):
        assert as_typed_here(kept) == kept


def test_every_command_is_known() -> None:
    assert sorted(COMMANDS) == sorted(module.COMMANDS)


def test_all_that_people_read_is_replaced(called, tmp_path: Path, capsys) -> None:
    called(tmp_path / ".venv" / "bin" / "netparity")
    text = "netparity doctor"
    watch = RichWatch(verbose=True)
    for show in (watch.message, watch.warning, watch.detail, shared.make_console(True).print):
        show(text)
    shared.make_console(True).print(Text(text, style="bold"))
    with pytest.raises(shared.typer.Exit):
        shared.fail(text, 2)
    lines = capsys.readouterr().err.splitlines()
    assert [line.removeprefix("netparity: ") for line in lines] == [
        ".venv/bin/netparity doctor"
    ] * 6


def test_a_usage_error_names_the_command_as_it_was_called(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "netparity.commands", "report", "--nonsense"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"{module.shlex.quote(sys.executable)} -m netparity.commands report -h" in done.stderr
