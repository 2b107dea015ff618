"""Is a tool called faster than itself, and is a delay of 5 % found?

    .venv/bin/python -m benchmarks.same_tool [--times 40] [--rounds 5] [--schedule sequential]

Runs `compare` on the tiny network with three rows of one tool, GNU Octave: `a`, `b` just the same,
and `delayed`, which says of each of its values that it took 5 % longer. (A wait of 5 % would not
do: what is computed after a pause takes a little less.) Counted are the runs in which `b` is called
faster or slower than `a`, in which `delayed` is called slower, and in which the intervals of both
ratios, which are adjusted for two comparisons, hold 1 and 1.05. `netparity timing-check` asks the
same of the machine that it runs on, in three minutes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from netparity.protocol import TimingEntry
from netparity.run import choosing
from netparity.run.compare import compare
from netparity.run.request import Request
from netparity.runners import RUNNERS
from netparity.runners.matconvnet_octave import MatconvnetOctave
from netparity.system.resources import extractor_folder

DELAY = 0.05
SECONDS = "seconds(k) = toc(started) / loops;"
LONGER = f"seconds(k) = {1 + DELAY} * toc(started) / loops;"


class Copied(MatconvnetOctave):
    """The same scripts from a copy: where a file lies can make a difference of 0.3 %."""

    name = "octave-copied"
    folder: Path

    @property
    def scripts(self) -> Path:
        """The copy of the .m files."""
        return self.folder / self.name


class Delayed(Copied):
    """Scripts that say 5 % more than they took."""

    name = "octave-delayed"


def copy_scripts(folder: Path) -> None:
    """Two copies of matlab/; in one of them every timed value is longer."""
    for kind in (Copied, Delayed):
        shutil.copytree(extractor_folder("matlab"), folder / kind.name)
    file = folder / Delayed.name / "support" / "np_time_series.m"
    text = file.read_text()
    assert SECONDS in text
    file.write_text(text.replace(SECONDS, LONGER))


def timings(
    folder: Path, rounds: int, repeats: int | None, schedule: str
) -> dict[str, TimingEntry]:
    """Predict entries of one run, by label."""
    run, store = compare(
        Request(
            runners=[
                "octave-copied[label=a]",
                "octave-copied[label=b]",
                "octave-delayed[label=delayed]",
            ],
            model="vgg16-tiny",
            rounds=rounds,
            repeats=repeats,
            schedule=schedule,
            results=folder / "results",
        )
    )
    shutil.rmtree(store.path)
    return {entry.label: entry for entry in run.timing if entry.phase == "predict"}


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, help="as a comparison chooses by default")
    parser.add_argument("--schedule", default="interleaved")
    arguments = parser.parse_args()
    choosing.known_runners = lambda: (*RUNNERS, Copied, Delayed)
    wrong = alike = found = held = 0
    with tempfile.TemporaryDirectory() as name:
        Copied.folder = Path(name)
        copy_scripts(Copied.folder)
        for number in range(1, arguments.times + 1):
            entries = timings(Path(name), arguments.rounds, arguments.repeats, arguments.schedule)
            same, slow = entries["b"], entries["delayed"]
            wrong += same.verdict in ("faster", "slower")
            found += slow.verdict == "slower"
            low, high = slow.ratio_interval or (0.0, 0.0)
            least, most = same.ratio_interval or (0.0, 0.0)
            alike += same.verdict == "same"
            held += low <= 1 + DELAY <= high and least <= 1 <= most
            print(
                f"{number:3d}  b {same.ratio_to_reference:.3f} ({least:.3f}-{most:.3f}) "
                f"{same.verdict}, "
                f"delayed {slow.ratio_to_reference:.3f} ({low:.3f}-{high:.3f}) {slow.verdict}",
                file=sys.stderr,
                flush=True,
            )
    times = arguments.times
    print(f"{times} runs of {arguments.rounds} rounds, {arguments.schedule}")
    print(f"the same tool called faster or slower: {wrong} ({wrong / times:.0%})")
    print(f"called the same: {alike} ({alike / times:.0%})")
    print(f"a delay of {DELAY:.0%} found: {found} ({found / times:.0%})")
    print(f"both sizes in their intervals: {held} ({held / times:.0%})")


if __name__ == "__main__":
    main()
