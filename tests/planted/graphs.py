"""Mistakes planted in any network: a real tool is given the graph with the mistake in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from netparity.diagnosis import Diagnosis, Search
from netparity.diagnosis.mistakes import mistakes_of
from netparity.networks import GraphError, Network, Node, checked
from netparity.networks.ops import OPS
from netparity.networks.ops.base import Mistake, Step
from netparity.parity import ORDERS, ReferencePass, Rule, Truth
from netparity.results.folder import RunFolder, read_npy
from netparity.results.network import store_network
from netparity.run.acceptance import check_features, read_result
from netparity.run.assignment import Assignment, Graph
from netparity.run.jobs import make_job
from netparity.runners import RUNNERS, create_runners
from netparity.runners.environments import Environments
from netparity.system.launch import Command, Exit, launch
from netparity.weights import WeightSet, canonical

Array = np.ndarray
Tensors = Mapping[str, Array]

LEAST_EFFECT = 1e-4
"""A mistake that changes its node by less, relative to its norm, is not looked for."""


@dataclass(frozen=True)
class Planted:
    """A network with one mistake in it.

    Attributes:
        place: the layer at which the mistake is to be found.
    """

    key: str
    place: str
    network: Network
    tensors: Tensors


@dataclass(frozen=True)
class Subject:
    """A network, its right weights, an input, and what is correct."""

    network: Network
    tensors: Tensors
    images: Array
    truth: Truth

    @classmethod
    def make(cls, network: Network, tensors: Tensors, images: Array) -> Subject:
        reference = ReferencePass(network, tensors, images, ORDERS)
        values = {node.name: np.array(reference[node.name]) for node in network.features}
        truth = Truth(network, images, values, reference.floors, tensors)
        return cls(network, tensors, images, truth)


def plants(subject: Subject) -> Iterator[Planted]:
    """Every mistake that can be stated as another graph or as other tensors, once per node."""
    network = subject.network
    for node in network.nodes:
        steps = [_step(subject, node, seed) for seed in (0, 1)]
        for mistake in mistakes_of(network, node):
            planted, other = (_planted(subject, step, mistake) for step in steps)
            if planted is not None and other is not None and _same(planted.tensors, other.tensors):
                yield planted


def _step(subject: Subject, node: Node, seed: int) -> Step:
    rng = np.random.default_rng(seed)
    shapes = [subject.network.shapes[name] for name in node.inputs]
    given = tuple(rng.standard_normal((1, *shape)).astype(np.float32) for shape in shapes)
    tensors = {role: subject.tensors[name] for role, name in node.tensors.items()}
    return Step(node, given, tensors)


def _same(first: Tensors, second: Tensors) -> bool:
    """Whether the tensors of a mistake do not depend on the input."""
    return all(np.array_equal(tensor, second[name]) for name, tensor in first.items())


def _planted(subject: Subject, step: Step, mistake: Mistake) -> Planted | None:
    network, node = subject.network, step.node
    changed = mistake.make(step)
    sources = [_source(node, step, values) for values in changed.inputs]
    if changed.after or changed.how != step.how or None in sources:
        return None  # not another graph: another arithmetic, or a change of values on the way
    names, values = dict(node.tensors), dict(subject.tensors)
    op = OPS[changed.node.op]
    roles = [role for role in changed.tensors if role in (*op.roles, *op.optional_roles)]
    names = {role: name for role, name in names.items() if role in roles}
    for role in roles:
        tensor = changed.tensors[role]
        if tensor is not step.tensors.get(role):
            names[role] = f"{node.name}.planted.{role}"
            values[names[role]] = np.ascontiguousarray(tensor)
    wrong = replace(changed.node, inputs=tuple(map(str, sources)), tensors=names)
    nodes = tuple(wrong if each is node else each for each in network.nodes)
    shapes = {name: tuple(tensor.shape) for name, tensor in values.items()}
    try:
        made = checked(replace(network, nodes=nodes, tensors=shapes))
        if made.shapes != network.shapes:
            return None
    except GraphError:
        return None
    return Planted(mistake.key, network.owner(node), made, values)


def _source(node: Node, step: Step, values: Array) -> str | None:
    """Which input of the node an array is."""
    for name, given in zip(node.inputs, step.inputs, strict=True):
        if values is given:
            return name
    return None


def run_tool(
    tool: str,
    planted: Planted,
    images: Array,
    folder: Path,
    start: Callable[[Command, Path, Path, float], Exit] = launch,
) -> dict[str, Array]:
    """Every feature that a real tool computes from the network with the mistake in it.

    Args:
        start: runs the tool's process, as `launch` or `WarmProcesses.launch`.
    """
    [runner] = create_runners([tool], RUNNERS)
    network = planted.network
    store = RunFolder(folder)
    writer = runner.writer
    file = folder / f"network{writer.suffix if writer else '.safetensors'}"
    if writer is not None:
        writer.write(file, network, planted.tensors)
    else:
        canonical.write(file, planted.tensors, network, "planted")
    shared = folder / "shared.npy"
    np.save(shared, images)
    (folder / "input").mkdir()
    store_network(network, store)
    assignment = Assignment(
        model=network,
        layers=network.layers,
        weights=WeightSet(network, "file", "planted", "0" * 64, folder),
        weight_files={},
        images=(),
        tensor=images,
        shared_input=shared,
        threads=1,
        warmup=0,
        repeats=1,
        timeout_seconds=600.0,
        graph=Graph(
            folder / "input" / "network.json",
            {runner.network_format: file},
            {runner.network_format: runner.node_names(network)},
        ),
    )
    job = make_job(runner, assignment, folder)
    job_file = folder / "job.json"
    job_file.write_text(job.model_dump_json())
    command = runner.command(Environments(), job_file, 1)
    ended = start(command, folder, folder / "log.txt", 600.0)
    result = read_result(folder / "result.json", ended, ("load",))
    files = check_features(job, result, folder, store, ("shared",))
    return {name: read_npy(folder / file.file) for name, file in files["shared"].items()}


def diagnose(subject: Subject, features: Mapping[str, Array]) -> Diagnosis:
    """What the diagnosis says of features that a tool computed."""
    return Search(subject.truth, Rule()).diagnose("planted", features, lambda name: None)


def has_effect(subject: Subject, planted: Planted, features: Mapping[str, Array]) -> bool:
    """Whether the mistake changed its layer, so that it can be seen at all."""
    right = subject.truth.reference[planted.place]
    found = features[planted.place]
    norm = float(np.linalg.norm(right))
    return found.shape != right.shape or (
        float(np.linalg.norm(found - right)) > LEAST_EFFECT * norm
    )


def problems(planted: Planted, diagnosis: Diagnosis) -> list[str]:
    """What the diagnosis says that is not so; empty if it names the mistake and nothing else."""
    wanted = f"{planted.key} at {planted.place}"
    found = [finding for finding in diagnosis.findings if finding.place == planted.place]
    others = [finding.place for finding in diagnosis.findings if finding.place != planted.place]
    said = [f"{wanted}: {place} was called faulty too" for place in others]
    if not found:
        return [*said, f"{wanted}: not found"]
    [finding] = found
    explanations = [finding.explanation, *finding.alternatives]
    named = {
        (cause.mistake, cause.place)
        for explanation in explanations
        if explanation is not None and explanation.confirmed and len(explanation.causes) == 1
        for cause in explanation.causes
    }
    if (planted.key, planted.place) not in named:
        return [*said, f"{wanted}: confirmed was {sorted(named) or 'nothing'}"]
    return said
