"""Waiting for this process's turns, while the processes of other tools have theirs.

The job's folder `turns` holds two named pipes. At the gate a process writes one line to `ready`,
and then reads one line from `go`: how many values to measure now, and how many calls to make
before them that do not count. Both are 0 when there are no more turns.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from job_files import Turns
from stopwatch import Series, loops_for, measured, tick_seconds


@dataclass(frozen=True)
class Gate:
    """The pipes of one process."""

    folder: Path

    def wait(self, call_seconds: float) -> tuple[int, int]:
        """Sleep until it is this process's turn; return the values to measure and calls before.

        call_seconds: of the shortest prediction so far.

        Raises ValueError if the line does not hold these two numbers.
        """
        with open(self.folder / "ready", "w", encoding="ascii") as pipe:
            pipe.write(f"{call_seconds!r}\n")
        with open(self.folder / "go", encoding="ascii") as pipe:
            line = pipe.read()  # to its end: the next turn must not find this one's writer
        try:
            values, uncounted = map(int, line.split())
        except ValueError:
            raise ValueError(f"the pipe 'go' gave {line!r}, expected two whole numbers") from None
        return values, uncounted


def gate_of(turns: Turns | None) -> Gate | None:
    """Return the gate of a job; None without turns.

    The pipes exist only during the run: a job that is repeated by hand has no turns.
    """
    if turns is None or not os.path.isdir(turns.folder):
        return None
    return Gate(Path(turns.folder))


def timed_in_turns(call: Callable[[], object], gate: Gate, call_seconds: float) -> Series:
    """Time as many values of a call as the gate asks for, turn by turn.

    call_seconds: how long a call is likely to take.
    """
    loops = loops_for(call_seconds, tick_seconds())
    seconds: list[float] = []
    usage: list[dict[str, Any]] = []
    while True:
        values, uncounted = gate.wait(call_seconds)
        if values == 0:
            return Series(seconds, loops, usage)
        for _ in range(uncounted):
            call()
        for _ in range(values):
            value = measured(call, loops)
            seconds.append(value.seconds)
            usage.append(value.usage)
