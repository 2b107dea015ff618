"""Thousands of damaged files in every format that is read: does any hang, kill or deceive?

    PYTHONPATH=harness python -m benchmarks.fuzz --count 1000

Each file is read in a process with 2 s of processor time and 500 MB of memory. It may be refused
with a sentence, be read as before, or be read as something else, which no reader can notice
where the format has no checksum. Anything else is a fault: another exception, a crash, too much
time or memory, or other values in a format that has a checksum. The exit code is 1 if there is any.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fuzz_files import KINDS, Kind
from benchmarks.mutations import mutated
from netparity.errors import NetparityError
from netparity.files import hdf5, hdf5_examination

OUTCOMES = ("refused", "unchanged", "other values", "fault")
MOST_SECONDS, MOST_WALL_SECONDS, MOST_BYTES = 2.0, 120, 500 * 2**20
_OUT_OF_MEMORY = "more memory than there is"
_FAULTS_SHOWN, _DETAIL_SHOWN, _LONGEST_SENTENCE = 20, 300, 2000


def main() -> int:
    """Try every kind and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="damaged files of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="kinds whose title contains this")
    parser.add_argument("--keep", type=Path, help="folder for the files that are faults")
    options = parser.parse_args()
    hdf5.ask = _ask_a_fork  # type: ignore[assignment]  # without the start of a Python for each
    total: Counter[str] = Counter()
    print(f"{'':32} {'tried':>7} " + " ".join(f"{name:>12}" for name in OUTCOMES), flush=True)
    for kind in KINDS:
        if options.only not in kind.title:
            continue
        counted: Counter[str] = Counter()
        for number, outcome, detail in _tried(kind, options.count, options.seed, options.keep):
            counted[outcome] += 1
            if outcome == "fault" and counted[outcome] <= _FAULTS_SHOWN:
                print(f"  fault {number}: {detail}", flush=True)
        _print(kind.title, counted)
        total += counted
    _print("all", total)
    return 1 if total["fault"] else 0


def _print(title: str, counted: Counter[str]) -> None:
    numbers = " ".join(f"{counted[name]:12,}" for name in OUTCOMES)
    print(f"{title:32} {counted.total():7,} {numbers}", flush=True)


def _tried(kind: Kind, count: int, seed: int, keep: Path | None) -> Iterator[tuple[int, str, str]]:
    """Number, outcome and detail of each damaged file; a process that dies is replaced."""
    with tempfile.TemporaryDirectory() as folder:
        good = Path(folder) / kind.name
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kind.write(good)
        data = good.read_bytes()
        done = 0
        while done < count:
            reading, writing = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(reading)
                _work(kind, data, good, range(done, count), seed, writing)
            os.close(writing)
            with os.fdopen(reading) as lines:
                for line in lines:
                    outcome, detail = json.loads(line)
                    if outcome == "fault" and keep is not None:
                        _keep(kind, data, done, seed, keep)
                    yield done, outcome, detail
                    done += 1
            _, status = os.waitpid(pid, 0)
            if done < count:
                if keep is not None:
                    _keep(kind, data, done, seed, keep)
                code = os.waitstatus_to_exitcode(status)
                yield done, "fault", f"its process ended with {code} (-27: too much time)"
                done += 1


def _keep(kind: Kind, data: bytes, number: int, seed: int, folder: Path) -> None:
    title = "".join(mark if mark.isalnum() else "-" for mark in kind.title)
    path = folder / f"{title}-{number}" / kind.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(mutated(data, np.random.default_rng([seed, number])))


def _work(kind: Kind, data: bytes, path: Path, numbers: range, seed: int, writing: int) -> None:
    """In a child: read one damaged file after the other, and tell of each."""
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    expected = kind.read(path)
    now = _data_bytes() + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (now, now))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(writing, "w") as answers:
        for number in numbers:
            path.write_bytes(mutated(data, np.random.default_rng([seed, number])))
            signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)  # SIGPROF ends it
            signal.alarm(MOST_WALL_SECONDS)
            answer = _outcome(kind, path, expected)
            signal.setitimer(signal.ITIMER_PROF, 0)
            print(json.dumps(answer), file=answers, flush=True)
    os._exit(0)


def _outcome(kind: Kind, path: Path, expected: object) -> tuple[str, str]:
    outcome, detail = "unchanged", ""
    try:
        if kind.read(path) != expected:
            outcome = "fault" if kind.has_checksum else "other values"
            detail = "other values in spite of a checksum"
    except (NetparityError, OSError) as error:
        outcome, detail = "refused", str(error)
        if _OUT_OF_MEMORY in detail or len(detail) > _LONGEST_SENTENCE:
            outcome = "fault"
    except BaseException as error:
        outcome, detail = "fault", repr(error)
    return outcome, detail[:_DETAIL_SHOWN]


def _data_bytes() -> int:
    """What counts against RLIMIT_DATA now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no VmData")


def _ask_a_fork(command: Any, folder: Path, seconds: float) -> tuple[int | None, str]:
    """What `launch.ask` does for the examination of HDF5, by a fork."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(writing, 1)
        sys.stdout = os.fdopen(1, "w")
        code = 70
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            code = hdf5_examination.main(list(command.arguments[-1:]))
            sys.stdout.flush()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, errors="replace") as answer:
        printed = answer.read()
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), printed


if __name__ == "__main__":
    begun = time.monotonic()
    code = main()
    print(f"{time.monotonic() - begun:.0f} s")
    sys.exit(code)
