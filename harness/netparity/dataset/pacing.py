"""How many chunks a process does, so that starting the tools is a small part of the work.

What does not depend on it is the result: chunks are judged and stored one by one, and a batch ends
where a chunk ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

STARTING_SHARE = 0.1
"""Of all time, at most, for starting and loading the tools."""

LOST_SECONDS = 60.0
"""Of computing that an interruption may cost."""

GROUP_BYTES = 600 * 2**20
"""Of inputs and features on disk, at most, and in the memory of a tool that reads them whole."""


@dataclass(frozen=True)
class Pace:
    """What some chunks cost, in seconds, all runners together.

    Attributes:
        chunks: how many of them one process of each runner did.
        starting: starting and loading the tools.
        computing: reading the images and computing their features.
        judging: judging and storing them.
    """

    chunks: int
    starting: float
    computing: float
    judging: float


def chunks_per_process(pace: Pace, chunk_bytes: int) -> int:
    """How many chunks a process should do, at least 1.

    So many that starting takes a tenth of the time, unless an interruption then costs more than a
    minute of computing or the features take more than 600 MiB.

    Args:
        chunk_bytes: of the inputs and features of one chunk.

    >>> chunks_per_process(Pace(1, starting=2.0, computing=1.0, judging=2.0), 12 * 2**20)
    6
    """
    computing = max(pace.computing / pace.chunks, 1e-6)
    work = computing + pace.judging / pace.chunks
    wanted = math.ceil(pace.starting * (1 / STARTING_SHARE - 1) / work)
    return max(1, min(wanted, int(LOST_SECONDS / computing), GROUP_BYTES // chunk_bytes))
