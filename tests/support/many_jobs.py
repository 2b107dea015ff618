"""Several jobs in one process of an extractor: a tool takes seconds to start."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping

from tests.support.tiny_vgg16 import PYTHON_FOLDER, Case

RUN_JOBS = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
from extractor import main
stack = getattr(importlib.import_module(sys.argv[2]), sys.argv[3])
for job in sys.argv[4:]:
    main(stack(), [job])
"""


def run_jobs(
    python: str, module: str, stack: str, cases: Iterable[Case], environment: Mapping[str, str]
) -> str:
    """Run every job; returns the log. Each job has a new `stack` of the extractor's module."""
    jobs = [str(case.job_file) for case in cases]
    done = subprocess.run(
        [python, "-c", RUN_JOBS, str(PYTHON_FOLDER), module, stack, *jobs],
        env={**environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
