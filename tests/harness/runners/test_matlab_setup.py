"""The engine that belongs to a MATLAB is installed beside it, and its host is started with both."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from netparity.errors import SetupError
from netparity.runners import RUNNERS, create_runners, matconvnet_matlab
from netparity.runners import environments as environments_module
from netparity.runners.environments import Environments, Stack
from netparity.watch import SILENT
from tests.support.matlab_folders import make_matlab, make_python

NAME = "matconvnet-matlab"


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Stack]:
    """What would have been installed."""
    stacks: list[Stack] = []

    def build(stack: Stack, folder: Path) -> None:
        stacks.append(stack)
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "python").symlink_to(sys.executable)
        (folder / "netparity-complete").touch()

    monkeypatch.setattr(environments_module, "_build", build)
    return stacks


class Listener:
    """A watch that remembers warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    def __getattr__(self, name: str):
        return getattr(SILENT, name)


def prepare(own: Path | None = None) -> list[str]:
    """Prepare the runner; returns the warnings."""
    listener = Listener()
    environments = Environments({NAME: own} if own else {})
    create_runners([NAME], RUNNERS)[0].prepare(environments, listener)
    return listener.warnings


def test_the_right_engine_is_installed_once_and_told_where_matlab_is(
    install, built: list[Stack], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/of/the/user")
    root = install("R2024b")
    assert prepare() == prepare() == []
    [stack] = built
    assert (stack.packages, stack.python) == (("matlabengine==24.2.*",), ">=3.9,<3.13")
    assert stack.variables == {"LD_LIBRARY_PATH": f"{root}/bin/glnxa64:/of/the/user"}


def test_a_matlab_in_its_default_folder_keeps_its_libraries_to_itself(
    install, built: list[Stack], usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's own installation looks there first."""
    monkeypatch.setattr(matconvnet_matlab, "DEFAULT_FOLDER", usual)
    make_matlab(usual / "R2024b", "R2024b")
    prepare()
    [stack] = built
    assert stack.variables == {}


def test_another_place_or_release_gets_another_environment(
    install, built: list[Stack], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = install("R2024b")
    prepare()
    (root / "VersionInfo.xml").write_text("<release>R2025a</release>")
    prepare()
    root.rename(tmp_path / "moved")
    monkeypatch.setenv("MATLAB_ROOT", str(tmp_path / "moved"))
    prepare()
    assert [stack.packages[0] for stack in built] == [
        "matlabengine==24.2.*",
        "matlabengine==25.1.*",
        "matlabengine==25.1.*",
    ]


def test_a_newer_release_is_warned_of(install, built: list[Stack]) -> None:
    install("R2099b")
    assert "R2099b is newer than this netparity" in prepare()[0]
    assert built[0].packages == ("matlabengine==99.2.*",)


@pytest.mark.parametrize(
    ("release", "words"),
    [("R2018a", "R2018b or later"), ("R2019b", "not on the package index"), (None, "release")],
)
def test_an_environment_that_cannot_be_made(
    install, built: list[Stack], release: str | None, words: str
) -> None:
    install(release)
    with pytest.raises(SetupError, match=words) as caught:
        prepare()
    assert caught.value.fix and built == []


def test_an_interpreter_that_was_brought_is_left_as_it_is(
    install, built: list[Stack], tmp_path: Path
) -> None:
    install("R2019b")
    assert prepare(make_python(tmp_path, "matlabengineforpython", "R2019b")) == []
    assert built == []
    with pytest.raises(SetupError, match="not an executable file") as caught:
        prepare(tmp_path / "none")
    assert "matlabengine==9.7" in caught.value.fix


def test_the_host_is_started_with_that_matlab_and_no_settings_of_the_user(
    install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = install("R2024a")
    own = make_python(tmp_path, "matlabengine", "24.1.2")
    [runner] = create_runners([f"{NAME}[session=mine,startup_timeout=60]"], RUNNERS)
    assert runner.chosen == {"session": "mine", "startup_timeout": "60"}  # travels in the job
    job = Path("/runs/it's $(here)/job.json")
    command = runner.command(Environments({NAME: own}), job, 1)
    host = Path(command.arguments[1])
    assert command.arguments == [str(own), str(host), str(job)]
    assert host.name == "engine_host.py" and host.is_file()
    assert command.environment["MATLAB_ROOT"] == str(root)
    path = command.environment["PATH"]
    assert path is not None and path.split(os.pathsep)[0] == str(root / "bin")
    assert path.endswith(os.environ["PATH"])
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        assert command.environment[name] is None
