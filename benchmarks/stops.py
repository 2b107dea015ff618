"""Ctrl-C at random moments of every command: how soon is it answered, how soon is all over?

Each stop has a cache and a temporary folder of its own. The signal goes to the process alone or, as
a terminal does it, to its process group; once in four, a second one follows. Reported are the
seconds from the signal

- to the line "stopping; ..." (or the end),
- to the end of the command,
- until no process is left that it has started.

A fault is: an end after more than two seconds, a process five seconds after it, a temporary folder
or a draft that is left, a traceback, a stored run that cannot be reported on, or one that was begun
and whose path is not printed.

    python -m benchmarks.stops [--stops 100] [--seed 0] [--only WORD] [--full] [--folder FOLDER]

With --full, comparisons with VGG16 itself and with TensorFlow, Theano and Octave take the place of
the small ones. The seconds of a busy machine say little: the load is printed beside them.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.kills import COMMANDS, LEFT_SECONDS, LONGEST_SECONDS, Scene, make_template
from netparity.system.drafts import drafts_in

MOST_SECONDS = 2.0
ANSWER = "stopping; press Ctrl-C again"
SIGNALS = (signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TINY = "--model vgg16-tiny --rounds 2 --out results"
FULL = (
    "compare --rounds 1 --runner onnxruntime --runner pytorch --out results",
    "compare --rounds 1 --runner onnxruntime --layers all --out results",
    f"compare {TINY} --runner keras3-tensorflow --runner keras2-theano[compile_cache=cold]",
    f"compare {TINY} --runner matconvnet-octave --runner pytorch --schedule sequential",
    f"sweep --batch 1,2 {TINY} --runner onnxruntime --runner pytorch",
)


class Stop(Scene):
    """One command that is stopped; its temporary files are its own as well."""

    def __init__(self, folder: Path, template: Path) -> None:
        super().__init__(folder, template)
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.environment |= {"TMPDIR": str(self.temporary), "NETPARITY_LOCKS": str(folder)}


def main() -> None:
    """Stop, and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stops", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--longest", type=float, default=30.0, help="Latest moment of a signal.")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    commands = [words for words in (FULL if given.full else COMMANDS) if given.only in words]
    chance = random.Random(given.seed)
    figures: dict[str, list[float]] = defaultdict(list)
    faults = 0
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="stops-") as parent:
        template = make_template(Path(parent))
        usual = {}
        for place, words in enumerate(commands):
            _, seconds = Stop(Path(parent) / f"undisturbed-{place}", template).run(words)
            usual[words] = min(seconds, given.longest)
            print(f"undisturbed: {seconds:.1f} s: {words}", flush=True)
        for number in range(given.stops):
            words = commands[number % len(commands)]
            scene = Stop(Path(parent) / f"stop-{number}", template)
            moment = chance.uniform(0.05, usual[words])
            for fault in stop(scene, words, moment, chance, figures):
                faults += 1
                print(f"at {moment:.2f} s of {words}: {fault}", flush=True)
            shutil.rmtree(scene.here.parent, ignore_errors=True)
    for name, seconds in figures.items():
        ordered = sorted(seconds)
        print(
            f"{name}: median {ordered[len(ordered) // 2]:.2f} s, "
            f"95 % {ordered[int(len(ordered) * 0.95)]:.2f} s, worst {ordered[-1]:.2f} s "
            f"({len(ordered)} stops)"
        )
    print(f"load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; faults: {faults}")
    sys.exit(1 if faults else 0)


def stop(
    scene: Stop,
    words: str,
    moment: float,
    chance: random.Random,
    figures: dict[str, list[float]],
) -> Iterator[str]:
    """Stop a command once; yields what is wrong."""
    number, group, again = chance.choice(SIGNALS), chance.random() < 0.5, chance.random() < 0.25
    process = scene.begin(words)
    begun = time.monotonic()
    while process.poll() is None and time.monotonic() - begun < moment:
        time.sleep(0.01)
    if process.poll() is not None:
        return
    send = os.killpg if group else os.kill
    send(process.pid, number)
    sent = time.monotonic()
    answered = None
    while process.poll() is None and time.monotonic() - sent < LONGEST_SECONDS:
        if answered is None and ANSWER in scene.printed:
            answered = time.monotonic() - sent
        if again and time.monotonic() - sent > 0.3:
            again = False
            send(process.pid, number)
        time.sleep(0.005)
    ended = time.monotonic() - sent
    while (left := scene.left()) and time.monotonic() - sent < ended + LEFT_SECONDS:
        time.sleep(0.02)
    if answered is not None:
        figures["to the answer"].append(answered)
    figures["to the end of the command"].append(ended)
    figures["until nothing of it was left"].append(time.monotonic() - sent)
    yield from wrong(scene, number, ended, left)


def wrong(scene: Stop, number: signal.Signals, ended: float, left: list[int]) -> Iterator[str]:
    """What is wrong after a stop."""
    printed = scene.printed
    if ended > MOST_SECONDS:
        yield f"{number.name}: it ended after {ended:.1f} s"
    if left:
        yield f"{number.name}: processes {left} are left"
    # Before the first line of netparity runs, Ctrl-C is Python's own.
    if "defect" in printed or ("Traceback" in printed and "netparity" in printed):
        yield f"{number.name}: it printed {printed[-300:]!r}"
    if found := sorted(path.name for path in scene.temporary.glob("netparity-*")):
        yield f"{number.name}: {found} are left in the temporary folder"
    if found := [path.name for path in drafts_in(scene.here)]:
        yield f"{number.name}: the drafts {found} are left"
    for run in scene.here.glob("results/*/run.json"):
        if str(run.parent) not in printed:
            yield f"{number.name}: {run.parent.name} is stored, but it said {printed[-300:]!r}"
        if scene.run(f"report {run.parent}")[0] != 0:
            yield f"{run.parent.name} cannot be reported on: {scene.printed[-300:]!r}"


if __name__ == "__main__":
    main()
