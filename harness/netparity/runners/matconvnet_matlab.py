"""The MatConvNet script in MATLAB, through the MATLAB Engine for Python."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from netparity.environments import Environments, Stack
from netparity.launch import Command
from netparity.runners.base import Availability, Missing
from netparity.runners.matconvnet import MatconvnetRunner

# The engine belongs to one release of MATLAB, so no list can be pinned ahead: the user brings
# an interpreter that has it.
_STACK = Stack("matconvnet-matlab", ">=3.9")


class MatconvnetMatlab(MatconvnetRunner):
    """`matconvnet-matlab`. The engine runs in a process and an environment of its own."""

    name = "matconvnet-matlab"
    runs_in_python = True

    def missing(self, environments: Environments) -> list[Missing]:
        """Nothing that a package could bring."""
        return []

    def availability(self, environments: Environments) -> Availability:
        """Whether MATLAB and an interpreter with its engine were found."""
        root = find_matlab()
        if root is None:
            return Availability(
                False,
                "no MATLAB was found (MATLAB_ROOT, PATH)",
                "install MATLAB, or set MATLAB_ROOT to its folder",
            )
        python = environments.overrides.get(self.name)
        if python is None:
            return Availability(
                False,
                f"MATLAB is at {root}, but no interpreter with its engine was named",
                "make an environment, install the matlabengine of your release in it "
                "(pip install matlabengine==...), and call with "
                f"--python {self.name}=/path/to/that/python",
            )
        versions = environments.versions(_STACK, "matlabengine")
        if not versions:
            return Availability(
                False,
                f"{python} has no matlabengine",
                f"{python} -m pip install matlabengine (the version of your MATLAB release)",
            )
        return Availability(True, versions=versions)

    def command(self, environments: Environments, job_file: Path, threads: int) -> Command:
        """The engine's host on the job."""
        python = environments.overrides[self.name]
        script = self.scripts / "engine_host.py"
        return Command(
            [str(python), str(script), str(job_file)],
            {"PYTHONPATH": None, "PYTHONHOME": None, "PYTHONUNBUFFERED": "1"},
        )


def find_matlab() -> Path | None:
    """MATLAB's own folder: `MATLAB_ROOT`, or where `matlab` on the PATH points to."""
    if root := os.environ.get("MATLAB_ROOT"):
        return Path(root) if (Path(root) / "bin" / "matlab").exists() else None
    program = shutil.which("matlab")
    return Path(program).resolve().parents[1] if program else None
