"""Whether the processes of a round can be alive at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from netparity.protocol.settings import SEQUENTIAL_REQUESTED
from netparity.run.points import Point
from netparity.runners import Runner
from netparity.system.memory import free_bytes

_OWN_BYTES = 512 * 2**20
"""Of a process: a framework without a network."""
_COPIES = 5
"""Of the weights, while a tool reads a file and builds a network."""
_MARGIN = 1.1

Cell = tuple[Point, Runner]


def why_sequential(cells: Sequence[Cell]) -> str | None:
    """Why the processes of a round have to run one after the other; None if they can take turns.

    Args:
        cells: those that are still compared.
    """
    point = cells[0][0]
    if point.plan.request.schedule == "sequential":
        return SEQUENTIAL_REQUESTED
    if len(cells) < 2:
        return "there is only one process in a round"
    labels = [runner.label for _, runner in cells if runner.chosen.get("device", "cpu") != "cpu"]
    if labels:
        return f"the memory of a GPU may not hold several processes ({', '.join(labels)})"
    sessions = [runner.chosen["session"] for _, runner in cells if "session" in runner.chosen]
    if len(set(sessions)) < len(sessions):
        return f"the MATLAB session {sessions[0]} serves one program at a time"
    return _too_much_memory(cells)


def _too_much_memory(cells: Sequence[Cell]) -> str | None:
    """Which memory is too small for all of them at once."""
    peaks = [known_peak(*cell) or likely_peak(cell[0]) for cell in cells]
    needed = sum(peaks)
    known = all(known_peak(*cell) for cell in cells)
    source = "the sum of their peaks" if known else "an estimate"
    limit = cells[0][0].plan.limits.memory_bytes
    if limit is not None and needed > limit:
        return f"they need {_gib(needed)} at once ({source}), more than --memory-limit allows"
    free = free_bytes()
    if free is not None and needed * _MARGIN > free:
        return f"they need {_gib(needed)} at once ({source}), and {_gib(free)} are free"
    return None


def known_peak(point: Point, runner: Runner) -> int | None:
    """The largest memory of this runner's processes so far, in bytes; None before the first."""
    record = next(each for each in point.run.runners if each.label == runner.label)
    return record.peak_rss_bytes


def likely_peak(point: Point) -> int:
    """A generous estimate of a process's memory: its weights in copies, every layer's output."""
    model = point.plan.model
    weights = sum(prod(shape) for shape in model.tensors.values())
    outputs = sum(prod(layer.output_shape) for layer in model.layers)
    return _OWN_BYTES + 4 * (_COPIES * weights + outputs * len(point.plan.tensor))


def _gib(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"
