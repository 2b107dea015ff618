"""Disks that become full, of every size from nothing to enough: is it said, and is nothing broken?

Each disk is a small file system in memory, on which the results, the user's file and the cache lie.
After the command

- the exit code is 0 where everything fitted and 2 or 3 otherwise,
- what was printed names the file and the reason,
- no draft and no half of the user's file is left,
- every run.json that is there can be read, and the runs reported on once there is room again.

    python -m benchmarks.full_disks [--step 64] [--only WORD]

It needs the right to mount (root). Sizes are in kilobytes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netparity.system.cache import cache_folder
from netparity.system.drafts import drafts_in

TINY = "--model vgg16-tiny"
CONVERT = f"weights convert synthetic:0 made{{}} {TINY}"
NETWORK = "network convert vgg16-tiny made{} --weights synthetic:0"
COMMANDS = (
    *(CONVERT.format(f".{end}") for end in ("h5", "weights.h5", "keras", "mat", "npz", "pth")),
    *(NETWORK.format(end) for end in (".keras", ".onnx", ".mat")),
    f"compare {TINY} --runner onnxruntime --rounds 1 --repeats 1 --out results",
)
WORDS = re.compile(r"No space left|cannot be written|cannot be made|write")
MOST_KILOBYTES = {"compare": 4096}
USUAL_KILOBYTES = 1600


@contextmanager
def disk(kilobytes: int) -> Iterator[Path]:
    """A file system of that size, mounted while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        options = f"size={kilobytes}k"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def run(words: str, here: Path) -> tuple[int, str]:
    """Exit code of a command and what it printed."""
    cache = here / "cache"
    environment = {**os.environ, "NETPARITY_CACHE": str(cache)}
    command = [sys.executable, "-m", "netparity.commands", *words.split()]
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def faults(words: str, kilobytes: int) -> Iterator[str]:
    """What is wrong with one command on one disk; first, its exit code in words."""
    with disk(kilobytes) as here:
        (here / "cache").mkdir()
        (here / "cache" / "environments").symlink_to(cache_folder("environments"))
        code, printed = run(words, here)
        yield f"exit code {code}"
        if code not in (0, 2, 3) or "Traceback" in printed or "defect" in printed:
            yield f"{code}: {printed[-300:]!r}"
        if code and not WORDS.search(printed):
            yield f"the reason is not said: {printed[-300:]!r}"
        if found := drafts_in(here):
            yield f"drafts are left: {[path.name for path in found]}"
        if code and (made := list(here.glob("made*"))):
            yield f"{made[0].name} is left, {made[0].stat().st_size} bytes"
        stored = list(here.glob("results/*/run.json"))
        for path in stored:
            json.loads(path.read_text())
        subprocess.run(["mount", "-o", "remount,size=64m", here], check=True)
        for path in stored:
            reported, printed = run(f"report {path.parent}", here)
            if reported:
                yield f"the run cannot be reported on: {printed[-300:]!r}"


def main() -> None:
    """Fill the disks, and count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--step", type=int, default=64)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    for words in (each for each in COMMANDS if given.only in each):
        most = MOST_KILOBYTES.get(words.split()[0], USUAL_KILOBYTES)
        for kilobytes in range(given.step, most + 1, given.step):
            ended, *found = faults(words, kilobytes)
            counts[ended] += 1
            for fault in found:
                counts["faults"] += 1
                print(f"{kilobytes} kB, {words}: {fault}", flush=True)
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    sys.exit(1 if counts["faults"] else 0)


if __name__ == "__main__":
    main()
