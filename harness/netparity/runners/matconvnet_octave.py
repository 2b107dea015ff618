"""The MatConvNet script in GNU Octave."""

from __future__ import annotations

import shutil
from pathlib import Path

from netparity.runners.base import Availability, Missing, missing_fix, thread_variables
from netparity.runners.environments import Environments
from netparity.runners.matconvnet import MatconvnetRunner
from netparity.system.launch import Command, LaunchError, capture

# `--no-history`: without it every exit prints an error.
_OCTAVE = ("octave-cli", "--norc", "--no-history", "--quiet")


class MatconvnetOctave(MatconvnetRunner):
    """`matconvnet-octave`."""

    name = "matconvnet-octave"
    default_rows = ("matconvnet-octave",)
    colour = "#009e73"

    def missing(self, environments: Environments) -> list[Missing]:
        """Octave, and OpenBLAS: without it matrix products are many times slower."""
        openblas = Missing("OpenBLAS for Octave", "libopenblas0-pthread")
        if shutil.which("octave-cli") is None:
            return [Missing("GNU Octave (octave-cli)", "octave"), openblas]
        found = any(Path("/usr/lib").glob("*/openblas*/libopenblas*.so.0"))
        return [] if found else [openblas]

    def availability(self, environments: Environments) -> Availability:
        """Whether Octave is installed and starts; it also runs without OpenBLAS, but slowly."""
        if shutil.which("octave-cli") is None:
            fix = missing_fix(self.name, self.missing(environments))
            return Availability(False, "octave-cli is not on the PATH", fix)
        try:
            version = capture(Command(["octave-cli", "--version"]), Path("/")).split("\n")[0]
        except LaunchError as error:
            reason = f"octave-cli does not start: {error}"
            return Availability(False, reason, "reinstall GNU Octave", can_set_up=False)
        versions = {"octave": version.rpartition(" ")[2]}
        return self.code_problem() or Availability(True, versions=versions)

    def command(self, environments: Environments, job_file: Path, threads: int) -> Command:
        """`octave-cli octave_main.m JOB`: the job's path is an argument, never code."""
        script = self.scripts / "octave_main.m"
        return Command([*_OCTAVE, str(script), str(job_file)], thread_variables(threads))
