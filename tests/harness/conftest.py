"""A cache of its own for every test of the harness."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from netparity.runners import matlab_installation
from tests.support.matlab_folders import make_matlab


@pytest.fixture(scope="session")
def new_cache(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Return new_cache(): another empty folder; mktemp looks at all that it made each time."""
    parent, numbers = tmp_path_factory.mktemp("caches"), count()

    def make() -> Path:
        folder = parent / str(next(numbers))
        folder.mkdir()
        return folder

    return make


@pytest.fixture(autouse=True)
def cache(new_cache: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder; no test sees or changes the user's."""
    folder = new_cache()
    monkeypatch.setenv("NETPARITY_CACHE", str(folder))
    own_pythons = [name for name in os.environ if name.startswith("NETPARITY_PYTHON_")]
    for name in ("MATLAB_ROOT", "MATCONVNET_ROOT", *own_pythons):
        monkeypatch.delenv(name, raising=False)
    # A MATLAB that this machine may have is none of their business.
    monkeypatch.setattr(matlab_installation, "_USUAL_FOLDERS", ())
    return folder


@pytest.fixture
def usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No MATLAB but those of the test; the only usual folder is this one."""
    folder = tmp_path / "usual"
    monkeypatch.setattr(matlab_installation, "_USUAL_FOLDERS", ((str(folder), "R20*"),))
    monkeypatch.setenv("PATH", "/nowhere")  # nor is there an Octave that could be asked anything
    return folder


@pytest.fixture
def install(usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return install(release): a MATLAB of that release, named by MATLAB_ROOT."""

    def make(release: str | None) -> Path:
        root = make_matlab(tmp_path / "MATLAB", release)
        monkeypatch.setenv("MATLAB_ROOT", str(root))
        return root

    return make
