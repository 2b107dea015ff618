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
PAIRS, FEW_PAIRS = 16, 6


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


def planted_in(tool: str) -> list[tuple[Plant, ...]]:
    """No mistake, then every one alone, then some pairs.

    Each mistake is planted at each of its places in Octave, and in each other tool at the last one:
    in all tools a diagnosis sees the same values but for rounding. Every mistake at every place in
    every tool is in `benchmarks/planted_mistakes.py`.
    """
    alone, octave = singles(MODEL, tool), tool == "matconvnet-octave"
    if not octave:
        alone = [each for each in alone if each.place == places(each.mistake, MODEL, tool)[-1]]
    if "channels_first" in tool:  # the same code but for the order of the axes
        alone = [Plant(key, places(key, MODEL, tool)[0]) for key in ORDER_SENSITIVE]
    planted: list[tuple[Plant, ...]] = [(), *((plant,) for plant in alone)]
    # What a dtype policy computes is named by its storage, which a second mistake may hide.
    return planted + [
        pair
        for pair in random_pairs(MODEL, PAIRS if octave else FEW_PAIRS, 3, tool)
        if not any(plant.mistake in POLICIES for plant in pair)
    ]


@pytest.fixture(scope="module")
def in_octave(octave: str, tmp_path_factory: pytest.TempPathFactory) -> list[CaseResult]:
    """The results of Octave, for both tests that judge them."""
    folder = tmp_path_factory.mktemp("octave")
    return run("matconvnet-octave", planted_in("matconvnet-octave"), folder)


@pytest.mark.usefixtures("keras3_python", "keras2_python")
@pytest.mark.parametrize(
    "tool", [DIRECT, "keras2-theano", "keras2-theano[data_format=channels_first]"]
)
def test_every_planted_mistake_is_named_at_its_layer(tool: str, tmp_path: Path) -> None:
    results = run(tool, planted_in(tool), tmp_path)
    assert not [line for result in results for line in wrong(result, results[0], EVERY_LAYER)]


@pytest.mark.xdist_group("planted in octave")
def test_every_mistake_planted_in_octave_is_named_at_its_layer(in_octave: list[CaseResult]) -> None:
    lines = [line for result in in_octave for line in wrong(result, in_octave[0], EVERY_LAYER)]
    assert len(in_octave) > 80 and not lines


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


@pytest.mark.xdist_group("planted in octave")
def test_two_features_are_enough_for_one_mistake(in_octave: list[CaseResult]) -> None:
    """Then a dozen layers lie between the input and the first feature."""
    alone = [result for result in in_octave if len(result.plants) < 2]
    alone = [each for each in alone if not any(p.mistake in NARROW for p in each.plants)]
    missed = [line for result in alone for line in wrong(result, in_octave[0], FEW_LAYERS)]
    assert len(alone) > 50 and not missed
