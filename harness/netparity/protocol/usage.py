"""Processor time and what else the operating system counts, beside wall-clock seconds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from netparity.protocol.base import Frozen, Seconds

Count = Annotated[int, Field(ge=0)]


class Usage(Frozen):
    """What a process used while one value was measured; None for what a tool does not say.

    Where a value is the mean over several calls (`Clock`), seconds are per call, as the value
    itself is, and counts are of all these calls together.

    Attributes:
        user_seconds: processor seconds of all its threads in user mode.
        system_seconds: the same in the kernel.
        minor_faults: page faults that needed no input or output.
        major_faults: page faults that did.
        voluntary_switches: context switches because it waited.
        involuntary_switches: context switches because something else was to run.
        stolen_seconds: processor seconds of the whole machine that the hypervisor gave to other
            machines meanwhile.
    """

    user_seconds: Seconds | None = None
    system_seconds: Seconds | None = None
    minor_faults: Count | None = None
    major_faults: Count | None = None
    voluntary_switches: Count | None = None
    involuntary_switches: Count | None = None
    stolen_seconds: Seconds | None = None


class Block(Usage):
    """Predictions of one process in one turn; the fields of `Usage` are sums over its values.

    Attributes:
        turn: from 1; in each turn every process of the round has one block.
        begun_seconds: when the block began, since the round began, on the harness's clock.
        seconds: its values of `predict`.
        energy_joules: of the processors' packages during these values; None where the kernel does
            not say.
    """

    turn: Annotated[int, Field(ge=1)]
    begun_seconds: Seconds
    seconds: list[Seconds]
    energy_joules: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
