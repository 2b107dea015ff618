"""Some chunks: one process of each runner on their images; each chunk judged and stored."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from netparity.dataset.judging import judge_chunk
from netparity.dataset.pacing import Pace
from netparity.dataset.records import (
    ChunkRecord,
    RunnerPart,
    Skipped,
    as_parquet,
    parts_of,
    store_chunk,
)
from netparity.dataset.request import Request
from netparity.dataset.workplace import Workplace, given
from netparity.results.folder import RunFolder
from netparity.results.rows import copy_rows
from netparity.run.acceptance import ProcessFailedError
from netparity.run.assignment import Assignment
from netparity.run.many.chunks import Chunk, Prepared, prepare_all
from netparity.run.many.extraction import Extracted, extract
from netparity.runners import Runner
from netparity.watch import Watch

SCRATCH_FOLDER = "chunk"
SHARED = "shared.npy"


@dataclass(frozen=True)
class Bench:
    """What is the same for all chunks.

    Attributes:
        note: called with what is being done.
        advance: called with a number of images whenever a runner, or the judging, has done them.
        alone: within it the processes run, because their seconds are stored.
    """

    place: Workplace
    assignment: Assignment
    request: Request
    store: RunFolder
    note: Callable[[str], None]
    advance: Callable[[int], None]
    watch: Watch
    alone: Callable[[], AbstractContextManager[object]] = nullcontext


@dataclass(frozen=True)
class _Fared:
    """One runner in one chunk; `left` is None if it failed."""

    part: RunnerPart
    left: Extracted | None


def do_chunks(chunks: Sequence[Chunk], bench: Bench) -> Pace:
    """Every runner on the images of some chunks; each chunk judged and stored.

    Returns:
        What they cost.
    """
    begun, place = time.monotonic(), bench.place
    folder = bench.store.path / SCRATCH_FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    network, tensors = place.network, place.weights.tensors()
    span = f"images {chunks[0].start + 1:,} to {chunks[-1].stop:,}"
    bench.note(f"reading {span}")
    shared = folder / SHARED
    prepared = prepare_all(place.source, chunks, network, tensors, folder, shared)
    for _, name, reason in (each for chunk in prepared for each in chunk.skipped):
        bench.watch.warning(f"{name} is left out: {reason}")
    fared: dict[str, list[_Fared]] = {}
    waited = 0.0  # for another comparison
    for position, runner in place.able if any(each.rows for each in prepared) else []:
        asked = time.monotonic()
        with bench.alone():
            waited += time.monotonic() - asked
            bench.note(f"{runner.label}, {span}")
            fared[runner.label] = _compute(runner, position, chunks, prepared, bench)
        bench.advance(sum(len(each.rows) for each in prepared))
    computed = time.monotonic()
    starting = sum(
        (each.part.startup or 0.0) + (each.part.load or 0.0)
        for found in fared.values()
        for each in found
    )
    for number, (chunk, images) in enumerate(zip(chunks, prepared, strict=True)):
        _judge(chunk, images, {label: found[number] for label, found in fared.items()}, bench)
    if not place.settings.keep:
        for each in (each.left for found in fared.values() for each in found):
            if each is not None:
                each.discard()
    computing = max(0.0, computed - begun - starting - waited)
    return Pace(len(chunks), starting, computing, time.monotonic() - computed)


def _compute(
    runner: Runner,
    position: int,
    chunks: Sequence[Chunk],
    prepared: Sequence[Prepared],
    bench: Bench,
    file: str = SHARED,
) -> list[_Fared]:
    """One process on all chunks, whose tensor is in a file; if it fails, one for each chunk."""
    settings, place = bench.place.settings, (position, chunks[0].number)
    counts = [len(each.rows) for each in prepared]
    if not any(counts):
        return [_Fared(RunnerPart(status="ok"), None) for _ in chunks]
    tensor = bench.store.path / SCRATCH_FOLDER / file
    filled = given(bench.assignment, Prepared.joined(prepared), tensor)
    try:
        done = extract(
            *(runner, filled, settings.inputs, settings.batch, place, bench.store),
            bench.request.environments,
            parts=counts,
        )
    except ProcessFailedError as error:
        if len(chunks) > 1:
            return [
                _alone(runner, position, *pair, bench)
                for pair in zip(chunks, prepared, strict=True)
            ]
        bench.watch.warning(f"{runner.label} failed: {error}")
        return [_Fared(RunnerPart(status="failed", reason=str(error)), None)]
    parts = zip(parts_of(done, counts), _bounds(counts), strict=True)
    return [_Fared(part, done.part(*bounds)) for part, bounds in parts]


def _alone(runner: Runner, position: int, chunk: Chunk, prepared: Prepared, bench: Bench) -> _Fared:
    """A process on one chunk of several."""
    file = f"shared-{chunk.number}.npy"
    copy_rows(prepared.tensor, bench.store.path / SCRATCH_FOLDER / file)
    return _compute(runner, position, [chunk], [prepared], bench, file)[0]


def _bounds(counts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First image and the one after the last of each part."""
    start = 0
    for count in counts:
        yield start, start + count
        start += count


def _judge(chunk: Chunk, prepared: Prepared, fared: Mapping[str, _Fared], bench: Bench) -> None:
    """Judge a chunk and store it."""
    place = bench.place
    bench.note(f"judging images {chunk.start + 1:,} to {chunk.stop:,}")
    begun = time.monotonic()
    left = {label: each.left for label, each in fared.items() if each.left is not None}
    judged = judge_chunk(
        *(place.network, place.weights.tensors(), prepared, left, place.settings.rule),
        bench.advance,
    )
    rows = sorted(judged, key=lambda row: (row["runner"], row["input"], row["feature"], row["row"]))
    data = as_parquet(rows)
    record = ChunkRecord(
        number=chunk.number,
        start=chunk.start,
        stop=chunk.stop,
        images=len(prepared.rows),
        skipped=[
            Skipped(row=row, image=name, reason=reason) for row, name, reason in prepared.skipped
        ],
        runners={label: each.part for label, each in fared.items()} if prepared.rows else {},
        judging_seconds=time.monotonic() - begun,
        rows_sha256=hashlib.sha256(data).hexdigest(),
    )
    store_chunk(record, data, bench.store)
