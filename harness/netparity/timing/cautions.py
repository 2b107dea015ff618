"""Warnings about timings that allow no firm conclusion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from netparity.protocol import Calibration
from netparity.timing.comparison import LEAST_ROUNDS
from netparity.timing.estimate import Processes, log_medians
from netparity.timing.robust import robust_sigma
from netparity.timing.warmup import steady, warmup_length

Floats = npt.NDArray[np.float64]

_MIN_TICKS = 1000
_DRIFT_SHARE = 0.05
_DRIFT_P = 0.005
_DRIFT_ROUNDS = 6
_MODE_SHARE = 0.10
_MODE_SEPARATION = 6.0
_MODE_VALUES = 8
_UNSTEADY_SHARE = 0.2


def cautions(
    runners: Mapping[str, Processes],
    ticks: Mapping[str, float],
    states: Sequence[Calibration],
) -> Iterator[str]:
    """Sentences about one phase of all runners.

    Args:
        runners: label to round to raw seconds.
        ticks: label to the clock's resolution in seconds, divided by the loops per value.
        states: calibration before each process, in chronological order.
    """
    most = max((len(processes) for processes in runners.values()), default=0)
    if 0 < most < LEAST_ROUNDS and len(runners) > 1:
        yield (
            f"Too few rounds: {most} cannot show a difference between {len(runners)} runners; "
            "fix: --rounds 5, or --rounds auto."
        )
    yield from _unsteady(states)
    yield from _drifts(runners)
    for label, processes in runners.items():
        yield from _about_runner(label, processes, ticks.get(label))


def _about_runner(label: str, processes: Processes, tick: float | None) -> Iterator[str]:
    values = _steady_values(processes)
    if tick is not None and len(values) and np.median(values) < _MIN_TICKS * tick * 0.5:
        yield f"{label}: the clock is too coarse; a value lasts less than {_MIN_TICKS} ticks."
    unfinished = [round_ for round_, values in processes.items() if warmup_length(values) is None]
    if unfinished:
        rounds = ", ".join(map(str, unfinished[:5]))
        yield f"{label}: the warm-up was not over in round {rounds}: raise --warmup or --repeats."
    modes = two_modes(values)
    if modes is not None:
        low, high, share = modes
        yield (
            f"{label} takes either {low:.3g} s or {high:.3g} s ({100 * share:.0f} % of the "
            "values), so the median can be one or the other."
        )


def two_modes(values: Floats) -> tuple[float, float, float] | None:
    """Centres of two separate groups of values, and the share of the upper one.

    The values are split where the sum of squares within both parts is smallest, as in Otsu's
    threshold of a histogram. They count as two modes if each has at least two values and a fifth
    of all, and the centres are at least 10 % and six times the spread within apart.
    """
    if len(values) < _MODE_VALUES:
        return None
    ordered = np.sort(values)
    counts = np.arange(1, len(ordered))
    sums, squares = np.cumsum(ordered), np.cumsum(ordered**2)
    below = squares[:-1] - sums[:-1] ** 2 / counts
    above = squares[-1] - squares[:-1] - (sums[-1] - sums[:-1]) ** 2 / (len(ordered) - counts)
    cut = int(np.argmin(below + above)) + 1
    low, high = ordered[:cut], ordered[cut:]
    fewest = max(2, len(ordered) // 5)
    if min(len(low), len(high)) < fewest:
        return None
    gap = np.median(high) - np.median(low)
    within = max(robust_sigma(low), robust_sigma(high))
    if gap < _MODE_SHARE * np.median(low) or gap < _MODE_SEPARATION * within:
        return None
    # One broad group is split in its middle; between two groups there is a gap.
    if high[0] - low[-1] < gap / 3:
        return None
    return float(np.median(low)), float(np.median(high)), len(high) / len(ordered)


def _drifts(runners: Mapping[str, Processes]) -> Iterator[str]:
    drifting = {}
    for label, processes in runners.items():
        change = drift(processes)
        if change is not None:
            drifting[label] = change
    if len(drifting) > 1 and len(drifting) == len(runners):
        middle = float(np.median(list(drifting.values())))
        yield (
            f"All runners drifted by about {middle:+.0%} from the first round to the last, so the "
            "machine did. Ratios are taken within rounds and suffer less."
        )
        return
    for label, change in drifting.items():
        yield f"{label} drifted by {change:+.0%} from the first round to the last."


def drift(processes: Processes) -> float | None:
    """Relative change from the first round to the last; None if there is no trend.

    Kendall's tau decides whether there is a trend, the Theil-Sen slope of the logarithms gives
    its size.
    """
    from scipy import stats

    logs = log_medians(processes)
    rounds = sorted(logs)
    if len(rounds) < _DRIFT_ROUNDS:
        return None
    heights = [logs[number] for number in rounds]
    if not np.isfinite(heights).all() or np.ptp(heights) == 0:
        return None
    if stats.kendalltau(rounds, heights).pvalue > _DRIFT_P:
        return None
    change = float(np.expm1(stats.theilslopes(heights, rounds)[0] * (rounds[-1] - rounds[0])))
    return change if abs(change) >= _DRIFT_SHARE else None


def _unsteady(states: Sequence[Calibration]) -> Iterator[str]:
    loads = {
        "matrix products": [state.multiply_seconds for state in states],
        "copies in memory": [state.copy_seconds for state in states],
    }
    for what, seconds in loads.items():
        if len(seconds) < 3 or min(seconds) <= 0:
            continue
        high, low = np.quantile(seconds, [0.9, 0.1])
        if high / low - 1 > _UNSTEADY_SHARE:
            yield (
                f"The machine was unsteady: between the processes, the same {what} took "
                f"{low * 1e3:.3g} to {high * 1e3:.3g} ms (10 % to 90 %)."
            )


def _steady_values(processes: Processes) -> Floats:
    return np.array([value for values in processes.values() for value in steady(values)])
