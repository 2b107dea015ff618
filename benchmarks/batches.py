"""Random networks through every tool that can run here, many networks per process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.random_networks import Net
from netparity.runners import RUNNERS, create_runners
from netparity.runners.environments import Environments
from tests.planted.batch import TOOLS, Case, CaseResult, run_cases

Single = npt.NDArray[np.float32]
Features = dict[str, Single]


def available() -> list[str]:
    """The tools that can run on this machine."""
    found = []
    for tool in TOOLS:
        (runner,) = create_runners([tool], RUNNERS)
        if runner.availability(Environments()).available:
            found.append(tool)
    return found


def computed(
    nets: Sequence[Net], tools: Sequence[str], jobs_per_batch: int, keep: Path | None
) -> Iterator[tuple[Net, dict[str, Features]]]:
    """Every network with what each tool made of it, batch after batch."""
    for start in range(0, len(nets), jobs_per_batch):
        batch = nets[start : start + jobs_per_batch]
        made = _run(batch, tools, keep)
        for net in batch:
            yield (
                net,
                {tool: made.get((net.number, tool)) or _load(net, tool, keep) for tool in tools},
            )


def _run(
    nets: Sequence[Net], tools: Sequence[str], keep: Path | None
) -> dict[tuple[int, str], Features]:
    """What was not kept."""
    wanted = {tool: [net for net in nets if not _kept(net, tool, keep)] for tool in tools}
    cases = {
        tool: [Case(net.model, net.weights, net.tensor) for net in missing]
        for tool, missing in wanted.items()
        if missing
    }
    made: dict[tuple[int, str], Features] = {}
    for tool, results in run_tools(cases):
        for net, result in zip(wanted[tool], results, strict=True):
            if result.error:
                raise SystemExit(f"{tool}, net {net}: {result.error}")
            if keep is not None:
                np.savez(_file(net, tool, keep), **result.shared)
            made[net.number, tool] = result.shared
    return made


def run_tools(
    cases: Mapping[str, Sequence[Case]], at_once: int = 2
) -> Iterator[tuple[str, list[CaseResult]]]:
    """Run each tool on its cases, two tools at a time."""
    with (
        tempfile.TemporaryDirectory(prefix="netparity-") as folder,
        ThreadPoolExecutor(at_once) as pool,
    ):
        folders = [Path(folder, str(index)) for index in range(len(cases))]
        yield from zip(cases, pool.map(run_cases, cases, cases.values(), folders), strict=True)


def _file(net: Net, tool: str, keep: Path) -> Path:
    return keep / f"{net.number:05d}-{tool.replace('=', '-')}.npz"


def _kept(net: Net, tool: str, keep: Path | None) -> bool:
    return keep is not None and _file(net, tool, keep).exists()


def _load(net: Net, tool: str, keep: Path | None) -> Features:
    assert keep is not None
    with np.load(_file(net, tool, keep)) as arrays:
        return {layer.name: arrays[layer.name] for layer in net.model.layers}
