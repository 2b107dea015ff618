"""MATLAB through the Engine, from `netparity doctor` to the table, as a user does it.

Without a MATLAB, Octave carries out the calls, behind a package that is installed in the place of
`matlabengine`. With NETPARITY_REAL_MATLAB=1 the MATLAB of this machine and the published package
are used, and what is said of the stand-in alone is left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from netparity.runners.matlab_installation import find_matlab
from netparity.runners.matlab_releases import RELEASES, Release
from tests.support.command_line import COMMAND, TINY, Compare
from tests.support.engine_package import STANDIN, make_package
from tests.support.matlab_folders import make_matlab
from tests.support.processes import is_gone

REAL = os.environ.get("NETPARITY_REAL_MATLAB", "") not in ("", "0")
NAME = "matconvnet-matlab"
PYTHON = "{}.{}".format(*sys.version_info)
# One for which this machine has a Python.
RELEASE = next((each for each in reversed(RELEASES) if PYTHON in each.pythons), RELEASES[-1])
Command = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow
standin_only = pytest.mark.skipif(REAL, reason="of the stand-in alone")


@pytest.fixture
def netparity() -> Command:
    """`netparity ARGUMENTS`, its lines not broken."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            capture_output=True,
            text=True,
            timeout=900,
            env={**os.environ, "COLUMNS": "1000"},
        )

    return run


