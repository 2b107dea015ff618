"""Jobs for the tools that load ONNX files, several in one process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from netparity.networks.graph import Network
from netparity.networks.writing import WRITERS
from netparity.runners import RUNNERS
from netparity.runners.python_tool import PythonRunner
from tests.support import one_process
from tests.support.every_operation import SKETCHES
from tests.support.graph_jobs import Array, Sketch, evaluate, graph_case
from tests.support.tiny_vgg16 import Case, relative_l2


def runner_called(name: str) -> PythonRunner:
    kind = next(kind for kind in RUNNERS if kind.name == name)
    runner = kind(name)
    assert isinstance(runner, PythonRunner)
    return runner


def run_jobs(name: str, python: str, cases: Sequence[Case]) -> None:
    """Run jobs one after the other in one process of a tool."""
    one_process.run_jobs(runner_called(name).script, python, cases)


def possible(name: str, sketch: Sketch) -> dict[str, str]:
    """Leave out of a sketch what a tool lacks, and what reads it; the nodes that it lacks."""
    lacks = runner_called(name).lacks
    wanted, sketch.nodes = sketch.nodes, []
    names, lacking = {"input"}, {}
    for node in wanted:
        if reason := lacks(node):
            lacking[node.name] = reason
        elif names.issuperset(node.inputs):
            sketch.nodes.append(node)
            names.add(node.name)
    return lacking


@dataclass(frozen=True)
class Trial:
    """A sketch that a tool has computed."""

    network: Network
    case: Case
    expected: dict[str, Array]
    lacking: dict[str, str]

    def errors(self, found: dict[str, dict[str, object]]) -> dict[str, float]:
        """The relative L2 error of every node; infinite where the shape is wrong."""
        errors = {}
        for feature in self.case.job["features"]:
            name, array = feature["name"], self.case.array(found[feature["name"]])
            same = list(array.shape) == feature["shape"]
            errors[name] = relative_l2(array, self.expected[name]) if same else float("inf")
        return errors


def try_every_operation(name: str, python: str, folder: Path, **options: str) -> dict[str, Trial]:
    """Every sketch of `every_operation`, in one process of a tool."""
    trials = {}
    for title, make in SKETCHES.items():
        sketch = make()
        lacking = possible(name, sketch)
        network = sketch.network()
        place = folder / title
        place.mkdir()
        file = place / "network é.onnx"
        WRITERS["onnx"].write(file, network, sketch.tensors)
        case = graph_case(place, network, file, "onnx", threads=1, options=options)
        expected = evaluate(network, sketch.tensors, case.shared)
        trials[title] = Trial(network, case, expected, lacking)
    run_jobs(name, python, [trial.case for trial in trials.values()])
    return trials
