"""docs/adding-a-runner.md, followed: its runner is removed from a copy, added again, and run."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.guide import ROOT, Copy, blocks, copied, follow, forget, style

GUIDE = ROOT / "docs" / "adding-a-runner.md"
_NAMES = "from netparity.runners import RUNNERS\nprint(*sorted(kind.name for kind in RUNNERS))\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Netparity with what the guide adds, except for `make pins`, which needs the network."""
    made = copied(tmp_path_factory.mktemp("guide"))
    forget(GUIDE, made)
    exports = made.folder / "harness/netparity/runners/__init__.py"
    text = exports.read_text()
    exports.write_text(text.replace('    "OnnxRuntime",\n', ""))
    assert "onnxruntime" not in made.run("-c", _NAMES).stdout.split()
    exports.write_text(text)
    follow(GUIDE, made)
    return made


def test_the_guide_shows_the_files_as_they_are() -> None:
    found = {name: block for name, kind, block in blocks(GUIDE) if kind != "diff"}
    assert {name: (ROOT / name).read_text() for name in found} == found
    assert sorted(found) == [
        "harness/netparity/runners/onnxruntime.py",
        "python/extract_onnxruntime.py",
        "python/requirements/onnxruntime.in",
    ]


def test_the_code_is_written_as_the_rest(copy: Copy) -> None:
    assert style(copy, GUIDE) == ""


def test_the_guide_adds_the_runner(copy: Copy) -> None:
    done = copy.run("-c", _NAMES)
    assert "onnxruntime" in done.stdout.split(), done.stderr
    pins = (ROOT / "python/requirements/onnxruntime.txt").read_text()
    assert re.search(r"^onnxruntime==\S+ \\$", pins, re.MULTILINE)


def test_pins_of_one_stack_can_be_made_alone() -> None:
    make = ["make", "-n", "pins", "STACK=onnxruntime"]
    done = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "for list in python/requirements/onnxruntime;" in done.stdout
    assert "harness/requirements" not in done.stdout


@pytest.mark.slow
def test_the_runner_passes_parity_at_every_layer(
    copy: Copy, onnxruntime_python: str, tmp_path: Path
) -> None:
    own = ("--python", f"onnxruntime={onnxruntime_python}")
    done = copy.netparity(
        *("compare", "--model", "vgg16-tiny", "--layers", "all", "--rounds", "1", "--repeats", "1"),
        *("--runner", "onnxruntime", *own, "--out", str(tmp_path / "results")),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [folder] = (tmp_path / "results").iterdir()
    run = json.loads((folder / "run.json").read_text())
    [record] = run["runners"]
    assert (record["status"], record["colour"]) == ("ok", "#7b68c8")
    assert record["code"].startswith("ONNX Runtime ")
    judged = [entry for entry in run["parity"] if entry["against"] == "reference"]
    assert {entry["input"] for entry in judged} == {"shared", "native"}
    # Thirteen convolutions, five pools, three dense layers.
    assert sum(entry["input"] == "shared" for entry in judged) == 21
    assert {entry["verdict"] for entry in judged} <= {"pass", "identical"}
    assert "#7b68c8" in (folder / "report.html").read_text()


def test_doctor_and_setup_know_it(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # an Octave there would be asked for its version
    monkeypatch.setenv("XDG_CACHE_HOME", str(copy.folder / "cache"))
    output = copy.netparity("doctor").stdout
    assert "onnxruntime  not available: its environment has not been made" in output, output
    assert "setup onnxruntime" in output.partition("fix: ")[2]
