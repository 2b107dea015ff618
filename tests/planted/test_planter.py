"""The planted mistakes are those of `expected.py`, in every tool."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netparity.inputs import SAMPLE_IMAGE
from netparity.networks import Network
from netparity.networks.catalogue.vgg import VGG16, vgg
from netparity.weights import synthetic
from tests.planted.batch import Case, CaseResult, run_cases
from tests.planted.expected import forward, planted_input, rounded
from tests.planted.plants import (
    ALL,
    MISTAKES,
    POLICIES,
    RESIZES,
    Plant,
    all_pairs,
    check,
    compatible,
    dropout_mask,
    places,
    random_pairs,
    singles,
)

TINY = vgg("tiny", ((4, 4), (6, 6)), (32, 32), 10, (24, 24))
WEIGHTS = synthetic.make(TINY, 1)
OTHER_WEIGHTS = synthetic.make(TINY, 2)
TENSOR = np.random.default_rng(3).normal(0, 50, (2, 24, 24, 3)).astype(np.float32)
TOLERANCE = 1e-5
LEAST_EFFECT = 1e-3

PAIRS = (
    (Plant("kernels-rotated", "conv2_1"), Plant("bias-missing", "conv2_1")),
    (Plant("kernels-rotated", "conv1_1"), Plant("kernels-transposed", "conv1_1")),
    (Plant("channels-swapped", "input"), Plant("mean-missing", "input")),
    (Plant("relu-missing", "conv1_2"), Plant("pool-padding", "pool1")),
    (Plant("padding-valid", "conv1_2"), Plant("before-relu", "conv1_2")),
    (Plant("flatten-cwh", "fc3"), Plant("dropout", "fc3")),
    (Plant("softmax-missing", "prob"), Plant("relu-added", "prob")),
    (Plant("off-by-one", "fc3"), Plant("relu-missing", "fc4")),
    (Plant("weights-other", ALL), Plant("bias-missing", ALL)),
    (Plant("precision-bfloat16", ALL), Plant("kernels-rotated", "conv1_1")),
)


def one_of_each(model: Network, tool: str) -> list[tuple[Plant, ...]]:
    """Every mistake where it fits first; in Octave, the quickest, also where it fits last."""
    chosen: list[tuple[Plant, ...]] = []
    for mistake in MISTAKES:
        fitting = places(mistake, model, tool)
        ends = fitting[:1] + (fitting[-1:] if tool == "matconvnet-octave" else [])
        chosen += [(Plant(mistake, place),) for place in dict.fromkeys(ends)]
    return chosen


def run(tool: str, planted: list[tuple[Plant, ...]], folder: Path) -> list[CaseResult]:
    cases = [Case(TINY, WEIGHTS, TENSOR, plants, other_weights=OTHER_WEIGHTS) for plants in planted]
    return run_cases(tool, cases, folder)


def relative(x: np.ndarray, truth: np.ndarray) -> float:
    return float(np.linalg.norm(x - truth) / max(np.linalg.norm(truth), 1e-30))


def has(plants: tuple[Plant, ...], names: tuple[str, ...] | str) -> bool:
    return any(plant.mistake.startswith(names) for plant in plants)


def problems(clean: CaseResult, result: CaseResult) -> list[str]:
    """Where a result is not what its mistakes make of the tool's own clean input."""
    plants = result.plants
    assert result.error is None, result.error
    assert clean.native_input is not None and result.native_input is not None
    native = clean.native_input
    for plant in plants:
        if plant.mistake in RESIZES:
            native = resized(plant.mistake) - np.float32(TINY.mean_rgb)
    weights = OTHER_WEIGHTS if has(plants, "weights-other") else WEIGHTS
    found = []
    if relative(result.native_input, planted_input(native, plants, TINY)) > 1e-6:
        found.append("native input")
    for kind, x in (
        ("shared", planted_input(TENSOR, plants, TINY)),
        ("native", result.native_input),
    ):
        features = getattr(result, kind)
        follow = features if has(plants, "precision-") else None
        truth = forward(TINY, weights, x, plants, follow)
        assert list(features) == list(truth)
        for name, array in features.items():
            assert array.shape == truth[name].shape and array.dtype == np.float32
            if (error := relative(array, truth[name])) > TOLERANCE:
                found.append(f"{kind} {name} {error:.1e}")
    return [f"{', '.join(map(str, plants))}: {problem}" for problem in found]


def resized(mistake: str) -> np.ndarray:
    size = TINY.input_size[::-1]
    image = Image.open(SAMPLE_IMAGE).convert("RGB")
    kind = Image.Resampling[mistake.removeprefix("resize-").upper()]
    return np.asarray(image.resize(size, kind), np.float32)[None]


def check_tool(tool: str, planted: list[tuple[Plant, ...]], folder: Path) -> list[CaseResult]:
    """Run a clean case first, then the mistakes, then a clean one again; check all."""
    results = run(tool, [(), *planted, ()], folder)
    exact = [result for result in results if not has(result.plants, POLICIES)]
    assert [problem for result in exact for problem in problems(results[0], result)] == []
    for name, array in results[-1].shared.items():
        np.testing.assert_array_equal(array, results[0].shared[name])
    check_effects(results)
    return results


def check_effects(results: list[CaseResult]) -> None:
    """A mistake can be seen; one unit in the last place only where it reaches."""
    clean = results[0]
    for result in results[1:-1]:
        kind = "native" if has(result.plants, RESIZES) else "shared"
        right, wrong = getattr(clean, kind), getattr(result, kind)
        if result.plants == (Plant("one-ulp", "conv1_1"),):
            changed = wrong["conv1_1"] != right["conv1_1"]
            assert changed[..., 0].mean() > 0.1 and not changed[..., 1:].any()
        elif not has(result.plants, "one-ulp"):
            effect = max(relative(wrong[name], right[name]) for name in right)
            assert effect > LEAST_EFFECT, result.plants


