"""What is planted in the real tools is what a diagnosis finds: no more, no less."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.networks.catalogue.vgg import vgg
from netparity.weights import synthetic
from tests.planted.batch import DIRECT, Case, CaseResult, run_cases
from tests.planted.diagnosed import NARROW, Subject, problems, smooth_tensor, without_effect
from tests.planted.plants import POLICIES, Plant, places, random_pairs, singles

MODEL = vgg("planted", ((4, 4), (6, 6), (8, 8)), (32, 32), 10, (32, 32))
SUBJECT = Subject.make(
    MODEL, synthetic.make(MODEL, 0), smooth_tensor(MODEL, 1), synthetic.make(MODEL, 7)
)
EVERY_LAYER = [layer.name for layer in MODEL.layers]
FEW_LAYERS = ["fc4", "fc5"]
PAIRS = 16


def run(tool: str, planted: list[tuple[Plant, ...]], folder: Path) -> list[CaseResult]:
    cases = [
        Case(
            SUBJECT.model,
            SUBJECT.weights,
            SUBJECT.tensor,
            plants,
            other_weights=SUBJECT.other_weights,
        )
        for plants in planted
    ]
    results = run_cases(tool, cases, folder)
    assert not [result.error for result in results if result.error]
    return results


def wrong(result: CaseResult, clean: CaseResult, compared: list[str]) -> list[str]:
    features = {name: result.shared[name] for name in compared}
    expected = result.plants
    if without_effect(features, {name: clean.shared[name] for name in compared}):
        expected = ()  # a mistake that changes nothing is none
    return problems(SUBJECT.diagnose(features), expected, MODEL, compared)


@pytest.mark.usefixtures("keras3_python", "keras2_python", "octave")
@pytest.mark.parametrize(
    "tool",
    [
        DIRECT,
        "keras2-theano",
        "keras2-theano[data_format=channels_first]",
        "matconvnet-octave",
    ],
)
def test_every_planted_mistake_is_named_at_its_layer(tool: str, tmp_path: Path) -> None:
    planted = [(), *((one,) for one in singles(MODEL, tool))]
    if "channels_first" in tool:  # the same code but for the order of the axes
        planted = [(), *((Plant(key, places(key, MODEL, tool)[0]),) for key in ORDER_SENSITIVE)]
    # What a dtype policy computes is named by its storage, which a second mistake may hide.
    planted += [
        pair
        for pair in random_pairs(MODEL, PAIRS, 3, tool)
        if not any(plant.mistake in POLICIES for plant in pair)
    ]
    results = run(tool, planted, tmp_path)
    assert not [line for result in results for line in wrong(result, results[0], EVERY_LAYER)]


ORDER_SENSITIVE = (
    "channels-swapped",
    "axes-swapped",
    "kernels-rotated",
    "kernels-transposed",
    "padding-valid",
    "pool-padding",
    "flatten-chw",
    "flatten-whc",
    "flatten-cwh",
    "off-by-one",
)


def test_two_features_are_enough_for_one_mistake(octave: str, tmp_path: Path) -> None:
    """Then a dozen layers lie between the input and the first feature."""
    planted = [
        plants
        for plants in [(), *((one,) for one in singles(MODEL, "matconvnet-octave"))]
        if not any(plant.mistake in NARROW for plant in plants)
    ]
    results = run("matconvnet-octave", planted, tmp_path)
    missed = [line for result in results for line in wrong(result, results[0], FEW_LAYERS)]
    assert not missed
