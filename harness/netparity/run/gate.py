"""The gate at which a process waits for its turns: two named pipes in a folder of its own.

The process writes a line to `ready` when it waits, and then reads from `go` what to do next.
Reading from a pipe is the one way to wait that Python, Octave and MATLAB share and that takes no
time from a processor.
"""

from __future__ import annotations

import errno
import math
import os

from netparity.run.acceptance import ProcessFailedError
from netparity.system.temporary import make_folder, remove_folder

_MOST_BYTES = 1000


class Gate:
    """One process's gate; `folder` is what its job names."""

    def __init__(self) -> None:
        self.folder = make_folder("turns")
        for name in ("ready", "go"):
            os.mkfifo(self.folder / name, 0o600)
        # Open for writing too, so that it has no end when the process closes its side.
        self._ready = os.open(self.folder / "ready", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._received = b""

    def fileno(self) -> int:
        """A file that can be read when the process has said something; for `select`."""
        return self._ready

    def arrived(self) -> float | None:
        """Seconds of the shortest prediction so far, if the process waits now; else None.

        Raises:
            ProcessFailedError: if it wrote something else.
        """
        try:
            self._received += os.read(self._ready, _MOST_BYTES)
        except BlockingIOError:
            return None
        line, end, self._received = self._received.partition(b"\n")
        if not end and len(line) < _MOST_BYTES:
            self._received = line
            return None
        try:
            seconds = float(line)
        except ValueError:
            seconds = math.nan
        if not 0 <= seconds < math.inf:
            shown = line[:80].decode(errors="replace")
            raise ProcessFailedError(
                f"it wrote {shown!r} to the pipe 'ready', expected the seconds of a prediction"
            )
        return seconds

    def open(self, values: int, uncounted: int) -> bool:
        """Let the process measure so many values, after some calls that do not count; 0, 0: end.

        Returns False if the process does not listen yet, or no longer.
        """
        try:
            pipe = os.open(self.folder / "go", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nobody has opened it for reading
                return False
            raise
        try:
            os.write(pipe, f"{values} {uncounted}\n".encode())
        except BrokenPipeError:
            return False
        finally:
            os.close(pipe)
        return True

    def close(self) -> None:
        """Remove the pipes; a process that is started later has no turns."""
        if self._ready >= 0:
            os.close(self._ready)
        self._ready = -1
        remove_folder(self.folder)
