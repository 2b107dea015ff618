"""MATLAB is found, and missing parts are reported, without starting it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from netparity.commands import main as cli
from netparity.errors import SetupError
from netparity.runners import RUNNERS, create_runners
from netparity.runners.base import Availability
from netparity.runners.environments import Environments
from netparity.runners.matlab_installation import Matlab, find_matlab
from netparity.runners.matlab_releases import RELEASES, release_named, release_of_engine
from netparity.watch import SILENT
from tests.support.matlab_folders import make_matlab, make_python

NAME = "matconvnet-matlab"
NEWEST = RELEASES[-1]


pytestmark = pytest.mark.usefixtures("usual")


def examine(own: Path | None = None, text: str = NAME) -> Availability:
    [runner] = create_runners([text], RUNNERS)
    return runner.availability(Environments({NAME: own} if own else {}))


# --- where it is ----------------------------------------------------------------------------


def test_the_folder_that_is_named_comes_first(install, usual: Path) -> None:
    make_matlab(usual / "R2026a", "R2026a")
    root = install("R2021b")
    assert find_matlab() == Matlab(root, "R2021b")


def test_a_named_folder_without_matlab_is_no_reason_to_take_another(
    usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_matlab(usual / "R2026a", "R2026a")
    assert find_matlab() is not None
    monkeypatch.setenv("MATLAB_ROOT", str(tmp_path))
    assert find_matlab() is None
    found = examine()
    assert not found.available
    assert f"MATLAB_ROOT={tmp_path} has no bin/matlab" in found.reason
    assert "`matlabroot`" in found.fix


def test_the_one_on_the_path_is_found_through_its_link(
    usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_matlab(usual / "R2026a", "R2026a")
    root = make_matlab(tmp_path / "MATLAB", "R2020b", bracketed=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "matlab").symlink_to(root / "bin" / "matlab")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_matlab() == Matlab(root, "R2020b")


def test_a_script_of_that_name_on_the_path_gives_way_to_a_usual_folder(
    usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_matlab(tmp_path / "site")  # no VersionInfo.xml
    monkeypatch.setenv("PATH", str(tmp_path / "site" / "bin"))
    assert find_matlab() == Matlab(tmp_path / "site", None)
    for name in ("R2019b", "R2023b", "R2023a"):
        make_matlab(usual / name, name)
    (usual / "R2099b").mkdir()  # what an uninstallation left
    assert find_matlab() == Matlab(usual / "R2023b", "R2023b")


def test_the_file_says_the_release_and_the_folder_where_there_is_none(usual: Path) -> None:
    make_matlab(usual / "R2020a", "R2022a")
    assert find_matlab() == Matlab(usual / "R2020a", "R2022a")
    (usual / "R2020a" / "VersionInfo.xml").write_text("<release>none</release>")
    assert find_matlab() == Matlab(usual / "R2020a", "R2020a")
    (usual / "R2020a" / "VersionInfo.xml").unlink()
    assert find_matlab() == Matlab(usual / "R2020a", "R2020a")


def test_there_is_none(usual: Path) -> None:
    found = examine()
    assert not found.available
    assert "no MATLAB was found" in found.reason and str(usual) in found.reason
    assert "MATLAB_ROOT" in found.fix
    with pytest.raises(SetupError, match="no MATLAB was found"):
        create_runners([NAME], RUNNERS)[0].prepare(Environments(), SILENT)


# --- what belongs to it ---------------------------------------------------------------------


def test_the_table_is_in_order_and_each_release_owns_its_engine_alone() -> None:
    assert [each.name for each in RELEASES] == sorted({each.name for each in RELEASES})
    for release in RELEASES:
        assert release_named(release.name) == release
        for engine in (f"{release.version}.7", *(f"{alias}.2" for alias in release.aliases)):
            assert [each for each in RELEASES if each.owns(engine)] == [release]
            assert release_of_engine(engine) == release


@pytest.mark.parametrize("name", ["R2018a", "R2014b", "r2024a", "R2024c", "2024a", "R2024a ", ""])
def test_a_name_of_no_release_that_is_supported(name: str) -> None:
    assert release_named(name) is None


def test_a_release_newer_than_the_table_follows_from_its_name() -> None:
    release = release_named("R2031b")
    assert release is not None and not release.known
    assert (release.version, release.pythons) == ("31.2", NEWEST.pythons)
    assert release.requirement == "matlabengine==31.2.*"


@pytest.mark.parametrize(
    ("name", "engine", "python"),
    [
        ("R2020b", "matlabengine==9.9.*", ">=3.6,<3.9"),
        ("R2023b", "matlabengine==23.2.*", ">=3.9,<3.12"),
        ("R2024b", "matlabengine==24.2.*", ">=3.9,<3.13"),
    ],
)
def test_what_is_to_be_installed(name: str, engine: str, python: str) -> None:
    release = release_named(name)
    assert release is not None
    assert (release.requirement, release.python) == (engine, python)


# --- what is missing ------------------------------------------------------------------------


def test_an_environment_that_has_not_been_made(install) -> None:
    root = install("R2024a")
    found = examine()
    assert not found.available
    assert found.reason == (
        f"MATLAB R2024a is at {root}; it needs matlabengine 24.1 on Python 3.9 to 3.11; its "
        "environment has not been made"
    )
    assert found.fix == f"netparity setup {NAME}"


def test_doctor_says_the_same(install, monkeypatch: pytest.MonkeyPatch) -> None:
    root = install("R2024a")
    monkeypatch.setenv("COLUMNS", "1000")
    told = CliRunner().invoke(cli.app, ["doctor"]).output
    assert f"MATLAB R2024a is at {root}; it needs matlabengine 24.1 on Python" in told
    assert f"fix: netparity setup {NAME}" in told


def test_doctor_says_where_it_is_when_all_is_well_too(
    install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = install("R2024a")
    own = make_python(tmp_path, "matlabengine", "24.1.2")
    monkeypatch.setenv("COLUMNS", "1000")
    told = CliRunner().invoke(cli.app, ["doctor", "--python", f"{NAME}={own}"]).output
    assert f"✓ {NAME}  matlab R2024a, matlabengine 24.1.2\n    MATLAB R2024a is at {root};" in told


def test_one_that_is_too_old(install, tmp_path: Path) -> None:
    root = install("R2018a")
    own = make_python(tmp_path, "matlabengine", "R2018a")
    for found in (examine(), examine(own)):
        assert not found.available
        assert found.reason == f"MATLAB R2018a is at {root}, but netparity needs R2018b or later"
        assert "MATLAB_ROOT" in found.fix


def test_one_whose_release_is_not_known(install, tmp_path: Path) -> None:
    root = install(None)
    found = examine()
    assert not found.available
    assert f"MATLAB is at {root}, but neither its VersionInfo.xml nor" in found.reason
    assert f"--python {NAME}=" in found.fix
    found = examine(make_python(tmp_path, "matlabengine", "24.1.2"))
    assert found.available and found.versions == {"matlabengine": "24.1.2"}


def test_one_whose_engine_is_no_package_of_the_index(install, tmp_path: Path) -> None:
    root = install("R2019b")
    found = examine()
    assert not found.available
    assert (
        "matlabengine 9.7 on Python 3.6 to 3.7, which is not on the package index" in found.reason
    )
    assert f"setup.py install` in {root}/extern/engines/python" in found.fix
    own = make_python(tmp_path, "matlabengineforpython", "R2019b")  # its setup.py's own name
    found = examine(own)
    assert found.available
    assert found.versions == {"matlab": "R2019b", "matlabengine": "R2019b"}


def test_one_that_is_newer_than_known(install) -> None:
    install("R2099b")
    found = examine()
    assert "R2099b is newer than this netparity: matlabengine 99.2 is inferred" in found.reason
    assert found.fix == f"netparity setup {NAME}"


def test_an_engine_of_another_release(install, tmp_path: Path) -> None:
    root = install("R2024a")
    own = make_python(tmp_path, "matlabengine", "9.14.3")
    found = examine(own)
    assert not found.available
    assert found.reason == (
        f"{own} has matlabengine 9.14.3 of R2023a, but MATLAB R2024a is at {root}, which "
        "needs matlabengine 24.1"
    )
    assert f"{own} -m pip install 'matlabengine==24.1.*'" in found.fix
    assert f"netparity setup {NAME}" in found.fix


def test_an_interpreter_without_an_engine(install) -> None:
    install("R2024a")
    found = examine(Path(sys.executable))
    assert not found.available
    assert found.reason == f"{sys.executable} has no matlabengine"
    assert "pip install 'matlabengine==24.1.*'" in found.fix


@pytest.mark.parametrize("python", ["/none/bin/python", "/bin/false", "/bin/echo"])
def test_an_interpreter_that_is_none(install, python: str) -> None:
    install("R2024a")
    found = examine(Path(python))
    assert not found.available
    assert python in found.reason
    assert f"--python {NAME}=" in found.fix


def test_everything_is_there(install, tmp_path: Path) -> None:
    install("R2023b")
    for version in ("23.2.3", "9.15.2"):  # both were published for it
        found = examine(make_python(tmp_path / version, "matlabengine", version))
        assert found.available, found.reason
        assert found.versions == {"matlab": "R2023b", "matlabengine": version}


def test_a_matconvnet_that_is_none_is_told_here_too(install, tmp_path: Path) -> None:
    install("R2023b")
    own = make_python(tmp_path, "matlabengine", "23.2.3")
    found = examine(own, text=f"{NAME}[matconvnet_root={tmp_path}]")
    assert not found.available
    assert "vl_setupnn.m" in found.reason
