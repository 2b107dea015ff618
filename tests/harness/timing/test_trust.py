"""A tool against itself: how often it is called different, and whether a delay is found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from netparity.timing import DELAY, ROUNDS, trust


def test_fewer_rounds_than_one_run_show_nothing() -> None:
    assert trust(np.zeros(ROUNDS - 1), 4) is None
    assert trust(np.zeros(0), 4) is None


def test_rounds_are_cut_into_runs_in_their_order() -> None:
    steady = [0.001, -0.001, 0.0, 0.001, -0.001]
    shifted = [0.05 + log for log in steady]
    noisy = [0.2, -0.2, 0.1, -0.1, 0.0]
    found = trust(np.array([*steady, *shifted, *noisy, 9.0, 9.0]), 4)
    assert (found.runs, found.called_different) == (3, 1)
    assert found.found == 2, "in the noisy run the delay is not found"


def test_the_least_difference_by_hand() -> None:
    # All runs vary alike: standard deviation 0.02, standard error 0.02 / sqrt(5). A table of two
    # rows: t with four degrees of freedom is 2.7764 at 97.5 % and 0.9410 at 80 %.
    unit = np.array([-1.0, -1.0, 0.0, 1.0, 1.0])
    run = 0.02 * unit / unit.std(ddof=1)
    found = trust(np.tile(run, 3), rows=2)
    expected = math.expm1((2.7764 + 0.9410) * 0.02 / math.sqrt(5))
    assert found.least_difference == pytest.approx(expected, rel=1e-4)
    assert trust(np.tile(run, 3), rows=8).least_difference > expected


def test_a_quiet_machine_is_called_different_in_five_runs_of_a_hundred() -> None:
    random = np.random.default_rng(5)
    found = trust(random.normal(0, 0.02, 400 * ROUNDS), 4)
    assert 0.02 < found.called_different / found.runs < 0.09
    # The power of a paired t test of this delay, five rounds, from the noncentral t distribution.
    error, critical = 0.02 / math.sqrt(ROUNDS), stats.t.ppf(0.975, ROUNDS - 1)
    power = stats.nct.sf(critical, ROUNDS - 1, math.log1p(DELAY) / error)
    assert found.found / found.runs == pytest.approx(power, abs=0.03)
