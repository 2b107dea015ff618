"""The MatConvNet script in GNU Octave."""

from __future__ import annotations

import shutil
from pathlib import Path

from netparity.environments import Environments
from netparity.launch import Command, LaunchError, capture
from netparity.runners.base import Availability, Missing, missing_fix, thread_variables
from netparity.runners.matconvnet import MatconvnetRunner, matconvnet_root

# `--no-history`: without it every exit prints an error.
_OCTAVE = ("octave-cli", "--norc", "--no-history", "--quiet")


class MatconvnetOctave(MatconvnetRunner):
    """`matconvnet-octave`."""

    name = "matconvnet-octave"

    def missing(self, environments: Environments) -> list[Missing]:
        """Octave, and the OpenBLAS without which it multiplies many times slower."""
        if shutil.which("octave-cli") is None:
            return [
                Missing("GNU Octave (octave-cli)", "octave"),
                Missing("OpenBLAS for it", "libopenblas0-pthread"),
            ]
        return []

    def availability(self, environments: Environments) -> Availability:
        """Whether Octave is there and starts."""
        if missing := self.missing(environments):
            return Availability(
                False, "octave-cli is not on the PATH", missing_fix(self.name, missing)
            )
        try:
            version = capture(Command(["octave-cli", "--version"]), Path("/")).split("\n")[0]
        except LaunchError as error:
            return Availability(False, f"octave-cli does not start: {error}", "reinstall octave")
        versions = {"octave": version.rpartition(" ")[2]}
        root = matconvnet_root()
        if root is not None and not root.is_dir():
            return Availability(
                False, f"MATCONVNET_ROOT={root} is not a folder", "correct or unset MATCONVNET_ROOT"
            )
        return Availability(True, versions=versions)

    def command(self, environments: Environments, job_file: Path, threads: int) -> Command:
        """`octave-cli octave_main.m JOB`: the job's path is an argument, never code."""
        script = self.scripts / "octave_main.m"
        return Command([*_OCTAVE, str(script), str(job_file)], thread_variables(threads))
