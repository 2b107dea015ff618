"""The real tools, for every test that wants them."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from netparity.runners import Keras2Theano, Keras3Tensorflow
from netparity.runners.environments import Environments

if TYPE_CHECKING:
    from tests.support.real_tools import Guard

pytest.register_assert_rewrite("tests.support")  # before anything imports it

REAL_TOOLS = {"keras3_python", "keras2_python", "octave", "every_tool", "stack"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that starts a real tool is slow, without having to say so."""
    for item in items:
        if REAL_TOOLS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Thousands of tests are not looked at in every collection of garbage: a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Several processes begin with what is slow, so that they end together."""
    outcome = yield
    if hasattr(session.config, "workerinput"):
        session.items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    return outcome


@pytest.fixture(scope="session")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    """What keeps fast tests from real tools."""
    from tests.support.real_tools import Guard

    return Guard(tmp_path_factory.mktemp("guard"))


@pytest.fixture(scope="session")
def quick_compiler(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A folder with a g++ that compiles nothing twice; its memory is shared by all workers."""
    from tests.support import compiler

    together = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        together = together.parent
    return compiler.install(tmp_path_factory.mktemp("compiler"), together / "compiled")


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
def keras2_python() -> str:
    """The interpreter of the environment of keras2-theano, made if need be."""
    return str(Environments().ensure(Keras2Theano("keras2-theano").stack))


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
