"""One feature of many images from one runner, chunk by chunk, so that no chunk is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.inputs import decode, prepare
from netparity.protocol import InputKind, RunResult
from netparity.results.folder import RunFolder, file_safe
from netparity.run.acceptance import ProcessFailedError, check_features, read_result
from netparity.run.process import Assignment, make_job
from netparity.runners import Runner
from netparity.runners.environments import Environments
from netparity.system.launch import LaunchError, launch
from netparity.system.logs import printable

CHUNK_BYTES = 150 * 2**20
"""Of input tensors that one process holds: about 250 images of 224 x 224."""


@dataclass(frozen=True)
class Extraction:
    """What is extracted: the same for every runner.

    Attributes:
        assignment: all images, and everything else but the tensors.
        kind: whether each tool preprocesses the images, or all are given one tensor.
        store: the transfer's folder.
    """

    assignment: Assignment
    kind: InputKind
    store: RunFolder
    environments: Environments

    @property
    def chunks(self) -> list[slice]:
        """The images of each process."""
        height, width = self.assignment.model.input_size
        most = max(1, CHUNK_BYTES // (height * width * 3 * 4))
        count = len(self.assignment.images)
        return [slice(start, min(start + most, count)) for start in range(0, count, most)]


def features_file(position: int, label: str, kind: InputKind) -> str:
    """Where a runner's features lie in the end: N x K float32, in the order of index.csv."""
    return f"features/{position:02d}-{file_safe(label)}-{kind}.npy"


def code_that_ran(store: RunFolder, position: int, label: str, kind: InputKind) -> str | None:
    """What the first process of a runner said of itself, perhaps before an interruption."""
    path = store.process_path(position, f"{label} {kind}", 1) / "result.json"
    try:
        return RunResult.model_validate_json(path.read_bytes()).code
    except (OSError, ValueError):
        return None


def extract_all(runner: Runner, position: int, extraction: Extraction) -> Iterator[int]:
    """Extract what is not there yet; yields how many images are done with each step.

    Each chunk is kept as soon as it is there; at the end they become one file.

    Raises:
        ProcessFailedError: if a process does not deliver.
    """
    store = extraction.store
    whole = features_file(position, runner.label, extraction.kind)
    if (store.path / whole).exists():
        yield len(extraction.assignment.images)
        return
    parts = []
    for number, chunk in enumerate(extraction.chunks, start=1):
        part = f"{whole.removesuffix('.npy')}-part-{number:04d}.npy"
        if not _is_there(store, part, chunk):
            store.write_array(part, _extract(runner, position, number, chunk, extraction))
        parts.append(part)
        yield chunk.stop - chunk.start
    store.write_array(whole, np.concatenate([store.read_plain_array(part) for part in parts]))
    for part in parts:
        (store.path / part).unlink()


def _is_there(store: RunFolder, part: str, chunk: slice) -> bool:
    """Whether this chunk was done before the transfer was interrupted."""
    try:
        return bool(len(store.read_plain_array(part)) == chunk.stop - chunk.start)
    except InputError:
        return False


def _extract(
    runner: Runner, position: int, number: int, chunk: slice, extraction: Extraction
) -> npt.NDArray[np.float32]:
    """N x K of one chunk."""
    store, every = extraction.store, extraction.assignment
    # Left over where the harness died within this chunk.
    name = f"{runner.label} {extraction.kind}"
    shutil.rmtree(store.process_path(position, name, number), ignore_errors=True)
    folder = store.process_folder(position, name, number)
    images = every.images[chunk]
    assignment = replace(every, images=images, shared_input=_tensor(images, folder, extraction))
    job = make_job(runner, assignment, folder)
    job_file = folder / "job.json"
    store.write_text(store.relative(job_file), job.model_dump_json(indent=1) + "\n")
    log = folder / "log.txt"
    try:
        command = runner.command(extraction.environments, job_file, every.threads)
        ended = launch(command, folder, log, every.timeout_seconds)
        result = read_result(folder / "result.json", ended, phases=("load",))
        files = check_features(job, result, folder, store, [extraction.kind])
    except (ProcessFailedError, LaunchError) as error:
        raise ProcessFailedError(f"{printable(str(error))} (its log: {log})") from error
    finally:
        assignment.shared_input.unlink(missing_ok=True)
    [stored] = files[extraction.kind].values()
    array = store.read_array(stored)
    (store.path / stored.file).unlink()
    _check(array, job.features[0].shape)
    return array.reshape(len(array), -1)


def _tensor(images: Sequence[Path], folder: Path, extraction: Extraction) -> Path:
    """Where the shared tensor of a chunk lies; it is not made where every tool makes its own."""
    path = folder / "shared.npy"
    if extraction.kind == "shared":
        every = extraction.assignment
        decoded = [decode(image) for image in images]
        tensor = prepare(decoded, every.model, every.weights.tensors())  # for a mean image
        extraction.store.write_array(extraction.store.relative(path), tensor)
    return path


def _check(array: npt.NDArray[np.float32], shape: Sequence[int]) -> None:
    if list(array.shape) != list(shape):
        raise ProcessFailedError(f"its feature has shape {list(array.shape)}, not {list(shape)}")
    if not np.isfinite(array).all():
        raise ProcessFailedError("its feature has values that are not finite")
