"""The predictions of a process that took turns, cut into blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from netparity.protocol import Block, RunResult, Usage
from netparity.run.acceptance import ProcessFailedError


@dataclass(frozen=True)
class Asked:
    """What a process was asked to measure in one turn.

    Attributes:
        begun_seconds: when its gate was opened, since the round began.
        energy_joules: what the processors' packages used for the values; None if not known.
    """

    turn: int
    begun_seconds: float
    values: int
    energy_joules: float | None = None


def cut_blocks(result: RunResult, asked: Sequence[Asked]) -> list[Block]:
    """One block per turn, in order.

    Raises:
        ProcessFailedError: if the process has not measured as many values as it was asked for.
    """
    seconds = iter(result.phases.get("predict", []))
    count, wanted = len(result.phases.get("predict", [])), sum(each.values for each in asked)
    if count != wanted:
        raise ProcessFailedError(
            f"its result has {count} values of predict, but it was asked for {wanted} in its turns"
        )
    usage = result.usage.get("predict", [])
    known = iter(usage if len(usage) == count else [Usage()] * count)
    return [
        Block(
            turn=each.turn,
            begun_seconds=each.begun_seconds,
            seconds=list(islice(seconds, each.values)),
            energy_joules=each.energy_joules,
            **dict(_sums(list(islice(known, each.values)))),
        )
        for each in asked
    ]


def _sums(values: Sequence[Usage]) -> Iterator[tuple[str, Any]]:
    """Each field of `Usage`, summed; None where a value is not known."""
    for name in Usage.model_fields:
        numbers = [getattr(value, name) for value in values]
        yield name, None if None in numbers else sum(numbers)
