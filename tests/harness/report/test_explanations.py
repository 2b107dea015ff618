"""Every kind of note is explained, and every stored sentence is known by its kind."""

from __future__ import annotations

import ast
import inspect

import numpy as np
import pytest

from netparity.judge.evaluate import timing_cautions
from netparity.protocol import Calibration, Usage
from netparity.report import notes
from netparity.report.explanations import EXPLANATIONS, key_of
from netparity.timing.cautions import cautions
from netparity.timing.usage import usage_cautions
from tests.support.cases import make_run
from tests.support.odd_runs import WORDS, odd_runs
from tests.support.stored_runs import ok

NOISE = np.random.default_rng(7)
STORED = {key for key, each in EXPLANATIONS.items() if each.pattern is not None}
"""Kinds whose sentences are stored in a run."""


def processes(rounds: int, values: int = 6, slope: float = 0.0) -> dict[int, list[float]]:
    """Seconds near 1, which grow by `slope` from the first round to the last."""
    return {
        number: list(np.exp(NOISE.normal(0, 0.01, values)) * (1 + slope * (number - 1) / rounds))
        for number in range(1, rounds + 1)
    }


def said(runners, ticks=None, states=()) -> list[str]:
    return list(cautions(runners, ticks or {}, states))


def used(processors: float = 0.4, stolen: float = 0.0) -> dict[int, list[Usage]]:
    """Twelve values, of which the last six used these processor seconds."""
    fast = Usage(user_seconds=0.4, system_seconds=0.0, stolen_seconds=0.0)
    slow = Usage(user_seconds=processors, system_seconds=0.0, stolen_seconds=stolen)
    return {1: [fast] * 6 + [slow] * 6}


def states(multiply: list[float], copy: list[float]) -> list[Calibration]:
    return [
        Calibration(multiply_seconds=one, copy_seconds=other)
        for one, other in zip(multiply, copy, strict=True)
    ]


def produced(label: str = "a") -> dict[str, list[str]]:
    """Kind to sentences of that kind alone, from seconds that have it."""
    low, high = NOISE.normal(0.19, 0.002, 12), NOISE.normal(0.33, 0.003, 12)
    mixed = NOISE.permutation(np.concatenate([low, high]))
    two_modes = {number: list(mixed[4 * number - 4 : 4 * number]) for number in range(1, 7)}
    steady, jumping = [2e-3] * 8, [2e-3, 2e-3, 3e-3, 2e-3, 3e-3, 3e-3, 2e-3, 2e-3]
    falling = {1: [8.0, 7.0, 6.0, 5.0, 4.0, 3.9], 2: [1.0] * 6}
    slow = {label: {1: [0.2] * 6 + [0.34] * 6}}
    beside = make_run([ok(label)]).model_copy(update={"measured_beside": True})
    return {
        "beside": list(timing_cautions(beside))[:1],
        "rounds": said({label: processes(1), "b": processes(1)}),
        "unsteady": [
            *said({label: processes(5)}, states=states(jumping, steady)),
            *said({label: processes(5)}, states=states(steady, jumping)),
        ],
        "drift": [
            *said({label: processes(10, slope=0.4), "b": processes(10)}),
            *said({label: processes(10, slope=-0.4), "b": processes(10)}),
            *said({label: processes(10, slope=0.4), "b": processes(10, slope=0.4)}),
        ],
        "stolen": list(usage_cautions(slow, {label: used(stolen=0.1)}))[:1],
        "slow-values": [
            *usage_cautions(slow, {label: used(processors=0.7)}),
            *usage_cautions(slow, {label: used()}),
            *list(usage_cautions(slow, {label: used(stolen=0.1)}))[1:],
        ],
        "clock": said({label: processes(5)}, ticks={label: 0.01}),
        "warm-up": said({label: falling}),
        "modes": said({label: two_modes}),
    }


@pytest.mark.parametrize("label", ["a", *WORDS])
def test_every_caution_is_known_by_its_kind(label: str) -> None:
    for key, sentences in produced(label).items():
        assert sentences, key
        assert {key_of(sentence) for sentence in sentences} == {key}


def test_every_kind_of_caution_is_tried_above_in_all_its_forms() -> None:
    """A sentence that is added to the cautions needs a pattern, and a case here."""
    found = produced()
    assert set(found) == STORED
    sources = [
        ast.parse(inspect.getsource(inspect.getmodule(each))) for each in (cautions, usage_cautions)
    ]
    # What `_known` yields are values, not sentences.
    yields = [
        node
        for source in sources
        for node in ast.walk(source)
        if isinstance(node, ast.Yield) and not isinstance(node.value, ast.Tuple)
    ]
    kinds = ["rounds", "unsteady", "drift", "drift", "clock", "warm-up", "modes"]
    kinds += ["stolen", "slow-values", "slow-values", "slow-values"]
    assert len(yields) == len(kinds)
    assert (len(found["unsteady"]), len(found["drift"])) == (2, 3)
    assert len(found["slow-values"]) == 3


def test_a_sentence_of_no_known_kind_is_a_remark() -> None:
    assert key_of("photo.jpg: its colour profile is ignored") == "other"
    assert key_of("") == "other"


def test_every_kind_that_notes_name_is_explained() -> None:
    calls = [
        node
        for node in ast.walk(ast.parse(inspect.getsource(notes)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Note"
    ]
    named = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert len(named) > 10
    assert named | STORED == set(EXPLANATIONS), "none is missing, and none is there for nothing"


@pytest.mark.parametrize("name", odd_runs())
def test_every_note_of_every_run_is_explained(name: str) -> None:
    for note in notes.keyed_notes(odd_runs()[name]):
        assert note.key in EXPLANATIONS
        assert note.warning == EXPLANATIONS[note.key].warning
        assert note.text


@pytest.mark.parametrize("key", EXPLANATIONS)
def test_every_explanation_says_what_is_meant_in_sentences(key: str) -> None:
    explanation = EXPLANATIONS[key]
    assert explanation.title and not explanation.title.endswith(".")
    assert len(explanation.text) > 60
    assert explanation.text.endswith(".") and "  " not in explanation.text


@pytest.mark.parametrize(
    ("sentence", "key"),
    [
        ("a takes now 0.19 s, now 0.33 s (62 % of the values): its median can be either.", "modes"),
        ("a: its clock is too coarse, a value lasts less than 1000 ticks.", "clock"),
    ],
)
def test_cautions_of_older_runs_are_known(sentence: str, key: str) -> None:
    assert key_of(sentence) == key
