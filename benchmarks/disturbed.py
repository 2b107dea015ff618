"""Are differences named rightly on a machine that something else disturbs?

    .venv/bin/python -m benchmarks.disturbed [--times 20] [--rounds 5] [--model vgg16]

First comes a longer comparison without a disturber: rows that differ there from Octave by 10 % or
more are the truth. Then a disturber keeps a processor busy for some seconds and lets it rest for
some, again and again, while comparisons are made: with processes that take turns (`interleaved`),
and as they were made before (`sequential`, five values per process). Counted are the comparisons in
which every such row is called faster or slower as it is, and those in which a twin of Octave, the
same tool under another label, is called faster or slower than Octave.

The disturber is stress-ng where it is installed, and otherwise a loop in Python. With `--model
vgg16-tiny --times 1` this only shows that the program works.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from netparity.protocol import Run
from netparity.run.compare import compare
from netparity.run.request import Request

BASE, TWIN = "octave", "twin"
RUNNERS = (
    f"matconvnet-octave[label={BASE}]",
    f"matconvnet-octave[label={TWIN}]",
    "keras2-theano[label=theano]",
    "keras3-tensorflow[call=function,label=keras]",
)
SCHEDULES = {
    "interleaved": {"schedule": "interleaved"},
    "sequential": {"schedule": "sequential", "repeats": 5},
}
DIFFERENCE = 0.10
ON_SECONDS, OFF_SECONDS = (1.0, 5.0), (1.0, 5.0)
SPIN = "import time, sys\nend = time.time() + float(sys.argv[1])\nwhile time.time() < end: pass"


@contextlib.contextmanager
def disturbed(seed: int) -> Iterator[None]:
    """Something else keeps a processor busy, on and off, until the end."""
    loop = [sys.executable, "-m", "benchmarks.disturbed", "--disturb", str(seed)]
    process = subprocess.Popen(loop, start_new_session=True)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def disturb(seed: int) -> None:
    """The disturber: busy for some seconds, idle for some, until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    generator = random.Random(seed)
    while True:
        seconds = generator.uniform(*ON_SECONDS)
        busy = [sys.executable, "-c", SPIN, f"{seconds}"]
        if shutil.which("stress-ng"):
            busy = ["stress-ng", "--quiet", "--cpu", "1", "--timeout", f"{seconds:.0f}"]
        child = subprocess.Popen(busy)
        try:
            child.wait()
        finally:
            child.kill()
        time.sleep(generator.uniform(*OFF_SECONDS))


def measure(arguments: argparse.Namespace, folder: Path, rounds: int, **settings: object) -> Run:
    """One comparison; its files are removed."""
    wanted = {"runners": RUNNERS, "model": arguments.model, "reference": BASE, "rounds": rounds}
    run, store = compare(Request(**wanted, results=folder, **settings))  # type: ignore[arg-type]
    shutil.rmtree(store.path)
    for record in run.runners:
        if record.status != "ok":
            sys.exit(f"{record.label} {record.status}: {record.reason}")
    return run


def verdicts(run: Run) -> dict[str, str]:
    """What each row's predictions are called, by label."""
    return {
        entry.label: entry.verdict or ""
        for entry in run.timing
        if entry.phase == "predict" and entry.label != BASE
    }


def ratios(run: Run) -> dict[str, tuple[float, tuple[float, float] | None]]:
    """Each row's ratio to Octave and its interval, by label."""
    return {
        entry.label: (entry.ratio_to_reference, entry.ratio_interval)
        for entry in run.timing
        if entry.phase == "predict" and entry.ratio_to_reference is not None
    }


def truth(run: Run) -> dict[str, str]:
    """The rows that differ from Octave by `DIFFERENCE` or more, and how."""
    found = {}
    for label, (ratio, _) in ratios(run).items():
        if label not in (BASE, TWIN) and max(ratio, 1 / ratio) >= 1 + DIFFERENCE:
            found[label] = "slower" if ratio > 1 else "faster"
    return found


def describe(run: Run) -> str:
    """Ratios, intervals and verdicts of a run, in a line."""
    said = verdicts(run)
    parts = []
    for label, (ratio, interval) in ratios(run).items():
        if label != BASE:
            low, high = interval or (float("nan"), float("nan"))
            parts.append(f"{label} {ratio:.3f} ({low:.3f}-{high:.3f}) {said[label]}")
    seconds = run.wall.extractor_seconds if run.wall else float("nan")
    return f"{'; '.join(parts)}; {seconds:.0f} s of extractors"


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quiet-rounds", type=int, default=10)
    parser.add_argument("--model", default="vgg16")
    parser.add_argument("--schedules", nargs="+", choices=SCHEDULES, default=list(SCHEDULES))
    parser.add_argument("--disturb", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.disturb is not None:
        disturb(arguments.disturb)
    schedules = arguments.schedules
    right = dict.fromkeys(schedules, 0)
    wrong = dict.fromkeys(schedules, 0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quiet = measure(arguments, folder, arguments.quiet_rounds)
        expected = truth(quiet)
        print(f"quiet: {describe(quiet)}", flush=True)
        print(f"to be named: {expected or 'nothing'}", flush=True)
        for number in range(1, arguments.times + 1):
            for schedule in random.Random(number).sample(schedules, len(schedules)):
                with disturbed(number):
                    run = measure(arguments, folder, arguments.rounds, **SCHEDULES[schedule])
                said = verdicts(run)
                right[schedule] += all(said[label] == word for label, word in expected.items())
                wrong[schedule] += said[TWIN] in ("faster", "slower")
                print(f"{number:3d} {schedule}: {describe(run)}", flush=True)
    for schedule in schedules:
        print(
            f"{schedule}: all differences of {DIFFERENCE:.0%} or more named rightly in "
            f"{right[schedule]} of {arguments.times}, the twin called different in "
            f"{wrong[schedule]}"
        )


if __name__ == "__main__":
    main()
