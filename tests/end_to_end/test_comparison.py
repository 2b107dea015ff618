"""netparity compare on the real tools."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netparity.inputs import SAMPLE_IMAGE
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.weights import resolve
from tests.support.command_line import COMMAND, TINY, Compare, Done
from tests.support.processors import every_processor
from tests.support.whole_runs import ONE_OF_EACH, ROWS, assert_whole

together = pytest.mark.xdist_group("default comparison")


@pytest.fixture(scope="module")
def default_run(every_tool: None, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """What a user gets who asks for nothing else, made as a user makes it."""
    results = tmp_path_factory.mktemp("default") / "results"
    arguments = ["--model", "vgg16-tiny", "--rounds", "2", "--repeats", "3", "--json"]
    command = [*COMMAND, "compare", "--out", str(results), *arguments]
    with every_processor():  # several threads, where there are several
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    return Done(done.returncode, done.stdout, done.stderr, results)


@together
def test_every_default_runner_agrees(default_run: Done, report):
    done = default_run
    assert_whole(done, ["fc6", "fc7"], rounds=2)
    assert json.loads(done.stdout) == done.run
    for number in (1, 2):
        orders = [
            round_["order"]
            for record in done.run["runners"]
            for round_ in record["rounds"]
            if round_["round"] == number
        ]
        assert sorted(orders) == list(range(1, len(ROWS) + 1))
    resizes = {entry["label"]: entry for entry in done.run["preprocessing"]}
    assert all(entry["exact"] for entry in resizes.values())
    assert resizes["keras2-theano"]["resize"].startswith("nearest")
    assert resizes["matconvnet-octave"]["resize"].startswith("bicubic (a = -0.5)")
    matlab = done.runner("matconvnet-matlab")
    if matlab["status"] == "unavailable":
        assert "MATLAB" in matlab["reason"]
        assert matlab["fix"]
    assert "compatibility functions" in done.runner("matconvnet-octave")["code"]
    assert all(done.runner(label)["repeatable"] for label in ROWS)
    table = (done.folder / "table.md").read_text()
    assert "synthetic" in table
    assert "called in different ways" in table
    (done.folder / "table.md").unlink()
    assert report(done.folder).returncode == 0
    assert (done.folder / "table.md").read_text() == table
    with (done.folder / "table.csv").open(newline="") as file:
        assert [row["label"] for row in csv.DictReader(file)][: len(ROWS)] == ROWS


@together
def test_the_native_inputs_differ_by_the_resize_alone(default_run: Done):
    """Keras's load_img takes the nearest pixel, the .m script resizes as MATLAB's imresize."""
    keras, theano, octave = (
        np.load(default_run.folder / default_run.runner(label)["native_input"]["file"])
        for label in ("keras3-tensorflow", "keras2-theano", "matconvnet-octave")
    )
    shared = np.load(default_run.folder / "input" / "shared.npy")
    assert np.array_equal(keras, theano)
    assert np.abs(keras - shared).mean() > 2
    # Pillow's bicubic and imresize's differ by rounding to whole grey levels inside the image.
    inside = np.s_[:, 4:-4, 4:-4]
    assert np.abs(octave - shared)[inside].max() < 1.01


def test_all_layers_of_several_images_of_every_mode(every_tool, compare: Compare, tmp_path: Path):
    """Not every tool reads the image in CMYK."""
    sample = Image.open(SAMPLE_IMAGE)
    modes = {
        "grey.png": sample,
        "colour.jpg": Image.merge("RGB", [sample, sample.rotate(180), sample.rotate(90)]),
        "palette.png": sample.convert("RGB").quantize(64),
        "alpha.png": Image.merge("LA", [sample, sample]),
        "cmyk.jpg": sample.convert("RGB").convert("CMYK"),
    }
    for name, image in modes.items():
        image.save(tmp_path / name)
    runners = [word for label in ONE_OF_EACH for word in ("--runner", label)]
    done = compare(*TINY, *runners, "--layers", "all", *[tmp_path / name for name in modes])
    layers = [layer.name for layer in VGG16_TINY.layers]
    assert_whole(done, layers, rounds=1, rows=ONE_OF_EACH)
    [warning] = [each for each in done.run["warnings"] if "given to the tools as" in each]
    assert "cmyk.jpg" in warning and "given to the tools as an RGB PNG" in warning
    assert done.runner("keras2-theano")["features"]["shared"]["fc6"]["shape"] == [5, 256]
    assert [image["file"] for image in done.run["images"]] == list(modes)
    assert done.run["image"]["mode"] == "L"


def test_a_weight_file_of_matconvnet_serves_keras_too(every_tool, compare: Compare):
    """And one of Keras serves Octave: in test_timing.py, where every layer is timed."""
    synthetic = resolve("synthetic:3", VGG16_TINY)
    done = compare(
        *TINY,
        *("--runner", "keras3-tensorflow", "--runner", "matconvnet-octave"),
        *("--weights", synthetic.file("matconvnet-simplenn")),
    )
    assert done.exit_code == 0
    assert done.run["weights"]["sha256"] == synthetic.sha256
    assert done.run["weights"]["kind"] == "file"
    assert synthetic.sha256[:12] in (done.folder / "table.md").read_text()


def test_one_runner_can_stand_twice_under_two_labels(octave, compare: Compare):
    done = compare(
        *TINY,
        *("--runner", "matconvnet-octave[label=once]"),
        *("--runner", "matconvnet-octave[label=again | <b>, é]"),
        *("--reference", "once"),
    )
    assert done.exit_code == 2, "a comma ends an option"
    done = compare(
        *TINY,
        *("--runner", "matconvnet-octave[label=once]"),
        *("--runner", "matconvnet-octave[label=again | <b> é]"),
        *("--reference", "once"),
    )
    assert done.exit_code == 0
    pairs = [e for e in done.run["parity"] if e["against"] == "again | <b> é"]
    assert all(entry["relative_l2"] == 0 for entry in pairs)
    ratios = {e["ratio_to_reference"] for e in done.run["timing"] if e["label"] == "once"}
    assert ratios == {1.0}


def test_asking_for_a_runner_that_is_not_there_is_a_failure(octave, compare: Compare, monkeypatch):
    monkeypatch.delenv("MATLAB_ROOT", raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    done = compare(*TINY, "--runner", "matconvnet-octave", "--runner", "matconvnet-matlab")
    assert done.exit_code == 3
    assert done.runner("matconvnet-octave")["status"] == "ok"


def test_features_that_differ_fail_parity(octave, compare: Compare):
    """A tolerance no float32 result can meet makes the exit code 1 and the row unranked."""
    done = compare(*TINY, "--runner", "matconvnet-octave", "--max-relative-l2", "1e-9")
    assert done.exit_code == 1, done.stderr
    assert "unranked" in done.stdout


def test_doctor_names_every_runner(every_tool):
    done = subprocess.run([*COMMAND, "doctor"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    for name in ("keras3-tensorflow", "keras2-theano", "matconvnet-octave", "matconvnet-matlab"):
        assert name in done.stdout
    assert "theano 1.0.5" in done.stdout


def test_a_cache_of_any_name_serves_theano(
    keras2_python: str, compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Theano splits its flags at commas and quotes. An empty cache is filled, and then used."""
    cache = tmp_path / 'o\'b, "c" é'
    monkeypatch.setenv("NETPARITY_CACHE", str(cache))
    python = ["--python", f"keras2-theano={keras2_python}"]
    done = compare(*TINY, "--runner", "keras2-theano", *python)
    assert done.exit_code == 0, done.stderr
    assert any((cache / "theano").glob("compiledir_*"))
    # The first process compiled and was run again, which found what had been compiled.
    record = done.runner("keras2-theano")
    assert record["rounds"][0]["wasted_seconds"] > 0
    flags = record["flags"]
    assert (flags["compile_cache"], flags["modules_compiled"]) == ("warm", "0")
    assert not [path for path in tmp_path.iterdir() if path.name not in (cache.name, "results")]
