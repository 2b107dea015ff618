"""Small things that several tests of the harness need: a network, images, a stored run."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.diagnosis.mistakes import mistakes_of
from netparity.networks import Network
from netparity.networks.catalogue.vgg import vgg
from netparity.networks.ops.base import RIGHT, Array, How, Mistake
from netparity.parity import passes
from netparity.parity.passes import Changes, input_values, run_nodes
from netparity.protocol import Image, Machine, Run, RunnerRecord, Settings, Weights

NANO = vgg("nano", ((2,), (3, 2), (2,), (2,), (2,)), (3, 2), 2, (64, 64))
"""Named as VGG16 (five blocks, fc6, fc7, prob) with a few hundred numbers."""

SMALL = vgg("small", ((4,), (6, 5)), (16, 12), 8, (12, 12))
"""Seven layers with a sum, two pools, wide enough that errors have a pattern."""

NO_MISTAKES: Mapping[str, Sequence[str]] = {}

SHA = "0123456789abcdef" * 4


def random_tensors(model: Network, seed: int = 0) -> dict[str, npt.NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    return {
        name: rng.standard_normal(shape, dtype=np.float32)
        for name, shape in model.parameter_shapes.items()
    }


def input_tensor(model: Network, images: int = 1, seed: int = 0) -> npt.NDArray[np.float32]:
    """Values like those of images after subtracting the mean, N x H x W x 3."""
    rng = np.random.default_rng([seed, 20180709])
    return rng.uniform(-120, 140, (images, *model.input_size, 3)).astype(np.float32)


def mistakes_in(network: Network, layers: Mapping[str, Sequence[str]]) -> Changes:
    """Node to its mistakes, for the keys of mistakes in each layer.

    A mistake with the sums of a layer belongs to the inner node that computes them.
    """
    changes: dict[str, tuple[Mistake, ...]] = {}
    for name, keys in layers.items():
        for key in keys:
            node, mistake = next(
                (node, mistake)
                for node in network.nodes
                for mistake in mistakes_of(network, node)
                if network.owner(node) == name and mistake.key == key
            )
            changes[node.name] = (*changes.get(node.name, ()), mistake)
    return changes


def computed(
    network: Network,
    weights: passes.Weights,
    x: Array,
    how: How = RIGHT,
    mistakes: Mapping[str, Sequence[str]] = NO_MISTAKES,
) -> dict[str, Array]:
    """Every feature in the precision of `x`, computed as `how` says and with these mistakes.

    Args:
        mistakes: layer to keys of mistakes.
    """
    given, changes = input_values(network, x), mistakes_in(network, mistakes)
    passed = run_nodes(network.nodes, weights, given, how, changes)
    return {node.name: values for node, values in passed if not node.inner}


def numpy_runner(
    network: Network,
    weights: passes.Weights,
    images: npt.NDArray[np.float32],
    how: How = RIGHT,
    mistakes: Mapping[str, Sequence[str]] = NO_MISTAKES,
) -> dict[str, npt.NDArray[np.float32]]:
    """`computed` in float32."""
    return computed(network, weights, images.astype(np.float32), how, mistakes)


def write_png(
    path: Path, size: tuple[int, int], data: bytes, depth: int = 8, colour: int = 2
) -> Path:
    """A PNG (ISO/IEC 15948) with any header; `data` has a filter byte before every row."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )
    return path


def npy_header(shape: str, descr: str = "<f4") -> bytes:
    """The header of a version 1.0 .npy file, claiming any shape."""
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def make_run(runners: list[RunnerRecord], **changes: Any) -> Run:
    """A run of `vgg16-tiny` with fixed facts, so that its tables can be compared with files."""
    settings: dict[str, Any] = {
        "layers": ["fc6", "fc7"],
        "rounds": 2,
        "repeats": 2,
        "warmup": 1,
        "threads": 2,
        "timeout_seconds": 60.0,
        "order_seed": 7,
        "max_relative_l2": 1e-5,
        **changes.pop("settings", {}),
    }
    values: dict[str, Any] = {
        "netparity_version": "0.1.0",
        "run_id": "20260102T030405Z-abcdef",
        "started": "2026-01-02T03:04:05Z",
        "finished": "2026-01-02T03:05:05Z",
        "model": "vgg16-tiny",
        "weights": Weights(kind="synthetic", sha256=SHA, source="synthetic:0"),
        "images": [Image(file="sample.png", sha256=SHA, mode="L", size=(640, 480))],
        "machine": Machine(
            cpu="A processor",
            cpus_available=2,
            memory_bytes=8 * 2**30,
            system="A system",
            python="3.11.7",
        ),
        "settings": Settings(**settings),
        "runners": runners,
        **changes,
    }
    return Run(schema_version=1, **values)
