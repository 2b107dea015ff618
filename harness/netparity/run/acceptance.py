"""Did an extractor deliver? Its result and its arrays, checked against what the job asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from netparity.errors import InputError, NetparityError
from netparity.protocol import (
    INPUTS,
    PHASES,
    ArrayFile,
    FeatureFile,
    FeatureRequest,
    InputKind,
    Job,
    RunResult,
)
from netparity.results.folder import RunFolder, read_npy
from netparity.system.launch import Exit

Features = dict[InputKind, dict[str, FeatureFile]]

_MAX_RESULT_BYTES = 16 * 2**20


class ProcessFailedError(NetparityError):
    """An extractor did not deliver; the message says why, `result` what it did before."""

    def __init__(self, message: str, result: RunResult | None = None) -> None:
        super().__init__(message)
        self.result = result


def read_result(path: Path, ended: Exit, phases: Sequence[str] = PHASES) -> RunResult:
    """The extractor's own word, weighed against how its process ended.

    Args:
        path: of result.json.
        ended: how the process ended.
        phases: which have to be timed; `startup` is the harness's to time.

    Raises:
        ProcessFailedError: if it did not succeed, or cannot have.
    """
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
        raise ProcessFailedError(f"{result.error.kind}: {result.error.message}", result)
    if result.status != "ok":
        raise ProcessFailedError(f"the process {ended.words} before it had finished")
    if ended.exit_status != 0:
        raise ProcessFailedError(f"it reported success, but the process {ended.words}")
    for phase in phases:
        if phase != "startup" and not result.phases.get(phase):
            raise ProcessFailedError(f"it reported success, but no seconds for {phase}")
    return result


def check_features(
    job: Job,
    result: RunResult,
    folder: Path,
    store: RunFolder,
    kinds: Sequence[InputKind] = INPUTS,
) -> Features:
    """Every feature asked for, as float32.

    What it holds is for parity to judge: another shape than the layer's, NaN and infinite values
    are a verdict of `error`, not the process's failure.

    Raises:
        ProcessFailedError: naming the first that is missing or no such array.
    """
    return {
        kind: {
            request.name: _checked(
                result.features.get(kind, {}).get(request.name), kind, request, folder, store
            )
            for request in job.features
        }
        for kind in kinds
    }


def check_native_input(result: RunResult, folder: Path, store: RunFolder) -> FeatureFile | None:
    """The tensor that the tool made from the image, if it left one.

    Raises:
        ProcessFailedError: if it cannot be read.
    """
    if result.native_input is None:
        return None
    path = folder / result.native_input.file
    return store.describe_array(path, _read(path, "the native input"))


def _checked(
    stored: ArrayFile | None,
    kind: InputKind,
    request: FeatureRequest,
    folder: Path,
    store: RunFolder,
) -> FeatureFile:
    what = f"feature {request.name} of the {kind} input"
    if stored is None:
        raise ProcessFailedError(f"{what} is missing from its result")
    path = folder / stored.file
    array = _read(path, what)
    if array.dtype != np.float32:
        raise ProcessFailedError(f"{what} is {array.dtype}, expected float32")
    return store.describe_array(path, array)


def _read(path: Path, what: str) -> npt.NDArray[Any]:
    try:
        return read_npy(path)
    except InputError as error:
        raise ProcessFailedError(f"{what}: {error}") from error
