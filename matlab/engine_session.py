"""Starting and quitting MATLAB, or joining a shared session, for engine_host.py.

It needs only the standard library. Annotations are quoted because the engines of old releases
support no Python after 3.6.
"""

import contextlib
import io
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine_import import HostError, errors
from engine_signals import Stopped, pause, stopped

POLL_SECONDS = 0.1
START_SECONDS = 300.0  # the first start from a network drive can take minutes
QUIT_SECONDS = 20.0
STOP_SECONDS = 0.5  # for each step after a signal; the harness kills this process after 1.2
ANSWER_SECONDS = 10.0


def start_options(threads: "int | None") -> str:
    """Return MATLAB's start options as one string. One thread can only be set at the start."""
    options = "-nodisplay -nojvm"
    return options + " -singleCompThread" if threads == 1 else options


def start_matlab(engine: "Any", threads: "int | None", seconds: float) -> "Any":
    """Start MATLAB. Raise HostError if it does not start."""
    pause(0.0)  # a signal during the import
    try:
        future = engine.start_matlab(start_options(threads), background=True)
        return await_matlab(future, seconds, "MATLAB has not started")
    except errors(engine, "EngineError", "CancelledError", "RejectedExecutionError") as error:
        if re.search(r"licen[cs]e|activat", str(error), re.IGNORECASE):
            raise HostError(
                "LicenceRefused",
                f"MATLAB was refused a licence: {error}. Check whether `matlab -nodisplay -nojvm "
                "-r exit` starts in a shell; another session may hold the licence, or the licence "
                "server (MLM_LICENSE_FILE) may be out of reach.",
            ) from error
        raise HostError(
            "StartFailed",
            f"MATLAB did not start: {error}. Run `matlab -nodisplay -nojvm -r exit` in a shell to "
            "see why; MATLAB_ROOT or the PATH may name another installation.",
        ) from error


def connect_matlab(engine: "Any", name: str, seconds: float) -> "Any":
    """Join a shared session. Raise HostError if there is none of that name."""
    shared = list(engine.find_matlab())
    if name not in shared:
        raise HostError(
            "SessionNotFound",
            f"no MATLAB session is shared as {name!r}; shared sessions: "
            f"{', '.join(shared) or 'none'}. Call matlab.engine.shareEngine('{name}') in the "
            "session to be joined.",
        )
    try:
        future = engine.connect_matlab(name, background=True)
        return await_matlab(future, seconds, f"the session {name!r} has not answered")
    except errors(engine, "EngineError", "CancelledError", "RejectedExecutionError") as error:
        raise HostError(
            "SessionRefused",
            f"the MATLAB session {name!r} cannot be joined: {error}. It may have ended, or another "
            "program may be connected to it: a session accepts one at a time.",
        ) from error


def await_matlab(future: "Any", seconds: float, what: str) -> "Any":
    """Return the future's MATLAB; cancel it when the time is up or at a signal."""
    deadline = time.monotonic() + seconds
    try:
        while not future.done():
            if time.monotonic() > deadline:
                raise too_slow(what, seconds)
            pause(POLL_SECONDS)
        return future.result()
    except BaseException:  # signals too: MATLAB must not start after this program has ended
        with contextlib.suppress(Exception):
            future.cancel()
        raise


def too_slow(what: str, seconds: float) -> HostError:
    """The error for a MATLAB or a session that was not ready in time."""
    return HostError(
        "StartTimeout",
        f"{what} within {seconds:g} s. Allow more: matconvnet-matlab[startup_timeout=SECONDS], and "
        "a larger --timeout if that is less.",
    )


def ask(
    matlab: "Any",
    seconds: float,
    name: str,
    *arguments: "Any",
    nargout: int = 1,
    wait: "Callable[[float], None]" = pause,
) -> "Any":
    """Call a function that answers at once; return None if it does not, or does not exist."""
    quiet = {"stdout": io.StringIO(), "stderr": io.StringIO(), "background": True}
    deadline = time.monotonic() + seconds
    future = None
    try:
        future = matlab.feval(name, *arguments, nargout=nargout, **quiet)
        while not future.done():
            if time.monotonic() > deadline:
                future.cancel()
                return None
            wait(POLL_SECONDS / 10)
        return future.result()
    except Stopped:
        if future is not None:
            with contextlib.suppress(Exception):
                future.cancel()
        raise
    except Exception:
        return None  # no answer is worth failing for


