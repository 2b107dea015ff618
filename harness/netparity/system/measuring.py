"""One comparison measures on a machine at a time, and the next one waits for it.

Two files are locked. `measuring` is held by the comparison that measures, and says who it is. Those
that were told not to wait share `beside`, and write to it, so that the holder of the first finds
out about them.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from netparity.system.shared_lock import SharedLock, lock_folder, machine_id
from netparity.watch import Task, Watch

_POLL_SECONDS = 0.2
_MINUTE = 60.0
_MOST_SECONDS = 1e7
NO_WAIT = "--no-wait measures beside it and marks the timings of both"
"""What the user can do instead of waiting, where a command has this option."""


@dataclass(frozen=True)
class Holder:
    """Who measures, as the lock's file says; nothing of it is sure.

    Attributes:
        pid: its process, in its own numbering if it runs in a container.
        since: when it began, in Unix seconds.
        ends: when it expects to end, likewise; None if it does not know.
    """

    pid: int
    since: float
    ends: float | None = None

    @classmethod
    def read(cls, data: bytes) -> Holder | None:
        """Return what somebody wrote; None if it makes no sense."""
        try:
            pid, since, ends = json.loads(data)
            now = time.time()
            for moment in (since, since if ends is None else ends):
                if not abs(float(moment) - now) < _MOST_SECONDS:
                    return None
            return cls(int(pid), float(since), None if ends is None else float(ends))
        except (ValueError, TypeError, OverflowError, RecursionError):
            return None

    @property
    def left(self) -> float | None:
        """Seconds until it expects to end."""
        return None if self.ends is None else max(0.0, self.ends - time.time())

    @property
    def words(self) -> str:
        """E.g. `process 123, since 12:01, about 2 min left`."""
        words = f"process {self.pid}, since {time.strftime('%H:%M', time.localtime(self.since))}"
        if self.left is None:
            return words
        minutes = round(self.left / _MINUTE)
        return f"{words}, about {minutes} min left" if minutes else f"{words}, less than 1 min left"


class Measuring:
    """This process measures, alone or beside others.

    Attributes:
        waited_seconds: for which it waited before.
    """

    def __init__(self) -> None:
        self.waited_seconds = 0.0
        self._lock: SharedLock | None = None
        self._beside: SharedLock | None = None
        self._sure = False
        self._begun = time.time()

    @property
    def beside(self) -> bool:
        """Whether another comparison has measured at the same time so far."""
        if self._sure or self._beside is None:
            return self._sure
        return not self._beside.is_free() or self._beside.changed() >= self._begun

    def expect(self, seconds: float) -> None:
        """Tell those who wait how many seconds this will still take."""
        if self._lock is not None and not self._sure:
            self._lock.write(json.dumps([os.getpid(), self._begun, time.time() + seconds]).encode())

    def take(
        self, lock: SharedLock, beside: SharedLock, watch: Watch, wait: bool, instead: str
    ) -> None:
        """Begin to measure, when it is this process's turn.

        Raises:
            OSError: if there are no locks where the files are.
        """
        if not (lock.take() and beside.is_free()):
            if wait:
                self._wait(lock, beside, watch, instead)
            else:
                beside.take_shared()
                beside.write(f"{os.getpid()}\n".encode())
                self._sure = True
        self._begun = time.time()
        self._lock, self._beside = lock, beside
        if not self._sure:
            lock.write(json.dumps([os.getpid(), self._begun, None]).encode())

    def end(self) -> None:
        """Those beside which it has measured find out when it has ended."""
        if self._sure and self._beside is not None:
            self._beside.write(f"{os.getpid()}\n".encode())

    def _wait(self, lock: SharedLock, beside: SharedLock, watch: Watch, instead: str) -> None:
        begun = time.monotonic()
        holder = Holder.read(lock.read())
        who = f" ({holder.words})" if holder is not None else ""
        also = f"; {instead}" if instead else ""
        watch.message(f"another comparison is measuring on this machine{who}; waiting for it{also}")
        with watch.task("waiting for the other comparison") as task:
            while not (lock.take() and beside.is_free()):
                _show(task, Holder.read(lock.read()))
                time.sleep(_POLL_SECONDS)
        self.waited_seconds = time.monotonic() - begun


def _show(task: Task, holder: Holder | None) -> None:
    if holder is not None and holder.left is not None:
        task.expect(holder.left)


@contextmanager
def measuring(watch: Watch, wait: bool = True, instead: str = NO_WAIT) -> Iterator[Measuring]:
    """Measure in the block, while no other comparison on this machine does.

    Where there are no locks, a warning says so.

    Args:
        wait: for the others; else measure beside them.
        instead: of waiting, what the user can do; empty for nothing.
    """
    turn = Measuring()
    with ExitStack() as locks:
        try:
            name = f"netparity-measuring-{machine_id()}"
            lock = locks.enter_context(closing(SharedLock(lock_folder() / f"{name}.lock")))
            beside = locks.enter_context(closing(SharedLock(lock_folder() / f"{name}.beside")))
            turn.take(lock, beside, watch, wait, instead)
        except OSError as error:
            watch.warning(
                "whether another comparison is measuring on this machine cannot be found out: "
                f"{error.strerror or error}"
            )
        try:
            yield turn
        finally:
            turn.end()
