"""`netparity diagnose` on a stored run whose tool computed wrongly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from netparity import report
from netparity.judge.evaluate import evaluate
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.results.folder import RunFolder
from netparity.run.compare import compare
from netparity.run.request import Request
from netparity.weights import resolve
from tests.planted.batch import Case, run_cases
from tests.planted.plants import Plant

pytestmark = pytest.mark.xdist_group("diagnosing")
PLANTS = (
    Plant("mean-missing", "input"),
    Plant("kernels-rotated", "conv3_2"),
    Plant("off-by-one", "fc6"),
)


def diagnose(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "netparity.commands", "diagnose", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    results = tmp_path_factory.mktemp("results")
    request = Request(
        model="vgg16-tiny",
        layers="all",
        runners=["matconvnet-octave"],
        rounds=1,
        repeats=1,
        results=results,
    )
    return compare(request)[1]


def test_a_clean_run_has_nothing_to_diagnose(octave: str, clean: RunFolder) -> None:
    done = diagnose(clean.path)
    assert done.returncode == 0
    assert "nothing to diagnose" in done.stdout


def test_three_mistakes_in_one_run(octave: str, clean: RunFolder, tmp_path: Path) -> None:
    run, weights = clean.read_run(), resolve("synthetic:0", VGG16_TINY)
    tensor = np.load(clean.path / "input" / "shared.npy")
    [planted] = run_cases(
        "matconvnet-octave", [Case(VGG16_TINY, weights.tensors(), tensor, PLANTS)], tmp_path
    )
    [record] = run.runners
    features = {
        "shared": {
            name: clean.write_array(file.file, planted.shared[name])
            for name, file in record.features["shared"].items()
        },
        "native": {
            name: clean.write_array(file.file, planted.native[name])
            for name, file in record.features["native"].items()
        },
    }
    native = clean.write_array(record.native_input.file, planted.native_input)
    changes = {"features": features, "native_input": native}
    run = run.model_copy(update={"runners": [record.model_copy(update=changes)]})
    run = evaluate(run, clean, weights.tensors())
    report.write(run, clean)

    entries = {e.feature: e for e in run.parity if (e.input, e.against) == ("shared", "reference")}
    faulty = [name for name, e in entries.items() if e.local.verdict == "divergent"]
    assert faulty == ["conv1_1", "conv3_2", "fc6", "fc7"]
    assert entries["pool5"].verdict == "divergent"
    assert entries["pool5"].local.verdict == "pass"
    assert "conv1\\_1" in (clean.path / "table.md").read_text()

    done = diagnose(clean.path)
    assert done.returncode == 0, done.stderr
    for words in (
        "first faulty layer: conv1_1",
        "confirmed: input: the mean is not subtracted",
        "confirmed: conv3_2: the kernels are rotated by 180°",
        "confirmed: fc6: the exported feature is that of fc7",
        "averageImage",  # in the tool's own words
        "times the error of rounding)",
        "own input exactly reproduced by: bicubic",
    ):
        assert words in done.stdout, words
    assert (clean.path / "diagnosis.md").exists()
    assert "the kernels are rotated by 180°" in (clean.path / "report.html").read_text()
    [found] = json.loads(diagnose(clean.path, "--json").stdout)
    places = [finding["place"] for finding in found["diagnosis"]["findings"]]
    assert places == ["conv1_1", "conv3_2", "fc6"]
    assert diagnose(clean.path, "--runner", "nobody").returncode == 2
