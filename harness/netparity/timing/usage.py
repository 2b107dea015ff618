"""Processor seconds beside wall-clock seconds: what they say of values that took longer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from netparity.protocol import Usage
from netparity.timing.estimate import Processes

Floats = npt.NDArray[np.float64]

Usages = Mapping[int, Sequence[Usage]]
"""What was used during each value of one phase of one runner, by round."""

_STOLEN_SHARE = 0.01
_LONGER = 1.15
"""A value is slow from 15 % above the fast ones, which reach from the fastest to 5 % above the
lower quartile."""
_FAST = 1.05
_LEAST_VALUES = 3
_LEAST_SHARE = 0.1
_MORE_WORK = 1.1
_FEWER_BUSY = 0.9
_SWITCHES_PER_SECOND = 10.0


def processor_seconds(usage: Usage) -> float | None:
    """Processor seconds of all threads, in user mode and in the kernel; None if not known."""
    if usage.user_seconds is None or usage.system_seconds is None:
        return None
    return usage.user_seconds + usage.system_seconds


def processors_busy(processes: Processes, usages: Usages) -> float | None:
    """Processor seconds divided by wall-clock seconds, over all values of which both are known.

    None if processor seconds are not known.
    """
    pairs = list(_known(processes, usages, processor_seconds))
    wall = sum(seconds for seconds, _, _ in pairs)
    return sum(used for _, _, used in pairs) / wall if wall > 0 else None


def taken_while_stolen(seconds: float, usage: Usage) -> bool:
    """Whether the hypervisor gave processor time to other machines during a value.

    Args:
        seconds: of the value.
    """
    stolen = usage.stolen_seconds
    return stolen is not None and stolen > 0 and stolen >= _STOLEN_SHARE * seconds


def usage_cautions(runners: Mapping[str, Processes], usages: Mapping[str, Usages]) -> Iterator[str]:
    """Sentences about values that took longer, and why, as far as processor seconds tell."""
    known, stolen = 0, 0
    for label, processes in runners.items():
        for seconds, usage, _ in _known(processes, usages.get(label, {}), _stolen):
            known += 1
            stolen += taken_while_stolen(seconds, usage)
    if stolen:
        yield (
            f"Stolen time: during {stolen} of {known} values the hypervisor gave processor time to "
            "other machines; they are marked in measurements.csv."
        )
    for label, processes in runners.items():
        yield from _slow_values(label, processes, usages.get(label, {}))


def _slow_values(label: str, processes: Processes, usages: Usages) -> Iterator[str]:
    pairs = list(_known(processes, usages, processor_seconds))
    wall = np.array([seconds for seconds, _, _ in pairs])
    if len(wall) < 2 * _LEAST_VALUES:
        return
    fast = wall <= _FAST * np.quantile(wall, 0.25)
    slow = wall >= _LONGER * np.median(wall[fast])
    if fast.sum() < _LEAST_VALUES or slow.sum() < max(_LEAST_VALUES, _LEAST_SHARE * len(wall)):
        return
    used = np.array([processors for _, _, processors in pairs])
    longer = _medians(wall, fast, slow)
    work = _medians(used, fast, slow)
    busy = _medians(used / wall, fast, slow)
    begin = f"{label} took {longer[1]:.3g} s in {slow.sum()} of {len(wall)} values, and about "
    begin += f"{longer[0]:.3g} s in the fastest: "
    if _mostly_stolen(pairs, slow):
        yield f"{begin}stolen time, given to other machines by the hypervisor."
    elif work[1] >= max(_MORE_WORK, math.sqrt(longer[1] / longer[0])) * work[0]:
        # At least half of what the values took longer, on a logarithmic scale.
        yield (
            f"{begin}more work than usual, or slower processors; {work[1]:.3g} processor seconds "
            f"instead of {work[0]:.3g}."
        )
    elif busy[1] <= _FEWER_BUSY * busy[0]:
        cause = "waiting or lost parallelism"
        if _interrupted(pairs, fast, slow):
            cause = "interrupted by other programs"
        yield (
            f"{begin}{cause}; {_compared(*work)} on {busy[1]:.2g} busy processors instead of "
            f"{busy[0]:.2g}."
        )


def _compared(usual: float, found: float) -> str:
    """Processor seconds of the slow values, and those of the fast ones if they differ."""
    if usual / _MORE_WORK < found < usual * _MORE_WORK:
        return f"the same processor seconds ({found:.3g})"
    return f"{found:.3g} processor seconds instead of {usual:.3g}"


def _medians(
    values: Floats, fast: npt.NDArray[np.bool_], slow: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    return float(np.median(values[fast])), float(np.median(values[slow]))


def _mostly_stolen(
    pairs: Sequence[tuple[float, Usage, float]], slow: npt.NDArray[np.bool_]
) -> bool:
    """Whether time was stolen during most of the slow values."""
    marks = [taken_while_stolen(seconds, usage) for seconds, usage, _ in pairs]
    return bool(np.mean(np.array(marks)[slow]) > 0.5)


def _interrupted(
    pairs: Sequence[tuple[float, Usage, float]],
    fast: npt.NDArray[np.bool_],
    slow: npt.NDArray[np.bool_],
) -> bool:
    """Whether the slow values had at least twice as many involuntary switches per second."""
    counts = [usage.involuntary_switches for _, usage, _ in pairs]
    if None in counts:
        return False
    rates = np.array(counts, dtype=float) / np.array([seconds for seconds, _, _ in pairs])
    usual, found = _medians(rates, fast, slow)
    return found >= _SWITCHES_PER_SECOND and found >= 2 * usual


def _stolen(usage: Usage) -> float | None:
    return usage.stolen_seconds


def _known(
    processes: Processes, usages: Usages, what: Callable[[Usage], float | None]
) -> Iterator[tuple[float, Usage, float]]:
    """Seconds, usage and `what` of every value of which it is known."""
    for number, values in processes.items():
        for seconds, usage in zip(values, usages.get(number, ()), strict=False):
            found = what(usage)
            if found is not None and seconds > 0:
                yield seconds, usage, found
