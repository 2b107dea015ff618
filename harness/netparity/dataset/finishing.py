"""From stored chunks to the result: distributions, the worst images, and the files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from netparity.dataset.closer import Closer, look_closer
from netparity.dataset.page import as_html
from netparity.dataset.records import ChunkRecord, Skipped, read_rows, schema, stored_chunk
from netparity.dataset.request import Request
from netparity.dataset.result import DatasetResult, RunnerFacts
from netparity.dataset.settings import Settings
from netparity.dataset.tables import FILES
from netparity.dataset.tally import Tally, Worst
from netparity.dataset.workplace import Workplace, given
from netparity.protocol import InputKind
from netparity.report.rows import csv_text
from netparity.results.folder import RunFolder
from netparity.run.acceptance import ProcessFailedError
from netparity.run.assignment import Assignment
from netparity.run.many.chunks import Chunk, Prepared, prepare_all
from netparity.run.many.extraction import extract
from netparity.run.network import network_files
from netparity.watch import Watch

IMAGES_FILE = "images.parquet"
SKIPPED_FILE = "skipped.csv"
PAGE_FILE = "report.html"
WORST_FOLDER = "worst"
_CLOSER_FOLDER = "closer"


def finish(
    place: Workplace,
    assignment: Assignment,
    chunks: Sequence[Chunk],
    request: Request,
    store: RunFolder,
    watch: Watch,
) -> DatasetResult:
    """Add up the chunks, look closer at the worst images and write every file."""
    records = [record for chunk in chunks if (record := stored_chunk(chunk, store)) is not None]
    tally = join_rows(records, place.settings, store)
    closer = _closer(place, assignment, tally, request, store, watch)
    settings = place.settings
    skipped = [each for record in records for each in record.skipped]
    described = "synthetic weights" if place.weights.kind == "synthetic" else "weights"
    found = DatasetResult(
        name=store.run_id,
        title=f"{place.network.name}, {described} {place.weights.source} "
        f"({place.weights.sha256[:12]}), {place.source.title}",
        synthetic=place.weights.kind == "synthetic",
        images=sum(record.images for record in records),
        of=settings.images,
        chunks=len(records),
        of_chunks=-(-settings.images // settings.chunk),
        missing=len(chunks) - len(records),
        skipped=skipped,
        runners=[_facts(runner.label, records) for _, runner in place.able],
        unavailable=place.failures,
        distributions=sorted(
            tally.distributions(), key=lambda each: _order(place, each.runner, each.input)
        ),
        closer=closer,
        rule=_rule_words(settings),
    )
    store.write_text(SKIPPED_FILE, skipped_csv(skipped))
    for name, render in FILES.items():
        store.write_text(name, render(found))
    pictures = {int(path.stem): path for path in (store.path / WORST_FOLDER).glob("*")}
    rule = settings.rule
    limit = rule.factor if rule.by_floor else None
    store.write_text(PAGE_FILE, as_html(found, pictures, limit))
    return found


def join_rows(records: Sequence[ChunkRecord], settings: Settings, store: RunFolder) -> Tally:
    """Write the rows of all chunks to one file and add them up, chunk by chunk."""
    from pyarrow import parquet

    tally = Tally(settings.worst)
    path = store.path / IMAGES_FILE
    draft = path.with_name(f".{IMAGES_FILE}")
    try:
        with parquet.ParquetWriter(draft, schema()) as writer:
            for record in records:
                rows = read_rows(record.number, store)
                writer.write_table(rows)
                tally.add(rows.to_pylist())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return tally


def skipped_csv(skipped: Sequence[Skipped]) -> str:
    """Which images could not be used, and why."""
    return csv_text(("row", "image", "reason"), (each.model_dump() for each in skipped))


def _closer(
    place: Workplace,
    assignment: Assignment,
    tally: Tally,
    request: Request,
    store: RunFolder,
    watch: Watch,
) -> list[Closer]:
    """The worst images of each runner, layer by layer."""
    worst = tally.worst()
    layers = tuple(place.network.layers)
    runners = [runner for _, runner in place.able]
    graph, files = network_files(place.weights, layers, runners, store, watch)
    every = replace(assignment, layers=layers, graph=graph, weight_files=files)
    found: list[Closer] = []
    folder = store.path / _CLOSER_FOLDER
    try:
        with watch.task("the worst images, layer by layer", len(place.able)) as task:
            for position, runner in place.able:
                chosen = _chosen(worst, runner.label)
                if chosen:
                    task.note(runner.label)
                    rows = sorted({row for rows in chosen.values() for row in rows})
                    shared = folder / "shared.npy"
                    prepared = _prepared(place, rows, folder, shared)
                    try:
                        extracted = extract(
                            *(runner, given(every, prepared, shared), list(chosen), 1),
                            *((position, 0), store, request.environments),
                        )
                    except ProcessFailedError as error:
                        watch.warning(f"{runner.label} failed on its worst images: {error}")
                        continue
                    found += look_closer(
                        *(place.network, place.weights.tensors(), prepared, runner, extracted),
                        *(chosen, place.settings.rule, watch),
                    )
                    for row, path in zip(prepared.rows, prepared.paths, strict=True):
                        store.write_bytes(
                            f"{WORST_FOLDER}/{row:07d}{path.suffix}", path.read_bytes()
                        )
                    if not place.settings.keep:
                        extracted.discard()
                task.advance()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _chosen(
    worst: Mapping[tuple[str, str], Sequence[Worst]], label: str
) -> dict[InputKind, list[int]]:
    kinds: tuple[InputKind, ...] = ("shared", "native")
    return {
        kind: rows
        for kind in kinds
        if (rows := [each.row for each in worst.get((label, kind), [])])
    }


def _prepared(place: Workplace, rows: Sequence[int], folder: Path, tensor: Path) -> Prepared:
    """Some images of the data set, from anywhere in it."""
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [Chunk(0, row, row + 1) for row in rows]
    tensors = place.weights.tensors()
    return Prepared.joined(
        prepare_all(place.source, chunks, place.network, tensors, folder, tensor)
    )


def _facts(label: str, records: Sequence[ChunkRecord]) -> RunnerFacts:
    """What all chunks say of one runner."""
    parts = [(record, record.runners[label]) for record in records if label in record.runners]
    good = [(record.images, part) for record, part in parts if part.status == "ok"]
    seconds = sum(part.seconds or 0.0 for _, part in good)
    images = sum(count for count, _ in good)
    starting = [part.startup + (part.load or 0.0) for _, part in good if part.startup is not None]
    peaks = [part.peak_rss_bytes for _, part in good if part.peak_rss_bytes is not None]
    last = good[-1][1] if good else None
    return RunnerFacts(
        label=label,
        images=images,
        images_per_second=images / seconds if seconds > 0 else None,
        startup=sum(starting) / len(starting) if starting else None,
        peak_rss_bytes=max(peaks, default=None),
        code=last.code if last else None,
        versions=last.versions if last else {},
        failures=[
            f"images {record.start + 1:,} to {record.stop:,}: {part.reason}"
            for record, part in parts
            if part.status == "failed"
        ],
    )


def _order(place: Workplace, label: str, kind: str) -> tuple[bool, int]:
    """Shared inputs first; then the order of the runners."""
    labels = [runner.label for runner in place.runners]
    return (kind != "shared", labels.index(label) if label in labels else len(labels))


def _rule_words(settings: Settings) -> str:
    """What passes, in words."""
    rule = settings.rule
    if rule.by_floor:
        return f"an error of at most {rule.factor:g} times the image's own noise floor"
    stated = {
        "relative L2 at most": rule.max_relative_l2,
        "atol": rule.atol,
        "rtol": rule.rtol,
    }
    return ", ".join(f"{name} {value:g}" for name, value in stated.items() if value is not None)
