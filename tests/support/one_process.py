"""One process of a tool for many runs of an extractor, whose import takes most of a short run.

    python one_process.py SCRIPT RUNS.json
    python one_process.py < ORDERS

Each run is the script started anew as the main program; what it imports stays. With orders, one a
line, it answers each with a line when the run has ended (`warm_processes.py`).
"""

from __future__ import annotations

import json
import os
import resource
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the tools run this file too, and have no tests
    from tests.support.tiny_vgg16 import Case

PYTHON_FOLDER = Path(__file__).resolve().parents[2] / "python"

Done = subprocess.CompletedProcess[str]


def run_many(
    script: str,
    python: str,
    runs: Mapping[str, Sequence[str]],
    environment: Mapping[str, str],
    folder: Path,
) -> dict[str, Done]:
    """Run one of python/'s scripts with each of the arguments, one after the other.

    Args:
        runs: name to arguments.
        folder: where the output of each run lies.
    """
    plan = folder / "runs.json"
    plan.write_text(json.dumps([list(arguments) for arguments in runs.values()]))
    command = [python, __file__, str(PYTHON_FOLDER / script), str(plan)]
    whole = subprocess.run(
        command, env=dict(environment), capture_output=True, text=True, timeout=600
    )
    assert whole.returncode == 0, whole.stderr
    codes = json.loads(whole.stdout.splitlines()[0])  # what a profiler prints at its end follows
    done = {}
    for number, (name, arguments) in enumerate(runs.items()):
        texts = [(folder / f"{number}.{stream}").read_text() for stream in ("out", "err")]
        done[name] = Done(list(arguments), codes[number], *texts)
    return done


def run_jobs(
    script: str, python: str, cases: Iterable[Case], environment: Mapping[str, str] = os.environ
) -> None:
    """Run jobs with one of python/'s extractors, one after the other in one process."""
    runs = {str(number): [str(case.job_file)] for number, case in enumerate(cases)}
    with tempfile.TemporaryDirectory() as folder:
        run_many(script, python, runs, environment, Path(folder))


def _run(script: str, arguments: list[str], out: str, err: str) -> int:
    """The exit status of one run; what it prints is added to files, that of C++ code too."""
    kept = [os.dup(1), os.dup(2)]
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(file, number)
        os.close(file)
    sys.argv = [script, *arguments]
    try:
        runpy.run_path(script, run_name="__main__")
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, number)
            os.close(copy)


def main(script: str, plan: str) -> None:
    sys.path[0] = os.path.dirname(script)
    with open(plan) as file:
        runs = json.load(file)
    folder = os.path.dirname(plan)
    codes = [
        _run(script, arguments, f"{folder}/{n}.out", f"{folder}/{n}.err")
        for n, arguments in enumerate(runs)
    ]
    print(json.dumps(codes))


def stay() -> None:
    orders, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for line in orders:
        order = json.loads(line)
        os.chdir(order["folder"])
        sys.path[0] = os.path.dirname(order["script"])
        status = _run(order["script"], order["arguments"], order["log"], order["log"])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"exit_status": status, "peak_rss_bytes": peak}), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else stay()
