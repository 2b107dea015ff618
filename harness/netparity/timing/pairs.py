"""One estimate per round and pair of runners: the logarithm of the ratio of their seconds.

Where the processes of a round took turns, the blocks of a turn are close in time: what disturbs
one of them usually disturbs the other, and cancels in the ratio (A. Abedi, T. Brecht, ICPE 2017;
L. Bulej and others, Duet Benchmarking, ICPE 2020). Otherwise the processes' medians are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from netparity.timing.estimate import Processes, log_medians
from netparity.timing.nodes import Floats
from netparity.timing.warmup import warmup_length

Turns = Mapping[int, Mapping[int, Sequence[float]]]
"""Raw seconds of one runner, by round and turn; only the rounds in which processes took turns."""

TRIMMED = 0.2
"""Share of the turns of a round that is left out at each end: one of five, none of four."""


def log_ratios(
    processes: Processes,
    base: Processes,
    turns: Turns | None = None,
    base_turns: Turns | None = None,
) -> Floats:
    """Logarithm of the ratio in each round that both have, in the order of `common_rounds`."""
    logs, base_logs = log_medians(processes), log_medians(base)
    found = []
    for number in common_rounds(processes, base):
        log = _by_turns((turns or {}).get(number, {}), (base_turns or {}).get(number, {}))
        if log is None:
            with np.errstate(invalid="ignore"):
                log = float(np.subtract(logs[number], base_logs[number]))
        found.append(log)
    return np.array(found, dtype=np.float64)


def common_rounds(processes: Processes, base: Processes) -> list[int]:
    """The rounds in which both have seconds, in order."""
    return sorted(
        number for number, values in processes.items() if len(values) and len(base.get(number, ()))
    )


def _by_turns(
    blocks: Mapping[int, Sequence[float]], base: Mapping[int, Sequence[float]]
) -> float | None:
    """Trimmed mean, over the turns that both have, of the logarithm of the blocks' medians' ratio.

    None if they have no turn in common.
    """
    medians, base_medians = _log_medians(blocks), _log_medians(base)
    common = medians.keys() & base_medians.keys()
    if not common:
        return None
    with np.errstate(invalid="ignore"):
        logs = np.sort([medians[turn] - base_medians[turn] for turn in common])
    cut = int(TRIMMED * len(logs))
    return float(np.mean(logs[cut : len(logs) - cut]))


def _log_medians(blocks: Mapping[int, Sequence[float]]) -> dict[int, float]:
    """Logarithm of the median of each block, without the values of the process's warm-up."""
    warm_up = warmup_length([value for turn in sorted(blocks) for value in blocks[turn]]) or 0
    found = {}
    for turn in sorted(blocks):
        values = blocks[turn][warm_up:]
        warm_up = max(0, warm_up - len(blocks[turn]))
        if len(values):
            with np.errstate(divide="ignore"):
                found[turn] = float(np.log(np.median(values)))
    return found
