"""One feature of many images from one runner, chunk by chunk, so that no chunk is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.inputs import decode, prepare
from netparity.protocol import InputKind, RunResult
from netparity.results import seals
from netparity.results.folder import RunFolder, file_safe
from netparity.run.acceptance import ProcessFailedError
from netparity.run.assignment import Assignment
from netparity.run.many.chunks import CHUNK_BYTES
from netparity.run.many.extraction import extract
from netparity.runners import Runner
from netparity.runners.environments import Environments
from netparity.watch import SILENT, Watch


@dataclass(frozen=True)
class Extraction:
    """What is extracted: the same for every runner.

    Attributes:
        assignment: all images, and everything else but the tensors.
        kind: whether each tool preprocesses the images, or all are given one tensor.
        batch: images per prediction.
        store: the transfer's folder.
    """

    assignment: Assignment
    kind: InputKind
    batch: int
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


def extract_all(
    runner: Runner, position: int, extraction: Extraction, watch: Watch = SILENT
) -> Iterator[int]:
    """Extract what is not there yet; yields how many images are done with each step.

    Each chunk is kept as soon as it is there; at the end they become one file. What is not as it
    was stored is extracted again.

    Raises:
        ProcessFailedError: if a process does not deliver.
    """
    store = extraction.store
    whole = features_file(position, runner.label, extraction.kind)
    if _is_there(store, whole, watch):
        yield len(extraction.assignment.images)
        return
    parts = []
    for number, chunk in enumerate(extraction.chunks, start=1):
        part = f"{whole.removesuffix('.npy')}-part-{number:04d}.npy"
        if not _is_there(store, part, watch):
            features = _extract(runner, position, number, chunk, extraction)
            store.write_array(part, features, sealed=True)
        parts.append(part)
        yield chunk.stop - chunk.start
    features = np.concatenate([store.read_plain_array(part) for part in parts])
    store.write_array(whole, features, sealed=True)
    for part in parts:
        seals.remove(store.path / part)


def _is_there(store: RunFolder, name: str, watch: Watch) -> bool:
    """Whether features were stored before the transfer was interrupted, and are as they were."""
    path = store.path / name
    found = seals.look_at(path)
    if found == "broken" and path.exists():
        watch.warning(f"{path} has been changed since it was stored: it is extracted again")
    return found == "intact"


def _extract(
    runner: Runner, position: int, number: int, chunk: slice, extraction: Extraction
) -> npt.NDArray[np.float32]:
    """N x K of one chunk."""
    store, every, kind = extraction.store, extraction.assignment, extraction.kind
    images = every.images[chunk]
    tensor = _tensor(images, number, extraction)
    assignment = replace(every, images=images, shared_input=tensor)
    try:
        extracted = extract(
            *(runner, assignment, [kind], extraction.batch, (position, number), store),
            extraction.environments,
            name=f"{runner.label} {kind}",
        )
    finally:
        tensor.unlink(missing_ok=True)
    [array] = (rows[:] for rows in extracted.arrays(kind).values())
    extracted.discard()
    [layer] = every.layers
    _check(array, [len(images), *layer.output_shape])
    return array.reshape(len(array), -1)


def _tensor(images: Sequence[Path], number: int, extraction: Extraction) -> Path:
    """Where the shared tensor of a chunk lies; it is not made where every tool makes its own."""
    name = f"input/shared-{number:04d}.npy"
    if extraction.kind == "shared":
        every = extraction.assignment
        decoded = [decode(image) for image in images]
        tensor = prepare(decoded, every.model, every.weights.tensors())  # for a mean image
        extraction.store.write_array(name, tensor)
    return extraction.store.path / name


def _check(array: npt.NDArray[np.float32], shape: Sequence[int]) -> None:
    if list(array.shape) != list(shape):
        raise ProcessFailedError(f"its feature has shape {list(array.shape)}, not {list(shape)}")
    if not np.isfinite(array).all():
        raise ProcessFailedError("its feature has values that are not finite")
