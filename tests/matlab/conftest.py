"""What the tests of matlab/ share: GNU Octave in a subprocess, or the reason for skipping."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.support import octave_process, tiny_job
from tests.support.engine_scene import Scene
from tests.support.simplenn_reference import TinyVgg

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what starts Octave; a hook here sees the other folders' tests as well."""
    for item in items:
        starts_octave = {"octave", "call"} & set(getattr(item, "fixturenames", ()))
        if starts_octave and HERE in item.path.parents:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def octave() -> Callable[..., CompletedProcess[str]]:
    """Return run(script, *arguments): one Octave process."""
    if shutil.which("octave-cli") is None:
        pytest.skip(
            "octave-cli is not on the path (Debian: apt install octave libopenblas0-pthread)"
        )
    return octave_process.run


@pytest.fixture(scope="session")
def call(
    octave: Callable[..., CompletedProcess[str]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[list[tuple]], list]:
    """Return call(cases): many function calls in one Octave process, see octave_process."""

    def call_cases(cases: list[tuple]) -> list:
        return octave_process.call(cases, tmp_path_factory.mktemp("calls"))

    return call_cases


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of protocol files that every language must read and write."""
    return HERE.parent / "golden"


@pytest.fixture(scope="session")
def net() -> TinyVgg:
    """A small VGG."""
    return TinyVgg()


@pytest.fixture
def job(tmp_path: Path, net: TinyVgg) -> dict[str, Any]:
    """A job on it."""
    return tiny_job.make_job(tmp_path, net)


@pytest.fixture
def scene(tmp_path: Path, job: dict[str, Any]) -> Iterator[Scene]:
    """engine_host.py on that job, with the stand-in for the engine."""
    scene = Scene(tmp_path, job)
    yield scene
    scene.close()