@pytest.fixture
def release(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Release:
    """The release of a MATLAB that is found, and whose engine can be installed."""
    monkeypatch.setenv("NETPARITY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MATCONVNET_ROOT", raising=False)
    if REAL:
        matlab = find_matlab()
        assert matlab is not None and matlab.release is not None, "there is no MATLAB here"
        return matlab.release
    request.getfixturevalue("octave")
    monkeypatch.setenv("MATLAB_ROOT", str(make_matlab(tmp_path / "MATLAB it's", RELEASE.name)))
    (tmp_path / "packages").mkdir()
    make_package(tmp_path / "packages", RELEASE.name, f"{RELEASE.version}.1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "packages"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("STANDIN_SERVER", str(STANDIN / "serve_engine_calls.m"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return RELEASE


def test_doctor_setup_and_comparison(release: Release, netparity: Command, compare: Compare):
    found = find_matlab()
    assert found is not None
    told = netparity("doctor").stdout
    assert f"MATLAB {release.name} is at {found.root}" in told
    assert f"matlabengine {release.version} on Python {release.python_words}" in told
    assert f" setup {NAME}" in told.partition("fix: ")[2]

    made = netparity("setup", NAME)
    assert made.returncode == 0, made.stderr
    told = netparity("doctor").stdout
    (line,) = [line for line in told.splitlines() if f"✓ {NAME}" in line]
    assert f"matlab {release.name}, matlabengine {release.version}." in line
    assert f"MATLAB {release.name} is at {found.root}; it needs matlabengine" in told

    beside = [] if REAL else ["--runner", "matconvnet-octave"]
    done = compare(*TINY, "--layers", "all", "--runner", NAME, *beside)
    assert done.exit_code == 0, done.stderr + done.stdout
    record = done.runner(NAME)
    assert (record["status"], record["reason"]) == ("ok", None)
    assert max(done.errors(NAME).values()) < 1e-5
    assert max(done.errors(NAME, "native").values()) < 1e-5
    assert record["flags"]["matlab_session"] == "started for this process"
    assert record["code"].startswith("netparity compatibility functions on ")
    assert f" on {'MATLAB' if REAL else 'GNU Octave'} " in record["code"]

    # MATLAB's start is part of `startup`, and of nothing else.
    (round_,) = record["rounds"]
    (startup,), (load,) = round_["phases"]["startup"], round_["phases"]["load"]
    begun = float(record["flags"]["engine_start_seconds"])
    assert 0 < begun < startup < round_["wall_seconds"]
    assert 0 < load < round_["wall_seconds"] - startup

    if not REAL:
        assert_identical(done, record)


def assert_identical(done, record) -> None:
    """The same .m files, in the same Octave: not one bit may differ."""
    octave = done.runner("matconvnet-octave")
    assert octave["status"] == "ok"
    compared = 0
    for kind in ("shared", "native"):
        assert record["features"][kind].keys() == octave["features"][kind].keys()
        for layer, stored in record["features"][kind].items():
            ours = np.load(done.folder / stored["file"])
            theirs = np.load(done.folder / octave["features"][kind][layer]["file"])
            assert np.count_nonzero(ours) > 0
            assert np.array_equal(ours, theirs)
            compared += 1
    assert compared > 30


def test_an_error_in_matlab_is_told_with_its_reason(release: Release, compare: Compare, tmp_path):
    (tmp_path / "no" / "matlab").mkdir(parents=True)
    (tmp_path / "no" / "matlab" / "vl_setupnn.m").write_text("function vl_setupnn()\nend\n")
    done = compare(*TINY, "--runner", NAME, "--matconvnet-root", tmp_path / "no")
    assert done.exit_code == 3
    record = done.runner(NAME)
    assert (record["status"], record["code"]) == ("failed", None)
    assert "vl_nnconv." in record["reason"] and "not compiled" in record["reason"]


def test_the_time_allowed_for_a_start_is_an_option(
    release: Release, compare: Compare, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("STANDIN_PLAY", "never starts")
    done = compare(*TINY, "--runner", f"{NAME}[startup_timeout=0.1]")
    assert done.exit_code == 3
    (record,) = done.run["runners"]
    assert "StartTimeout" in record["reason"] and "within 0.1 s" in record["reason"]


def test_the_timeout_ends_matlab(
    release: Release, compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("STANDIN_PLAY", "never starts")
    monkeypatch.setenv("STANDIN_NOTES", str(tmp_path / "notes"))
    done = compare(*TINY, "--runner", NAME, "--timeout", "8")
    assert done.exit_code == 3
    assert "exceeded its time limit" in done.runner(NAME)["reason"]
    if not REAL:
        notes = (tmp_path / "notes").read_text()
        (pid,) = [line.split()[1] for line in notes.splitlines() if line.startswith("octave ")]
        assert is_gone(int(pid))


@standin_only
@pytest.mark.parametrize(
    ("play", "words"),
    [
        ("no licence", "refused a licence"),
        ("another release", "netparity doctor"),
        ("unsupported Python", "supports Python version"),
    ],
)
def test_what_the_host_says_reaches_the_table(
    release: Release, compare: Compare, monkeypatch: pytest.MonkeyPatch, play: str, words: str
):
    monkeypatch.setenv("STANDIN_PLAY", play)
    done = compare(*TINY, "--runner", NAME, "-v")
    assert done.exit_code == 3
    assert words in done.runner(NAME)["reason"]
    # On a terminal, commands are shown as they can be typed there.
    assert words.removeprefix("netparity ") in " ".join(done.stdout.split())


@standin_only
def test_a_matlab_that_moved_gets_an_engine_of_its_own(
    release: Release, netparity: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The engine notes where MATLAB is: one from uv's cache would name the first place."""
    assert netparity("setup", NAME).returncode == 0
    first = os.environ["MATLAB_ROOT"]
    second = make_matlab(tmp_path / "elsewhere", release.name)
    monkeypatch.setenv("MATLAB_ROOT", str(second))
    assert "has not been made" in netparity("doctor").stdout
    made = netparity("setup", NAME)
    assert made.returncode == 0, made.stderr
    noted = (tmp_path / "cache" / "environments").glob(
        f"{NAME}-*/lib/python*/site-packages/matlab/engine/_arch.txt"
    )
    assert sorted(file.read_text().strip() for file in noted) == sorted([first, str(second)])


@standin_only
def test_an_engine_that_the_index_does_not_have(
    release: Release, netparity: Command, tmp_path: Path
):
    for package in (tmp_path / "packages").iterdir():
        package.unlink()
    make_package(tmp_path / "packages", "R2099b", "99.2.1")
    made = netparity("setup", NAME)
    assert made.returncode == 3
    assert f"matlabengine=={release.version}.*" in made.stderr
    assert f" setup {NAME}" in made.stderr


@standin_only
def test_the_published_engine_finds_this_matlab_and_its_failure_to_load_is_understood(
    release: Release, netparity: Command, compare: Compare, monkeypatch: pytest.MonkeyPatch
):
    """Its installation is all of it that can be run without a MATLAB: its libraries are missing."""
    for name in ("UV_OFFLINE", "UV_FIND_LINKS"):
        monkeypatch.delenv(name)
    made = netparity("setup", NAME)
    if re.search("Failed to fetch|error sending request|[Cc]ould not connect", made.stderr):
        pytest.skip(f"the package index cannot be reached: {made.stderr.strip()[-300:]}")
    assert made.returncode == 0, made.stderr
    done = compare(*TINY, "--runner", NAME)
    assert done.exit_code == 3
    record = done.runner(NAME)
    assert record["versions"]["matlabengine"].startswith(f"{release.version}.")
    assert record["reason"].startswith("EngineOfAnotherRelease: ")
