"""What the processes of a runner left behind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from netparity.protocol.base import Frozen, InputKind, Seconds
from netparity.protocol.result import Clock, Threads
from netparity.protocol.usage import Block, Usage


class Calibration(Frozen):
    """Seconds of a fixed load (`timing.calibration`) just before a process: the machine's state."""

    multiply_seconds: Seconds
    copy_seconds: Seconds


class Round(Frozen):
    """One process of one runner.

    Attributes:
        order: its position in the round, from 1.
        log_tail: the last lines of the log, if the process failed.
        wall_seconds: from its start to its end, without the time for which it was stopped while
            others had their turn.
        clock: the clock of the extractor's process.
        calibration: the state of the machine just before it.
        wasted_seconds: time of an uncounted process before this one, which filled a cache.
        layers: seconds from the input to each layer, with `--per-layer`.
        usage: by phase, one entry per value of `phases`; a phase is absent where nothing is known.
        blocks: the values of `phases["predict"]`, cut into blocks, where the processes of the round
            took turns; None where each ran alone from its start to its end.
        node: the machine of a cluster on which the round was run; None without a cluster.
    """

    round: int
    order: int
    status: Literal["ok", "failed"]
    reason: str | None = None
    phases: dict[str, list[Seconds]] = {}
    peak_rss_bytes: int | None = None
    wall_seconds: Seconds
    log: str
    log_tail: list[str] = []
    clock: Clock | None = None
    calibration: Calibration | None = None
    wasted_seconds: Seconds = 0.0
    layers: dict[str, list[Seconds]] = {}
    usage: dict[str, list[Usage]] = {}
    blocks: list[Block] | None = None
    node: str | None = None


class FeatureFile(Frozen):
    """A stored feature; `file` is relative to the run's folder, `sha256` is `array_hash`."""

    file: str
    shape: list[int]
    sha256: str


class RunnerRecord(Frozen):
    """Everything about one runner in a run.

    Attributes:
        colour: the runner's colour in plots and on the page; None in runs stored before it was.
        built: who built the network that ran: the tool, a user's file, or netparity.
        repeatable: whether all processes gave bit-identical features; None after a single one.
    """

    label: str
    runner: str
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] | None = None
    options: dict[str, str] = {}
    status: Literal["pending", "ok", "failed", "unavailable"]
    reason: str | None = None
    fix: str | None = None
    code: str | None = None
    built: str | None = None
    versions: dict[str, str] = {}
    data_format: str | None = None
    threads: Threads | None = None
    blas: str | None = None
    flags: dict[str, str] = {}
    rounds: list[Round] = []
    features: dict[InputKind, dict[str, FeatureFile]] = {}
    native_input: FeatureFile | None = None
    repeatable: bool | None = None

    @property
    def peak_rss_bytes(self) -> int | None:
        """The largest peak of its processes; None if none was measured."""
        peaks = [round_.peak_rss_bytes for round_ in self.rounds if round_.peak_rss_bytes]
        return max(peaks, default=None)
