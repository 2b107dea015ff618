"""A runner returns a command line and an environment, and reports what is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from netparity.diagnosis.findings import Cause
from netparity.diagnosis.words import Voice, advice
from netparity.networks import Node
from netparity.networks.catalogue.vgg import ALL
from netparity.runners import RUNNERS, create_runners, keras2_theano, matconvnet_octave
from netparity.runners.base import Missing, missing_fix, thread_variables
from netparity.runners.environments import Environments
from netparity.weights import FORMATS

JOB = Path("/runs/it's $(here)/job.json")
THREAD_VARIABLES = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}


def runner(text: str):
    [made] = create_runners([text], RUNNERS)
    return made


def own(name: str, python: str = sys.executable) -> Environments:
    return Environments({name: Path(python)})


@pytest.mark.parametrize("kind", RUNNERS, ids=[kind.name for kind in RUNNERS])
def test_every_runner_fits_the_layer_map_and_the_formats(kind) -> None:
    if kind.weights_format or not kind.network_format:
        assert kind.weights_format in {format_.name for format_ in FORMATS}
    for model in ALL:
        for layer in model.layers:
            assert kind(kind.name).layer_name(layer) == layer.names.get(kind.tool, layer.name)


@pytest.mark.parametrize("kind", RUNNERS, ids=[kind.name for kind in RUNNERS])
def test_the_job_file_is_the_last_argument_as_it_is(kind) -> None:
    command = kind(kind.name).command(own(kind.name), JOB, 3)
    assert command.arguments[-1] == str(JOB)
    assert sum(str(JOB) in argument for argument in command.arguments) == 1


@pytest.mark.parametrize("kind", RUNNERS, ids=[kind.name for kind in RUNNERS])
def test_every_extractor_is_there(kind) -> None:
    command = kind(kind.name).command(own(kind.name), JOB, 3)
    assert Path(command.arguments[-2]).is_file()


# MATLAB takes the number from the job: its own maxNumCompThreads decides.
@pytest.mark.parametrize(
    "kind",
    [kind for kind in RUNNERS if kind.name != "matconvnet-matlab"],
    ids=lambda kind: kind.name,
)
def test_threads_are_set_through_the_environment(kind) -> None:
    environment = kind(kind.name).command(own(kind.name), JOB, 3).environment
    assert {environment.get(name) for name in THREAD_VARIABLES} == {"3"}


@pytest.mark.parametrize("name", ["keras3-tensorflow", "keras2-theano"])
def test_keras_is_shielded_from_the_users_python(name: str) -> None:
    environment = runner(name).command(own(name), JOB, 1).environment
    assert environment["PYTHONPATH"] is None
    assert environment["PYTHONHOME"] is None
    assert environment["PYTHONNOUSERSITE"] == "1"
    assert environment["KERAS_BACKEND"] == name.partition("-")[2]


def test_theano_compiles_into_netparitys_own_cache(cache: Path) -> None:
    environment = runner("keras2-theano").command(own("keras2-theano"), JOB, 1).environment
    assert environment["THEANO_FLAGS"] == f"base_compiledir='{cache}/theano'"
    assert environment["THEANORC"] == ""


def test_each_old_keras_has_an_environment_of_its_own() -> None:
    stacks = {}
    for version in (*keras2_theano.OLD_KERAS, keras2_theano.DEFAULT_KERAS):
        old = runner(f"keras2-theano[keras={version}]")
        assert all(path.is_file() for path in old.stack.requirements)
        assert f"keras=={version} " in old.stack.requirements[0].read_text()
        stacks[version] = old.stack
    assert len({stack.name for stack in stacks.values()}) == len(stacks)
    assert {stack.name for stack in stacks.values()} == set(
        keras2_theano.Keras2Theano.interpreters()
    )
    assert stacks["2.3.1"] == runner("keras2-theano").stack
    found = runner("keras2-theano[keras=2.0.4]").availability(Environments())
    assert found.fix == "netparity setup 'keras2-theano[keras=2.0.4]'"


def test_blas_and_profiler_are_flags_of_theano() -> None:
    spec = "keras2-theano[blas=none,profile=yes]"
    flags = runner(spec).command(own("keras2-theano"), JOB, 1).environment["THEANO_FLAGS"]
    assert flags.endswith(",blas.ldflags=,profile=True")


def test_a_keras_whose_environment_has_not_been_made() -> None:
    found = runner("keras3-tensorflow").availability(Environments())
    assert not found.available
    assert "has not been made" in found.reason
    assert found.fix == "netparity setup keras3-tensorflow"


def test_a_keras_whose_override_does_not_exist() -> None:
    found = runner("keras3-tensorflow").availability(own("keras3-tensorflow", "/none/python"))
    assert not found.available
    assert "/none/python does not exist" in found.reason


@pytest.mark.parametrize(
    ("name", "modules"), [("keras3-jax", "keras, jax"), ("tf-keras", "tf_keras, tensorflow")]
)
def test_a_python_without_the_packages_is_told_how_to_get_them(name: str, modules: str) -> None:
    found = runner(name).availability(own(name))
    assert not found.available
    assert found.reason == f"{sys.executable} has no module {modules}"
    assert f"uv pip install --python {sys.executable} " in found.fix
    assert f"{name}.txt" in found.fix


def test_jax_is_shielded_from_the_users_settings() -> None:
    environment = runner("keras3-jax").command(own("keras3-jax"), JOB, 1).environment
    assert environment["KERAS_BACKEND"] == "jax"
    assert environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert environment["JAX_PLATFORMS"] is None


def test_tf_keras_comes_without_the_package_that_tensorflow_cpu_replaces() -> None:
    stack = runner("tf-keras").stack
    assert stack.requirement_options[0] == "--no-deps"
    pinned = [line for path in stack.requirements for line in path.read_text().splitlines()]
    assert any(line.startswith("tf-keras==") for line in pinned)
    assert any(line.startswith("tensorflow-cpu==") for line in pinned)
    assert not any(line.startswith("tensorflow==") for line in pinned)


def test_theano_without_a_compiler(monkeypatch) -> None:
    monkeypatch.setattr(keras2_theano.shutil, "which", lambda name: None)
    monkeypatch.setattr(keras2_theano, "_has_openblas", lambda: False)
    found = runner("keras2-theano").availability(own("keras2-theano"))
    assert not found.available
    assert "C++ compiler" in found.reason
    assert "OpenBLAS" in found.reason
    assert "g++" in found.fix
    assert "libopenblas-dev" in found.fix


def test_theano_with_a_python_that_does_not_run(monkeypatch) -> None:
    monkeypatch.setattr(keras2_theano.shutil, "which", lambda name: "/usr/bin/g++")
    monkeypatch.setattr(keras2_theano, "_has_openblas", lambda: True)
    missing = runner("keras2-theano").missing(own("keras2-theano", "/bin/false"))
    assert [item.what for item in missing] == ["a working Python at /bin/false"]


def test_octave_that_is_not_installed(monkeypatch) -> None:
    monkeypatch.setattr(matconvnet_octave.shutil, "which", lambda name: None)
    found = runner("matconvnet-octave").availability(Environments())
    assert not found.available
    assert "octave-cli is not on the PATH" in found.reason
    assert "apt-get install" in found.fix
    assert "octave libopenblas0-pthread" in found.fix


@pytest.fixture
def silent_octave(monkeypatch):
    """An Octave that only says its version."""
    monkeypatch.setattr(matconvnet_octave.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        matconvnet_octave, "capture", lambda *rest: "GNU Octave, version 7.3.0\nCopyright\n"
    )


@pytest.mark.usefixtures("silent_octave")
class TestOctave:
    def test_its_version_is_told(self) -> None:
        found = runner("matconvnet-octave").availability(Environments())
        assert found.available
        assert found.versions == {"octave": "7.3.0"}

    def test_a_matconvnet_root_that_holds_none(self, monkeypatch) -> None:
        monkeypatch.setenv("MATCONVNET_ROOT", "/none")
        found = runner("matconvnet-octave").availability(Environments())
        assert not found.available
        assert "MATCONVNET_ROOT=/none is not a MatConvNet folder" in found.reason
        assert runner("matconvnet-octave[matconvnet=compat]").availability(Environments()).available

    def test_matconvnet_that_is_required_has_to_be_named(self, monkeypatch, tmp_path) -> None:
        found = runner("matconvnet-octave[matconvnet=require]").availability(Environments())
        assert not found.available
        assert "--matconvnet-root or MATCONVNET_ROOT" in found.fix
        (tmp_path / "matlab").mkdir()
        (tmp_path / "matlab" / "vl_setupnn.m").touch()
        monkeypatch.setenv("MATCONVNET_ROOT", "/none")
        required = f"matconvnet-octave[matconvnet=require,matconvnet_root={tmp_path}]"
        assert runner(required).availability(Environments()).available

    def test_the_path_of_the_job_is_an_argument_and_never_code(self) -> None:
        arguments = runner("matconvnet-octave").command(Environments(), JOB, 1).arguments
        assert "--no-history" in arguments
        assert not any(argument.startswith("--eval") for argument in arguments)


def test_threads_are_what_numerical_libraries_read() -> None:
    assert set(thread_variables(4)) >= THREAD_VARIABLES
    assert set(thread_variables(4).values()) == {"4"}


def test_a_fix_names_a_command_only_for_what_a_package_brings() -> None:
    assert missing_fix("x", [Missing("a thing")]) == "netparity setup x"
    assert "apt-get" in missing_fix("x", [Missing("a thing", "package")])


@pytest.mark.parametrize("python", ["/bin/false", "/bin/echo", sys.executable])
def test_an_interpreter_that_cannot_do_it_is_not_available(python: str) -> None:
    found = runner("keras3-tensorflow").availability(
        Environments({"keras3-tensorflow": Path(python)})
    )
    assert not found.available
    assert python in found.reason
    assert "keras3-tensorflow.txt" in found.fix


@pytest.mark.parametrize("kind", RUNNERS, ids=[kind.name for kind in RUNNERS])
def test_a_runners_own_advice_is_for_known_mistakes(kind) -> None:
    voice = Voice(kind.tool, kind.advice_for, kind.advice)
    for mistake in kind.advice:
        words = advice(Cause(mistake, "fc6"), voice, ALL[0])
        assert "$" not in words and "`" in words


@pytest.mark.parametrize(
    ("name", "attributes", "lacking"),
    [
        ("onnxruntime", {"size": 4}, "even size"),
        ("opencv-dnn", {"size": 4}, "even size"),
        ("openvino", {"size": 4}, None),
        ("onnxruntime", {"size": 5}, None),
    ],
)
def test_what_a_tool_refuses_is_named(name: str, attributes, lacking: str | None) -> None:
    node = Node("norm", "lrn", ("image",), {"alpha": 1.0, "beta": 0.75, "kappa": 1.0, **attributes})
    reason = runner(name).lacks(node)
    assert (reason is None) == (lacking is None) and (lacking or "") in (reason or "")


@pytest.mark.parametrize(("pads", "refused"), [((1, 1, 1, 1), False), ((0, 0, 0, 2), True)])
def test_onnx_runtime_refuses_padding_as_wide_as_the_window(pads, refused: bool) -> None:
    node = Node("pool", "max_pool", ("image",), {"window": (2, 2), "pads": pads})
    assert (runner("onnxruntime").lacks(node) is not None) == refused
    assert runner("opencv-dnn").lacks(node) is None
