"""A cache of its own for every test of the harness."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder; no test sees or changes the user's."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("NETPARITY_CACHE", str(folder))
    for name in ("MATLAB_ROOT", "MATCONVNET_ROOT"):
        monkeypatch.delenv(name, raising=False)
    return folder
