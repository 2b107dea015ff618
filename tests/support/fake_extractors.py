"""Runners whose extractors are a few lines of Python, and what such a process is told."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from netparity.networks import NETWORKS
from netparity.protocol import RunResult
from netparity.results.folder import RunFolder
from netparity.run.assignment import Assignment
from netparity.runners import Availability, Runner
from netparity.runners.environments import Environments
from netparity.system.launch import NO_LIMITS, Command, Limits
from netparity.weights import WeightSet
from netparity.weights.formats import keras_h5

TINY = NETWORKS["vgg16-tiny"]

# What every fake extractor begins with: the job, and functions to answer it.
PRELUDE = """
import json, os, signal, struct, sys, time
job = json.load(open(sys.argv[-1]))
out = job["output_dir"]

def answer(**changes):
    result = {"schema_version": 1, "status": "ok", "threads": {"requested": job["threads"]},
              "ready_unix_seconds": time.time(), "phases": {"load": [0.5], "preprocess": [0.1],
              "predict_first": [0.3], "predict": [0.1, 0.2]},
              "features": {"shared": {}, "native": {}}}
    for kind in result["features"]:
        for feature in job["features"]:
            name = kind + "-" + feature["name"] + ".npy"
            result["features"][kind][feature["name"]] = {"file": name, "shape": feature["shape"]}
            array(name, feature["shape"])
    result.update(changes)
    write(json.dumps(result))
    return result

def gate(call=0.001):
    with open(job["turns"]["folder"] + "/ready", "w") as pipe:
        pipe.write("%r\\n" % call)
    with open(job["turns"]["folder"] + "/go") as pipe:
        return [int(word) for word in pipe.read().split()]

def answer_turns(measure=lambda turn: 0.1, turn=0):
    predict = []
    while True:
        values, uncounted = gate()
        if values == 0:
            break
        turn += 1
        predict += [measure(turn) for _ in range(values)]
    answer(phases={"load": [0.5], "preprocess": [0.1], "predict_first": [0.3],
                   "predict": predict})

def write(text):
    with open(os.path.join(out, "result.json"), "w") as file:
        file.write(text)

def array(name, shape, value=1.0, code="f"):
    count = 1
    for length in shape:
        count *= length
    head = str({"descr": "<" + {"f": "f4", "d": "f8"}[code], "fortran_order": False,
                "shape": tuple(shape)}).encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\\n"
    with open(os.path.join(out, name), "wb") as file:
        file.write(b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(head)) + head)
        file.write(struct.pack("<%d%s" % (count, code), *[value] * count))
"""


class Fake(Runner):
    """A runner whose extractor is a few lines of Python."""

    name = "fake"
    tool = "keras"
    weights_format = keras_h5.NAME
    code = ""

    def missing(self, environments: Environments) -> list:
        return []

    def why_again(self, result: RunResult) -> str | None:
        return "it filled a cache" if "again" in result.flags else None

    def availability(self, environments: Environments) -> Availability:
        return Availability(True)

    def command(self, environments: Environments, job_file: Path, threads: int) -> Command:
        code = PRELUDE + textwrap.dedent(self.code)
        return Command([sys.executable, "-I", "-S", "-c", code, str(job_file)])


def fake(code: str, label: str = "a label") -> Fake:
    """A runner with such an extractor."""
    runner = Fake(label, {})
    runner.code = code
    return runner


def assignment(
    store: RunFolder,
    weights: WeightSet,
    timeout_seconds: float = 20.0,
    images: Sequence[str] = ("photo.png",),
    limits: Limits = NO_LIMITS,
) -> Assignment:
    """What its processes are told, about the tiny VGG16."""
    return Assignment(
        model=TINY,
        layers=TINY.select("fc6,fc7"),
        weights=weights,
        weight_files={keras_h5.NAME: Path("w.h5")},
        images=[Path(image) for image in images],
        tensor=np.zeros((1, 64, 64, 3), dtype=np.float32),
        shared_input=store.path / "input" / "shared.npy",
        threads=2,
        warmup=1,
        repeats=2,
        timeout_seconds=timeout_seconds,
        limits=limits,
    )
