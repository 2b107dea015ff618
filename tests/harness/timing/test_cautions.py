"""Unreliable timings get cautions, and reliable ones get none."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest

from netparity.protocol import Calibration
from netparity.timing.cautions import cautions, drift, two_modes
from netparity.timing.warmup import steady, warmup_length

RANDOM = np.random.default_rng(7)


@pytest.fixture(autouse=True)
def same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers of a test do not depend on which tests ran before it in its process."""
    monkeypatch.setattr(sys.modules[__name__], "RANDOM", np.random.default_rng(7))


def processes(rounds: int = 8, values: int = 6, noise: float = 0.01, scale: float = 1.0):
    return {
        number: list(scale * np.exp(RANDOM.normal(0, noise, values)))
        for number in range(1, rounds + 1)
    }


def said(runners, ticks=None, states=()) -> list[str]:
    return list(cautions(runners, ticks or {}, states))


def states(*milliseconds: float) -> list[Calibration]:
    return [Calibration(multiply_seconds=ms / 1e3, copy_seconds=0.005) for ms in milliseconds]


def test_good_seconds_get_no_caution() -> None:
    steady_machine = states(*(2 + 0.02 * np.sin(np.arange(16))))
    assert said({"a": processes(), "b": processes(scale=2)}, {"a": 1e-7}, steady_machine) == []


def test_cautions_about_good_seconds_are_rare() -> None:
    spoken = sum(bool(said({"a": processes(), "b": processes()})) for _ in range(100))
    assert spoken <= 6


def test_too_few_rounds() -> None:
    [sentence] = said({"a": processes(1), "b": processes(1)})
    assert sentence.startswith("Too few rounds: 1 cannot show a difference between 2 runners; fix")
    assert said({"a": processes(1)}) == [], "one runner is compared with nothing"
    assert said({"a": processes(2), "b": processes(2)}) == []


def test_drift_of_one_runner_and_of_the_machine() -> None:
    def slower(each, share):
        return {n: [v * (1 + share * (n - 1) / 9) for v in values] for n, values in each.items()}

    drifting, other = slower(processes(10), 0.3), processes(10)
    [sentence] = said({"a": drifting, "b": other})
    assert sentence.startswith("a drifted by +") and "first round to the last" in sentence
    [sentence] = said({"a": drifting, "b": slower(other, 0.3)})
    assert sentence.startswith("All runners drifted by about +3")
    assert drift(processes(4)) is None, "too few to tell"
    assert drift({n: [1.0] for n in range(9)}) is None


def test_two_modes() -> None:
    modes = np.concatenate([RANDOM.normal(0.19, 0.002, 12), RANDOM.normal(0.33, 0.003, 20)])
    low, high, share = two_modes(modes)
    assert (low, high) == (pytest.approx(0.19, abs=0.005), pytest.approx(0.33, abs=0.005))
    assert share == pytest.approx(20 / 32)
    shuffled = RANDOM.permutation(modes)
    runners = {"a": {n: list(shuffled[4 * n - 4 : 4 * n]) for n in range(1, 9)}}
    [sentence] = said(runners)
    found = re.match(r"a takes either ([\d.]+) s or ([\d.]+) s ", sentence)
    assert found is not None, sentence
    assert [float(each) for each in found.groups()] == pytest.approx([low, high], rel=0.01)


@pytest.mark.parametrize(
    "values",
    [
        [1.0] * 20,
        [1.0, 2.0],
        [1.0] * 19 + [5.0],
        list(np.linspace(1, 1.5, 30)),
        list(np.random.default_rng(0).normal(1, 0.1, 40)),
        list(np.random.default_rng(0).lognormal(0, 0.3, 40)),
    ],
    ids=["equal", "few", "one outlier", "even", "normal", "skewed"],
)
def test_one_mode(values: list[float]) -> None:
    assert two_modes(np.array(values)) is None


def test_an_unsteady_machine() -> None:
    [sentence] = said({"a": processes()}, states=states(2, 2, 2.1, 2, 3.1, 3.0, 2, 2))
    assert sentence.startswith("The machine was unsteady: between the processes, the same matrix")
    assert "copies" not in sentence


def test_a_coarse_clock() -> None:
    [sentence] = said({"a": processes(scale=1e-4)}, {"a": 1e-6})
    assert sentence.startswith("a: the clock is too coarse")
    assert said({"a": processes(scale=1e-4)}, {"a": 1e-8}) == []


# --- the warm-up ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "length"),
    [
        ([], 0),
        ([9.0, 1.0, 1.0, 1.0], 0),
        ([9.0, 1.0, 1.0, 1.0, 1.0], 1),
        ([9.0, 3.0, 1.0, 1.01, 1.0, 0.99, 1.0], 2),
        ([1.02, 1.0, 1.0, 1.0, 1.0], 0),
        ([0.5, 1.0, 1.0, 1.0, 1.0], 0),
        ([1.0, 1.0, 9.0, 1.0, 1.0, 1.0], 0),
        ([8.0, 7.0, 6.0, 5.0, 4.0, 3.9], None),
        ([1.0] * 9, 0),
    ],
)
def test_where_the_warm_up_ends(values: list[float], length: int | None) -> None:
    assert warmup_length(values) == length
    assert list(steady(values)) == values[length or 0 :]


def test_a_warm_up_that_is_not_over_is_said() -> None:
    falling = {1: [8.0, 7.0, 6.0, 5.0, 4.0, 3.9], 2: [1.0] * 6}
    assert "a: the warm-up was not over in round 1: raise --warmup or --repeats." in said(
        {"a": falling}
    )


def test_steady_noise_is_seldom_taken_for_a_warm_up() -> None:
    cut = [warmup_length(np.exp(RANDOM.normal(0, 0.02, 10))) != 0 for _ in range(2000)]
    assert np.mean(cut) < 0.01
