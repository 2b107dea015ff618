"""Why one call of Keras 3's predict takes now one time and now another: bare/two_modes.py CALLS.

Runs in the environment of keras3-tensorflow. For several ways of calling VGG16, and a network of
one small convolution, it prints 10, 50 and 90 % quantiles of wall and processor seconds, and of the
longest time in a call during which no thread of the process could run: what is waited for then is
not work. The wall-clock milliseconds of the calls with more than 15 ms of that follow.

`tf.data.Options.autotune.enabled = False` takes away the thread that is waited for; docs/timing.md
tells the rest.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import numpy as np
import tensorflow as tf

WAIT_SECONDS = 0.015
# Between two lines of its input: the longest time in which no thread of the process could run.
SAMPLER = """
import os, select, sys, time
folder, last, gap = f"/proc/{sys.argv[1]}/task", time.perf_counter(), 0.0
while True:
    if select.select([sys.stdin], [], [], 0.001)[0]:
        if not sys.stdin.readline():
            break
        print(gap, flush=True)
        last, gap = time.perf_counter(), 0.0
    for task in os.listdir(folder):
        try:
            with open(f"{folder}/{task}/stat") as file:
                state = file.read().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state == "R":
            gap, last = max(gap, time.perf_counter() - last), time.perf_counter()
            break
"""


def ask(sampler: subprocess.Popen) -> float:
    """What the sampler has seen since the last question."""
    print(file=sampler.stdin, flush=True)
    return json.loads(sampler.stdout.readline())


def processor_seconds() -> float:
    """Those of all threads, also of threads that have ended."""
    return sum(os.times()[:2])


def small() -> keras.Model:
    """A network that takes a millisecond."""
    return keras.Sequential([keras.layers.Input((224, 224, 3)), keras.layers.Conv2D(8, 3)])


def main(calls: int) -> None:
    """Measure every way so many times."""
    x = np.random.default_rng(0).random((1, 224, 224, 3), np.float32)
    constant, dataset = tf.constant(x), tf.data.Dataset.from_tensors(x)
    options = tf.data.Options()
    options.autotune.enabled = False
    untuned = dataset.with_options(options)
    model, little = keras.applications.VGG16(weights=None), small()
    function = tf.function(model)
    ways: dict[str, Callable[[], object]] = {
        "model.predict(x)": lambda: model.predict(x, verbose=0),
        "model.predict(dataset)": lambda: model.predict(dataset, verbose=0),
        "the same without autotuning": lambda: model.predict(untuned, verbose=0),
        "model.predict_on_batch(x)": lambda: model.predict_on_batch(x),
        "tf.function": lambda: function(constant).numpy(),
        "one convolution, predict(dataset)": lambda: little.predict(dataset, verbose=0),
        "the same without autotuning ": lambda: little.predict(untuned, verbose=0),
    }
    command = [sys.executable, "-S", "-c", SAMPLER, str(os.getpid())]
    sampler = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for name, call in ways.items():
        call(), call()
        rows = []
        for _ in range(calls):
            ask(sampler)
            used, begun = processor_seconds(), time.perf_counter()
            call()
            wall = time.perf_counter() - begun
            rows.append((wall, processor_seconds() - used, ask(sampler)))
        walls, processor, idle = np.array(rows).T
        waited = sorted(round(1000 * wall) for wall in walls[idle > WAIT_SECONDS])
        print(f"{name.strip()}: wall {quantiles(walls)}, processor {quantiles(processor)}")
        print(
            f"    longest wait {quantiles(idle)}; calls with a wait, ms: {waited or 'none'}",
            flush=True,
        )
    sampler.stdin.close()


def quantiles(values: np.ndarray) -> str:
    """The 10, 50 and 90 % quantiles."""
    return "/".join(f"{value:.3f}" for value in np.quantile(values, (0.1, 0.5, 0.9)))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {Path(__file__).name} CALLS")
    main(int(sys.argv[1]))
