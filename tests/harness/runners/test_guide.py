"""docs/adding-a-runner.md, followed: its runners are added to a copy of netparity, and run."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from tests.support.guide import ROOT, Copy, blocks, follow, style

GUIDE = ROOT / "docs" / "adding-a-runner.md"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Netparity with all that the guide adds, except for `make pins`, which needs the network."""
    made = follow(GUIDE, tmp_path_factory.mktemp("guide"))
    for name, _, block in blocks(GUIDE):
        path = made.folder / name
        if path.suffix == ".in":
            path.with_suffix(".txt").write_text(block)
    return made


def test_the_code_is_written_as_the_rest(copy: Copy) -> None:
    assert style(copy, GUIDE) == ""


def test_the_guide_has_two_runners() -> None:
    names = [name for name, _, _ in blocks(GUIDE)]
    assert len(names) == 7 and len(set(names)) == 6


@pytest.mark.slow
def test_the_tool_of_its_own_passes_parity_at_every_layer(copy: Copy, tmp_path: Path) -> None:
    done = copy.netparity(
        *("compare", "--model", "vgg16-tiny", "--layers", "all", "--rounds", "1", "--repeats", "1"),
        *("--runner", "plain-numpy", "--python", f"plain-numpy={sys.executable}"),
        *("--out", str(tmp_path / "results")),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [folder] = (tmp_path / "results").iterdir()
    run = json.loads((folder / "run.json").read_text())
    [record] = run["runners"]
    assert (record["status"], record["colour"]) == ("ok", "#a6761d")
    assert record["code"].startswith("NumPy ")
    judged = [entry for entry in run["parity"] if entry["against"] == "reference"]
    assert {entry["input"] for entry in judged} == {"shared", "native"}
    # Thirteen convolutions, five pools, three dense layers.
    assert sum(entry["input"] == "shared" for entry in judged) == 21
    assert {entry["verdict"] for entry in judged} <= {"pass", "identical"}
    assert "#a6761d" in (folder / "report.html").read_text()


def test_doctor_and_setup_know_both(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # an Octave there would be asked for its version
    output = copy.netparity("doctor", "--python", f"plain-numpy={sys.executable}").stdout
    found = r"^✓ plain-numpy  numpy [\d.]+, pillow [\d.]+$"
    assert re.search(found, output, re.MULTILINE), output
    assert "keras3-jax  not available: its environment has not been made" in output
    assert "netparity setup keras3-jax" in output


_JOB = """
from pathlib import Path
from netparity.networks.catalogue.vgg import VGG16
from netparity.runners import DEFAULT_RUNNERS, RUNNERS, create_runners
from netparity.runners.environments import Environments
[jax, tensorflow] = create_runners(["keras3-jax[per_layer=yes]", "keras3-tensorflow"], RUNNERS)
command = jax.command(Environments({"keras3-jax": Path("/python")}), Path("/job.json"), 2)
assert Path(command.arguments[1]).is_file()
assert all(path.is_file() for path in jax.stack.requirements)
assert jax.weights_format == tensorflow.weights_format
assert [jax.layer_name(each) for each in VGG16.layers] == [
    tensorflow.layer_name(each) for each in VGG16.layers
]
assert not [row for row in DEFAULT_RUNNERS if "jax" in row]
print(command.environment["KERAS_BACKEND"])
"""


def test_the_further_backend_is_started_as_the_first(copy: Copy) -> None:
    done = copy.run("-c", _JOB)
    assert (done.stdout, done.stderr) == ("jax\n", "")
