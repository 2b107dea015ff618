"""The only place that starts a process.

Run as a script, this file is a small intermediate process that starts one command, waits for it
and reports. It does three things that the harness itself cannot:

- Peak memory: on Linux a child starts with the peak of the process that it was forked from, so a
  harness that has held a network in memory would pass its own peak on to every child.
- If the harness is killed, even by SIGKILL, the kernel signals this process, which then ends the
  command and everything that the command started.
- The start time is taken right before the fork, after all delays in the harness.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_GRACE_SECONDS = 3.0
_LONGEST_WAIT_SECONDS = 3600.0
_PR_SET_PDEATHSIG = 1
_WATCHED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


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


@dataclass(frozen=True)
class Limits:
    """Limits of a process and of each process that it starts; none by default.

    Attributes:
        cpus: processors that it may run on.
        memory_bytes: private memory that it may allocate (RLIMIT_DATA). Memory counts when it is
            allocated, not when it is used, so this is stricter than a machine of that size.
    """

    cpus: Sequence[int] = ()
    memory_bytes: int | None = None


@dataclass(frozen=True)
class Exit:
    """How a process ended.

    Attributes:
        exit_status: its exit status, or None if a signal ended it.
        signal_name: that signal, e.g. `SIGKILL`.
        timed_out: whether it was stopped at the timeout.
        launched_unix_seconds: time just before the start.
        wall_seconds: from start to end.
        peak_rss_bytes: largest resident set of the process or any of its children (wait4).
    """

    exit_status: int | None
    signal_name: str | None
    timed_out: bool
    launched_unix_seconds: float
    wall_seconds: float
    peak_rss_bytes: int

    @property
    def words(self) -> str:
        """How it ended, as a phrase for an error message."""
        if self.timed_out:
            return f"was stopped at its timeout, after {self.wall_seconds:.0f} s"
        if self.signal_name is not None:
            return f"was ended by {self.signal_name}"
        return f"ended with exit status {self.exit_status}"


class LaunchError(OSError):
    """The command could not be started."""


def launch(
    command: Command,
    folder: Path,
    log: Path,
    timeout_seconds: float,
    limits: Limits = Limits(),
) -> Exit:
    """Run a command to its end in its own process group, with its output appended to `log`.

    Standard input is empty. At the timeout, on an interrupt and if the harness dies, the whole
    group is ended.

    Raises:
        LaunchError: if the program cannot be started.
        KeyboardInterrupt: passed on after the process group has ended.
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
    watcher = subprocess.Popen(
        [sys.executable, "-I", "-S", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C in the terminal reaches the harness alone
    )
    try:
        answer, _ = watcher.communicate(json.dumps(order))
    except BaseException:
        watcher.terminate()
        watcher.wait()
        raise
    report = json.loads(answer) if answer else {"error": "its watcher was killed"}
    if "error" in report:
        raise LaunchError(f"{command.arguments[0]} cannot be started: {report['error']}")
    return Exit(**report)


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

    Raises:
        OSError: if it cannot be started.
    """
    try:
        done = subprocess.run(
            list(command.arguments),
            env=command.full_environment(),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout


# --- the intermediate process: standard library only, no import of netparity ----------------


def _watch() -> None:
    """Read an order from standard input, carry it out, and write a report to standard output."""
    _die_with_parent(signal.SIGTERM)
    order = json.load(sys.stdin)
    if os.getppid() != order["harness"]:
        return  # the harness died before it could be watched
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    try:
        report = asdict(_run(order))
    except OSError as error:
        report = {"error": f"{error.strerror or error}"}
    json.dump(report, sys.stdout)


def _die_with_parent(number: signal.Signals) -> None:
    """Have the kernel send this process a signal when its parent dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def _prepare_child(limits: Limits) -> None:
    """In the child before exec: unblock signals, set limits, and die with the watcher."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
    _die_with_parent(signal.SIGKILL)
    if limits.cpus:
        os.sched_setaffinity(0, limits.cpus)
    if limits.memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (limits.memory_bytes, limits.memory_bytes))


def _run(order: dict[str, Any]) -> Exit:
    limits = Limits(**order["limits"])
    with open(order["log"], "ab") as log:
        launched, begun = time.time(), time.monotonic()
        process = subprocess.Popen(
            order["arguments"],
            env=order["environment"],
            cwd=order["folder"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Safe here: this small process has a single thread.
            preexec_fn=lambda: _prepare_child(limits),  # noqa: PLW1509
        )
    timed_out = _await_end(process.pid, begun + order["timeout_seconds"])
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    _end_group(process.pid, signal.SIGKILL)  # children left behind
    code = os.waitstatus_to_exitcode(status)
    return Exit(
        exit_status=code if code >= 0 else None,
        signal_name=signal.Signals(-code).name if code < 0 else None,
        timed_out=timed_out,
        launched_unix_seconds=launched,
        wall_seconds=seconds,
        peak_rss_bytes=usage.ru_maxrss * 1024,
    )


def _await_end(pid: int, deadline: float) -> bool:
    """Wait until the process has ended, or stop it; True if it was stopped at the deadline."""
    timed_out = stopping = False
    while not _has_ended(pid):
        left = deadline - time.monotonic()
        caught = signal.sigtimedwait(_WATCHED, min(max(0.0, left), _LONGEST_WAIT_SECONDS))
        if caught is None and left > _LONGEST_WAIT_SECONDS:
            continue
        if caught is not None and caught.si_signo == signal.SIGCHLD:
            continue
        if stopping:
            _end_group(pid, signal.SIGKILL)
        else:
            timed_out, stopping = caught is None, True
            _end_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
    return timed_out


def _has_ended(pid: int) -> bool:
    """Whether the process has ended and can be collected (which this function does not do)."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


if __name__ == "__main__":
    _watch()
