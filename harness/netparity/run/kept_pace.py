"""What a process of each runner took in earlier runs on this machine, in the cache.

Before the first round this alone says how long a comparison will take.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

from netparity.errors import StoreError
from netparity.protocol import Machine
from netparity.run.kept_check import machine_name
from netparity.run.points import Point
from netparity.run.scheduling import Cell
from netparity.system.cache import cache_folder, replacing

_MOST = 1000
"""Entries that are kept of each machine; the oldest go first."""
_MOST_BYTES = 2**20


def recall_round(cells: Sequence[Cell]) -> float | None:
    """Seconds of a round of these processes; None if any of them was never timed like this."""
    if not cells:
        return None
    known = _read(cells[0][0].run.machine)
    seconds = [known.get(_key(point, runner.label)) for point, runner in cells]
    found = [each for each in seconds if each is not None]
    return sum(found) if len(found) == len(seconds) else None


def keep_pace(points: Sequence[Point]) -> None:
    """Keep what the processes of these points took; nothing happens if the cache is read-only."""
    took = {
        _key(point, record.label): median(each.wall_seconds for each in record.rounds)
        for point in points
        for record in point.run.runners
        if record.status == "ok" and record.rounds
    }
    if not took:
        return
    machine = points[0].run.machine
    known = {key: value for key, value in _read(machine).items() if key not in took} | took
    with suppress(StoreError), replacing(_file(machine)) as draft:
        draft.write_text(json.dumps(dict(list(known.items())[-_MOST:])), encoding="utf-8")


def _read(machine: Machine) -> dict[str, float]:
    with suppress(OSError, StoreError, ValueError, RecursionError):
        with _file(machine).open("rb") as file:
            found = json.loads(file.read(_MOST_BYTES))
        if isinstance(found, dict):
            return {
                key: float(value)
                for key, value in found.items()
                if isinstance(value, int | float) and 0 <= value < 1e9
            }
    return {}


def _key(point: Point, label: str) -> str:
    """What a process does, as far as its time depends on it."""
    plan = point.plan
    layers = [layer.name for layer in plan.layers]
    does = (plan.model.name, label, len(plan.tensor), layers, plan.threads, plan.request.repeats)
    return hashlib.sha256(repr(does).encode()).hexdigest()[:16]


def _file(machine: Machine) -> Path:
    return cache_folder("pace") / f"{machine_name(machine)}.json"
