"""How efficient are one and two workers on this machine, and what does the model of scale.py say?

    .venv/bin/python -m benchmarks.workers [--images 3000] [--runners ...]

A data set is done without a cluster, with `local:1` and with `local:2`, each tool with one thread.
The efficiency of k workers is the time without a cluster, divided by k times theirs; start of the
command included. The model gets the costs that the run without a cluster had, and no breakdowns.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.many_images import DEFAULT, FEATURES, MODEL
from benchmarks.scale import Costs, simulate


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--runners", nargs="+", default=DEFAULT)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="netparity-") as temporary:
        folder = Path(temporary)
        run(given.runners, 1, None, folder / "first")  # makes what a machine needs once
        alone = run(given.runners, given.images, None, folder / "alone")
        costs = costs_of(folder / "alone", given.images, alone)
        print(f"without a cluster: {alone:.1f} s for {given.images} images")
        print(f"  starting the tools {costs.start:.2f} s, an image {1000 * costs.image:.1f} ms")
        for workers in (1, 2):
            seconds = run(given.runners, given.images, f"local:{workers}", folder / str(workers))
            model = alone / simulate(given.images, workers, costs) / workers
            print(
                f"{workers} workers: {seconds:.1f} s, efficiency "
                f"{alone / seconds / workers:.0%}, by the model {model:.0%}"
            )


def run(labels: Sequence[str], count: int, cluster: str | None, out: Path) -> float:
    """Seconds of a data set."""
    command = [
        *(sys.executable, "-m", "netparity.commands", "dataset", "--model", MODEL),
        *("--generated", str(count), "--layers", FEATURES, "--input", "shared"),
        *("--worst", "0", "--threads", "1", "--out", str(out)),
        *(word for label in labels for word in ("--runner", label)),
        *(() if cluster is None else ("--cluster", cluster)),
    ]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"the data set failed\n{done.stderr[-2000:]}")
    return time.monotonic() - begun


def costs_of(out: Path, images: int, seconds: float) -> Costs:
    """The constants of the model, from the chunks of a run that took so many seconds."""
    records: list[dict[str, Any]] = [
        json.loads(path.read_text()) for path in out.glob("*/chunks/*.json")
    ]
    starts = [
        (part["startup"] + part["load"], label)
        for record in records
        for label, part in record["runners"].items()
        if part["startup"] is not None
    ]
    labels = {label for _, label in starts}
    start = sum(took for took, _ in starts) * len(labels) / len(starts)
    judging = sum(record["judging_seconds"] for record in records)
    work = seconds - sum(took for took, _ in starts)
    return Costs(
        image=work / images,
        computing=1 - judging / work,
        start=start,
        once=0.0,
        spread=0.0,
        breaks=1e12,
    )


if __name__ == "__main__":
    main()
