"""Two mistakes whose changes add up to the error are found without a pass."""

from __future__ import annotations

import numpy as np

from netparity.diagnosis.candidate import Candidate
from netparity.diagnosis.findings import Cause
from netparity.diagnosis.mistakes import InputChange
from netparity.diagnosis.other_input import OtherInput
from netparity.diagnosis.sketches import Sketches
from netparity.diagnosis.treatments import Treatment

RNG = np.random.default_rng(0)
RIGHT = RNG.normal(size=(1, 512))


def resized(name: str) -> Candidate:
    other = OtherInput([("resize", name)], lambda: RIGHT)
    return Candidate((Cause("resize", "input", name),), other_input=other)


def recoloured(name: str) -> Candidate:
    return Candidate((Cause(name, "input"),), input=InputChange(name))


CANDIDATES = [
    *(resized(str(number)) for number in range(20)),
    *(recoloured(str(number)) for number in range(20)),
]
CHANGES = 0.1 * RNG.normal(size=(len(CANDIDATES), *RIGHT.shape))


def sketched(error: np.ndarray) -> Sketches:
    sketches = Sketches(RIGHT + error, RIGHT)
    for candidate, change in zip(CANDIDATES, CHANGES, strict=True):
        sketches.add(candidate, RIGHT + change)
    return sketches


def test_the_pair_that_adds_up_comes_first() -> None:
    found = sketched(CHANGES[3] + CHANGES[27] + 0.02 * RNG.normal(size=RIGHT.shape)).pairs(5)
    assert found[0].causes == (*CANDIDATES[3].causes, *CANDIDATES[27].causes)


def test_mistakes_that_contradict_each_other_are_no_pair() -> None:
    found = sketched(CHANGES[3] + CHANGES[7]).pairs(5)
    assert all(bool(each.input) and bool(each.other_input) for each in found)


def test_a_single_mistake_leaves_nothing_for_a_pair() -> None:
    assert sketched(CHANGES[3]).pairs(5) == []


def test_treated_features_are_not_added_up() -> None:
    sketches = Sketches(2 * RIGHT, RIGHT)
    treated = Candidate((), treatment=Treatment("treated-scaled", lambda x: 2 * x))
    sketches.add(treated, 2 * RIGHT)
    sketches.add(CANDIDATES[0], RIGHT)
    assert sketches.pairs(5) == []
