"""What a user of the package sees: its names, and the types that a checker knows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import netparity
from netparity import api

HARNESS = Path(netparity.__file__).parents[1]
PROGRAM = """
import netparity

run = netparity.compare("photo.png", model="vgg16-tiny", runners="pytorch", rounds=3)
label: str = run.runners[0].label
netparity.compare_dataset("photos", batch=8).distributions()
batch: int = netparity.run_sweep(batches=[1, 2]).result.rows[0].batch
lines: list[str] = netparity.diagnose("results/x", label)[0].lines
passed: bool = netparity.check({"fc6": [[0.5]]}, image="photo.png").passed
netparity.compare(modell="vgg16")
netparity.compare(rounds="many")
netparity.nothing()
"""


def test_dir_shows_the_interface_and_nothing_else() -> None:
    assert dir(netparity) == sorted(netparity.__all__)
    assert dir(api) == sorted(api.__all__)


def test_every_name_of_the_interface_is_there() -> None:
    for module in (netparity, api):
        for name in dir(module):
            assert getattr(module, name) is not None
    assert set(netparity.__all__) - {"__version__"} <= set(api.__all__)


def test_importing_it_loads_no_numpy() -> None:
    program = "import netparity, sys; dir(netparity); print('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(HARNESS)},
    )
    assert done.stdout == "False\n"


@pytest.mark.slow
def test_a_type_checker_knows_arguments_and_results(tmp_path: Path) -> None:
    # As of an installed package, only errors in the user's own file are shown.
    (tmp_path / "program.py").write_text(PROGRAM)
    options = ["--strict", "--config-file=", "--follow-imports=silent", "--no-error-summary"]
    cache = ["--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *cache, "program.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(HARNESS)},
    )
    errors = [line.partition(" error: ")[2] for line in done.stdout.splitlines() if "error" in line]
    assert [error.rpartition("  ")[2] for error in errors] == [
        *("[call-arg]", "[arg-type]", "[attr-defined]")
    ], done.stdout
