"""The MatConvNet script in MATLAB, through the MATLAB Engine for Python."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from netparity.errors import SetupError
from netparity.runners.base import Availability, Missing, Option, python_variables
from netparity.runners.environments import Environments, Stack
from netparity.runners.matconvnet import MatconvnetRunner
from netparity.runners.matlab_installation import DEFAULT_FOLDER, Matlab, find_matlab, why_none
from netparity.runners.matlab_releases import OLDEST, Release, release_of_engine
from netparity.system.launch import Command, LaunchError
from netparity.watch import Watch

_NAME = "matconvnet-matlab"
# From MATLAB's own folder, its setup.py installed the engine under the second name before R2022b.
_DOWNLOAD_MEGABYTES, _DISK_MEGABYTES = 1, 2  # the engine only finds the libraries of MATLAB
_PACKAGES = ("matlabengine", "matlabengineforpython")


class MatconvnetMatlab(MatconvnetRunner):
    """`matconvnet-matlab`. The engine runs in a separate process and environment."""

    name = _NAME
    default_rows = (_NAME,)
    colour = "#cc79a7"
    options: ClassVar = {
        **MatconvnetRunner.options,
        "session": Option("join the MATLAB session shared under this name, which is not quit"),
        "startup_timeout": Option("seconds allowed for MATLAB to start; default: 300"),
    }

    @classmethod
    def interpreters(cls) -> tuple[str, ...]:
        """Its own name."""
        return (cls.name,)

    def prepare(self, environments: Environments, watch: Watch) -> None:
        """Make an environment with the engine of this machine's MATLAB.

        Raises:
            SetupError: if there is no MATLAB, or its engine cannot be installed.
        """
        matlab = find_matlab()
        brought = self.name in environments.overrides
        problem = _no_matlab(matlab) if brought else _problem(matlab)
        if problem is not None:
            raise SetupError(problem.reason, problem.fix)
        assert matlab is not None
        if not brought and matlab.release is not None and not matlab.release.known:
            watch.warning(_newer_than_known(matlab.release))
        environments.ensure(engine_stack(matlab), watch)

    def missing(self, environments: Environments) -> list[Missing]:
        """Nothing: no system package provides MATLAB."""
        return []

    def availability(self, environments: Environments) -> Availability:
        """Whether MATLAB is found, and an interpreter with the engine of its release."""
        matlab = find_matlab()
        own = environments.overrides.get(self.name)
        problem = _no_matlab(matlab) if own else _problem(matlab)
        if problem is not None:
            return replace(problem, can_set_up=False)
        assert matlab is not None
        stack = engine_stack(matlab)
        python = environments.python(stack)
        if python is None:
            assert matlab.release is not None
            return Availability(
                False,
                f"{_described(matlab)}; its environment has not been made",
                f"netparity setup {self.name}",
            )
        try:
            found = environments.importable_versions(stack, *_PACKAGES)
        except LaunchError as error:
            return Availability(False, f"{error}", _bring_your_own(), can_set_up=False)
        if not found:
            reason, fix = f"{python} has no matlabengine", _install(matlab, python)
            return Availability(False, reason, fix, can_set_up=False)
        [engine] = list(found.values())[:1]
        release = matlab.release
        if release is not None and not release.owns(engine):
            return Availability(
                False,
                f"{python} has matlabengine {engine}{_belonging(engine)}, but {matlab.words}, "
                f"which needs matlabengine {release.version}",
                _install(matlab, python),
                can_set_up=False,
            )
        versions = {"matlab": matlab.release_name} if matlab.release_name else {}
        return self.code_problem() or Availability(
            True,
            versions={**versions, "matlabengine": engine},
            found=_described(matlab) if release is not None else matlab.words,
        )

    def command(self, environments: Environments, job_file: Path, threads: int) -> Command:
        """Starts the engine's host on the job."""
        matlab = find_matlab()
        environment = python_variables()
        python = environments.overrides.get(self.name)
        if matlab is not None:
            python = environments.python(engine_stack(matlab))
            # The engine starts the MATLAB it was installed for, or the one on the PATH; this makes
            # them the same.
            environment["MATLAB_ROOT"] = str(matlab.root)
            path = [str(matlab.root / "bin"), os.environ.get("PATH", "")]
            environment["PATH"] = os.pathsep.join(path)
        assert python is not None, "availability() is asked first"
        return Command(
            [str(python), str(self.scripts / "engine_host.py"), str(job_file)], environment
        )


