"""How many predictions to time in a round, and in how many turns.

A run should spend a good part of its time on what it measures, and the predictions of different
tools should lie close together, so that whatever disturbs the machine disturbs them alike
(A. Abedi, T. Brecht, *Conducting Repeatable Experiments in Highly Variable Cloud Computing
Environments*, ICPE 2017).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from netparity.protocol import Round

TIMED_SHARE = 1 / 2
"""Of the time of a round, so much is spent in turns, if `ROUND_SECONDS` allow it."""
ROUND_SECONDS = 34.0
"""A round is not made longer than this by its predictions: five take under three minutes."""
LEAST_SECONDS = 1.2
"""Of turns per process, whatever the rest of the round takes."""
BLOCK_SECONDS = 0.25
"""Of predictions that count in one process's block, about: the shorter, the more turns."""
LEAST_TURNS, MOST_TURNS = 4, 10
MOST_VALUES = 60
"""Per process: more would say little more about a process."""
LEAST_VALUES = 5
"""Per process that runs alone from start to end."""
BRIEF_SECONDS = 0.02
"""The first call of a shorter prediction never counts, as it finds cold caches after a sleep."""
_END_SECONDS = 0.5
"""For saving features and ending a process."""


@dataclass(frozen=True)
class Cost:
    """What a process has taken until it is ready for its first turn; seconds.

    Attributes:
        elapsed_seconds: since it was started.
        call_seconds: of its shortest prediction.
    """

    elapsed_seconds: float
    call_seconds: float


@dataclass(frozen=True)
class TurnPlan:
    """Number of values of each process in each turn.

    Attributes:
        values: label to one number per turn; a process has no block in a turn with 0.
        uncounted: label to the number of calls before each block that do not count.
    """

    values: Mapping[str, Sequence[int]]
    uncounted: Mapping[str, int]

    @property
    def turns(self) -> int:
        """The number of turns."""
        return max(map(len, self.values.values()), default=0)

    def seconds_left(self, costs: Mapping[str, Cost], turn: int = 0) -> float:
        """Seconds from the beginning of a turn (from 0) to the end of the round.

        Args:
            costs: of the processes that still take part, by label.
        """
        return sum(
            cost.call_seconds * sum(n + self.uncounted[label] for n in self.values[label][turn:])
            + _END_SECONDS
            for label, cost in costs.items()
        )


def plan_turns(costs: Mapping[str, Cost], repeats: int | None = None) -> TurnPlan:
    """Divide the predictions of one round into turns.

    Args:
        costs: of each process, by label.
        repeats: the number of values of each process; None to choose it from the costs.
    """
    if not costs:
        return TurnPlan({}, {})
    calls = {label: max(cost.call_seconds, 1e-9) for label, cost in costs.items()}
    if repeats is not None:
        brief = {label: int(call < BRIEF_SECONDS) for label, call in calls.items()}
        turns = min(repeats, _turns(repeats * max(calls.values()), BLOCK_SECONDS))
        split = [repeats // turns + (turn < repeats % turns) for turn in range(turns)]
        return TurnPlan(dict.fromkeys(costs, split), brief)
    each = timed_seconds(list(costs.values())) / len(costs)
    turns = _turns(each, BLOCK_SECONDS + fmean(calls.values()))
    block = each / turns
    values, uncounted = {}, {}
    for label, call in calls.items():
        # Where there is time for another, the first call does not count: it finds memory that
        # others have used since, and Theano's can take twice as long.
        uncounted[label] = int(call < BRIEF_SECONDS or 2 * call <= 1.5 * block)
        wanted = round(block / call) - uncounted[label]
        values[label] = [min(max(wanted, 1), MOST_VALUES // turns)] * turns
    return TurnPlan(values, uncounted)


def timed_seconds(costs: Sequence[Cost], most_seconds: float = ROUND_SECONDS) -> float:
    """Seconds of turns for processes that cost so much otherwise.

    Args:
        most_seconds: that these processes may take with their predictions.
    """
    rest = sum(cost.elapsed_seconds + cost.call_seconds + _END_SECONDS for cost in costs)
    wanted = TIMED_SHARE / (1 - TIMED_SHARE) * rest
    return max(min(wanted, most_seconds - rest), LEAST_SECONDS * len(costs))


def repeats_alone(earlier: Round, processes: int) -> int:
    """How many values to time in a process that runs alone, from an earlier process like it.

    Args:
        processes: their number in a round.
    """
    loops = earlier.clock.predict_loops if earlier.clock else 1
    call = median(earlier.phases["predict"])
    timed = sum(earlier.phases["predict"]) * loops
    cost = Cost(earlier.wall_seconds - timed - call - _END_SECONDS, call)
    wanted = timed_seconds([cost], ROUND_SECONDS / processes) / max(call * loops, 1e-9)
    return min(max(round(wanted), LEAST_VALUES), MOST_VALUES)


def _turns(seconds: float, block_seconds: float) -> int:
    """The number of turns for so many seconds of predictions per process."""
    return min(max(round(seconds / block_seconds), LEAST_TURNS), MOST_TURNS)
