"""Small networks of any operations, their float64 values, and jobs that run them in a tool."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from netparity.networks.checking import checked
from netparity.networks.document import to_document
from netparity.networks.graph import Input, Network, Node
from netparity.networks.ops.base import Step, run_step
from tests.support.tiny_vgg16 import GOLDEN, Case, write_ppm

Array = npt.NDArray[Any]


@dataclass
class Sketch:
    """A network in the making: nodes with their tensors, seeded random numbers."""

    shape: tuple[int, ...]
    seed: int = 19
    nodes: list[Node] = field(default_factory=list)
    tensors: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)

    def normal(self, *shape: int, scale: float = 1.0) -> Array:
        return self.random.normal(0, scale, shape).astype(np.float32)

    def positive(self, *shape: int) -> Array:
        return self.random.uniform(0.5, 2, shape).astype(np.float32)

    def add(self, name: str, op: str, *inputs: str, tensors: Any = None, **attributes: Any) -> str:
        roles = {}
        for role, values in (tensors or {}).items():
            roles[role] = f"{name}.{role}"
            self.tensors[roles[role]] = values
        self.nodes.append(Node(name, op, inputs or ("input",), attributes, roles))
        return name

    def network(self, name: str = "sketch") -> Network:
        return checked(
            Network(
                name,
                (Input("input", self.shape),),
                tuple(self.nodes),
                {tensor: values.shape for tensor, values in self.tensors.items()},
            )
        )


def evaluate(network: Network, tensors: Mapping[str, Array], x: Array) -> dict[str, Array]:
    """Every node's output in float64."""
    values = {network.inputs[0].name: x.astype(np.float64)}
    for node in network.nodes:
        own = {role: tensors[name] for role, name in node.tensors.items()}
        values[node.name] = run_step(Step(node, tuple(values[n] for n in node.inputs), own))
    return values


def graph_case(
    folder: Path,
    network: Network,
    weights_file: Path,
    weights_format: str,
    layers: Mapping[str, str] | None = None,
    images: int = 0,
    **changes: Any,
) -> Case:
    """A job for every node of a network, with random input.

    layers: node to the layer's name in the tool, for the nodes that are asked for; the same names
    by default. images: how many images of 64 x 48 pixels the job has.
    """
    random = np.random.default_rng(5)
    shape = network.inputs[0].shape
    shared = random.normal(0, 1, (2, *shape)).astype(np.float32)
    np.save(folder / "input.npy", shared)
    (folder / "network.json").write_text(json.dumps(to_document(network)), encoding="utf-8")
    pixels = random.integers(0, 256, (images, 48, 64, 3), dtype=np.uint8)
    files = [folder / f"photo {i}.ppm" for i in range(images)]
    for path, image in zip(files, pixels, strict=True):
        write_ppm(path, image)
    output_dir = folder / "out"
    output_dir.mkdir()
    job = json.loads((GOLDEN / "job.json").read_text(encoding="utf-8"))
    names = layers or {node.name: node.name for node in network.nodes}
    job.update(
        model=network.name,
        architecture=None,
        network=str(folder / "network.json"),
        weights={"file": str(weights_file), "format": weights_format, "sha256": "0" * 64},
        images=[str(path) for path in files],
        shared_input={
            **job["shared_input"],
            "file": str(folder / "input.npy"),
            "shape": list(shared.shape),
        },
        features=[
            {"name": name, "layer": layer, "shape": [2, *network.shapes[name]]}
            for name, layer in names.items()
        ],
        data_format="channels_last",
        options={},
        warmup=0,
        repeats=1,
        output_dir=str(output_dir),
    )
    job.update(changes)
    case = Case(job, folder / "job.json", output_dir, pixels, shared)
    case.write()
    return case


def write_tensors(path: Path, tensors: Mapping[str, Array]) -> Path:
    save_file({name: np.ascontiguousarray(values) for name, values in tensors.items()}, path)
    return path
