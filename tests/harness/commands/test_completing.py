"""A shell completes options, and the names of tools, networks and stored runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netparity.commands.completing import network_names, runner_names, stored_runs
from netparity.networks import NETWORKS
from netparity.runners import RUNNERS


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A netparity on the PATH."""
    path = tmp_path / "bin" / "netparity"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m netparity.commands "$@"\n')
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    return path


def shell(*arguments: str, **variables: str) -> str:
    done = subprocess.run(
        arguments, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("compare --roun", ["--rounds"]),
        ("compare --runner onnx", ["onnxruntime"]),
        ("compare --model alexnet-", ["alexnet-tiny"]),
        ("compare-r", ["compare-runs"]),
    ],
)
def test_bash_completes(program: Path, words: str, offered: list[str]) -> None:
    script = (
        "source <(_NETPARITY_COMPLETE=source_bash netparity); "
        f"COMP_WORDS=(netparity {words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); "
        '_netparity_completion netparity; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert shell("bash", "-c", script).split() == offered


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_installs_it(program: Path, tmp_path: Path) -> None:
    # The shell that is asked for is that of the process that calls the program.
    shell("bash", "-c", "netparity --install-completion; true")
    lines = (tmp_path / ".bashrc").read_text()
    [file] = [word for word in lines.replace("'", " ").split() if word.endswith("netparity.sh")]
    assert "_NETPARITY_COMPLETE=complete_bash" in Path(file).read_text()


def test_zsh_completes(program: Path) -> None:
    asked = {"_NETPARITY_COMPLETE": "complete_zsh"}
    given = shell("netparity", **asked, _TYPER_COMPLETE_ARGS="netparity compare --roun")
    assert given.startswith("_arguments '*: :((") and "--rounds" in given
    script = shell("netparity", _NETPARITY_COMPLETE="source_zsh")
    assert "#compdef netparity" in script and "_NETPARITY_COMPLETE=complete_zsh" in script


@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
def test_zsh_itself_accepts_the_script(program: Path) -> None:
    script = 'autoload -U compinit; compinit -u; eval "$(_NETPARITY_COMPLETE=source_zsh netparity)"'
    assert shell("zsh", "-f", "-c", f"{script}; print $_comps[netparity]").strip()


def test_tools_and_networks_are_offered_by_name() -> None:
    assert set(runner_names("")) >= {kind.name for kind in RUNNERS} | {"all"}
    assert runner_names("tf-") == ["tf-keras"]
    assert network_names("") == list(NETWORKS)


def test_stored_runs_are_offered_newest_first(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert stored_runs("") == ["latest"]
    names = ["20261101T000000Z-aaaaaa", "20261102T000000Z-aaaaaa"]
    for name in names:
        (tmp_path / "results" / name).mkdir(parents=True)
        (tmp_path / "results" / name / "run.json").touch()
    assert stored_runs("res") == [f"results/{name}" for name in reversed(names)]
