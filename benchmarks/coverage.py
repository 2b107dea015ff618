"""How often do 95 % intervals of seconds, and of one ratio, hold the truth?

    .venv/bin/python -m benchmarks.coverage [--runs 2000] [--seed 0]

Simulated seconds with a known truth: processes that differ from each other by more than the values
within them, in six kinds of noise. The truth is the mean over all processes there could be of the
logarithm of a process's median (of a ratio: the difference of two such), from 400,000 of them.

Whole tables of ratios, their verdicts and their power are in `benchmarks/timing_verdicts.py`.

Methods, each on the logarithms of the medians of the processes unless it says otherwise:

    t              Student's t: what netparity uses (`timing/estimate.py`)
    percentile     bootstrap over processes, percentiles
    hierarchical   bootstrap over processes and over the values in them, percentiles
    studentised    bootstrap-t over processes
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, int, int]], Floats]

RESAMPLES = 400
VALUES = 5
SIZES = (3, 5, 10, 20)


def noisy(between: float, within: float) -> Draw:
    """Logarithms of seconds: processes differ by `between`, their values by `within`."""

    def draw(random: np.random.Generator, shape: tuple[int, int, int]) -> Floats:
        runs, processes, values = shape
        return random.normal(0, between, (runs, processes, 1)) + random.normal(
            0, within, (runs, processes, values)
        )

    return draw


def heavy(random: np.random.Generator, shape: tuple[int, int, int]) -> Floats:
    """Student's t with three degrees of freedom, between processes and within."""
    runs, processes, values = shape
    return 0.02 * random.standard_t(3, (runs, processes, 1)) + 0.01 * random.standard_t(
        3, (runs, processes, values)
    )


def outlying(random: np.random.Generator, shape: tuple[int, int, int]) -> Floats:
    """One value in fifty takes two to five times as long."""
    values = noisy(0.02, 0.01)(random, shape)
    return values + (random.random(shape) < 0.02) * np.log(random.uniform(2, 5, shape))


def bimodal_values(random: np.random.Generator, shape: tuple[int, int, int]) -> Floats:
    """Every third value takes 30 % longer."""
    return noisy(0.02, 0.01)(random, shape) + np.log(1.3) * (random.random(shape) < 1 / 3)


def bimodal_processes(random: np.random.Generator, shape: tuple[int, int, int]) -> Floats:
    """Every third process takes 30 % longer."""
    slow = random.random((*shape[:2], 1)) < 1 / 3
    return noisy(0.02, 0.01)(random, shape) + np.log(1.3) * slow


NOISES: dict[str, Draw] = {
    "3 % between, 1 % within": noisy(0.03, 0.01),
    "1 % between, 5 % within": noisy(0.01, 0.05),
    "heavy tails": heavy,
    "outliers": outlying,
    "bimodal values": bimodal_values,
    "bimodal processes": bimodal_processes,
}


def medians(values: Floats) -> Floats:
    """Of each process: runs x processes."""
    return np.median(values, axis=2)


def by_t(logs: Floats, *_: object) -> tuple[Floats, Floats]:
    """Student's t."""
    half = stats.t.ppf(0.975, logs.shape[1] - 1) * stats.sem(logs, axis=1)
    return logs.mean(axis=1) - half, logs.mean(axis=1) + half


def by_percentile(logs: Floats, random: np.random.Generator, *_: object) -> tuple[Floats, Floats]:
    """Percentiles of the means of resampled processes."""
    means = resampled(logs, random).mean(axis=2)
    low, high = np.quantile(means, [0.025, 0.975], axis=1)
    return low, high


def by_studentised(logs: Floats, random: np.random.Generator, *_: object) -> tuple[Floats, Floats]:
    """Percentiles of Student's statistic of resampled processes."""
    samples = resampled(logs, random)
    spread = np.maximum(stats.sem(samples, axis=2), 1e-12)
    t = (samples.mean(axis=2) - logs.mean(axis=1, keepdims=True)) / spread
    low, high = np.quantile(t, [0.025, 0.975], axis=1)
    error = stats.sem(logs, axis=1)
    return logs.mean(axis=1) - high * error, logs.mean(axis=1) - low * error


