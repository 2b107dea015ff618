"""Does Keras 2 on Theano compute every operation, in both orders of the axes, as float64 does?

    .venv/bin/python -m benchmarks.keras2_operations

With an empty compile cache Theano compiles for several minutes, so the tests run one of these.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from netparity.runners import RUNNERS, create_runners
from netparity.runners.environments import Environments
from netparity.system.cache import cache_folder
from tests.python.test_keras2_graph import judge, sketch_case
from tests.support.every_operation import SKETCHES
from tests.support.one_process import run_jobs
from tests.support.tiny_vgg16 import stack_environment


def main() -> None:
    """Run every sketch and print what does not agree."""
    [runner] = create_runners(["keras2-theano"], RUNNERS)
    python = str(Environments().python(runner.stack))
    environment = stack_environment(cache_folder("theano"))
    failed = 0
    for name in SKETCHES:
        for data_format in ("channels_last", "channels_first"):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    sketch = SKETCHES[name]()
                    case, _ = sketch_case(Path(folder), sketch, data_format=data_format)
                    run_jobs("extract_keras2.py", python, [case], environment)
                    judge(case, sketch)
                    print(f"{name}, {data_format}: every node agrees", flush=True)
                except AssertionError as error:
                    failed += 1
                    print(f"{name}, {data_format}: {error}", flush=True)
    print(f"{failed} of {2 * len(SKETCHES)} do not agree")


if __name__ == "__main__":
    main()
