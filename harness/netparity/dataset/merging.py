"""netparity merge: the parts of a data set, as a job array made them, in one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from netparity.dataset.records import CHUNK_FOLDER, stored_chunk
from netparity.dataset.request import Request
from netparity.dataset.result import DatasetResult
from netparity.dataset.running import run_dataset
from netparity.dataset.settings import Settings, read_settings, reopen
from netparity.errors import InputError
from netparity.results.folder import RunFolder, new_name
from netparity.run.many.beginning import write_settings
from netparity.run.many.chunks import Chunk, chunks_of
from netparity.watch import SILENT, Watch

_MOST_NAMED = 5


def merge(
    folders: Sequence[Path], request: Request, watch: Watch = SILENT
) -> tuple[DatasetResult, Path]:
    """Join the chunks of several parts, and finish as if one run had made them.

    Args:
        folders: of the parts; a chunk that several have is taken from the first.
        request: gives the results folder, the interpreters and the timeout.

    Raises:
        InputError: if a folder is no part, the parts differ in a setting, or a chunk is missing.
    """
    parts = [(store, read_settings(store)) for store in map(reopen, folders)]
    whole = _common(parts)
    found, missing = {}, []
    for chunk in chunks_of(whole.images, whole.chunk):
        store = next((store for store, _ in parts if stored_chunk(chunk, store)), None)
        if store is None:
            missing.append(chunk)
        else:
            found[chunk] = store
    if missing:
        raise InputError(_missing(missing, parts))
    joined = RunFolder.create(request.results, f"{new_name()}-dataset")
    try:
        for chunk, store in found.items():
            _copy(chunk, store, joined)
        write_settings(whole, joined)
    except BaseException:
        joined.discard()
        raise
    return run_dataset(replace(request, resume=joined.path), watch)


def _common(parts: Sequence[tuple[RunFolder, Settings]]) -> Settings:
    """The settings without the number of the part, which must be all that differs."""
    if not parts:
        raise InputError("give the folders of the parts, as in: netparity merge results/*-of-16")
    first = parts[0][1].model_copy(update={"shard": None})
    for store, settings in parts[1:]:
        other = settings.model_copy(update={"shard": None})
        for name in type(first).model_fields:
            ours, theirs = getattr(first, name), getattr(other, name)
            if ours != theirs:
                raise InputError(
                    f"{store.path} cannot be joined with {parts[0][0].path}: {name} is "
                    f"{theirs!r}, not {ours!r}; give parts of one data set"
                )
    return first


def _missing(chunks: Sequence[Chunk], parts: Sequence[tuple[RunFolder, Settings]]) -> str:
    """What to do about chunks that no part has."""
    named = ", ".join(str(chunk.number) for chunk in chunks[:_MOST_NAMED])
    more = f" and {len(chunks) - _MOST_NAMED} more" if len(chunks) > _MOST_NAMED else ""
    unfinished = [
        str(store.path)
        for store, settings in parts
        if any(settings.is_mine(chunk.number) for chunk in chunks)
    ]
    text = f"chunk {named}{more} of the data set is in none of these folders; "
    if unfinished:
        return f"{text}finish the part with: netparity dataset --resume {unfinished[0]}"
    return f"{text}give the folder of every part"


def _copy(chunk: Chunk, source: RunFolder, target: RunFolder) -> None:
    for path in (source.path / CHUNK_FOLDER).glob(f"{chunk.number:06d}.*"):
        place = target.path / CHUNK_FOLDER / path.name
        place.parent.mkdir(exist_ok=True)
        try:
            shutil.copyfile(path, place)
        except OSError as error:
            raise InputError(f"{path} cannot be copied: {error.strerror}") from error
