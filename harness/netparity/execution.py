"""One process of one runner: from job to judged result."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from netparity.environments import Environments
from netparity.errors import InputError, NetparityError
from netparity.launch import Exit, LaunchError, launch
from netparity.models import Layer, Model
from netparity.protocol import (
    INPUTS,
    PHASES,
    Architecture,
    ArrayFile,
    FeatureRequest,
    InputKind,
    Job,
    Round,
    RunResult,
    SharedInput,
    WeightsFile,
)
from netparity.runners import Runner
from netparity.store import RunFolder, read_npy
from netparity.weights import WeightSet

_LOG_TAIL_LINES = 15
_LOG_TAIL_BYTES = 8192
_MAX_RESULT_BYTES = 16 * 2**20


class ProcessFailedError(NetparityError):
    """An extractor did not deliver; the message says why."""


@dataclass(frozen=True)
class Assignment:
    """What is the same for every process of a run.

    Attributes:
        weight_files: weights by format, for every format that a runner here loads.
        tensor: the shared input, N x H x W x C, which lies in the file `shared_input` too.
    """

    model: Model
    layers: Sequence[Layer]
    weights: WeightSet
    weight_files: Mapping[str, Path]
    images: Sequence[Path]
    tensor: npt.NDArray[np.float32]
    shared_input: Path
    threads: int
    warmup: int
    repeats: int
    timeout_seconds: float


@dataclass(frozen=True)
class Outcome:
    """What one process did, and the arrays that it left."""

    record: Round
    folder: Path
    result: RunResult | None = None
    features: dict[InputKind, dict[str, Path]] = field(default_factory=dict)
    native_input: Path | None = None


def execute(
    runner: Runner,
    assignment: Assignment,
    store: RunFolder,
    environments: Environments,
    *,
    position: int,
    round_number: int,
    order: int,
) -> Outcome:
    """Run one extractor once; a failure becomes part of the record, never an exception."""
    folder = store.process_folder(position, runner.label, round_number)
    log = folder / "log.txt"
    job = _job(runner, assignment, folder)
    job_file = folder / "job.json"
    store.write_text(store.relative(job_file), job.model_dump_json(indent=1) + "\n")
    ended: Exit | None = None
    result: RunResult | None = None
    try:
        command = runner.command(environments, job_file, assignment.threads)
        ended = launch(command, folder, log, assignment.timeout_seconds)
        result = _read_result(folder / "result.json", ended)
        features = _check_features(job, result, folder)
        native_input = _check_native_input(result, folder)
        reason = None
    except (ProcessFailedError, LaunchError) as error:
        features, native_input = {}, None
        reason = _printable(str(error))
    record = Round(
        round=round_number,
        order=order,
        status="failed" if reason else "ok",
        reason=reason,
        phases=_phases(result, ended),
        peak_rss_bytes=ended.peak_rss_bytes if ended else None,
        wall_seconds=ended.wall_seconds if ended else 0.0,
        log=store.relative(log),
        log_tail=_log_tail(log) if reason else [],
    )
    return Outcome(record, folder, result, features, native_input)


def _job(runner: Runner, assignment: Assignment, folder: Path) -> Job:
    model, count = assignment.model, len(assignment.images)
    return Job(
        schema_version=1,
        runner=runner.name,
        label=runner.label,
        model=model.name,
        architecture=Architecture(
            blocks=[list(block) for block in model.blocks],
            dense=list(model.dense),
            classes=model.classes,
            input_size=list(model.input_size),
        ),
        weights=WeightsFile(
            file=str(assignment.weight_files[runner.weights_format]),
            format=runner.weights_format,
            sha256=assignment.weights.sha256,
        ),
        images=[str(path.absolute()) for path in assignment.images],
        shared_input=SharedInput(
            file=str(assignment.shared_input), shape=[count, *model.input_size, 3]
        ),
        mean_rgb=list(model.mean_rgb),
        features=[
            FeatureRequest(
                name=layer.name,
                layer=layer.names[runner.tool],
                shape=[count, *layer.output_shape],
            )
            for layer in assignment.layers
        ],
        data_format=runner.data_format,
        threads=assignment.threads,
        warmup=assignment.warmup,
        repeats=assignment.repeats,
        options=runner.chosen,
        output_dir=str(folder),
    )


def _read_result(path: Path, ended: Exit) -> RunResult:
    """The extractor's own word, weighed against how its process ended."""
    try:
        if path.stat().st_size > _MAX_RESULT_BYTES:
            raise ProcessFailedError(f"its result.json is larger than {_MAX_RESULT_BYTES:,} bytes")
        result = RunResult.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise ProcessFailedError(f"it left no result.json; the process {ended.words}") from None
    except (OSError, ValidationError, ValueError) as error:
        raise ProcessFailedError(
            f"its result.json is not what the protocol asks for: {error}; the process {ended.words}"
        ) from error
    if result.status == "failed" and result.error is not None:
        raise ProcessFailedError(f"{result.error.kind}: {result.error.message}")
    if result.status != "ok":
        raise ProcessFailedError(f"the process {ended.words} before it had finished")
    if ended.exit_status != 0:
        raise ProcessFailedError(f"it reported success, but the process {ended.words}")
    for phase in PHASES:
        if phase != "startup" and not result.phases.get(phase):
            raise ProcessFailedError(f"it reported success, but no seconds for {phase}")
    return result


def _check_features(job: Job, result: RunResult, folder: Path) -> dict[InputKind, dict[str, Path]]:
    return {
        kind: {
            request.name: _checked(
                result.features.get(kind, {}).get(request.name), kind, request, folder
            )
            for request in job.features
        }
        for kind in INPUTS
    }


def _checked(
    stored: ArrayFile | None, kind: InputKind, request: FeatureRequest, folder: Path
) -> Path:
    what = f"feature {request.name} of the {kind} input"
    if stored is None:
        raise ProcessFailedError(f"{what} is missing from its result")
    path = folder / stored.file
    try:
        array = read_npy(path)
    except InputError as error:
        raise ProcessFailedError(f"{what}: {error}") from error
    if array.dtype != np.float32:
        raise ProcessFailedError(f"{what} is {array.dtype}, expected float32")
    if list(array.shape) != request.shape:
        raise ProcessFailedError(f"{what} has shape {list(array.shape)}, expected {request.shape}")
    if bad := int(array.size - np.count_nonzero(np.isfinite(array))):
        raise ProcessFailedError(f"{what} holds {bad:,} of {array.size:,} values NaN or infinite")
    return path


def _check_native_input(result: RunResult, folder: Path) -> Path | None:
    if result.native_input is None:
        return None
    path = folder / result.native_input.file
    try:
        read_npy(path)
    except InputError as error:
        raise ProcessFailedError(f"the native input: {error}") from error
    return path


def _phases(result: RunResult | None, ended: Exit | None) -> dict[str, list[float]]:
    """The extractor's seconds, and `startup`, which only the harness can see whole."""
    if result is None or ended is None:
        return {}
    phases = dict(result.phases)
    if result.ready_unix_seconds is not None:
        startup = result.ready_unix_seconds - ended.launched_unix_seconds
        # The system's clock can be set between the two readings.
        if 0 <= startup <= ended.wall_seconds:
            phases["startup"] = [startup]
    return phases


def _log_tail(log: Path) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LOG_TAIL_BYTES))
            data = file.read()
    except OSError:
        return []
    return _printable(data.decode("utf-8", errors="replace")).splitlines()[-_LOG_TAIL_LINES:]


def _printable(text: str) -> str:
    """Without the control characters that would steer the terminal of whoever reads it."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", text.replace("\r\n", "\n"))
