"""Simulated seconds of several tools, with a known truth, in several kinds of noise.

Arrays are logarithms of seconds: runs x runners x rounds x turns x values. In a round every runner
has a process; in a turn each of them computes one block of values. A process differs from the other
processes of its runner by more than its values differ from each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Shape = tuple[int, int, int, int, int]
Draw = Callable[[np.random.Generator, Shape], Floats]

TURNS = 6
VALUES = 3
SLOWER = float(np.log(1.3))
"""How much longer the slow mode of a tool with two modes takes."""
DISTURBED = float(np.log(1.4))
"""How much longer everything takes beside a disturber."""
SWITCHES = 0.1
"""Probability that the disturber starts or stops from one block to the next."""


@dataclass(frozen=True)
class Noise:
    """One kind of noise.

    Attributes:
        uneven: whether the runners differ in kind, so that the true ratio of two is not 1 for
            every way to summarise a process.
    """

    draw: Draw
    uneven: bool = False


def noisy(between: float, within: float) -> Draw:
    """Processes differ by `between`, their values by `within`."""

    def draw(random: np.random.Generator, shape: Shape) -> Floats:
        processes = random.normal(0, between, (*shape[:3], 1, 1))
        return processes + random.normal(0, within, shape)

    return draw


BASIC = noisy(0.02, 0.01)


def heavy(random: np.random.Generator, shape: Shape) -> Floats:
    """Student's t with three degrees of freedom, between processes and within."""
    processes = 0.02 * random.standard_t(3, (*shape[:3], 1, 1))
    return processes + 0.01 * random.standard_t(3, shape)


def outlying(random: np.random.Generator, shape: Shape) -> Floats:
    """One value in fifty takes two to five times as long."""
    return BASIC(random, shape) + (random.random(shape) < 0.02) * np.log(
        random.uniform(2, 5, shape)
    )


def unequal(random: np.random.Generator, shape: Shape) -> Floats:
    """Every second runner is five times as noisy as the others."""
    scale = np.where(np.arange(shape[1]) % 2, 5.0, 1.0)[None, :, None, None, None]
    return scale * noisy(0.01, 0.01)(random, shape)


def drifting(random: np.random.Generator, shape: Shape) -> Floats:
    """All runners become 10 % slower from the first round to the last."""
    return BASIC(random, shape) + np.linspace(0, 0.1, shape[2])[:, None, None]


def bimodal_values(share: float) -> Draw:
    """A share of the values of every second runner takes 30 % longer."""

    def draw(random: np.random.Generator, shape: Shape) -> Floats:
        return BASIC(random, shape) + SLOWER * _odd(random.random(shape) < share)

    return draw


def bimodal_blocks(random: np.random.Generator, shape: Shape) -> Floats:
    """Half of the blocks of every second runner take 30 % longer: modes that last a while."""
    return BASIC(random, shape) + SLOWER * _odd(random.random((*shape[:4], 1)) < 0.5)


def bimodal_processes(share: float) -> Draw:
    """A share of the processes of every second runner takes 30 % longer."""

    def draw(random: np.random.Generator, shape: Shape) -> Floats:
        return BASIC(random, shape) + SLOWER * _odd(random.random((*shape[:3], 1, 1)) < share)

    return draw


def disturbed(interleaved: bool) -> Draw:
    """A disturber starts and stops every few blocks; while it runs, everything takes 40 % longer.

    One block follows another: interleaved, all runners of a turn; else, all turns of a runner.
    Between two processes in sequence, start and load take so long that the disturber's state is
    drawn anew.
    """

    def draw(random: np.random.Generator, shape: Shape) -> Floats:
        runs, runners, rounds, turns, _ = shape
        order = random.permuted(
            np.broadcast_to(np.arange(runners)[None, None, None], (runs, rounds, turns, runners)),
            axis=3,
        )
        state = random.random((runs, rounds)) < 0.5
        hit = np.empty((runs, runners, rounds, turns), bool)
        lines, columns = np.ogrid[:runs, :rounds]
        slots = [(turn, place) for turn in range(turns) for place in range(runners)]
        if not interleaved:
            slots = [(turn, place) for place in range(runners) for turn in range(turns)]
        for turn, place in slots:
            if not interleaved and turn == 0:
                state = random.random((runs, rounds)) < 0.5
            state = state ^ (random.random((runs, rounds)) < SWITCHES)
            runner = order[:, :, turn if interleaved else 0, place]
            hit[lines, runner, columns, turn] = state
        longer = hit[..., None] * random.normal(DISTURBED, 0.1, shape)
        return BASIC(random, shape) + longer

    return draw


def _odd(slow: npt.NDArray[np.bool_]) -> Floats:
    """Only every second runner has the mode."""
    return slow * (np.arange(slow.shape[1]) % 2)[None, :, None, None, None].astype(float)


NOISES: dict[str, Noise] = {
    "3 % between, 1 % within": Noise(noisy(0.03, 0.01)),
    "1 % between, 5 % within": Noise(noisy(0.01, 0.05)),
    "heavy tails": Noise(heavy),
    "outliers": Noise(outlying),
    "unequal noise": Noise(unequal),
    "drift of 10 %": Noise(drifting),
    "bimodal values, 1/3": Noise(bimodal_values(1 / 3), uneven=True),
    "bimodal values, 1/2": Noise(bimodal_values(1 / 2), uneven=True),
    "bimodal blocks, 1/2": Noise(bimodal_blocks, uneven=True),
    "bimodal processes, 1/2": Noise(bimodal_processes(1 / 2), uneven=True),
    "bimodal processes, 1/3": Noise(bimodal_processes(1 / 3), uneven=True),
    "disturber, interleaved": Noise(disturbed(interleaved=True)),
    "disturber, sequential": Noise(disturbed(interleaved=False)),
}
