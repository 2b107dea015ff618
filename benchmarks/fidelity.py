"""Does netparity time what a user's own ten lines time? And what does the harness cost?

    .venv/bin/python -m benchmarks.fidelity [--rounds 6] [--repeats 10] [--runners ...]

Each tool runs in turns: a bare script (`benchmarks/bare/`) and `netparity compare`, in the same
environment, with the same threads, weights and input. Which comes first alternates, so that a
machine that becomes slower from one to the other favours neither. Shown are

- the geometric mean, over the rounds, of the ratio of netparity's median predict time to the bare
  script's, with a 95 % interval (Student's t on the logarithms);
- the ratio of the fastest tenth of all values: a tool that takes now one time and now another
  (Keras 3's `predict()`) has a median that says little.

A round in which the hypervisor gave more than a hundredth of the time away is repeated, at most
as often as there are rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import stats

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks.catalogue.vgg import VGG16
from netparity.networks.writing import WRITERS
from netparity.protocol.runner_keys import join_keys
from netparity.runners import RUNNERS, Runner, create_runners
from netparity.runners.environments import Environments
from netparity.runners.python_tool import PythonRunner
from netparity.timing import cpus_available
from netparity.weights import WeightSet, resolve

HERE = Path(__file__).resolve().parent
ALL = (
    "keras3-tensorflow",
    "keras3-tensorflow[call=on_batch]",
    "keras3-tensorflow[call=function]",
    "keras3-jax",
    "keras3-jax[call=function]",
    "tf-keras",
    "keras2-theano",
    "keras2-theano[data_format=channels_first]",
    "matconvnet-octave",
    "pytorch",
    "onnxruntime",
    "openvino",
    "opencv-dnn",
)
SCRIPTS = {
    "keras3-tensorflow": "keras3.py",
    "keras3-jax": "keras3.py",
    "tf-keras": "keras2_tensorflow.py",
    "keras2-theano": "keras2.py",
    "matconvnet-octave": "simplenn.m",
    "pytorch": "vgg16_in_pytorch.py",
    "onnxruntime": "vgg16_in_onnxruntime.py",
    "openvino": "vgg16_in_openvino.py",
    "opencv-dnn": "vgg16_in_opencv.py",
}
"""In `benchmarks/bare/`, by runner."""

FORMATS = {"pytorch": "torchvision"}
"""Of the weights that a bare script loads, if it is not the one that the runner loads."""


def bare_command(runner: Runner, given: Sequence[str], folder: Path) -> list[str]:
    """The bare script's command line, in the runner's own interpreter."""
    own = list(runner.command(Environments(), folder / "job.json", 1).arguments)
    script = str(HERE / "bare" / SCRIPTS[runner.name])
    if runner.name == "matconvnet-octave":
        return [*own[:-2], script, *given, str(HERE.parent / "matlab")]
    if not runner.weights_format:
        return [own[0], script, *given, str(cpus_available())]
    return [own[0], script, *given, runner.data_format, runner.chosen.get("call", "predict")]


def whole_network(weights: WeightSet, runner: Runner) -> Path:
    """The network with its weights, cut after the features that both compute.

    A tool computes all that its file holds, so a user who wants these saves a file that ends there.
    """
    network = VGG16.node("fc7")
    ends = VGG16.nodes.index(network) + 1
    path = weights.folder / f"fidelity-{runner.network_format}.onnx"
    if not path.exists():
        kept = VGG16.nodes[:ends]
        tensors = {name for node in kept for name in node.tensors.values()}
        shapes = {name: shape for name, shape in VGG16.tensors.items() if name in tensors}
        part = replace(VGG16, nodes=kept, tensors=shapes)
        WRITERS[runner.network_format].write(path, part, weights.tensors())
    return path


def bare_seconds(runner: Runner, tensor: Path, repeats: int, folder: Path) -> list[float]:
    """Predict seconds of a bare script, after its first two calls."""
    threads = cpus_available()
    command = runner.command(Environments(), folder / "job.json", threads)
    environment = command.full_environment()
    if isinstance(runner, PythonRunner):
        environment["PYTHONPATH"] = str(HERE.parent / "python")
    if runner.name == "keras3-jax":
        # XLA would use all processors, whatever the threads of others.
        environment |= {"NPROC": str(threads), "JAX_PLATFORMS": "cpu"}
    if runner.name == "keras2-theano":
        # Without these a user of today's NumPy has no BLAS, and float64.
        environment["THEANO_FLAGS"] += ",floatX=float32,blas.ldflags=-lopenblas"
        environment["THEANORC"] = os.devnull
    own, format_ = resolve("synthetic:0", VGG16), FORMATS.get(runner.name, runner.weights_format)
    weights = own.file(format_) if format_ else whole_network(own, runner)
    done = subprocess.run(
        bare_command(runner, [str(weights), str(tensor), str(repeats)], folder),
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{runner.label}: the bare script failed\n{done.stderr[-3000:]}")
    return [float(line) for line in done.stdout.split()[-repeats:]]


def netparity_seconds(runner: Runner, repeats: int, folder: Path) -> list[float]:
    """Predict seconds as netparity has them, of a process that takes turns with another one."""
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "netparity.commands",
                "compare",
                "--json",
                "--rounds",
                "1",
            ),
            *("--repeats", str(repeats), "--warmup", "1", "--runner", runner.label),
            *("--runner", f"{runner.name}[{join_keys({**runner.chosen, 'label': 'again'})}]"),
            *("--out", str(folder)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):  # 1: it is timed, though it computes in a narrow format
        sys.exit(f"{runner.label}: netparity failed\n{done.stderr[-3000:]}")
    seconds: list[float] = json.loads(done.stdout)["runners"][0]["rounds"][0]["phases"]["predict"]
    return seconds


def stolen_seconds() -> float:
    """Processor seconds that the hypervisor has given to others since the machine started."""
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    return int(fields[8]) / os.sysconf("SC_CLK_TCK")


def compare_with_bare(runner: Runner, tensor: Path, folder: Path, rounds: int, repeats: int) -> str:
    """The line that is printed for one runner."""
    sides = {"bare": list[float](), "ours": list[float]()}
    logarithms: list[float] = []
    repeated = 0
    while len(logarithms) < rounds:
        began, stolen = time.perf_counter(), stolen_seconds()
        pair = {
            turn: bare_seconds(runner, tensor, repeats, folder)
            if turn == "bare"
            else netparity_seconds(runner, repeats, folder)
            for turn in (("bare", "ours") if len(logarithms) % 2 else ("ours", "bare"))
        }
        took = (time.perf_counter() - began) * cpus_available()
        if stolen_seconds() - stolen > took / 100 and repeated < rounds:
            repeated += 1
            continue
        for turn, values in pair.items():
            sides[turn] += values
        logarithms.append(
            float(np.log(statistics.median(pair["ours"]) / statistics.median(pair["bare"])))
        )
    ours, bare = sides["ours"], sides["bare"]
    middle = statistics.fmean(logarithms)
    half = stats.sem(logarithms) * stats.t.ppf(0.975, rounds - 1) if rounds > 1 else np.nan
    low, high = np.exp([middle - half, middle + half])
    fast = np.percentile(ours, 10) / np.percentile(bare, 10)
    return (
        f"{runner.label}: {np.exp(middle):.3f} ({low:.3f}–{high:.3f}), fastest tenth {fast:.3f}, "
        f"{rounds} rounds of {repeats} values, {repeated} repeated for stolen time"
    )


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--runners", nargs="+", default=ALL)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tensor = folder / "input.npy"
        np.save(tensor, prepare([decode(SAMPLE_IMAGE)], VGG16))
        for runner in create_runners(arguments.runners, RUNNERS):
            line = compare_with_bare(runner, tensor, folder, arguments.rounds, arguments.repeats)
            print(line, flush=True)


if __name__ == "__main__":
    main()
