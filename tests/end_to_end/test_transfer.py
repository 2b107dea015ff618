"""netparity transfer on real tools: the digits, a folder per class, and an interruption."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netparity.run.many.sources import Digits
from tests.support.command_line import COMMAND, Done, here
from tests.support.warm_processes import WarmProcesses

pytestmark = pytest.mark.slow


def transfer(*arguments: str, out: Path) -> Done:
    return here("transfer", "--model", "vgg16-tiny", "--out", out, *arguments, results=out)


@pytest.fixture(scope="module")
def processes(every_tool: None) -> Iterator[WarmProcesses]:
    """One process for each tool in Python, whose import takes longer than a batch."""
    with WarmProcesses() as warm:
        yield warm


@pytest.fixture
def warm(processes: WarmProcesses, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what is computed; how processes are begun and ended has tests below."""
    monkeypatch.setattr("netparity.run.many.extraction.launch", processes.launch)


@pytest.fixture
def stripes(tmp_path: Path) -> Path:
    """Horizontal and vertical stripes, one class each, and a file that is not an image."""
    folder = tmp_path / "it's <stripes> $(x)"
    random = np.random.default_rng(5)
    for name in ("lying", "standing"):
        (folder / name).mkdir(parents=True)
        for number in range(20):
            pixels = (np.arange(48) // random.integers(2, 8) % 2 * 200)[:, np.newaxis]
            pixels = np.repeat(pixels, 40, axis=1) + random.integers(0, 50, (48, 40))
            pixels = pixels.astype(np.uint8)
            Image.fromarray(pixels if name == "lying" else pixels.T).save(
                folder / name / f"{number} é.png"
            )
    (folder / "lying" / "broken.png").write_bytes(b"nothing")
    return folder


@pytest.mark.xdist_group("transfer")
def test_three_tools_on_the_digits(warm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    few = Digits().names[:300]
    monkeypatch.setattr(Digits, "names", few)
    # Of what size the batches are makes no difference, as the next test shows.
    done = transfer("--json", "--batch", "256", out=tmp_path)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert sum(found["classes"].values()) == len(few) and not found["failures"]
    assert {kind: len(cells) for kind, cells in found["cells"].items()} == {
        "shared": 9,
        "native": 9,
    }
    for cell in found["cells"]["shared"]:
        # Random features of digits are good enough to tell most apart, in every tool alike.
        assert cell["accuracy"]["count"] > 0.8 * found["tested"]
        assert cell["changed"]["count"] <= 2 and cell["distance"] < 1e-5
    (folder,) = tmp_path.iterdir()
    arrays = sorted((folder / "features").glob("*.npy"))
    assert len(arrays) == 6
    assert np.load(arrays[0], allow_pickle=False).shape[0] == len(few)
    with (folder / "index.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(few) and {row["class"] for row in rows} == {str(n) for n in range(10)}


@pytest.mark.xdist_group("transfer")
def test_batches_make_no_difference(warm: None, tmp_path: Path, stripes: Path):
    """One image at a time, 16 with a part of a batch left, and one batch larger than all images."""
    names = ["keras3-tensorflow", "keras2-theano", "matconvnet-octave"]
    runners = [word for name in names for word in ("--runner", name)]
    features: list[dict[str, np.ndarray]] = []
    for batch in ("1", "16", "64"):
        done = transfer(str(stripes), *runners, "--batch", batch, out=tmp_path / batch)
        assert done.exit_code == 0, done.stderr
        assert "1 image could not be read" in done.stdout.replace("\n", " ")
        assert "broken.png" in (done.folder / "skipped.csv").read_text()
        found = {path.name: np.load(path) for path in (done.folder / "features").glob("*.npy")}
        assert [len(each) for each in found.values()] == [40] * 6
        features.append(found)
    for other in features[1:]:
        assert other.keys() == features[0].keys()
        for name, first in features[0].items():
            tolerance = 1e-5 * np.abs(first).max()
            np.testing.assert_allclose(other[name], first, rtol=1e-3, atol=tolerance)


def test_an_interrupted_transfer_goes_on(octave: str, tmp_path: Path, stripes: Path):
    out = tmp_path / "results"
    command = [*COMMAND, "transfer", str(stripes), "--model", "vgg16-tiny", "--out", str(out)]
    process = subprocess.Popen(
        [*command, "--runner", "matconvnet-octave"], stderr=subprocess.PIPE, text=True
    )
    done = "features/01-matconvnet-octave-shared.npy"
    end = time.monotonic() + 120
    while not list(out.glob(f"*/{done}")) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    (folder,) = out.iterdir()
    assert f"--resume {folder}" in errors.replace("\n", "")
    kept = folder / done
    before = kept.stat().st_mtime_ns
    resumed = transfer("--resume", str(folder), out=tmp_path / "elsewhere")
    assert resumed.exit_code == 0, resumed.stderr
    assert kept.stat().st_mtime_ns == before
    assert not (tmp_path / "elsewhere").exists()
    assert set(json.loads((folder / "transfer.json").read_text())["cells"]) == {"shared", "native"}
    # Other images than those that it began with are refused.
    next((stripes / "lying").glob("3*.png")).unlink()
    again = transfer("--resume", str(folder), out=tmp_path)
    assert again.exit_code == 2 and "have changed since the transfer began" in again.stderr


def test_one_tool_s_failure_costs_no_other_s_result(octave: str, tmp_path: Path, stripes: Path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    runners = ["--runner", "keras3-tensorflow", "--runner", "matconvnet-octave"]
    done = transfer(
        str(stripes), *runners, "--python", f"keras3-tensorflow={broken}", out=tmp_path / "results"
    )
    assert done.exit_code == 3
    assert "keras3-tensorflow has no features" in done.stderr
    assert "100.0 %" in done.stdout
