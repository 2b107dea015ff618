"""Is what was done to an image or a feature confirmed, and how long does that take?

    .venv/bin/python -m benchmarks.planted_inputs [--networks ...] [--only REGEX] [--budget SECONDS]
        [--python TOOL=PATH ...] [--keep FOLDER]

Each case is made with the tools' own functions (`planted_input_cases.py`), computed by a float32
pass of the network, and given to `netparity check`. The tools run in netparity's own environments
where it has them; `--python scikit_image=PATH` names another interpreter. A case is

    confirmed   if an explanation with exactly these mistakes is confirmed,
    suspected   if nothing is confirmed, and such an explanation is the first suspicion,
    wrong       if something else is confirmed,
    neither     otherwise.

The seconds are those of the processor.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.planted_input_cases import Cases
from benchmarks.planted_readings import Planted
from netparity import check
from netparity.diagnosis import Explanation
from netparity.judge.checked import Check
from netparity.networks import Network, network_called
from netparity.networks.ops.base import RIGHT
from netparity.parity.passes import input_values, run_nodes
from netparity.runners import RUNNERS
from netparity.runners.environments import Environments
from netparity.weights import resolve
from netparity.weights.model import default_features

NETWORKS = ("vgg16-tiny", "resnet-tiny")
TOOLS = {"opencv": "opencv-dnn", "tensorflow": "keras3-tensorflow", "pytorch": "pytorch"}
WEIGHTS = "synthetic:1"


def main() -> None:
    """Plant, check, and print what was not confirmed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS))
    parser.add_argument("--only", default="", help="cases whose name this regular expression finds")
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--python", nargs="+", default=[], metavar="TOOL=PATH")
    parser.add_argument("--keep", help="a folder for what the tools make, to be used again")
    parser.add_argument("--all", action="store_true", help="print the confirmed ones, too")
    arguments = parser.parse_args()
    pythons = dict(given.split("=", 1) for given in arguments.python)
    for tool, runner in TOOLS.items():
        if tool not in pythons:
            pythons[tool] = interpreter(runner)
    for name in arguments.networks:
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder if arguments.keep is None else arguments.keep) / name
            kept.mkdir(parents=True, exist_ok=True)
            run(network_called(name), pythons, kept, arguments)


def interpreter(runner: str) -> str:
    """That of a runner's environment, made if need be."""
    [kind] = (each for each in RUNNERS if each.name == runner)
    return str(Environments().ensure(kind(runner).stack))


def run(
    network: Network, pythons: dict[str, str], folder: Path, arguments: argparse.Namespace
) -> None:
    """Every case of one network."""
    tensors = resolve(WEIGHTS, network).tensors()
    layer = default_features(network)[0]
    cases = Cases(network, layer, pythons, folder)
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    for case in cases.all():
        if not re.search(arguments.only, case.name):
            continue
        given = input_values(network, case.x.astype(np.float32))
        passed = run_nodes(network.nodes, tensors, given, RIGHT, {})
        features = {
            node.name: computed.copy() for node, computed in passed
        }  # before ReLUs in place
        values = np.asarray(case.read(features))
        begun = time.process_time()
        checked = check(
            values,
            model=network.name,
            weights=WEIGHTS,
            image=case.file,
            feature=layer,
            budget_seconds=arguments.budget,
        )
        seconds = time.process_time() - begun
        slowest = max(slowest, seconds)
        outcome, words = judged(checked, case)
        outcomes[outcome] += 1
        if outcome != "confirmed" or arguments.all:
            print(f"{network.name}: {outcome:9} {seconds:5.1f} s  {case.name}: {words}", flush=True)
    total = sum(outcomes.values())
    counts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    print(f"{network.name}: {total} cases: {counts}; the slowest took {slowest:.1f} s", flush=True)


def judged(checked: Check, case: Planted) -> tuple[str, str]:
    """The outcome, and what the diagnosis says."""
    if checked.passed:
        return "passed", "the feature passes"
    if checked.diagnosis is None or not checked.diagnosis.findings:
        return "neither", f"{checked.entry.verdict}, {checked.entry.arithmetic}, no diagnosis"
    finding = checked.diagnosis.findings[0]
    found = [each for each in (finding.explanation, *finding.alternatives) if each is not None]
    words = " or ".join(map(described, found)) or f"nothing ({finding.grey_levels} grey levels)"
    right = [mistakes(each) == case.mistakes for each in found]
    if finding.confirmed:
        return ("confirmed" if any(right) else "wrong"), words
    return ("suspected" if right[:1] == [True] else "neither"), words


def mistakes(explanation: Explanation) -> frozenset[str]:
    """Their keys."""
    return frozenset(cause.mistake for cause in explanation.causes)


def described(explanation: Explanation) -> str:
    """In one line."""
    causes = " and ".join(f"{cause.mistake} {cause.detail}".strip() for cause in explanation.causes)
    return f"{causes} (leaves {explanation.after:.1e}, allowed {explanation.limit:.1e})"


if __name__ == "__main__":
    main()
