"""result.json: from the extractor to the harness."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from netparity.protocol.base import Frozen, InputKind, Seconds
from netparity.protocol.usage import Usage


class ExtractorError(Frozen):
    """Why an extractor failed, in its own words."""

    kind: str
    message: str
    where: str | None = None


class ArrayFile(Frozen):
    """A `.npy` file in the job's output folder, by bare name."""

    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.npy$")
    shape: list[int]


class Threads(Frozen):
    """Threads requested, and threads that the tool reports (None if it does not report them)."""

    requested: int
    found: int | None = None


class Clock(Frozen):
    """The monotonic clock of a process.

    `tick_seconds` is the smallest step observed. Each value of a phase is the mean over
    `preprocess_loops` or `predict_loops` consecutive calls.
    """

    name: str
    tick_seconds: Seconds
    preprocess_loops: int = Field(default=1, ge=1)
    predict_loops: int = Field(default=1, ge=1)


class RunResult(Frozen):
    """What one extractor process did. A final status of `started` means that the process died.

    `layers` holds seconds from the input to each layer, by the tool's name for it, if the job
    asked for them. `built` says who built the network: the tool, a file or netparity. `usage` has
    one entry per value of `phases`, and one for `startup`: all that was used before the imports
    had ended.
    """

    schema_version: Literal[1]
    status: Literal["started", "ok", "failed"]
    error: ExtractorError | None = None
    ready_unix_seconds: Annotated[float, Field(allow_inf_nan=False)] | None = None
    phases: dict[str, list[Seconds]] = {}
    features: dict[InputKind, dict[str, ArrayFile]] = {}
    native_input: ArrayFile | None = None
    code: str | None = None
    built: str | None = None
    versions: dict[str, str] = {}
    data_format: str | None = None
    threads: Threads
    blas: str | None = None
    flags: dict[str, str] = {}
    clock: Clock | None = None
    layers: dict[str, list[Seconds]] = {}
    usage: dict[str, list[Usage]] = {}
