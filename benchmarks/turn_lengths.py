"""How long should a block of a turn be? Intervals for blocks of several lengths, simulated.

    .venv/bin/python -m benchmarks.turn_lengths [--times 250] [--seconds 4.0]

Four tools take turns on VGG16 in five rounds. A disturber makes all of them 1.7 times slower for
one to five seconds and rests for as long. In half of all rounds, every second first prediction of
a block of one tool takes 1.8 times as long, as Theano's can. Of the turns of a round, the lowest
and the highest fifth do not count, as in a comparison.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
from scipy import stats

from netparity.timing.turns import LEAST_TURNS, MOST_TURNS

TOOLS = {"octave": 0.16, "twin": 0.16, "theano": 0.22, "keras": 0.08}
BASE, TWIN, SPIKY = "octave", "twin", "theano"
ROUNDS, SLOWER, SPIKE, NOISE, LEFT_OUT = 5, 1.7, 1.8, 0.02, 0.2
LEVEL = 1 - (1 - 0.95 ** (1 / (len(TOOLS) - 1))) / 2
SCHEMES = {
    "0.4 s": (0.4, 0, 0),
    "three predictions of the slowest tool": (0.4, 3, 0),
    "0.25 s after one that is not recorded": (0.25, 0, 1),
}
"""Seconds of a block, least predictions of the slowest tool, and calls that are not recorded."""

Scheme = tuple[float, int, int]


class Machine:
    """A clock, and what a disturber leaves of the processors."""

    def __init__(self, random: np.random.Generator, disturbed: bool) -> None:
        self.now, self._random = 0.0, random
        self._busy = disturbed and random.random() < 0.5
        self._disturbed, self._until = disturbed, random.uniform(0, 5)

    def work(self, seconds: float) -> float:
        """Seconds that pass while so many seconds of work are done."""
        begun = self.now
        while seconds > 0:
            slower = SLOWER if self._busy else 1.0
            step = min(seconds * slower, self._until - self.now)
            self.now += step
            seconds -= step / slower + 1e-12
            if self.now >= self._until:
                self._busy = self._disturbed and not self._busy
                self._until = self.now + self._random.uniform(1, 5)
        return self.now - begun


def one_round(
    random: np.random.Generator, scheme: Scheme, seconds: float, disturbed: bool
) -> dict[str, float]:
    """The logarithm of each tool's ratio to the base."""
    length, least, uncounted = scheme
    block = max(length, least * max(TOOLS.values()))
    turn = block + uncounted * float(np.mean(list(TOOLS.values())))
    turns = min(max(round(seconds / turn), LEAST_TURNS), MOST_TURNS)
    machine, spiky = Machine(random, disturbed), random.random() < 0.5
    own = {name: call * math.exp(random.normal(0, NOISE)) for name, call in TOOLS.items()}
    medians: dict[str, list[float]] = {name: [] for name in TOOLS}
    for _ in range(turns):
        for name in random.permutation(list(TOOLS)):
            count = max(1, round(seconds / turns / TOOLS[name] - uncounted))
            taken = []
            for number in range(count + uncounted):
                slow = name == SPIKY and spiky and not number and random.random() < 0.5
                work = own[name] * math.exp(random.normal(0, NOISE))
                taken.append(machine.work(work * (SPIKE if slow else 1.0)))
            medians[name].append(float(np.median(taken[uncounted:])))
    base = np.log(medians[BASE])
    return {
        name: float(stats.trim_mean(np.log(values) - base, LEFT_OUT))
        for name, values in medians.items()
        if name != BASE
    }


def comparison(
    random: np.random.Generator, scheme: Scheme, seconds: float, disturbed: bool
) -> dict[str, tuple[float, float]]:
    """The logarithm of each ratio, and half of its interval."""
    rounds = [one_round(random, scheme, seconds, disturbed) for _ in range(ROUNDS)]
    quantile = float(stats.t.ppf(LEVEL, ROUNDS - 1))
    found = {}
    for name in rounds[0]:
        values = [each[name] for each in rounds]
        found[name] = float(np.mean(values)), float(stats.sem(values)) * quantile
    return found


def summary(scheme: Scheme, times: int, seconds: float, disturbed: bool) -> str:
    """How often differences are named, and the median half-widths."""
    random = np.random.default_rng(1)
    found = [comparison(random, scheme, seconds, disturbed) for _ in range(times)]
    right = sum(
        each[SPIKY][0] > each[SPIKY][1] and -each["keras"][0] > each["keras"][1] for each in found
    )
    wrong = sum(abs(each[TWIN][0]) > each[TWIN][1] for each in found)
    widths = ", ".join(
        f"{name} ±{np.median([math.expm1(each[name][1]) for each in found]):.0%}"
        for name in found[0]
    )
    return f"named rightly {right / times:.0%}, twin different {wrong / times:.0%}; {widths}"


def main() -> None:
    """Print a line for each scheme, disturbed and quiet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=250)
    parser.add_argument("--seconds", type=float, default=4.0, help="Of each tool in each round.")
    given = parser.parse_args()
    for words, scheme in SCHEMES.items():
        for disturbed in (True, False):
            state = "disturbed" if disturbed else "quiet"
            found = summary(scheme, given.times, given.seconds, disturbed)
            print(f"{words}, {state}: {found}", flush=True)


if __name__ == "__main__":
    main()
