"""Is every mistake that an operation declares named, at its node, when a real tool makes it?

    .venv/bin/python -m benchmarks.planted_graphs [--networks ...] [--tools ...] [--each N]

The tool is given the network with the mistake in it: another attribute, another operation, other
tensors. A case is right if the diagnosis confirms the mistake at its node and calls no other node
faulty (`tests/planted/graphs.py`). With `--each N`, every mistake is planted at N nodes at most.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks import network_called
from netparity.weights import resolve
from tests.planted.graphs import Subject, diagnose, has_effect, plants, problems, run_tool
from tests.support.warm_processes import WarmProcesses

NETWORKS = ("alexnet-tiny", "resnet-tiny", "googlenet-tiny", "mobilenet-tiny")
TOOLS = (
    *("keras3-tensorflow", "keras3-jax", "tf-keras", "keras2-theano", "matconvnet-octave"),
    *("pytorch", "onnxruntime"),
)


def main() -> None:
    """Plant, run, diagnose, and print what was not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS))
    parser.add_argument("--tools", nargs="+", default=list(TOOLS))
    parser.add_argument("--each", type=int, default=1)
    with WarmProcesses() as processes:
        run(parser.parse_args(), processes)


def run(arguments: argparse.Namespace, processes: WarmProcesses) -> None:
    """Plant each mistake in each network and tool."""
    begun, right, tried, without = time.monotonic(), 0, 0, 0
    for name in arguments.networks:
        network = network_called(name)
        weights = resolve("synthetic:0", network)
        tensors = dict(weights.tensors())
        subject = Subject.make(network, tensors, prepare([decode(SAMPLE_IMAGE)], network, tensors))
        for tool in arguments.tools:
            seen: Counter[str] = Counter()
            for planted in plants(subject):
                seen[planted.key] += 1
                if seen[planted.key] > arguments.each:
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        features = run_tool(
                            tool, planted, subject.images, Path(folder), processes.launch
                        )
                    except Exception as error:
                        print(f"{name}, {tool}, {planted.key} at {planted.place}: {error}")
                        continue
                if not has_effect(subject, planted, features):
                    without += 1
                    continue
                wrong = problems(planted, diagnose(subject, features))
                tried, right = tried + 1, right + (not wrong)
                for line in wrong:
                    print(f"{name}, {tool}: {line}", flush=True)
    seconds = time.monotonic() - begun
    print(f"{right} of {tried} right ({without} without effect on their node); {seconds:.0f} s")


if __name__ == "__main__":
    main()
