"""Weight files of every format, loaded by the tools themselves."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from netparity.networks import NETWORKS
from netparity.weights import FORMATS, resolve
from netparity.weights.formats import BY_NAME
from tests.support import mat73_writer
from tests.support.command_line import COMMAND, TINY, here
from tests.support.warm_processes import WarmProcesses

MODEL = NETWORKS["vgg16-tiny"]
OWN_FORMATS = {
    "keras-h5": ("keras-h5",),
    "matconvnet-simplenn": ("matconvnet-simplenn", "matconvnet-simplenn-v7"),
}
WRITTEN = [format_.name for format_ in FORMATS if format_.write is not None]


def written(folder: Path, name: str) -> Path:
    tensors = resolve("synthetic:0", MODEL).tensors()
    if name == "matconvnet-simplenn-v7.3":
        path = folder / "w.mat"
        mat73_writer.write(path, mat73_writer.simplenn(MODEL, dict(tensors)))
        return path
    format_ = BY_NAME[name]
    path = folder / f"w{format_.suffixes[0]}"
    assert format_.write is not None
    format_.write(path, MODEL, tensors)
    return path


@pytest.mark.parametrize("name", [*WRITTEN, "matconvnet-simplenn-v7.3"])
def test_every_tool_is_given_the_same_file_whatever_the_format(tmp_path: Path, name: str) -> None:
    """It is made from one store; only a tool's own format is taken as it is."""
    expected, path = resolve("synthetic:0", MODEL), written(tmp_path, name)
    found = resolve(str(path), MODEL)
    assert found.sha256 == expected.sha256
    for tool, own in OWN_FORMATS.items():
        assert found.file(tool) == (path if name in own else expected.file(tool))


@pytest.fixture(scope="module")
def processes(every_tool: None) -> Iterator[WarmProcesses]:
    """One process for each tool in Python, whose import takes longer than a small network."""
    with WarmProcesses() as warm:
        yield warm


