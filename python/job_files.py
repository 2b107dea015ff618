"""The job that an extractor reads and the files that it writes: result.json and .npy files.

The harness and MATLAB implement the same protocol; tests/golden/ keeps the three consistent.
Nothing here depends on a framework.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

SCHEMA_VERSION = 1

T = TypeVar("T")


class JobError(ValueError):
    """The job file is unusable."""


@dataclass(frozen=True)
class Architecture:
    """A VGG-like network: 3 x 3 convolutions and 2 x 2 pools, then dense layers.

    blocks: output channels of each convolution, one list per block; dense: units of fc1 and fc2;
    classes: units of the softmax, 0 for a network that ends at its last pool; input_size:
    [height, width] in pixels.
    """

    blocks: list[list[int]]
    dense: list[int]
    classes: int
    input_size: list[int]


@dataclass(frozen=True)
class Weights:
    """A weights file in the tool's own format."""

    file: str
    format: str
    sha256: str


@dataclass(frozen=True)
class SharedInput:
    """The tensor that every tool gets: N x H x W x C float32 .npy, mean subtracted.

    RGB, or in the network's own channel order if the job has a `network`.
    """

    file: str
    shape: list[int]
    channel_order: str
    mean_subtracted: bool


@dataclass(frozen=True)
class Feature:
    """A requested activation: netparity's name, the tool's layer name, the expected shape."""

    name: str
    layer: str
    shape: list[int]


@dataclass(frozen=True)
class Preprocessing:
    """From an image with values of 0 to 255 to a network's input.

    The image is resized to `resize` (or to the input's size), cropped in the middle to the input's
    size, and then each value becomes (value * scale - mean) / deviation.

    order: `RGB`, `BGR` or `grey`; mean and deviation are in this order, one number for each channel
    or a single one for all; mean_image: a .npy file, or the name of a tensor in a weights file of
    format `safetensors`, that replaces `mean`; keep_aspect: resize the shorter side to `resize`;
    filter: `nearest`, `bilinear`, `bicubic` or `area`.
    """

    order: str = "RGB"
    mean: list[float] = field(default_factory=lambda: [0.0])
    deviation: list[float] = field(default_factory=lambda: [1.0])
    scale: float = 1.0
    mean_image: str | None = None
    resize: list[int] | None = None
    keep_aspect: bool = False
    filter: str = "bicubic"


