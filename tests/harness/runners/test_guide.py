"""docs/adding-a-runner.md, followed: its runners are added to a copy of netparity, and run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "adding-a-runner.md"
# "…, `path/of/the/file`:" and the block that follows.
_FILE = re.compile(r"`([\w/.-]+)`:\n\n```(\w+)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Copy:
    """A copy of netparity to which the guide's runners have been added."""

    folder: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(self.folder / "harness"), "COLUMNS": "1000"}
        return subprocess.run(
            [sys.executable, *command],
            capture_output=True,
            text=True,
            timeout=120,
            env=environment,
            cwd=self.folder,
        )

    def netparity(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "netparity.commands", *arguments)


def insert(text: str, difference: str) -> str:
    """A file with the lines that begin with `+` added where the lines around them are."""
    lines, place = text.splitlines(), 0
    shown = difference.splitlines()
    for number, line in enumerate(shown):
        if not line.startswith("+"):
            place = lines.index(line[1:], place) + 1
        elif number == 0:  # there is only a line after it
            lines.insert(lines.index(shown[1][1:]), line[1:])
        else:
            lines.insert(place, line[1:])
            place += 1
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Netparity with all that the guide adds, except for `make pins`, which needs the network."""
    folder = tmp_path_factory.mktemp("guide")
    for name in ("harness/netparity", "python"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name, kind, block in _FILE.findall(GUIDE.read_text()):
        path = folder / name
        assert path.exists() == (kind == "diff"), name
        path.write_text(insert(path.read_text(), block) if kind == "diff" else block)
        if path.suffix == ".in":
            path.with_suffix(".txt").write_text(block)
    return Copy(folder)


def test_the_code_is_written_as_the_rest(copy: Copy) -> None:
    names = [name for name, kind, _ in _FILE.findall(GUIDE.read_text()) if kind == "python"]
    config = ("--config", str(ROOT / "pyproject.toml"))
    for arguments in (("format", "--check", *config), ("check", "--select", "E,F,I", *config)):
        done = copy.run("-m", "ruff", *arguments, *names)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_guide_has_two_runners() -> None:
    names = [name for name, _, _ in _FILE.findall(GUIDE.read_text())]
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
from netparity.models import VGG16
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
