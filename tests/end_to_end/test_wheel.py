"""A wheel works without a checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel; its dependencies are the tests' own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("netparity-*.whl")
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    python = folder / "env" / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(pip, check=True)
    (site,) = (folder / "env" / "lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return python


@pytest.mark.slow
def test_the_wheel_carries_the_extractors_and_no_leftovers(installed: Path):
    package = next((installed.parents[1] / "lib").glob("python*/site-packages")) / "netparity"
    carried = package / "_extractors"
    for name in ("python/extract_keras3.py", "python/requirements/keras2-theano.txt"):
        assert (carried / name).read_bytes() == (ROOT / name).read_bytes()
    for file in (ROOT / "matlab").rglob("*.m"):
        assert (carried / file.relative_to(ROOT)).is_file()
    assert (package / "inputs" / "sample.png").is_file()
    assert not list(package.rglob("*.h5"))


def test_the_wheel_runs_outside_the_checkout(installed: Path, every_tool, tmp_path: Path):
    command = [
        *(
            installed,
            "-P",
            "-m",
            "netparity.commands",
            "compare",
            "--model",
            "vgg16-tiny",
            "--json",
        ),
        *("--rounds", "1", "--runner", "matconvnet-octave", "--runner", "keras3-tensorflow"),
    ]
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=tmp_path, env=alone, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    assert [record["status"] for record in run["runners"]] == ["ok", "ok"]
    (folder,) = (tmp_path / "results").iterdir()
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page and "aria-sort" in page  # template, style and script are in the wheel
    log = json.loads((folder / "runners/01-matconvnet-octave/round-1/job.json").read_text())
    assert log["runner"] == "matconvnet-octave"
    where = subprocess.run(
        [installed, "-P", "-c", "import netparity; print(netparity.__file__)"],
        cwd=tmp_path,
        env=alone,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(installed.parents[1]) in where.stdout
