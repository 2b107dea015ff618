"""One process of one runner on the images of some chunks."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from netparity.errors import InputError
from netparity.protocol import InputKind, Job, RunResult
from netparity.results.folder import RunFolder
from netparity.results.rows import Rows
from netparity.run.acceptance import ProcessFailedError, read_result
from netparity.run.assignment import Assignment
from netparity.run.jobs import make_job
from netparity.runners import Runner
from netparity.runners.base import SCRATCH
from netparity.runners.environments import Environments
from netparity.system.launch import Exit, LaunchError, launch
from netparity.system.logs import printable


@dataclass(frozen=True)
class Costs:
    """What a process cost, in seconds and bytes.

    `seconds` is from the end of `load` to the last writing of result.json: neither start nor end
    of the process, of which there is one for however many images.
    """

    startup: float
    load: float
    seconds: float
    peak_rss_bytes: int


@dataclass(frozen=True)
class Extracted:
    """What a process left.

    Attributes:
        result: what the extractor said of itself.
        features: input to node to N x the node's shape, float32, on disk.
        native_input: the tensor that the tool made of the images, on disk.
        files: of the features and the native input.
    """

    folder: Path
    features: Mapping[InputKind, Mapping[str, Rows]]
    native_input: Rows | None
    files: Sequence[Path]
    result: RunResult
    costs: Costs

    def part(self, start: int, stop: int) -> Extracted:
        """What it left of images `start` to `stop`."""
        features = {
            kind: {name: rows.part(start, stop) for name, rows in found.items()}
            for kind, found in self.features.items()
        }
        native = None if self.native_input is None else self.native_input.part(start, stop)
        return replace(self, features=features, native_input=native)

    def arrays(self, kind: InputKind) -> Mapping[str, Rows]:
        """The features of one input."""
        return self.features.get(kind, {})

    def discard(self) -> None:
        """Remove the features and the input; job, result and log stay."""
        for path in self.files:
            path.unlink(missing_ok=True)


def extract(
    runner: Runner,
    assignment: Assignment,
    kinds: Sequence[InputKind],
    batch: int,
    place: tuple[int, int],
    store: RunFolder,
    environments: Environments,
    name: str = "",
    parts: Sequence[int] = (),
) -> Extracted:
    """Compute the features of some images, of one input or of both.

    Args:
        assignment: with the images and the shared tensor.
        batch: images per prediction.
        place: the runner's row and the number of the process, which name its folder.
        name: for the folder, instead of the runner's label.
        parts: numbers of images between which a batch ends, so that what is computed for an image
            does not depend on how many chunks a process does; none for one chunk.

    Raises:
        ProcessFailedError: if the process does not deliver.
    """
    position, number = place
    # Left over where the harness died within this chunk.
    shutil.rmtree(store.process_path(position, name or runner.label, number), ignore_errors=True)
    folder = store.process_folder(position, name or runner.label, number)
    options = {**assignment.options, "only": ",".join(kinds), "batch": str(batch)}
    if len(parts) > 1:
        options["parts"] = ",".join(map(str, parts))
    job = make_job(runner, replace(assignment, options=options), folder)
    job_file = folder / "job.json"
    store.write_text(store.relative(job_file), job.model_dump_json(indent=1) + "\n")
    log = folder / "log.txt"
    try:
        command = runner.command(environments, job_file, assignment.threads)
        ended = launch(command, folder, log, assignment.timeout_seconds, assignment.limits)
        result = read_result(folder / "result.json", ended, phases=("load",))
        features = _features(job, result, folder, kinds)
        native = _native_input(result, folder, job.shared_input.shape, kinds)
    except (ProcessFailedError, LaunchError) as error:
        raise ProcessFailedError(f"{printable(str(error))} (its log: {log})") from error
    finally:
        shutil.rmtree(folder / SCRATCH, ignore_errors=True)
    files = [folder / each.file for found in result.features.values() for each in found.values()]
    if result.native_input is not None:
        files.append(folder / result.native_input.file)
    return Extracted(
        folder, features, native, files, result, _costs(result, ended, folder / "result.json")
    )


def _features(
    job: Job, result: RunResult, folder: Path, kinds: Sequence[InputKind]
) -> dict[InputKind, dict[str, Rows]]:
    """Every feature that was asked for. Raises ProcessFailedError for one that cannot be read."""
    found: dict[InputKind, dict[str, Rows]] = {}
    for kind in kinds:
        for request in job.features:
            what = f"feature {request.name} of the {kind} input"
            stored = result.features.get(kind, {}).get(request.name)
            if stored is None:
                raise ProcessFailedError(f"{what} is missing from its result")
            found.setdefault(kind, {})[request.name] = _opened(folder / stored.file, what)
    return found


def _native_input(
    result: RunResult, folder: Path, shape: Sequence[int], kinds: Sequence[InputKind]
) -> Rows | None:
    """The tool's own input, if it left one of the right shape."""
    if "native" not in kinds or result.native_input is None:
        return None
    rows = _opened(folder / result.native_input.file, "the native input")
    return rows if list(rows.shape) == list(shape) else None


def _opened(path: Path, what: str) -> Rows:
    try:
        return Rows.open(path)
    except InputError as error:
        raise ProcessFailedError(f"{what}: {error}") from error


def _costs(result: RunResult, ended: Exit, written: Path) -> Costs:
    load, startup = sum(result.phases["load"]), 0.0
    seconds = ended.wall_seconds - load
    if result.ready_unix_seconds is not None:
        startup = max(0.0, result.ready_unix_seconds - ended.launched_unix_seconds)
        until = written.stat().st_mtime - result.ready_unix_seconds
        seconds = min(until, ended.wall_seconds - startup) - load
    return Costs(startup, load, max(0.0, seconds), ended.peak_rss_bytes)