@dataclass(frozen=True)
class Turns:
    """The folder with the named pipes at which this process waits for its turns."""

    folder: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job.json; field names are its keys.

    architecture: of a VGG network, None if there is a `network`; network: the path of a
    network.json; preprocessing: of the native input of that network; turns: None to make
    `repeats` values at once.
    """

    schema_version: int
    runner: str
    label: str
    model: str
    architecture: Architecture | None
    network: str | None = None
    preprocessing: Preprocessing | None = None
    weights: Weights
    images: list[str]
    shared_input: SharedInput
    mean_rgb: list[float]
    features: list[Feature]
    data_format: str | None
    threads: int | None
    warmup: int
    repeats: int
    turns: Turns | None = None
    options: dict[str, Any]
    output_dir: str


@dataclass
class Result:
    """One result.json; field names are its keys. Absent values are None, never zero."""

    schema_version: int
    status: str
    error: dict[str, str] | None = None
    ready_unix_seconds: float | None = None
    phases: dict[str, list[float]] = field(default_factory=dict)
    features: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    native_input: dict[str, Any] | None = None
    code: str | None = None
    built: str | None = None
    versions: dict[str, str] = field(default_factory=dict)
    data_format: str | None = None
    threads: dict[str, int | None] = field(default_factory=dict)
    blas: str | None = None
    flags: dict[str, str] = field(default_factory=dict)
    clock: dict[str, Any] | None = None
    layers: dict[str, list[float]] = field(default_factory=dict)
    usage: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def started_result(threads: int | None) -> Result:
    """Return the result until the work is done.

    threads: the number of threads that the job asks for, None if it does not.
    """
    return Result(SCHEMA_VERSION, "started", threads={"requested": threads, "found": None})


def read_job(path: str | Path) -> Job:
    """Read and check a job file.

    Raises JobError if it is not JSON, has another schema version or lacks a key, and OSError if it
    cannot be read.
    """
    raw = read_json_object(path)
    version = raw.get("schema_version")
    if version != SCHEMA_VERSION:
        raise JobError(
            f"job file '{path}' has schema_version {version!r}, but this extractor reads "
            f"{SCHEMA_VERSION}; use the harness and the python/ folder of the same netparity"
        )
    network, given = raw.get("network"), raw.get("preprocessing")
    if not (network is None or isinstance(network, str)):
        raise JobError(f"'network' in job file '{path}' is {network!r}, expected a path or null")
    architecture = raw.get("architecture")
    if architecture is not None or network is None:
        architecture = _fill(Architecture, architecture, "architecture", path)
    preprocessing = None if given is None else _fill(Preprocessing, given, "preprocessing", path)
    turns = raw.get("turns")
    return _fill(
        Job,
        {
            **raw,
            "turns": None if turns is None else _fill(Turns, turns, "turns", path),
            "architecture": architecture,
            "preprocessing": preprocessing,
            "weights": _fill(Weights, raw.get("weights"), "weights", path),
            "shared_input": _fill(SharedInput, raw.get("shared_input"), "shared_input", path),
            "features": _fill_features(raw.get("features"), path),
        },
        "the job",
        path,
    )


def read_json_object(path: str | Path) -> dict[str, Any]:
    """Return the JSON object in a UTF-8 file. Raises JobError or OSError."""
    try:
        raw = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise JobError(
            f"job file '{path}' is not JSON ({error}); expected a job.json written by netparity"
        ) from error
    if not isinstance(raw, dict):
        raise JobError(f"job file '{path}' holds a {type(raw).__name__}, expected a JSON object")
    return raw


def _fill_features(raw: Any, path: str | Path) -> list[Feature]:
    if not isinstance(raw, list) or not raw:
        raise JobError(f"'features' in job file '{path}' is {raw!r}, expected a non-empty list")
    return [_fill(Feature, entry, f"features[{i}]", path) for i, entry in enumerate(raw)]


def _fill(kind: type[T], raw: Any, what: str, path: str | Path) -> T:
    """Make a dataclass from a JSON object; unknown keys are ignored, and some may be absent."""
    if not isinstance(raw, dict):
        raise JobError(f"'{what}' in job file '{path}' is {raw!r}, expected a JSON object")
    entries = fields(kind)  # type: ignore[arg-type]
    required = [e.name for e in entries if e.default is MISSING and e.default_factory is MISSING]
    missing = [name for name in required if name not in raw]
    if missing:
        raise JobError(f"'{what}' in job file '{path}' lacks {missing}; it needs {required}")
    return kind(**{entry.name: raw[entry.name] for entry in entries if entry.name in raw})


def read_result(path: str | Path) -> Result:
    """Read a result.json of this schema version."""
    return _fill(Result, read_json_object(path), "the result", path)


def to_json(record: Job | Result) -> str:
    """Return the record as JSON text. Raises ValueError on NaN and infinity."""
    return json.dumps(asdict(record), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_result(result: Result, output_dir: str | Path) -> None:
    """Replace result.json atomically, so that no reader sees an incomplete file.

    Raises OSError naming the file if the folder is gone or the disk is full.
    """
    write_file(Path(output_dir) / "result.json", to_json(result).encode("utf-8"))


def save_feature(array: np.ndarray, output_dir: str | Path, file_name: str) -> dict[str, Any]:
    """Save a float32 .npy in C order; return the {file, shape} entry for result.json.

    Raises OSError naming the file and the reason; no half-written .npy is left behind.
    """
    contiguous = np.ascontiguousarray(array, dtype=np.float32)
    # Through memory: np.save to a file hides why a write failed.
    buffer = io.BytesIO()
    np.save(buffer, contiguous, allow_pickle=False)
    write_file(Path(output_dir) / file_name, buffer.getbuffer())
    return {"file": file_name, "shape": list(contiguous.shape)}


def write_file(path: Path, content: bytes | memoryview) -> None:
    """Write a complete file or none: a temporary file beside it is renamed.

    Raises OSError naming the path, the size and the reason.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp makes files that only their owner can read
        os.replace(temporary, path)
    except OSError as error:
        _remove_quietly(temporary)
        reason = error.strerror or str(error)
        raise OSError(
            error.errno,
            f"cannot write '{path}' ({len(content)} bytes): {reason}; "
            "free some space or choose another output folder",
        ) from error
    except BaseException:
        _remove_quietly(temporary)
        raise


def _remove_quietly(path: str | None) -> None:
    if path is not None:
        with contextlib.suppress(OSError):
            os.unlink(path)
