"""How much longer than its matrix products does VGG16 take in Octave, without MatConvNet?

    .venv/bin/python -m benchmarks.octave_speed [--threads 1 2] [--rounds 15] [--matlab FOLDER]

One image to fc6 on matlab/matconvnet_compat, divided by the time that single-precision matrix
products of the same number of operations take in the same Octave session, in turns:

- squares: one square product for each layer, of as many operations as the layer has;
- layers: the product of each layer's own shape, (pixels x 9 channels) by (9 channels x filters).

Both leave out all that is no product: padding, patches, biases, ReLU, pooling. The squares also
leave out that fc6 reads its 411 MB for a single image; no product of that layer does.

Ratios are of neighbours in a round. The first number is their median, the two after it are their
quartiles. `--matlab` measures another checkout's functions.
"""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

import numpy as np

from netparity.networks.catalogue.vgg import VGG16
from netparity.weights import resolve

HERE = Path(__file__).resolve().parent
MATLAB = HERE.parent / "matlab"


def measure(matlab: Path, weights: Path, rounds: int, batch: int, threads: int) -> list[list[str]]:
    """The words of each line that octave_speed.m prints."""
    limits = {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    script = [str(HERE / "octave_speed.m"), str(matlab), str(weights), str(rounds), str(batch)]
    done = subprocess.run(
        ["octave-cli", "--norc", "--no-history", "--quiet", *script],
        env=os.environ | limits,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [line.split() for line in done.stdout.splitlines()]


def spread(values: np.ndarray, unit: str = "") -> str:
    """Median and quartiles."""
    low, middle, high = np.percentile(values, [25, 50, 75])
    return f"{middle:.2f}{unit} [{low:.2f}, {high:.2f}]"


def report(lines: list[list[str]], batch: int, threads: int) -> None:
    """Print what one Octave session measured."""
    one, squares, layers, many = np.array(
        [[float(value) for value in line[1:]] for line in lines if line[0] == "round"]
    ).T
    peak = {line[1]: float(line[2]) / 1e9 for line in lines if line[0] == "memory"}
    print(f"{threads} thread{'s' if threads > 1 else ''}, {len(one)} rounds")
    print(f"  one image                      {spread(1e3 * one, ' ms')}")
    print(f"  one image / squares            {spread(one / squares)}")
    print(f"  one image / layers             {spread(one / layers)}")
    print(f"  each of {batch} images / one image   {spread(many / batch / one)}")
    print(f"  peak memory, one image         {peak['one']:.2f} GB, loading {peak['loaded']:.2f} GB")
    print(f"  peak memory, {batch} images          {peak['batch']:.2f} GB")
    error = next(line[1] for line in lines if line[0] == "error")
    print(f"  relative L2 error at fc6       {error}", flush=True)


def main() -> None:
    """Measure and print, one Octave session for each number of threads."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--matlab", type=Path, default=MATLAB)
    arguments = parser.parse_args()
    weights = resolve("synthetic:0", VGG16).file("matconvnet-simplenn")
    for threads in arguments.threads:
        lines = measure(arguments.matlab, weights, arguments.rounds, arguments.batch, threads)
        report(lines, arguments.batch, threads)


if __name__ == "__main__":
    main()
