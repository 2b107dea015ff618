"""The source archive holds what its tests need, and a wheel can be built from it."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

# They read files from all over the checkout: documents, stored runs, the Makefile, benchmarks.
_READERS = (
    "tests/test_architecture.py",
    "tests/harness/test_readme.py",
    "tests/harness/test_requirements.py",
    "tests/harness/report/test_calls.py",
)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive's contents."""
    folder = tmp_path_factory.mktemp("sdist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (archive,) = folder.glob("netparity-*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    (contents,) = (path for path in folder.iterdir() if path.is_dir())
    return contents


@pytest.mark.parametrize(
    "name",
    [".ci/run", "benchmarks", "conftest.py", "docs", "results/reference/all/run.json", "tests"],
)
def test_it_holds_what_tests_read(unpacked: Path, name: str) -> None:
    assert (unpacked / name).exists()


def test_its_tests_pass(unpacked: Path) -> None:
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *_READERS]
    own = {**os.environ, "PYTHONPATH": str(unpacked / "harness")}
    done = subprocess.run(pytest_, cwd=unpacked, env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_wheel_made_of_it_states_its_extras(unpacked: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=unpacked, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        (name,) = (name for name in file.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(file.read(name))
    assert metadata.get_all("Provides-Extra") == ["cluster", "matlab", "notebook", "transfer"]
    assert "](docs/" not in metadata.get_payload()
