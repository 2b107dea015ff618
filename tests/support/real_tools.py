"""Nothing but a slow test starts a real tool: the guard that makes it an error.

In the test's own process, starting one raises `RealToolError`. In processes that the test
starts, Octave and MATLAB are stand-ins that leave a note, and the cache is one without
environments; `Guard.check` fails if there is a note or if making an environment was begun.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from netparity.system.cache import cache_folder
from netparity.system.launch import Command

PROGRAMS = ("octave", "octave-cli", "matlab")
FIX = "mark the test slow, or give it a stand-in"


class RealToolError(AssertionError):
    """A test that is not marked slow has started a real tool, or an environment of one."""


class Guard:
    """One for a session. `folder` is for its stand-ins, its notes and its cache."""

    def __init__(self, folder: Path) -> None:
        self._temporary = folder.parent
        self._environments = Path(cache_folder("environments"))
        self._programs = folder / "bin"
        self._programs.mkdir()
        self._notes = folder / "started"
        self._cache = folder / "cache"
        for name in PROGRAMS:
            if shutil.which(name):
                self.stand_in(name)

    def stand_in(self, name: str) -> Path:
        """A program of that name that only notes that it was started."""
        program = self._programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{self._notes}"\nexit 97\n')
        program.chmod(0o755)
        return program

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Have this process raise, and its children take the stand-ins and the empty cache."""
        patch.setenv("PATH", f"{self._programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}")
        patch.setenv("NETPARITY_CACHE", str(self._cache))
        patch.setenv("UV_OFFLINE", "1")
        patch.setenv("UV_CACHE_DIR", str(self._cache / "uv"))
        begin, environment = subprocess.Popen.__init__, Command.full_environment

        def guarded_begin(
            process: subprocess.Popen[bytes], args: object, *rest: object, **options: object
        ) -> None:
            words = [args] if isinstance(args, str | os.PathLike) else args
            self._refuse_real(list(map(str, words)))  # type: ignore[call-overload]
            begin(process, args, *rest, **options)  # type: ignore[call-overload]

        def guarded_environment(command: Command) -> dict[str, str]:
            self._refuse_real(command.arguments)
            return environment(command)

        patch.setattr(subprocess.Popen, "__init__", guarded_begin)
        patch.setattr(Command, "full_environment", guarded_environment)
        patch.setattr("uv.find_uv_bin", _refuse_uv)

    def check(self) -> None:
        """Fail if a child started a stand-in or began an environment; forgets both.

        Raises:
            RealToolError: with what was started.
        """
        started = self._notes.read_text().splitlines() if self._notes.exists() else []
        begun = sorted(self._cache.glob("environments/*.lock"))
        self._notes.unlink(missing_ok=True)
        shutil.rmtree(self._cache / "environments", ignore_errors=True)
        started += [f"the environment {lock.stem}" for lock in begun]
        if started:
            raise RealToolError(f"a child of this test has started {', '.join(started)}: {FIX}")

    def _refuse_real(self, arguments: Sequence[str]) -> None:
        program = Path(arguments[0])
        if program.is_relative_to(self._environments):
            raise RealToolError(f"this test starts {program}: {FIX}")
        if program.name in PROGRAMS:
            found = shutil.which(program)
            made_by_test = found is not None and Path(found).is_relative_to(self._temporary)
            if not made_by_test or Path(found or "").parent == self._programs:
                raise RealToolError(f"this test starts {program}: {FIX}")


def _refuse_uv() -> NoReturn:
    raise RealToolError(f"this test makes an environment: {FIX}")
