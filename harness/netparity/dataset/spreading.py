"""The chunks of a data set on the workers of a cluster.

A task is one chunk or several with all runners, so that they share one reference, which costs
more than the tools do. The first chunks, one for each worker, are done singly, and show how many
are worth the start of the tools. What a worker sends is what a run on one machine would have
written, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median

from netparity.dataset.pacing import chunks_per_process
from netparity.dataset.remote import Done, Order, do_remote, keep
from netparity.dataset.request import Request
from netparity.dataset.workplace import Workplace
from netparity.results.folder import RunFolder
from netparity.run.cluster import Cluster, blas_threads, open_cluster
from netparity.run.many.chunks import Chunk
from netparity.watch import Watch

TASKS_PER_WORKER = 4
"""At least, so that no worker waits long for the last one."""


def spread(
    chunks: Sequence[Chunk],
    place: Workplace,
    request: Request,
    store: RunFolder,
    advance: Callable[[int], None],
    watch: Watch,
) -> None:
    """Do chunks on a cluster; those that cannot be done there are named and left undone.

    Args:
        advance: called with the number of images that are done.

    Raises:
        NetparityError: if there is no such cluster.
    """
    assert request.cluster is not None
    done = 0
    with open_cluster(request.cluster, watch) as cluster:
        order = Order(
            place.settings.model_dump_json(),
            tuple(runner.label for _, runner in place.able),
            request.timeout_seconds,
            request.environments,
            blas_threads(),
        )
        first = cluster.count() if place.settings.grouped else len(chunks)
        paces = []
        singly = [[chunk] for chunk in chunks[:first]]
        for group, found in _each(singly, order, cluster, store, advance, watch):
            done += len(group)
            paces.append(found.pace)
        worth = [chunks_per_process(pace, place.chunk_bytes) for pace in paces]
        typical = int(median(worth)) if worth else 1
        size = chunks_per_task(typical, len(chunks) - first, cluster.count())
        groups = [chunks[at : at + size] for at in range(first, len(chunks), size)]
        for group, _ in _each(groups, order, cluster, store, advance, watch):
            done += len(group)
    if done < len(chunks):
        watch.warning(
            f"{len(chunks) - done:,} of {len(chunks):,} chunks were not done by {cluster.words}; "
            "what was done is kept"
        )


def _each(
    groups: Sequence[Sequence[Chunk]],
    order: Order,
    cluster: Cluster,
    store: RunFolder,
    advance: Callable[[int], None],
    watch: Watch,
) -> Iterator[tuple[Sequence[Chunk], Done]]:
    """Do groups of chunks, and store what is sent."""
    for number, found in cluster.each(do_remote, [(order, group) for group in groups]):
        group = groups[number]
        if isinstance(found, BaseException):
            watch.warning(f"images {group[0].start + 1:,} to {group[-1].stop:,}: {found}")
            continue
        keep(found.files, store)
        advance(sum(chunk.stop - chunk.start for chunk in group))
        yield group, found


def chunks_per_task(worth: int, left: int, workers: int) -> int:
    """How many chunks a task has, at least 1.

    Args:
        worth: so many that starting the tools is worth it; see `chunks_per_process`.
        left: chunks that are left to do.
    """
    return max(1, min(worth, left // (TASKS_PER_WORKER * max(1, workers))))
