"""One process that takes turns: started, stopped at its gate, and resumed for each turn."""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from netparity.run.acceptance import ProcessFailedError
from netparity.run.blocks import Asked
from netparity.run.gate import Gate
from netparity.run.process import Outcome, Process, judge_process, repeat_if_needed
from netparity.system.energy import joules_between, read_energy
from netparity.system.launch import Exit, Launched, begin
from netparity.timing import Cost

_RETRY_SECONDS = 0.001


class Seat:
    """A process with its gate. Exactly one process of a round is not stopped at any time.

    Attributes:
        process: what it is.
        cost: what it took until it first waited; None before.
    """

    def __init__(self, prepare: Callable[[Path], Process], round_begun: float) -> None:
        """Write its job; `prepare` takes the folder of its gate.

        Args:
            round_begun: in seconds of `time.monotonic`.
        """
        self._gate = Gate()
        self._launched: Launched | None = None
        self._round_begun = round_begun
        self._asked: list[Asked] = []
        self._fault: ProcessFailedError | None = None
        self.cost: Cost | None = None
        try:
            self.process = prepare(self._gate.folder)
        except BaseException:
            self._gate.close()
            raise

    @property
    def label(self) -> str:
        """The runner's label."""
        return self.process.runner.label

    def start(self) -> bool:
        """Start the process; True if it now waits for its turns, False if it has ended."""
        assignment, begun = self.process.assignment, time.monotonic()
        self._launched = begin(
            self.process.command,
            self.process.folder,
            self.process.log,
            assignment.timeout_seconds,
            assignment.limits,
        )
        arrived = self._await_gate()
        if arrived is not None:
            self.cost = Cost(time.monotonic() - begun, arrived)
        return arrived is not None

    def measure(self, turn: int, values: int, uncounted: int) -> bool:
        """Let it measure one block; False if it has ended instead of waiting for the next."""
        begun, energy = time.monotonic() - self._round_begun, read_energy()
        self._asked.append(Asked(turn, begun, values))
        waits = self._open(values, uncounted) and self._await_gate() is not None
        joules = joules_between(energy, read_energy())
        if joules is not None and values:
            share = joules * values / (values + uncounted)
            self._asked[-1] = replace(self._asked[-1], energy_joules=share)
        return waits

    def finish(self) -> None:
        """Let it save its features and end."""
        if self._open(0, 0):
            assert self._launched is not None
            select.select([self._launched], [], [])

    def outcome(self) -> Outcome:
        """What it did, after its end; it may have been run again, alone."""
        self._gate.close()
        asked = self._asked if self.cost is not None else None
        return repeat_if_needed(self.process, judge_process(self.process, self._end, asked))

    def ask_to_end(self) -> None:
        """Have the process end, without waiting for it."""
        if self._launched is not None:
            self._launched.ask_to_end()

    def close(self) -> None:
        """End the process if it has not ended, and remove its gate."""
        if self._launched is not None:
            self._launched.end()
        self._gate.close()

    def _end(self) -> Exit:
        assert self._launched is not None
        if self._fault is not None:
            self._launched.end()
            raise self._fault
        return self._launched.wait()

    def _await_gate(self) -> float | None:
        """Wait until it is at its gate, and stop it there; None if it has ended.

        Returns the seconds of its shortest prediction.
        """
        assert self._launched is not None
        try:
            while True:
                gate, end = self._gate.fileno(), self._launched.fileno()
                readable, _, _ = select.select([gate, end], [], [])
                arrived = self._gate.arrived() if gate in readable else None
                if arrived is not None:
                    self._launched.stop()  # its threads may still wait for work, awake
                    return arrived
                if end in readable:
                    return None
        except ProcessFailedError as fault:
            self._fault = fault
            return None

    def _open(self, values: int, uncounted: int) -> bool:
        """Resume it and open its gate; False if it has ended."""
        assert self._launched is not None
        self._launched.resume()
        while not self._gate.open(values, uncounted):
            # It has said that it waits, and is about to.
            if select.select([self._launched], [], [], _RETRY_SECONDS)[0]:
                return False
        return True
