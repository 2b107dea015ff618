"""How often does the interval of a ratio hold the truth where the ratio differs between nodes?

    .venv/bin/python -m benchmarks.node_coverage [--runs 20000] [--seed 0]

Simulated logarithms of ratios: each node adds a deviation of its own to the rounds that it does.
The truth is the mean over all nodes there could be. Printed are, for each number of nodes and
rounds and each size of the nodes' deviations (in standard deviations of a round), the share of
intervals that hold the truth, and their median half-width. Of the methods,

    rounds    is Student's t over the rounds, as on a single node
    within    counts the spread of rounds within nodes alone: true for these nodes, not for others
    anova     estimates both variances by ANOVA, none below zero, with Satterthwaite's degrees of
              freedom
    nodes     is Student's t over the means of the nodes: what netparity uses (`timing/nodes.py`)
"""

from __future__ import annotations

import argparse

import numpy as np
import numpy.typing as npt
from scipy import stats

from netparity.timing.nodes import node_means

Floats = npt.NDArray[np.float64]
DEVIATIONS = (0.0, 0.5, 1.0, 3.0)
DEALT = {
    "2 nodes, 5 rounds": (3, 2),
    "2 nodes, 10 rounds": (5, 5),
    "2 nodes, 20 rounds": (10, 10),
    "3 nodes, 9 rounds": (3, 3, 3),
    "4 nodes, 5 rounds": (2, 1, 1, 1),
    "4 nodes, 12 rounds": (6, 2, 2, 2),
    "4 nodes, 20 rounds": (5, 5, 5, 5),
    "8 nodes, 16 rounds": (2,) * 8,
    "8 nodes, 20 rounds": (10, 4, 1, 1, 1, 1, 1, 1),
    "16 nodes, 32 rounds": (2,) * 16,
}


def by_rounds(logs: Floats, nodes: Floats) -> tuple[Floats, Floats]:
    """Middle and half-width."""
    count = logs.shape[1]
    return logs.mean(axis=1), stats.t.ppf(0.975, count - 1) * stats.sem(logs, axis=1)


def by_within(logs: Floats, nodes: Floats) -> tuple[Floats, Floats]:
    """The mean of the nodes' means; its error from the rounds within nodes."""
    means, counts, error = parts(logs, nodes)
    freedom = logs.shape[1] - len(counts)
    spread = np.sqrt(error * np.mean(1 / counts) / len(counts))
    return means.mean(axis=1), stats.t.ppf(0.975, freedom) * spread


def by_anova(logs: Floats, nodes: Floats) -> tuple[Floats, Floats]:
    """The mean of all rounds; its variance from the two components (F. Satterthwaite, 1946)."""
    means, counts, error = parts(logs, nodes)
    total, number = counts.sum(), len(counts)
    middle = logs.mean(axis=1)
    between = (counts * (means - middle[:, None]) ** 2).sum(axis=1) / (number - 1)
    size = (total - (counts**2).sum() / total) / (number - 1)
    share = (counts**2).sum() / total**2 / size  # of `between` in the variance of the mean
    rest = 1 / total - share
    cut = between <= error
    pooled = ((number - 1) * between + (total - number) * error) / (total - 1)
    variance = np.where(cut, pooled / total, share * between + rest * error)
    squares = (share * between) ** 2 / (number - 1) + (rest * error) ** 2 / (total - number)
    freedom = np.where(cut, total - 1, variance**2 / squares)
    return middle, stats.t.ppf(0.975, freedom) * np.sqrt(variance)


def by_nodes(logs: Floats, nodes: Floats) -> tuple[Floats, Floats]:
    """Student's t over the nodes' means."""
    means = np.array([node_means(row, list(nodes)) for row in logs])
    half = stats.t.ppf(0.975, means.shape[1] - 1) * stats.sem(means, axis=1)
    return means.mean(axis=1), half


def parts(logs: Floats, nodes: Floats) -> tuple[Floats, Floats, Floats]:
    """Means of the nodes, rounds of each, and mean square within nodes."""
    names, counts = np.unique(nodes, return_counts=True)
    means = np.stack([logs[:, nodes == name].mean(axis=1) for name in names], axis=1)
    centred = logs - means[:, np.searchsorted(names, nodes)]
    freedom = logs.shape[1] - len(names)
    return means, counts.astype(float), (centred**2).sum(axis=1) / freedom


METHODS = {"rounds": by_rounds, "within": by_within, "anova": by_anova, "nodes": by_nodes}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    random = np.random.default_rng(given.seed)
    print("| | nodes differ by | " + " | ".join(METHODS) + " |")
    print("|---|---:|" + "---:|" * len(METHODS))
    for words, counts in DEALT.items():
        nodes = np.repeat(np.arange(len(counts)), counts).astype(float)
        for deviation in DEVIATIONS:
            own = deviation * random.normal(size=(given.runs, len(counts)))
            logs = own[:, nodes.astype(int)] + random.normal(size=(given.runs, len(nodes)))
            cells = []
            for method in METHODS.values():
                middle, half = method(logs, nodes)
                cells.append(f"{np.mean(np.abs(middle) <= half):.1%} ±{np.median(half):.2f}")
            print(f"| {words} | {deviation:g} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
