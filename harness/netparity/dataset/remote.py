"""Some chunks on a worker of a cluster, and their files brought home."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from netparity.dataset.chunking import Bench, do_chunks
from netparity.dataset.pacing import Pace
from netparity.dataset.request import Request
from netparity.dataset.settings import Settings, as_request
from netparity.dataset.workplace import Workplace, assignment_for, check_unchanged, open_workplace
from netparity.results.folder import RunFolder
from netparity.run.assignment import Assignment
from netparity.run.cluster import with_blas_threads, worker_folder
from netparity.run.many.chunks import Chunk
from netparity.run.many.sources import open_source
from netparity.runners.environments import Environments
from netparity.watch import SILENT

_MAX_LOG_BYTES = 2**20

Opened = tuple[Workplace, Assignment, Request, RunFolder]
_OPENED: dict[tuple[str, tuple[str, ...]], Opened] = {}


@dataclass(frozen=True)
class Order:
    """What a worker is told.

    Attributes:
        settings: as they are stored, JSON.
        labels: of the runners that can run.
        blas_threads: of the process that gives the order.
    """

    settings: str
    labels: tuple[str, ...]
    timeout_seconds: float
    environments: Environments
    blas_threads: int


@dataclass(frozen=True)
class Done:
    """What a worker sends.

    Attributes:
        files: by their names in the results folder: rows, records, jobs, results and logs.
        pace: what the chunks cost there.
    """

    files: Mapping[str, bytes]
    pace: Pace


def do_remote(order: Order, chunks: Sequence[Chunk]) -> Done:
    """Do some chunks on this machine, each tool in one process.

    Raises:
        NetparityError: if this machine has other weights or images, or cannot do it.
    """
    quiet = (lambda text: None, lambda images: None, SILENT)
    with with_blas_threads(order.blas_threads):
        place, assignment, request, store = _opened(order)
        pace = do_chunks(chunks, Bench(place, assignment, request, store, *quiet))
    files = {}
    for path in sorted(store.path.rglob("*")):
        name = path.relative_to(store.path).as_posix()
        if path.is_file() and name.startswith(("chunks/", "runners/")):
            if place.settings.keep or path.suffix in (".json", ".parquet", ".txt"):
                files[name] = path.read_bytes() if path.suffix != ".txt" else _tail(path)
            path.unlink()
    return Done(files, pace)


def keep(files: Mapping[str, bytes], store: RunFolder) -> None:
    """Write what a worker sent; a chunk's record comes last, as it makes the chunk complete."""
    for name in sorted(files, key=lambda name: (name.startswith("chunks/"), name.endswith("json"))):
        store.write_bytes(name, files[name])


def _opened(order: Order) -> Opened:
    """The network, the runners and a folder, once per process."""
    key = order.settings, order.labels
    if key not in _OPENED:
        _OPENED.clear()
        _OPENED[key] = _open(order)
    return _OPENED[key]


def _open(order: Order) -> Opened:
    settings = Settings.model_validate_json(order.settings)
    asked = Request(timeout_seconds=order.timeout_seconds, environments=order.environments)
    request = as_request(settings, asked)
    source = open_source(request.sources, request.digits, request.generated, request.seed)
    place = open_workplace(request, source, SILENT)
    check_unchanged(place.settings, settings)
    able = {runner.label for _, runner in place.able}
    if lost := [label for label in order.labels if label not in able]:
        reasons = "; ".join(f"{label}: {place.failures[label]}" for label in lost)
        raise RuntimeError(f"on this worker cannot run {reasons}")
    failures = {
        runner.label: "it cannot run where the data set was begun"
        for runner in place.runners
        if runner.label not in order.labels
    }
    place = replace(place, settings=settings, failures=failures)
    store = RunFolder(Path(tempfile.mkdtemp(prefix="netparity-", dir=worker_folder())))
    return place, assignment_for(place, request, store, SILENT), request, store


def _tail(path: Path) -> bytes:
    data = path.read_bytes()
    return data[-_MAX_LOG_BYTES:]