def by_hierarchical(
    logs: Floats, random: np.random.Generator, values: Floats, minus: Floats | None
) -> tuple[Floats, Floats]:
    """Percentiles over resampled processes of the medians of resampled values."""
    means = resampled_twice(values, random)
    if minus is not None:
        means = means - resampled_twice(minus, random)
    low, high = np.quantile(means, [0.025, 0.975], axis=1)
    return low, high


def resampled(logs: Floats, random: np.random.Generator) -> Floats:
    """Processes drawn with replacement: runs x RESAMPLES x processes."""
    runs, processes = logs.shape
    chosen = random.integers(processes, size=(runs, RESAMPLES, processes))
    return np.take_along_axis(logs[:, None, :], chosen, axis=2)


def resampled_twice(values: Floats, random: np.random.Generator) -> Floats:
    """Means of the medians of values drawn from processes drawn: runs x RESAMPLES."""
    runs, processes, inner = values.shape
    made = np.empty((runs, RESAMPLES))
    rows = np.arange(runs)[:, None, None]
    for number in range(RESAMPLES):
        chosen = random.integers(processes, size=(runs, processes, 1))
        places = random.integers(inner, size=(runs, processes, inner))
        made[:, number] = np.median(values[rows, chosen, places], axis=2).mean(axis=1)
    return made


METHODS = {
    "t": by_t,
    "percentile": by_percentile,
    "hierarchical": by_hierarchical,
    "studentised": by_studentised,
}


def coverage(draw: Draw, runs: int, random: np.random.Generator, paired: bool) -> None:
    """Print a line for each number of processes."""
    truth = 0.0
    if not paired:
        truth = float(medians(draw(random, (400, 1000, VALUES))).mean())
    for processes in SIZES:
        values = draw(random, (runs, processes, VALUES))
        minus = None
        logs = medians(values)
        if paired:
            # The machine's drift hits both runners of a round.
            drift = np.linspace(0, 0.1, processes)[None, :, None]
            values, minus = values + drift, draw(random, values.shape) + drift
            logs = medians(values) - medians(minus)
        cells = []
        for method in METHODS.values():
            low, high = method(logs, random, values, minus)
            held = np.mean((low <= truth) & (truth <= high))
            cells.append(f"{held:6.1%} ±{np.median(high - low) / 2:5.1%}")
        print(f"    {processes:2d}  " + "  ".join(cells), flush=True)


def stopping(runs: int, random: np.random.Generator, draw: Draw, least: int) -> None:
    """Print how `--rounds auto` fares: rounds are added until the interval is narrow enough."""
    most = 60
    logs = medians(draw(random, (runs, most, VALUES))) - medians(draw(random, (runs, most, VALUES)))
    cells = []
    for precision in (0.05, 0.03, 0.02):
        going = np.ones(runs, bool)
        held, rounds = np.zeros(runs, bool), np.full(runs, most)
        for number in range(least, most + 1):
            low, high = by_t(logs[:, :number])
            stops = going & (np.expm1((high - low) / 2) <= precision)
            if number == most:
                stops = going
            held[stops] = ((low <= 0) & (high >= 0))[stops]
            rounds[stops] = number
            going &= ~stops
        cells.append(f"{held.mean():6.1%} in {np.median(rounds):2.0f} rounds")
    print(f"    at least {least}:  " + "  ".join(cells), flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    for paired in (False, True):
        print("ratio of two runners, drift of 10 %" if paired else "one runner")
        print("        " + "".join(f"{name:15s}" for name in METHODS))
        for name, draw in NOISES.items():
            print(f"  {name}")
            coverage(draw, arguments.runs, random, paired)
    print("ratio, rounds until the half-width is 5 %, 3 %, 2 %")
    for name, draw in NOISES.items():
        print(f"  {name}")
        for least in (3, 5, 8):
            stopping(10 * arguments.runs, random, draw, least)


if __name__ == "__main__":
    main()
