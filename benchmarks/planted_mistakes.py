"""Is every known mistake named, at its layer, when a real tool makes it?

    .venv/bin/python -m benchmarks.planted_mistakes --vgg16 [--only ...] [--tools ...]
    .venv/bin/python -m benchmarks.planted_mistakes --pairs 200 [--seed 0] [--tools ...]

With `--vgg16` every mistake is planted once, in the middle of the full network, in each tool; with
`--pairs` random pairs of mistakes in a small one. A case is right if the diagnosis names what was
planted, at its layer, as confirmed, and calls no other layer faulty (`tests/planted/diagnosed.py`).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks import Network
from netparity.networks.catalogue.vgg import VGG16, vgg
from netparity.weights import resolve, synthetic
from tests.planted.batch import Case, CaseResult, run_cases
from tests.planted.diagnosed import Subject, problems, smooth_tensor, without_effect
from tests.planted.plants import MISTAKES, NATIVE, POLICIES, Plant, places, random_pairs

TOOLS = ("keras3-tensorflow", "keras3-jax", "keras2-theano", "matconvnet-octave")
SMALL = vgg("planted", ((4, 4), (6, 6), (8, 8)), (32, 32), 10, (32, 32))
FORMATS = dict.fromkeys(("keras3-tensorflow", "keras3-jax", "keras2-theano"), "keras-h5")
AT_ONCE = 4
"""Cases of full VGG16 in one process: each leaves 120 MB of features."""


def middle_of_each(tool: str, only: Sequence[str]) -> list[tuple[Plant, ...]]:
    """Every mistake at a layer in the middle of those that it fits."""
    chosen: list[tuple[Plant, ...]] = [()]
    for mistake in only or MISTAKES:
        fitting = [place for place in places(mistake, VGG16, tool) if place != NATIVE]
        if fitting:
            chosen.append((Plant(mistake, fitting[len(fitting) // 2]),))
    return chosen


def full_network(
    tool: str, only: Sequence[str], folder: Path
) -> Iterator[tuple[Subject, CaseResult, CaseResult]]:
    """Every mistake in full VGG16; each result with that of the clean network."""
    right, other = resolve("synthetic:0", VGG16), resolve("synthetic:7", VGG16)
    grey = decode(SAMPLE_IMAGE)
    tensor = prepare([grey], VGG16)
    # Of the same grey in every channel, no tool's mistake about channels would show.
    tensor = np.ascontiguousarray(tensor * np.float32([1.0, 0.8, 0.6]))
    subject = Subject.make(VGG16, dict(right.tensors()), tensor, other.tensors())
    kind = FORMATS.get(tool, "matconvnet-simplenn")
    planted = middle_of_each(tool, only)
    clean: CaseResult | None = None
    for start in range(0, len(planted), AT_ONCE):
        cases = [
            Case(VGG16, right.file(kind), tensor, plants, other_weights=other.file(kind))
            for plants in planted[start : start + AT_ONCE]
        ]
        with tempfile.TemporaryDirectory(dir=folder) as each:
            for result in run_cases(tool, cases, Path(each)):
                clean = clean or result
                yield subject, clean, result


def small_network(
    tool: str, pairs: int, seed: int, folder: Path
) -> Iterator[tuple[Subject, CaseResult, CaseResult]]:
    """Random pairs in a small network."""
    other = synthetic.make(SMALL, 7)
    subject = Subject.make(SMALL, synthetic.make(SMALL, 0), smooth_tensor(SMALL, 1), other)
    planted = [
        pair
        for pair in random_pairs(SMALL, pairs, seed, tool)
        if not any(plant.mistake in POLICIES for plant in pair)
    ]
    cases = [
        Case(SMALL, subject.weights, subject.tensor, plants, other_weights=other)
        for plants in [(), *planted]
    ]
    clean, *results = run_cases(tool, cases, folder)
    for result in [clean, *results]:
        yield subject, clean, result


def judge(subject: Subject, clean: CaseResult, result: CaseResult, model: Network) -> list[str]:
    """What is wrong with the diagnosis; empty if it is right."""
    if result.error is not None:
        return [result.error]
    expected: Sequence[Plant] = result.plants
    if without_effect(result.shared, clean.shared):
        expected = ()
    return problems(
        subject.diagnose(result.shared), expected, model, [layer.name for layer in model.layers]
    )


def main() -> None:
    """Plant, diagnose, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vgg16", action="store_true", help="single mistakes, full network")
    parser.add_argument("--pairs", type=int, default=100, help="pairs of mistakes, small network")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=[], choices=list(MISTAKES), metavar="MISTAKE")
    parser.add_argument("--tools", nargs="+", default=list(TOOLS))
    arguments = parser.parse_args()
    for tool in arguments.tools:
        with tempfile.TemporaryDirectory() as folder:
            if arguments.vgg16:
                cases = full_network(tool, arguments.only, Path(folder))
            else:
                cases = small_network(tool, arguments.pairs, arguments.seed, Path(folder))
            begun, right, count = time.perf_counter(), 0, 0
            for subject, clean, result in cases:
                wrong = judge(subject, clean, result, subject.model)
                count, right = count + 1, right + (not wrong)
                for line in wrong:
                    print(f"  {tool}: {line}", flush=True)
        seconds = time.perf_counter() - begun
        print(f"{tool}: {right} of {count} right, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
