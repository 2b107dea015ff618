"""How does a data set scale to 1,000 nodes and a million images? A simulation with measured costs.

    .venv/bin/python -m benchmarks.scale [--image-seconds 0.05] [--chunk 250] ...

A task is one chunk or several: it waits for the scheduler, which handles one task after the other,
then for a free worker, which starts and loads every tool once, computes and judges the images, and
sends the rows back through the scheduler. The first tasks, one for each node, are single chunks,
and the others as long as netparity makes them (`dataset/pacing.py`, `dataset/spreading.py`). The
first task of a node also makes what every node needs once. Nodes differ in speed and break down; a
task on a node that breaks down is begun again.
"""

from __future__ import annotations

import argparse
import heapq
import random
from dataclasses import dataclass, replace

from netparity.dataset.pacing import Pace, chunks_per_process
from netparity.dataset.spreading import chunks_per_task
from netparity.run.many.chunks import CHUNK_BYTES, MOST_IMAGES

DAY = 86400.0


@dataclass(frozen=True)
class Costs:
    """Seconds, but where it says otherwise; the defaults are those in docs/scale.md.

    Attributes:
        image: per image: all tools, the reference and the judging.
        computing: the part of it that is not judging.
        start: per task: starting and loading all tools.
        once: per node: opening the network and making what is kept in a cache.
        handle: the scheduler's own, per task.
        chunk: images per chunk.
        grouped: whether a task may be several chunks.
        spread: relative standard deviation of the nodes' speeds.
        breaks: mean time between breakdowns of one node.
    """

    image: float = 0.05
    computing: float = 0.5
    start: float = 12.0
    once: float = 60.0
    handle: float = 0.01
    chunk: int = MOST_IMAGES
    grouped: bool = True
    spread: float = 0.1
    breaks: float = 30 * DAY


def simulate(images: int, nodes: int, costs: Costs, seed: int = 0) -> float:
    """Seconds until the last row is stored."""
    drawn = random.Random(seed)
    speeds = [max(0.3, drawn.gauss(1.0, costs.spread)) for _ in range(nodes)]
    sizes = task_sizes(images, nodes, costs)
    free = [(costs.once * speed, node) for node, speed in enumerate(speeds)]
    heapq.heapify(free)
    scheduler = last = 0.0
    waiting = list(reversed(sizes))
    while waiting:
        size = waiting.pop()
        at, node = heapq.heappop(free)
        scheduler = max(scheduler, at) + costs.handle  # one task after the other
        seconds = (costs.start + size * costs.image) * speeds[node]
        until_break = drawn.expovariate(1 / costs.breaks)
        if until_break < seconds:
            waiting.append(size)
            heapq.heappush(free, (scheduler + until_break + costs.once * speeds[node], node))
            continue
        done = scheduler + seconds
        last = max(last, done + costs.handle)
        heapq.heappush(free, (done, node))
    return last


def task_sizes(images: int, nodes: int, costs: Costs) -> list[int]:
    """Images of every task."""
    chunks = [min(costs.chunk, images - start) for start in range(0, images, costs.chunk)]
    first = nodes if costs.grouped else len(chunks)
    seconds = costs.chunk * costs.image
    pace = Pace(1, costs.start, seconds * costs.computing, seconds * (1 - costs.computing))
    worth = chunks_per_process(pace, CHUNK_BYTES)
    size = chunks_per_task(worth, len(chunks) - first, nodes)
    groups = [chunks[at : at + size] for at in range(first, len(chunks), size)]
    return [*chunks[:first], *(sum(group) for group in groups)]


def ideal(images: int, costs: Costs) -> float:
    """Seconds of one node of ordinary speed that never breaks down and starts its tools once."""
    return costs.start + costs.once + images * costs.image


def main() -> None:
    """Print a table of efficiencies."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--image-seconds", type=float, default=Costs.image)
    parser.add_argument("--start-seconds", type=float, default=Costs.start)
    parser.add_argument("--handle-seconds", type=float, default=Costs.handle)
    parser.add_argument("--images", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 2, 10, 100, 1000])
    parser.add_argument("--once-seconds", type=float, default=Costs.once)
    parser.add_argument("--chunk", type=int, help="as --chunk of netparity dataset")
    given = parser.parse_args()
    costs = replace(
        Costs(),
        image=given.image_seconds,
        start=given.start_seconds,
        handle=given.handle_seconds,
        once=given.once_seconds,
        chunk=given.chunk or MOST_IMAGES,
        grouped=given.chunk is None,
    )
    print("| images | " + " | ".join(f"{nodes:,} nodes" for nodes in given.nodes) + " |")
    print("|---:|" + "---:|" * len(given.nodes))
    for images in given.images:
        cells = []
        for nodes in given.nodes:
            seconds = simulate(images, nodes, costs)
            share = ideal(images, costs) / seconds / nodes
            cells.append(f"{seconds / 3600:.3g} h, {100 * share:.0f} %")
        print(f"| {images:,} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