@pytest.fixture
def warm(processes: WarmProcesses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netparity.run.process.launch", processes.launch)


def test_octave_takes_a_compressed_file_as_it_is(compare, octave, tmp_path: Path) -> None:
    weights = written(tmp_path, "matconvnet-simplenn-v7")
    done = compare(*TINY, "--runner", "matconvnet-octave", "--weights", weights)
    assert done.exit_code == 0, done.stderr
    expected = resolve("synthetic:0", MODEL).sha256
    assert done.run["weights"]["sha256"] == expected
    assert expected[:12] in (done.folder / "table.md").read_text()


@pytest.mark.usefixtures("without_report")
@pytest.mark.xdist_group("weight files")
def test_keras_on_both_backends_agrees(compare, warm: None, tmp_path: Path) -> None:
    """Kernels that were stored for Theano, turned by the conversion and by no one else."""
    done = compare(
        *TINY,
        *("--runner", "keras3-tensorflow", "--runner", "keras2-theano"),
        *("--runner", "keras2-theano[data_format=channels_first]"),
        *("--weights", written(tmp_path, "keras2-h5-theano"), "--schedule", "sequential"),
    )
    assert done.exit_code == 0, done.stderr
    found = next(entry for entry in done.run["parity"] if entry["label"] == "keras2-theano")
    assert found["identical_to"] == ["keras2-theano[data_format=channels_first]"]


@pytest.mark.usefixtures("without_report")
@pytest.mark.xdist_group("weight files")
@pytest.mark.parametrize("model", ["vgg19-tiny", "vgg16-tiny-notop"])
def test_other_models_agree_in_every_tool(compare, warm: None, model: str) -> None:
    done = compare(
        *("--model", model, "--rounds", "1", "--repeats", "2", "--layers", "all"),
        *("--schedule", "sequential"),
        *(
            "--runner",
            "keras3-tensorflow",
            "--runner",
            "keras2-theano",
            "--runner",
            "matconvnet-octave",
        ),
    )
    assert done.exit_code == 0, done.stderr


LOAD_IN_KERAS_3 = """
import sys, keras, numpy as np
model = keras.models.load_model(sys.argv[1])
images = np.random.default_rng(0).uniform(-120, 140, (2, 64, 64, 3)).astype("float32")
before = model.predict(images, verbose=0)
for file in sys.argv[2:-1]:
    for variable in model.weights:
        variable.assign(np.zeros(variable.shape, "float32"))
    model.load_weights(file)
    assert np.array_equal(model.predict(images, verbose=0), before), file
kernels = {layer.name: [np.asarray(v) for v in layer.weights] for layer in model.layers}
np.savez(sys.argv[-1], **{f"{n}-{i}": a for n, v in kernels.items() for i, a in enumerate(v)})
"""


def test_keras_3_loads_what_is_written(keras3_python: Path, tmp_path: Path) -> None:
    """`.keras` is a whole network; `.weights.h5` and `.h5` fill it with the same numbers."""
    files = [written(tmp_path, name) for name in ("keras", "keras-weights-h5", "keras-h5")]
    out = tmp_path / "arrays.npz"
    subprocess.run(
        [keras3_python, "-c", LOAD_IN_KERAS_3, *files, out], check=True, capture_output=True
    )
    arrays = np.load(out)
    tensors = resolve("synthetic:0", MODEL).tensors()
    for layer in MODEL.parametric_layers:
        name = layer.names["keras"]
        kernel = tensors[layer.kernel]
        kernel = kernel[:, :, ::-1] if layer.takes_image else kernel
        np.testing.assert_array_equal(arrays[f"{name}-0"].reshape(kernel.shape), kernel)
        np.testing.assert_array_equal(arrays[f"{name}-1"], tensors[layer.bias])


SAVE_IN_KERAS_3 = """
import sys, keras
model = keras.models.load_model(sys.argv[1])
model.save(sys.argv[2]); model.save_weights(sys.argv[3]); model.save(sys.argv[4])
"""


def test_what_keras_3_saves_is_read(keras3_python: Path, tmp_path: Path) -> None:
    source = written(tmp_path, "keras")
    saved = [tmp_path / name for name in ("k.keras", "k.weights.h5", "k.h5")]
    subprocess.run(
        [keras3_python, "-c", SAVE_IN_KERAS_3, source, *saved], check=True, capture_output=True
    )
    for path in saved:
        done = subprocess.run(
            [*COMMAND, "weights", "verify", "--json", str(path), "synthetic:0"],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (path.name, done.stdout, done.stderr)
        assert json.loads(done.stdout)["same"] is True


def test_the_commands_in_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def weights(*arguments: str, code: int = 0) -> str:
        done = here("weights", *arguments)
        assert done.exit_code == code, done.stderr
        return done.stdout

    assert "SHA-256" in weights("make", "--model", "vgg16-tiny", "--seed", "3", "a.h5")
    weights("convert", "a.h5", "b.pth")
    assert "are the same weights." in weights("verify", "a.h5", "b.pth")
    weights("convert", "b.pth", "c.mat", "--apply", "rotate", "--apply", "reverse-channels")
    output = weights("verify", "c.mat", "a.h5", code=1)
    assert "all 13 convolutions rotated by 180 degrees" in output
    command = output.partition("fix: ")[2].partition(" weights ")[2].split()
    weights(*("d.mat" if word == "OUT" else word for word in command))
    assert "are the same weights." in weights("verify", "d.mat", "a.h5")
    found = json.loads(weights("inspect", "--json", "d.mat"))
    assert (found["model"], found["format"]) == ("vgg16-tiny", "simplenn")
    assert found["sha256"] in weights("convert", "d.mat", "e.onnx")
    assert "vgg16-tiny, 159,214 parameters" in weights("inspect", "e.onnx")
    assert "different weights" in weights("verify", "a.h5", "synthetic:4", code=1)
