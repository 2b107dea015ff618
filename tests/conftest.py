"""The real tools, for every test that wants them."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from netparity.judge import time_limit
from netparity.runners import RUNNERS, Keras2Theano, Keras3Tensorflow
from netparity.runners.environments import Environments
from netparity.system.cache import cache_folder

if TYPE_CHECKING:
    from tests.support.real_tools import Guard

pytest.register_assert_rewrite("tests.support")  # before anything imports it

COMPILED = cache_folder("compiled-by-tests")  # before any test moves the cache

MODERN = {
    "pytorch_python": "pytorch",
    "onnxruntime_python": "onnxruntime",
    "openvino_python": "openvino",
    "opencv_python": "opencv-dnn",
    "keras3_jax_python": "keras3-jax",
    "keras3_torch_python": "keras3-torch",
    "tf_keras_python": "tf-keras",
}
"""Fixtures with the interpreter of a runner's environment."""

REAL_TOOLS = {
    "keras3_python",
    "keras2_python",
    "octave",
    "every_tool",
    "modern_tools",
    "stack",
    *MODERN,
}


def _unhurried(seconds: float) -> Callable[[], bool]:
    """No test fails because the machine is busy: an hour for a diagnosis that may take a minute."""
    return _limited(3600.0 if seconds == time_limit.BUDGET_SECONDS else seconds)


# Replaced here, before any module that diagnoses is imported.
_limited, time_limit.time_limit = time_limit.time_limit, _unhurried


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups after that
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that starts a real tool is slow, without having to say so.

    Several processes begin with what is slow, so that they end together. They must be put in order
    here: later, pytest-xdist has already numbered them, and would tear groups apart. What the slow
    tests of a module share is made by one process alone: they are one group, unless they name one.
    """
    for item in items:
        if REAL_TOOLS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
        slow, group = map(item.get_closest_marker, ("slow", "xdist_group"))
        if slow and not group and uses_fixture_of_module(item):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def uses_fixture_of_module(item: pytest.Item) -> bool:
    """Whether it uses a fixture that is made once for all tests of a module."""
    known = getattr(item, "_fixtureinfo", None)
    found = known.name2fixturedefs.values() if known else ()
    return any(definitions[-1].scope == "module" for definitions in found if definitions)


def pytest_collection_finish() -> None:
    """Thousands of tests are not looked at in every collection of garbage: a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def locks_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Comparisons of one session of tests do not wait for those of another, or of a user."""
    os.environ["NETPARITY_LOCKS"] = str(tmp_path_factory.mktemp("locks"))


@pytest.fixture(scope="session")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    """What keeps fast tests from real tools."""
    from tests.support.real_tools import Guard

    return Guard(tmp_path_factory.mktemp("guard"))


@pytest.fixture(scope="session")
def quick_compiler(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A folder with a g++ that compiles nothing twice, in this session or in those before it."""
    from tests.support import compiler

    return compiler.install(tmp_path_factory.mktemp("compiler"), COMPILED)


@pytest.fixture(autouse=True)
def tools(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fast test that starts a real tool, or makes an environment of one, fails."""
    if request.node.get_closest_marker("slow"):
        if folder := request.getfixturevalue("quick_compiler"):
            monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        yield
    else:
        guard = request.getfixturevalue("guard")
        guard.watch(monkeypatch)
        yield
        guard.check()


@pytest.fixture(scope="session")
def keras3_python() -> str:
    """The interpreter of the environment of keras3-tensorflow, made if need be."""
    return str(Environments().ensure(Keras3Tensorflow.stack))


@pytest.fixture(scope="session")
def keras3_jax_python() -> str:
    """The interpreter of the environment of keras3-jax, made if need be."""
    return _environment("keras3-jax")


@pytest.fixture(scope="session")
def keras3_torch_python() -> str:
    """The interpreter of the environment of keras3-torch, made if need be."""
    return _environment("keras3-torch")


@pytest.fixture(scope="session")
def tf_keras_python() -> str:
    """The interpreter of the environment of tf-keras, made if need be."""
    return _environment("tf-keras")


@pytest.fixture(scope="session")
def keras2_python() -> str:
    """The interpreter of the environment of keras2-theano, made if need be."""
    return str(Environments().ensure(Keras2Theano("keras2-theano").stack))


def _environment(name: str) -> str:
    """The interpreter of a runner's environment, made if need be."""
    [kind] = (each for each in RUNNERS if each.name == name)
    return str(Environments().ensure(kind(name).stack))


@pytest.fixture(scope="session")
def pytorch_python() -> str:
    """PyTorch's interpreter."""
    return _environment("pytorch")


@pytest.fixture(scope="session")
def onnxruntime_python() -> str:
    """ONNX Runtime's interpreter."""
    return _environment("onnxruntime")


@pytest.fixture(scope="session")
def modern_tools() -> None:
    """Every tool that is not compared by default, ready to run."""
    for name in MODERN.values():
        _environment(name)


@pytest.fixture(scope="session")
def openvino_python() -> str:
    """The interpreter of the environment of openvino, made if need be."""
    return _environment("openvino")


@pytest.fixture(scope="session")
def opencv_python() -> str:
    """The interpreter of the environment of opencv-dnn, made if need be."""
    return _environment("opencv-dnn")


@pytest.fixture(scope="session")
def octave() -> str:
    """The path of octave-cli."""
    program = shutil.which("octave-cli")
    if program is None:
        pytest.skip("octave-cli is not on the PATH: netparity setup matconvnet-octave")
    return program


@pytest.fixture(scope="session")
def every_tool(keras3_python: str, keras2_python: str, octave: str) -> None:
    """Keras 3, Keras 2 and Octave, all ready to run."""
