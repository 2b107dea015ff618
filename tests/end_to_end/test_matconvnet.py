"""Which MatConvNet code the script runs on, as chosen on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import TINY, Compare
from tests.support.matconvnet_standin import VERSION, can_compile, make_matconvnet

ALONE = [*TINY, "--runner", "matconvnet-octave"]
COMPATIBILITY = "netparity compatibility functions on GNU Octave "


@pytest.fixture
def matconvnet(octave, tmp_path: Path) -> Path:
    """A folder that looks like a MatConvNet whose MEX files work."""
    if not can_compile():
        pytest.skip("mkoctfile is not on the path (Debian: apt install octave-dev)")
    root = tmp_path / "Mat 'Conv' Net, ünï"
    root.mkdir()
    return make_matconvnet(root)


def test_a_named_matconvnet_runs_and_every_table_says_so(matconvnet: Path, compare: Compare):
    done = compare(*ALONE, "--matconvnet-root", matconvnet, "--matconvnet", "require", "-v")
    assert done.exit_code == 0, done.stderr
    record = done.runner("matconvnet-octave")
    assert record["code"].startswith(f"MatConvNet {VERSION} (MEX) on GNU Octave ")
    assert record["versions"]["matconvnet"] == VERSION
    for name in ("table.md", "table.csv"):
        assert record["code"] in (done.folder / name).read_text()
    assert record["code"] in done.stdout


def test_the_environment_names_it_too_and_a_relative_folder_is_found(
    matconvnet: Path, compare: Compare, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(matconvnet.parent)
    done = compare(*ALONE, "--matconvnet-root", matconvnet.name)
    assert done.runner("matconvnet-octave")["versions"]["matconvnet"] == VERSION

    monkeypatch.setenv("MATCONVNET_ROOT", str(matconvnet))
    results = matconvnet.parent / "again"
    both = ["--runner", "matconvnet-octave[matconvnet=compat]", "--layers", "all"]
    done = compare(*ALONE, *both, results=results)
    assert done.exit_code == 0, done.stderr
    codes = [record["code"] for record in done.run["runners"]]
    assert codes[0].startswith(f"MatConvNet {VERSION} (MEX) on GNU Octave ")
    assert codes[1].startswith(COMPATIBILITY)


def test_compat_leaves_it_aside(octave, compare: Compare, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATCONVNET_ROOT", "/nowhere")
    done = compare(*ALONE, "--matconvnet", "compat")
    assert done.exit_code == 0, done.stderr
    assert done.runner("matconvnet-octave")["code"].startswith(COMPATIBILITY)


@pytest.mark.parametrize("choice", ["auto", "require"])
def test_nothing_falls_back_in_silence(every_tool, compare: Compare, tmp_path: Path, choice: str):
    """A folder without MatConvNet is an error, not a reason to run other code."""
    root = ["--matconvnet-root", tmp_path]
    done = compare(*ALONE, "--runner", "keras3-tensorflow", "--matconvnet", choice, *root)
    assert done.exit_code == 3
    record = done.runner("matconvnet-octave")
    assert (record["status"], record["code"]) == ("unavailable", None)
    assert str(tmp_path) in record["reason"] and "vl_setupnn.m" in record["reason"]
    assert "--matconvnet compat" in record["fix"]
    assert done.runner("keras3-tensorflow")["status"] == "ok"


def test_mex_files_that_do_not_load_are_named(octave, compare: Compare, tmp_path: Path):
    (tmp_path / "root" / "matlab").mkdir(parents=True)
    (tmp_path / "root" / "matlab" / "vl_setupnn.m").write_text("function vl_setupnn()\nend\n")
    done = compare(*ALONE, "--matconvnet-root", tmp_path / "root")
    assert done.exit_code == 3
    record = done.runner("matconvnet-octave")
    assert (record["status"], record["code"]) == ("failed", None)
    assert "vl_nnconv.mex" in record["reason"]


def test_required_without_a_folder(octave, compare: Compare, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("MATCONVNET_ROOT", raising=False)
    done = compare(*ALONE, "--matconvnet", "require")
    assert done.exit_code == 3
    assert "--matconvnet-root" in done.stderr + done.stdout


def test_another_word_is_a_usage_error(compare: Compare):
    done = compare(*ALONE, "--matconvnet", "mex", "--json")
    assert done.exit_code == 2
    assert "auto, compat, require" in done.stderr
