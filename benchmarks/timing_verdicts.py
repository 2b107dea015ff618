"""Do the intervals of a table of ratios hold together, and which differences are found?

    .venv/bin/python -m benchmarks.timing_verdicts [--runs 1000] [--seed 0]

Simulated tables of 2, 4 and 8 runners with 3, 5, 8 and 10 rounds of six turns of three values, in
the kinds of noise of `timing_noise`. Printed are

1. for every method of `timing_methods` and noise: the lowest and highest share, over all sizes of
   tables, of tables whose intervals all contain the true ratios, and the half-width with four
   runners and five rounds;
2. the share of tables of equal runners with a wrong `faster` or `slower`, and with `same`, by the
   verdicts of netparity itself;
3. power: how often a runner that is slower by a few percent is called slower.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from benchmarks.timing_methods import ESTIMATES, INTERVALS, Estimate, Intervals, by_t, turns_trimmed
from benchmarks.timing_noise import NOISES, TURNS, VALUES, Draw, Floats, Noise
from netparity.timing.comparison import Comparison, compare_all
from netparity.timing.estimate import Interval
from netparity.timing.verdict import SAME_WITHIN, word

RUNNERS = (2, 4, 8)
ROUNDS = (3, 5, 8, 10)
DELAYS = (0.02, 0.05, 0.10, 0.20)
CHECKED = 50


def one_noisy(place: int) -> Draw:
    """One runner, by its place, is six times as noisy as the others."""

    def draw(random: np.random.Generator, shape: tuple[int, int, int, int, int]) -> Floats:
        scale = np.where(np.arange(shape[1]) == place % shape[1], 6.0, 1.0)
        processes = random.normal(0, 0.01, (*shape[:3], 1, 1))
        noise = processes + random.normal(0, 0.01, shape)
        return noise * scale[None, :, None, None, None]

    return draw


ALL_NOISES = {
    **NOISES,
    "the base is noisy": Noise(one_noisy(0)),
    "the last is noisy": Noise(one_noisy(-1)),
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verdicts-only", action="store_true", help="only parts 2 and 3")
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    if arguments.verdicts_only:
        print_verdicts(arguments.runs, random)
        return
    print("Estimates per round, with t intervals (Šidák)")
    for name, noise in ALL_NOISES.items():
        cells = [
            covered(noise, estimate, by_t, arguments.runs, random)
            for estimate in ESTIMATES.values()
        ]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print("Intervals over the rounds, of the trimmed means of turns")
    for name, noise in ALL_NOISES.items():
        cells = [
            covered(noise, turns_trimmed, intervals, arguments.runs, random)
            for intervals in INTERVALS.values()
        ]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print_verdicts(arguments.runs, random)


def print_verdicts(runs: int, random: np.random.Generator) -> None:
    """Print parts 2 and 3."""
    sizes = [f"{runners} x {rounds}" for runners in RUNNERS for rounds in ROUNDS]
    print("Verdicts, runners x rounds: wrong faster or slower among equal runners, same")
    print("|  | " + " | ".join([*sizes, "as netparity"]) + " |")
    for name, noise in ALL_NOISES.items():
        if not noise.uneven:
            cells = [*words(noise, runs, random), f"{agreement(noise, random):.0%}"]
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print(f"Power: {', '.join(f'{delay:.0%}' for delay in DELAYS)} slower, called slower")
    for name in ("3 % between, 1 % within", "disturber, interleaved", "disturber, sequential"):
        for runners in (4, 8):
            for rounds in ROUNDS:
                found = power(ALL_NOISES[name], runners, rounds, runs, random)
                cells = [f"{each:.0%}" for each in found]
                print(f"| {name} | {runners} | {rounds} | " + " | ".join(cells) + " |", flush=True)


def covered(
    noise: Noise,
    estimate: Estimate,
    intervals: Intervals,
    runs: int,
    random: np.random.Generator,
) -> str:
    """Lowest and highest coverage of whole tables, and a typical half-width."""
    truth = 0.0
    if noise.uneven:
        truth = float(estimate(noise.draw(random, (200, 2, 200, TURNS, VALUES))).mean())
    shares, width = [], 0.0
    for runners in RUNNERS:
        truths = np.where(np.arange(1, runners) % 2, truth, 0.0)
        for rounds in ROUNDS:
            drawn = noise.draw(random, (runs, runners, rounds, TURNS, VALUES))
            low, high = intervals(estimate(drawn))
            shares.append(((low <= truths) & (truths <= high)).all(axis=1).mean())
            if (runners, rounds) == (4, 5):
                width = float(np.median(high - low)) / 2
    size = f"±{100 * width:.1f}" if np.isfinite(width) else "no bounds"
    return f"{100 * min(shares):.0f}–{100 * max(shares):.0f} % {size}"


def words(noise: Noise, runs: int, random: np.random.Generator) -> Iterator[str]:
    """For each size of a table: tables with a wrong word, and runners called the same."""
    for runners in RUNNERS:
        for rounds in ROUNDS:
            drawn = noise.draw(random, (runs, runners, rounds, TURNS, VALUES))
            low, high = by_t(turns_trimmed(drawn))
            different = (low > 0) | (high < 0)
            same = ~different & (np.maximum(high, -low) <= np.log1p(SAME_WITHIN))
            yield f"{different.any(axis=1).mean():.1%}, {same.mean():.0%}"


def agreement(noise: Noise, random: np.random.Generator) -> float:
    """Share of words that netparity itself, which also looks for a warm-up, gives alike."""
    drawn = noise.draw(random, (CHECKED, 4, 5, TURNS, VALUES))
    low, high = by_t(turns_trimmed(drawn))
    alike = []
    for number, table in enumerate(drawn):
        for place, each in enumerate(compared(table).values()):
            ends = low[number, place], high[number, place]
            alike.append(each.word == word(Interval(*map(float, np.exp(ends)))))
    return float(np.mean(alike))


def compared(logs: Floats) -> dict[str, Comparison]:
    """What netparity says of one table: runners x rounds x turns x values."""
    turns = {
        str(runner): {
            number: {turn: list(np.exp(block)) for turn, block in enumerate(round_, start=1)}
            for number, round_ in enumerate(rounds, start=1)
        }
        for runner, rounds in enumerate(logs)
    }
    flat = {
        label: {
            number: [value for block in blocks.values() for value in block]
            for number, blocks in rounds.items()
        }
        for label, rounds in turns.items()
    }
    return compare_all(flat, "0", turns)


def power(
    noise: Noise, runners: int, rounds: int, runs: int, random: np.random.Generator
) -> list[float]:
    """Share of tables in which the last runner is called slower, by how much slower it is."""
    drawn = noise.draw(random, (runs, runners, rounds, TURNS, VALUES))
    low, _ = by_t(turns_trimmed(drawn))
    return [float(np.mean(low[:, -1] + np.log1p(delay) > 0)) for delay in DELAYS]


if __name__ == "__main__":
    main()
