"""The small process between the harness and a command; `system.launch` starts it.

Run as a script, this file starts one command, waits for it and reports. It does four things that
the harness itself cannot:

- Peak memory: on Linux a child starts with the peak of the process that it was forked from, so a
  harness that has held a network in memory would pass its own peak on to every child.
- If the harness is killed, even by SIGKILL, the kernel signals this process, which then ends the
  command and everything that the command started, also what has left its process group: the kernel
  makes the orphans of the command this process's children (it is their subreaper).
- The start time is taken right before the fork, after all delays in the harness.
- Several commands can be alive at once, all but one of them stopped: this process stops its own,
  and no timeout counts that time.

It uses the standard library only and imports nothing of netparity.
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
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_GRACE_SECONDS = 3.0
"""From SIGTERM to SIGKILL, at the timeout."""
_INTERRUPTED_GRACE_SECONDS = 1.2
"""The same where somebody waits for the end, after Ctrl-C."""
_LONGEST_WAIT_SECONDS = 3600.0
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_POLL_SECONDS = 0.01
STOP, CONTINUE = signal.SIGUSR1, signal.SIGUSR2
"""Have this process stop its command with all that it started, or let it go on."""
_WATCHED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, STOP, CONTINUE)


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
        wall_seconds: from start to end, without the time for which it was stopped (`Launched`).
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


def _watch() -> None:
    """Read an order from standard input, carry it out, and write a report to standard output."""
    _die_with_parent(signal.SIGTERM)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    order = json.load(sys.stdin)
    if os.getppid() != order["harness"]:
        return  # the harness died before it could be watched
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    try:
        report = asdict(_run(order))
    except OSError as error:
        report = {"error": f"{error.strerror or error}"}
    _say(json.dumps(report).encode())


def _say(data: bytes) -> None:
    """Write to the harness, which may have died."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, data)


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
    timed_out, stopped_seconds = _await_end(process.pid, begun + order["timeout_seconds"])
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun - stopped_seconds
    _end_descendants()
    code = os.waitstatus_to_exitcode(status)
    return Exit(
        exit_status=code if code >= 0 else None,
        signal_name=signal.Signals(-code).name if code < 0 else None,
        timed_out=timed_out,
        launched_unix_seconds=launched,
        wall_seconds=seconds,
        peak_rss_bytes=usage.ru_maxrss * 1024,
    )


def _await_end(pid: int, deadline: float) -> tuple[bool, float]:
    """Wait until the process has ended, or end it at the deadline.

    Returns:
        Whether it was ended at the deadline, and for how many seconds it was stopped. The deadline
        is put off by these.
    """
    timed_out = ending = False
    pause = _Pause()
    while not _has_ended(pid):
        left = deadline + pause.seconds() - time.monotonic()
        left = _LONGEST_WAIT_SECONDS if pause.is_on else left
        caught = signal.sigtimedwait(_WATCHED, min(max(0.0, left), _LONGEST_WAIT_SECONDS))
        if caught is None and (pause.is_on or left > _LONGEST_WAIT_SECONDS):
            continue
        if caught is not None and caught.si_signo == signal.SIGCHLD:
            continue
        if caught is not None and caught.si_signo in (STOP, CONTINUE):
            pause.obey(caught.si_signo, pid)
            continue
        if ending:
            _signal_group(pid, signal.SIGKILL)
        else:
            timed_out, ending = caught is None, True
            _signal_group(pid, signal.SIGTERM)
            if pause.is_on:  # what is stopped does not see the signal
                pause.obey(CONTINUE, pid)
        grace = _GRACE_SECONDS if timed_out else _INTERRUPTED_GRACE_SECONDS
        deadline = time.monotonic() - pause.seconds() + grace
    return timed_out, pause.seconds()


class _Pause:
    """The time for which a process group is stopped."""

    def __init__(self) -> None:
        self.before, self.since = 0.0, 0.0

    @property
    def is_on(self) -> bool:
        return self.since > 0.0

    def seconds(self) -> float:
        """The sum of all pauses so far."""
        return self.before + (time.monotonic() - self.since if self.is_on else 0.0)

    def obey(self, number: int, pid: int) -> None:
        """Stop the group or let it go on, and confirm it with a line."""
        if number == STOP:
            self.since = self.since or time.monotonic()
        else:
            self.before, self.since = self.seconds(), 0.0
        wanted = signal.SIGSTOP if number == STOP else signal.SIGCONT
        _signal_group(pid, wanted)
        for each in _descendants(os.getpid()):  # some may have left the group
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(each, wanted)
        _say(b"\n")


def _has_ended(pid: int) -> bool:
    """Whether the process has ended and can be collected (which this function does not do)."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def _end_descendants() -> None:
    """End what the command has left behind; each pass also finds what the last one has orphaned."""
    deadline = time.monotonic() + _GRACE_SECONDS
    while _collect() and time.monotonic() < deadline:
        for pid in _descendants(os.getpid()):
            # Processes of another user, as sudo's, cannot be ended from here.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_POLL_SECONDS)


def _collect() -> bool:
    """Collect the children that have ended; whether there are others."""
    try:
        while os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG) is not None:
            pass
    except ChildProcessError:
        return False
    return True


def _descendants(pid: int) -> list[int]:
    """The children of a process, their children and so on."""
    parents, found = _parents(), [pid]
    for each in found:  # which grows
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


def _parents() -> dict[int, int]:
    """The parent of every process."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                # The name of the program, in parentheses, may hold anything.
                fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
                parents[int(folder.name)] = int(fields[1])
    return parents


if __name__ == "__main__":
    _watch()