@pytest.mark.usefixtures("keras3_python")
def test_keras3(tmp_path: Path) -> None:
    tool = "keras3-tensorflow"
    results = check_tool(tool, one_of_each(TINY, tool), tmp_path)
    policies = [result for result in results if has(result.plants, POLICIES)]
    assert len(policies) == 2
    for result, most in zip(policies, (3e-2, 4e-3), strict=True):
        assert result.error is None
        error = relative(result.shared["fc4"], results[0].shared["fc4"])
        assert most / 30 < error < most, result.plants


@pytest.mark.usefixtures("keras3_jax_python")
def test_keras3_on_jax(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is planted by operations of the backend, and one of each kind beside."""
    # XLA compiles the random initial values of every shape, some seconds each.
    monkeypatch.setenv("XLA_FLAGS", "--xla_backend_optimization_level=0")
    tool = "keras3-jax"
    kinds = ("precision-", "dropout", "off", "kernels-rot", "channels", "flatten", "padding")
    planted = [plants for plants in one_of_each(TINY, tool) if has(plants, kinds)]
    check_tool(tool, planted, tmp_path)


@pytest.mark.usefixtures("keras2_python")
def test_keras2(tmp_path: Path) -> None:
    tool = "keras2-theano"
    check_tool(tool, one_of_each(TINY, tool), tmp_path)


@pytest.mark.usefixtures("keras2_python")
def test_keras2_channels_first(tmp_path: Path) -> None:
    """Only what the order of the axes can touch."""
    tool = "keras2-theano[data_format=channels_first]"
    touched = ("channels", "axes", "mean-sw", "padding", "pool", "flatten", "one", "kernels", "off")
    planted = [plants for plants in one_of_each(TINY, tool) if has(plants, touched)]
    check_tool(tool, planted, tmp_path)


@pytest.mark.usefixtures("octave")
def test_octave(tmp_path: Path) -> None:
    tool = "matconvnet-octave"
    check_tool(tool, [*one_of_each(TINY, tool), *PAIRS], tmp_path)


@pytest.mark.usefixtures("octave")
def test_a_case_that_fails_does_not_end_the_others(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mat"
    broken.write_bytes(b"no network")
    few = ("fc3",)
    bad = Case(TINY, broken, TENSOR, layers=few)
    off_by_one = Case(TINY, WEIGHTS, TENSOR, (Plant("off-by-one", "fc3"),), layers=few)
    first, second = run_cases("matconvnet-octave", [bad, off_by_one], tmp_path / "batch")
    assert first.error and not first.shared
    assert second.error is None and list(second.shared) == ["fc3"]


@pytest.mark.parametrize("model", [TINY, VGG16], ids=lambda model: model.name)
def test_every_mistake_has_a_place(model: Network) -> None:
    for mistake in MISTAKES:
        fitting = places(mistake, model)
        assert fitting and len(set(fitting)) == len(fitting)
        for place in fitting:
            check([Plant(mistake, place)], model)
    assert len(singles(model)) == sum(len(places(mistake, model)) for mistake in MISTAKES)


def test_places_depend_on_shapes() -> None:
    flat = vgg("flat", ((4,), (4,)), (8, 9), 10, (4, 8))
    assert places("axes-swapped", flat) == []
    assert places("padding-valid", flat) == ["conv1_1"]
    assert places("flatten-whc", flat) == []  # the last map is one row
    assert places("flatten-chw", flat) == ["fc3"]
    assert places("off-by-one", flat) == ["pool1"]
    assert places("pool-padding", vgg("odd", ((4,),), (8,), 10, (5, 4))) == []
    assert places("off-by-one", TINY) == ["conv1_1", "conv2_1", "fc3"]


def test_pairs_are_compatible_and_repeatable() -> None:
    pairs = random_pairs(TINY, 40, seed=5, tool="keras2-theano")
    assert len(set(pairs)) == 40 and pairs == random_pairs(TINY, 40, 5, "keras2-theano")
    assert all(compatible(*pair) and compatible(*pair[::-1]) for pair in pairs)
    assert {frozenset(pair) for pair in pairs} <= set(
        map(frozenset, all_pairs(TINY, "keras2-theano"))
    )
    rotated = Plant("kernels-rotated", ALL)
    assert not compatible(rotated, Plant("kernels-rotated", "conv1_1"))
    assert not compatible(Plant("mean-missing", "input"), Plant("mean-twice", "input"))
    with pytest.raises(ValueError, match="do not go together"):
        check([rotated, Plant("kernels-rotated", "conv1_1")], TINY)
    with pytest.raises(ValueError, match="does not fit"):
        check([Plant("padding-valid", "pool1")], TINY)


def test_masks_and_rounding() -> None:
    assert np.array_equal(dropout_mask(TINY, "fc3", 3)[:2], dropout_mask(TINY, "fc3", 2))
    x = np.array([1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-11, 1 + 3 * 2**-11, 3 * 2.0**-25])
    bfloat16 = [1, 1 + 2**-6, 1, 1, 3 * 2.0**-25]
    tf32 = [*x[:2], 1, 1 + 2**-9, 3 * 2.0**-25]
    assert rounded(x, "precision-bfloat16").tolist() == bfloat16
    assert rounded(x, "precision-tf32").tolist() == tf32
    # 1.5 steps of the smallest float16, a tie, goes to the even 2.
    assert rounded(x, "precision-float16").tolist() == [*tf32[:4], 2.0**-23]
