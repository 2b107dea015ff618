"""The only place that starts a process.

Each command is started by a small process of its own (`watcher.py`), which waits for it and
reports.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from netparity.system import watcher
from netparity.system.watcher import CONTINUE, STOP, Exit, Limits

__all__ = [
    "Command",
    "Exit",
    "LaunchError",
    "Launched",
    "Limits",
    "ask",
    "begin",
    "capture",
    "launch",
]

NO_LIMITS = Limits()


@dataclass(frozen=True)
class Command:
    """A program, its arguments, and changes to the environment that it inherits.

    A variable set to None is removed.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str | None] = field(default_factory=dict)

    def full_environment(self) -> dict[str, str]:
        """The complete environment of the program."""
        merged = {**os.environ, **self.environment}
        return {name: value for name, value in merged.items() if value is not None}


class LaunchError(OSError):
    """The command could not be started."""


def launch(
    command: Command,
    folder: Path,
    log: Path,
    timeout_seconds: float,
    limits: Limits = NO_LIMITS,
) -> Exit:
    """Run a command to its end in its own process group, with its output appended to `log`.

    Standard input is empty. At the timeout, on an interrupt and if the harness dies, the whole
    group is ended. Whatever the command has started and left behind is ended when it has ended.

    Raises:
        LaunchError: if the program cannot be started.
        KeyboardInterrupt: passed on after the process group has ended.
    """
    launched = begin(command, folder, log, timeout_seconds, limits)
    try:
        return launched.wait()
    except BaseException:
        launched.end()
        raise


def begin(
    command: Command,
    folder: Path,
    log: Path,
    timeout_seconds: float,
    limits: Limits = NO_LIMITS,
) -> Launched:
    """Start a command as `launch` does, without waiting for its end.

    The caller has to call `Launched.end` in the end, whatever happens.
    """
    order = {
        "arguments": list(command.arguments),
        "environment": command.full_environment(),
        "folder": str(folder),
        "log": str(log),
        "timeout_seconds": timeout_seconds,
        "limits": asdict(limits),
        "harness": os.getpid(),
    }
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", watcher.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal reaches the harness alone
        bufsize=0,
    )
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(json.dumps(order).encode())
    return Launched(process, command.arguments[0])


class Launched:
    """A command that runs while the harness does something else."""

    def __init__(self, process: subprocess.Popen[bytes], program: str) -> None:
        assert process.stdout is not None
        self._process, self._output, self._program = process, process.stdout, program
        self._report = b""

    def fileno(self) -> int:
        """A file that can be read when the command has ended; for `select`."""
        return self._output.fileno()

    def stop(self) -> None:
        """Stop it and all that it started; return when that is done, or when it has ended."""
        self._signal(STOP)

    def resume(self) -> None:
        """Let it go on after `stop`; return when that is done, or when it has ended."""
        self._signal(CONTINUE)

    def wait(self) -> Exit:
        """Wait for its end.

        Raises:
            LaunchError: if the program could not be started.
        """
        while chunk := self._output.read(65536):
            self._report += chunk
        self._process.wait()
        self._output.close()
        found = json.loads(self._report) if self._report else {"error": "its watcher was killed"}
        if "error" in found:
            raise LaunchError(f"{self._program} cannot be started: {found['error']}")
        return Exit(**found)

    def ask_to_end(self) -> None:
        """Begin what `end` does, without waiting."""
        self._process.terminate()

    def end(self) -> None:
        """End it with all that it started, if it has not ended."""
        self._process.terminate()
        self._process.wait()
        self._output.close()

    def _signal(self, number: int) -> None:
        """Send a signal to the small process and wait for the line that confirms it."""
        self._process.send_signal(number)
        while (byte := self._output.read(1)) not in (b"\n", b""):
            self._report += byte or b""


def capture(command: Command, folder: Path, timeout_seconds: float = 20.0) -> str:
    """Run a short command and return its output; used to ask a tool for its version.

    Raises:
        LaunchError: if it cannot be started, fails or exceeds the timeout.
    """
    try:
        code, printed = ask(command, folder, timeout_seconds)
    except OSError as error:
        raise LaunchError(f"{command.arguments[0]}: {error.strerror}") from error
    if code is None:
        raise LaunchError(f"{command.arguments[0]} does not end within {timeout_seconds:g} s")
    if code != 0:
        raise LaunchError(f"{command.arguments[0]} ends with exit status {code}")
    return printed


def ask(command: Command, folder: Path, timeout_seconds: float) -> tuple[int | None, str]:
    """Exit status of a short command (None if it does not end in time), and its output.

    At the timeout and on an interrupt its whole process group is ended.

    Raises:
        OSError: if it cannot be started.
    """
    process = subprocess.Popen(
        list(command.arguments),
        env=command.full_environment(),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            printed, _ = process.communicate(timeout=timeout_seconds)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                return None, ""
            raise
    return process.returncode, printed