def quit_matlab(matlab: "Any", pid: "int | None", seconds: float) -> None:
    """Quit MATLAB; kill it if that takes too long, because a busy MATLAB does not respond."""

    def leave() -> None:
        try:
            matlab.quit()
        except Exception as error:
            print(f"MATLAB did not quit by itself: {error}", file=sys.stderr)

    begun = time.monotonic()
    # In a thread, because a call into the engine can block indefinitely.
    quitting = threading.Thread(target=leave, daemon=True)
    quitting.start()
    while quitting.is_alive() or (pid is not None and is_running(pid)):
        # After a signal, even one that arrives now, there is less time.
        patience = min(seconds, STOP_SECONDS) if stopped() else seconds
        if time.monotonic() - begun > patience:
            if pid is not None and is_running(pid):
                os.kill(pid, signal.SIGKILL)
            break
        time.sleep(POLL_SECONDS / 2)


def is_running(pid: int) -> bool:
    """Return whether this process exists and has not ended."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except ProcessLookupError:
        return False
    except OSError:
        return True  # a system without /proc
    return stat.rpartition(")")[2].split()[0] != "Z"


def peak_bytes(pid: "int | None") -> "int | None":
    """Return a process's peak resident set size in bytes; None if it cannot be read."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
    return int(found.group(1)) * 1024 if found else None


def seconds_allowed(text: "str | None") -> float:
    """Return the seconds that a start may take, from the job's option `startup_timeout`."""
    try:
        seconds = START_SECONDS if text is None else float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise HostError(
            "UsageError",
            f"startup_timeout={text}: expected a number of seconds above 0, such as 600",
        )
    return seconds


class Session:
    """The MATLAB that runs a job: started for it, or a shared session.

    Attributes:
        matlab: the engine's own object.
        start_seconds: how long starting or joining it took.
    """

    def __init__(self, engine: "Any", job: "dict[str, Any]") -> None:
        options = job.get("options") or {}
        self.name = options.get("session")
        self.pid = None  # type: int | None
        self.before = {}  # type: dict[str, Any]
        self.seconds = seconds_allowed(options.get("startup_timeout"))
        begun = time.monotonic()
        if self.name:
            self.matlab = connect_matlab(engine, self.name, self.seconds)
        else:
            self.matlab = start_matlab(engine, job.get("threads"), self.seconds)
        self.start_seconds = time.monotonic() - begun

    @property
    def words(self) -> str:
        """Which MATLAB it is, for the result."""
        return f"shared session {self.name}" if self.name else "started for this process"

    def prepare(self) -> None:
        """Find out its process, and what the job will change in a shared session.

        Raise HostError if a shared session is busy.
        """
        if self.name:
            self.before["path"] = ask(self.matlab, self.seconds, "path")
            if self.before["path"] is None:
                raise too_slow(
                    f"the session {self.name!r} is busy: it has not answered", self.seconds
                )
        answer = ask(self.matlab, ANSWER_SECONDS, "feature", "getpid")
        if isinstance(answer, (int, float)) and answer > 1:
            self.pid = int(answer)
        if self.name:
            self.before["threads"] = ask(self.matlab, ANSWER_SECONDS, "maxNumCompThreads")
            self.before["root"] = ask(self.matlab, ANSWER_SECONDS, "getenv", "MATCONVNET_ROOT")
            self._set_root(os.environ.get("MATCONVNET_ROOT"), ANSWER_SECONDS, pause)

    def lost(self) -> bool:
        """Return whether its process is known to have ended."""
        return self.pid is not None and not is_running(self.pid)

    def end(self, seconds: float) -> None:
        """Quit MATLAB if it was started here; otherwise restore what was changed."""
        if not self.name:
            quit_matlab(self.matlab, self.pid, seconds)
        elif "root" in self.before and not self.lost():
            for name, noted in (("path", "path"), ("maxNumCompThreads", "threads")):
                if self.before[noted] is not None:
                    ask(
                        self.matlab,
                        seconds / 3,
                        name,
                        self.before[noted],
                        nargout=0,
                        wait=time.sleep,
                    )
            self._set_root(self.before["root"], seconds / 3, time.sleep)

    def _set_root(
        self, root: "str | None", seconds: float, wait: "Callable[[float], None]"
    ) -> None:
        """Set MATCONVNET_ROOT: a running session does not have this process's environment."""
        ask(self.matlab, seconds, "setenv", "MATCONVNET_ROOT", root or "", nargout=0, wait=wait)
