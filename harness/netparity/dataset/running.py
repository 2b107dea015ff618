"""netparity dataset: chunk by chunk through every runner, judged, and forgotten.

A chunk is stored as soon as it has been judged, and its features are removed, so that neither
memory nor disk grows with the number of images, and an interruption costs what the processes under
way had computed.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from netparity.dataset.chunking import SCRATCH_FOLDER, Bench, do_chunks
from netparity.dataset.finishing import finish
from netparity.dataset.pacing import chunks_per_process
from netparity.dataset.records import stored_chunk
from netparity.dataset.request import Request
from netparity.dataset.result import DatasetResult
from netparity.dataset.settings import as_request, read_settings, reopen
from netparity.dataset.spreading import spread
from netparity.dataset.workplace import (
    Workplace,
    assignment_for,
    check_unchanged,
    open_workplace,
)
from netparity.results.folder import RunFolder, new_name
from netparity.run.assignment import Assignment
from netparity.run.many.beginning import write_settings
from netparity.run.many.chunks import Chunk, chunks_of
from netparity.run.many.sources import open_source
from netparity.system.kept import kept, kept_words
from netparity.system.measuring import measuring
from netparity.watch import SILENT, Watch


def run_dataset(request: Request, watch: Watch = SILENT) -> tuple[DatasetResult, Path]:
    """Compare every image, or go on with what was interrupted.

    Raises:
        NetparityError: for what is wrong with the request. What goes wrong in a runner, and images
            that cannot be read, become part of the result.
        KeyboardInterrupt: passed on; `watch` is told how to go on.
    """
    store = reopen(request.resume) if request.resume else None
    stored = read_settings(store) if store else None
    if stored is not None:
        request = as_request(stored, request)
    place = open_workplace(
        request,
        open_source(request.sources, request.digits, request.generated, request.seed),
        watch,
    )
    if stored is not None:
        check_unchanged(place.settings, stored)
        place = replace(place, settings=stored)
    if store is None:
        store = RunFolder.create(request.results, f"{new_name()}-dataset{_part(place)}")
    try:
        assignment = assignment_for(place, request, store, watch)
    except BaseException:
        if stored is None:
            store.discard()
        raise
    write_settings(place.settings, store)  # last: a folder with settings can be resumed
    chunks = [
        chunk
        for chunk in chunks_of(place.settings.images, place.settings.chunk)
        if place.settings.is_mine(chunk.number)
    ]
    sentence = kept_words("go on with", "netparity dataset --resume", store.path)
    try:
        with kept(lambda: sentence):
            do_all(chunks, place, assignment, request, store, watch)
            found = finish(place, assignment, chunks, request, store, watch)
    except KeyboardInterrupt:
        watch.message(sentence)
        raise
    finally:
        shutil.rmtree(store.path / SCRATCH_FOLDER, ignore_errors=True)
    return found, store.path


def do_all(
    chunks: Sequence[Chunk],
    place: Workplace,
    assignment: Assignment,
    request: Request,
    store: RunFolder,
    watch: Watch,
) -> None:
    """Do every chunk that is not done yet, or in which a runner had failed."""
    if not place.able:
        return
    steps = len(place.able) + 1
    images = sum(chunk.stop - chunk.start for chunk in chunks)
    left = [chunk for chunk in chunks if not _is_done(chunk, place, store)]
    with watch.task("comparing images", images * steps) as task:
        task.advance((images - sum(chunk.stop - chunk.start for chunk in left)) * steps)
        if request.cluster is not None and left:
            spread(left, place, request, store, lambda images: task.advance(images * steps), watch)
            return
        bench = Bench(
            *(place, assignment, request, store, task.note, task.advance, watch),
            alone=lambda: measuring(watch, instead=""),
        )
        together = 1  # of the first chunk the costs are measured
        while left:
            pace = do_chunks(left[:together], bench)
            del left[:together]
            if place.settings.grouped:
                together = chunks_per_process(pace, place.chunk_bytes)


def _is_done(chunk: Chunk, place: Workplace, store: RunFolder) -> bool:
    record = stored_chunk(chunk, store)
    if record is None:
        return False
    # Of a chunk without usable images nothing is asked.
    return record.complete and (not record.images or len(record.runners) >= len(place.able))


def _part(place: Workplace) -> str:
    shard = place.settings.shard
    return f"-{shard[0]}-of-{shard[1]}" if shard else ""
