"""SIGKILL, SIGINT and SIGTERM at random moments of every command: is anything lost or left behind?

Each kill has a cache of its own, in which the weights have still to be made. After it

- no process of the command is left, within five seconds,
- the command said nothing that looks like a defect,
- every run and every sweep that it stored can be reported on,
- the same command, begun again, ends as it does when nothing disturbs it,
- and then the cache holds no draft, and nothing in it differs from its hash.

    python -m benchmarks.kills [--kills 200] [--seed 0] [--only WORD] [--folder FOLDER]

It prints a line for each kill that is a fault, and the counts. The tool is ONNX Runtime, on
vgg16-tiny. `replay` and `weights fetch` are left out: they need Theano and the network.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from netparity.system.cache import cache_folder
from netparity.system.drafts import drafts_in
from netparity.weights.stamps import is_unchanged, stamped_files

SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
LEFT_SECONDS = 5.0
LONGEST_SECONDS = 300.0
TINY = "--model vgg16-tiny"
MEASURED = f"{TINY} --runner onnxruntime --rounds 1 --repeats 1 --out results"
COMMANDS = (
    f"compare {MEASURED}",
    f"compare {MEASURED} --layers all",
    f"sweep --batch 1,2 {MEASURED}",
    f"transfer pictures {TINY} --runner onnxruntime --layer fc6 --out results",
    f"check feature.npy {TINY} --weights synthetic:0 --feature fc6 --input stored/input/shared.npy",
    "diagnose stored",
    "report stored",
    "report stored --format html --output page.html",
    "plot stored all --output plots",
    "compare-runs stored stored-2",
    "history .",
    f"weights make made.h5 {TINY} --force",
    f"weights convert synthetic:0 made.keras {TINY} --force",
    f"weights convert synthetic:0 made.mat {TINY} --force",
    f"weights inspect weights.h5 {TINY}",
    f"weights verify weights.h5 synthetic:0 {TINY}",
    "network convert vgg16-tiny made.onnx --weights synthetic:0 --force",
    "network show vgg16-tiny",
    "network diff vgg16-tiny alexnet-tiny",
    "network list",
    "doctor",
    "setup onnxruntime",
    "cache --clean",
    "schema",
    "extractors",
)


@dataclass
class Counts:
    """What was tried and what was found."""

    kills: Counter[str] = field(default_factory=Counter)
    struck: int = 0
    reported: int = 0
    faults: list[str] = field(default_factory=list)


class Scene:
    """A folder in which a command runs, and its cache."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.here, self.cache = folder / "here", folder / "cache"
        shutil.copytree(template, self.here)
        self.cache.mkdir(parents=True)
        (self.cache / "environments").symlink_to(cache_folder("environments"))
        self.environment = {**os.environ, "NETPARITY_CACHE": str(self.cache)}

    def begin(self, words: str) -> subprocess.Popen[str]:
        """Start a command; both of its streams go to the file `printed`."""
        command = [sys.executable, "-m", "netparity.commands", *words.split()]
        with (self.here.parent / "printed").open("w") as printed:
            return subprocess.Popen(
                command,
                cwd=self.here,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def run(self, words: str) -> tuple[int, float]:
        """Exit code and seconds of a command that nothing disturbs."""
        begun = time.monotonic()
        code = self.begin(words).wait(LONGEST_SECONDS)
        return code, time.monotonic() - begun

    @property
    def printed(self) -> str:
        """What the last command printed."""
        return (self.here.parent / "printed").read_text(errors="replace")

    def left(self) -> list[int]:
        """The processes that have this scene's cache in their environment."""
        mark = f"NETPARITY_CACHE={self.cache}\0".encode()
        found = []
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and mark in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found


def main() -> None:
    """Strike, and count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    commands = [words for words in COMMANDS if given.only in words]
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="kills-") as parent:
        template = make_template(Path(parent))
        undisturbed = {
            words: Scene(Path(parent) / f"undisturbed-{place}", template).run(words)
            for place, words in enumerate(commands)
        }
        for words, (code, seconds) in undisturbed.items():
            print(f"undisturbed: {code} after {seconds:.1f} s: {words}", flush=True)
        counts, chance = Counts(), random.Random(given.seed)
        for number in range(given.kills):
            words = commands[number % len(commands)]
            code, seconds = undisturbed[words]
            scene = Scene(Path(parent) / f"kill-{number}", template)
            strike(scene, words, code, chance.uniform(0, seconds), chance.choice(SIGNALS), counts)
            shutil.rmtree(scene.here.parent, ignore_errors=True)
    for name, count in sorted(counts.kills.items()):
        print(f"{name}: {count}")
    print(f"while the command ran: {counts.struck}; stored runs reported on: {counts.reported}")
    print(f"faults: {len(counts.faults)}")
    sys.exit(1 if counts.faults else 0)


def make_template(parent: Path) -> Path:
    """The files that the commands read."""
    folder = parent / "template"
    folder.mkdir()
    maker = Scene(parent / "maker", folder)
    assert maker.run(f"weights make weights.h5 {TINY}")[0] == 0, maker.printed
    for name in ("stored", "stored-2"):
        assert maker.run(f"compare {MEASURED}")[0] == 0, maker.printed
        [run] = (maker.here / "results").iterdir()
        shutil.move(run, maker.here / name)
    [feature] = (maker.here / "stored").glob("runners/*/round-1/shared-fc6.npy")
    shutil.copy(feature, maker.here / "feature.npy")
    for number in range(12):
        picture = maker.here / "pictures" / f"class-{number % 2}" / f"{number}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (32, 32), 100 * (number % 2) + number).save(picture)
    shutil.rmtree(maker.here / "results")
    return maker.here


def strike(
    scene: Scene, words: str, code: int, moment: float, number: signal.Signals, counts: Counts
) -> None:
    """Run the command, kill it at the moment, and see what is left."""
    process = scene.begin(words)
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        counts.struck += 1
    counts.kills[number.name] += 1
    try:
        process.wait(LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
    faults = [*after_the_kill(scene, process.returncode, counts), *second_try(scene, words, code)]
    for fault in faults:
        counts.faults.append(fault)
        print(f"{number.name} at {moment:.2f} s of {words}: {fault}", flush=True)


def after_the_kill(scene: Scene, code: int, counts: Counts) -> Iterator[str]:
    """What is wrong after the first try."""
    printed = scene.printed
    # Before the first line of netparity runs, Ctrl-C is Python's own.
    if "defect" in printed or ("Traceback" in printed and "netparity" in printed):
        yield f"it printed {printed[-300:]!r} (exit code {code})"
    deadline = time.monotonic() + LEFT_SECONDS
    while (left := scene.left()) and time.monotonic() < deadline:
        time.sleep(0.05)
    if left:
        yield f"processes {left} are left"
    stored = [path.parent for path in scene.here.glob("results/**/run.json")]
    stored += [path.parent for path in scene.here.glob("results/*/sweep.json")]
    for folder in stored:
        counts.reported += 1
        if scene.run(f"report {folder}")[0] != 0:
            yield f"{folder.name} cannot be reported on: {scene.printed[-300:]!r}"


def second_try(scene: Scene, words: str, code: int) -> Iterator[str]:
    """What is wrong with the same command, begun again, and with the cache after it."""
    found, _ = scene.run(words)
    if found != code:
        yield f"the second try ended with {found}, not {code}: {scene.printed[-300:]!r}"
    if drafts := drafts_in(scene.cache / "weights"):
        yield f"drafts are left in the cache: {[path.name for path in drafts]}"
    for folder in (scene.cache / "weights").glob("*/"):
        for path in stamped_files(folder):
            if not is_unchanged(path):
                yield f"{path.name} in the cache is not as it was written"


if __name__ == "__main__":
    main()