def engine_stack(matlab: Matlab) -> Stack:
    """The environment with the engine of a MATLAB.

    It cannot be pinned with hashes: the right engine depends on the MATLAB of the machine, and
    MathWorks fixes each release's engine in patch versions.
    """
    sized = partial(
        Stack, _NAME, download_megabytes=_DOWNLOAD_MEGABYTES, disk_megabytes=_DISK_MEGABYTES
    )
    release = matlab.release
    if release is None:
        return sized(">=3.6", ("matlabengine",))
    # The package's setup.py records where MATLAB is. It looks in MATLAB's default folder, then in
    # this variable. Otherwise MATLAB's libraries are better kept away from other programs.
    variables = {}
    if matlab.root != DEFAULT_FOLDER / release.name:
        libraries = os.environ.get("LD_LIBRARY_PATH")
        searched = [str(matlab.libraries), *([libraries] if libraries else [])]
        variables["LD_LIBRARY_PATH"] = os.pathsep.join(searched)
    return sized(release.python, (release.requirement,), variables, str(matlab.root))


def _no_matlab(matlab: Matlab | None) -> Availability | None:
    if matlab is None:
        return Availability(False, *why_none())
    if matlab.too_old:
        return Availability(
            False,
            f"{matlab.words}, but netparity needs {OLDEST} or later",
            f"install {OLDEST} or later, or set MATLAB_ROOT to a later release",
        )
    return None


def _problem(matlab: Matlab | None) -> Availability | None:
    """Why no environment can be made for this MATLAB; None if one can."""
    problem = _no_matlab(matlab)
    if problem is not None or matlab is None:
        return problem
    if matlab.release is None:
        return Availability(
            False,
            f"{matlab.words}, but neither its VersionInfo.xml nor its folder's name gives its "
            "release, so the right matlabengine is unknown",
            f"set MATLAB_ROOT to what `matlabroot` prints in MATLAB, or {_bring_your_own()}",
        )
    if not matlab.release.on_index:
        return Availability(
            False,
            f"{_described(matlab)}, which is not on the package index but comes with MATLAB",
            f"in a Python {matlab.release.python_words} of your own, run `python setup.py install` "
            f"in {matlab.root / 'extern' / 'engines' / 'python'}, then {_bring_your_own()}",
        )
    return None


def _described(matlab: Matlab) -> str:
    """A MATLAB, with the engine and the Pythons that it needs."""
    release = matlab.release
    assert release is not None
    newer = "" if release.known else f" ({_newer_than_known(release)})"
    return (
        f"{matlab.words}; it needs matlabengine {release.version} on Python "
        f"{release.python_words}{newer}"
    )


def _newer_than_known(release: Release) -> str:
    return (
        f"{release.name} is newer than this netparity: matlabengine {release.version} is inferred "
        "from its name, and the Pythons from the previous release"
    )


def _belonging(engine: str) -> str:
    release = release_of_engine(engine)
    return f" of {release.name}" if release is not None else ""


def _bring_your_own() -> str:
    return f"give an interpreter that has it: --python {_NAME}=/path/to/python"


def _install(matlab: Matlab, python: Path) -> str:
    release = matlab.release
    if release is None:
        return f"{python} -m pip install matlabengine (the version of your MATLAB release)"
    if not release.on_index:
        folder = matlab.root / "extern" / "engines" / "python"
        return f"run `{python} setup.py install` in {folder}"
    return (
        f"{python} -m pip install '{release.requirement}', or leave out --python: "
        f"netparity setup {_NAME} makes an environment"
    )
