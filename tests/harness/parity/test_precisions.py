"""Each kind of reduced precision is named behind many layers, and a mistake never is."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.convolving import fourier, winograd
from benchmarks.precision_cases import INSTEAD, KINDS, planted, structural, subject
from benchmarks.precisions import said, verdict
from benchmarks.precisions import without_effect as is_without_effect
from netparity.networks.ops.base import How
from netparity.networks.ops.sums import convolve
from netparity.networks.rounding import rounded
from netparity.parity.precision import identify, only_stored
from netparity.parity.precisions import (
    above_others,
    common_directions,
    compare_errors,
    deviations_left,
)

SUBJECT = subject("vgg16-tiny", 3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_named_at_every_depth(kind: str) -> None:
    for depth, node, values in planted(SUBJECT, kind, np.random.default_rng(3)):
        if not is_without_effect(SUBJECT, kind, node, values):
            names = said(verdict(SUBJECT, node, values))
            assert INSTEAD.get(kind, {kind}) & set(names), (depth, names)


def test_a_planted_mistake_is_never_called_precision() -> None:
    rng = np.random.default_rng(3)
    verdicts = [
        (title, depth, verdict(SUBJECT, node, values).verdict)
        for _ in range(6)
        for title, depth, node, values in structural(SUBJECT, rng)
    ]
    assert len(verdicts) > 20
    assert [each for each in verdicts if each[2] == "reduced-precision"] == []


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_values_that_are_only_stored_narrowly_are_told_from_a_narrow_computation(name) -> None:
    right = np.random.default_rng(0).normal(0, 1, (1, 8, 8, 16))
    stored = rounded(right.astype(np.float32), name)
    assert only_stored(stored, right) == (f"{name}-stored", name)
    noisy = right + 2.0**-9 * np.random.default_rng(1).normal(0, 1, right.shape)
    assert (
        only_stored(rounded((right + 8 * (noisy - right)).astype(np.float32), name), right) is None
    )
    assert only_stored(right.astype(np.float32), right) is None


def test_a_layer_without_sums_leaves_every_kind_that_stores_its_results() -> None:
    right = np.random.default_rng(0).normal(0, 1, (1, 8, 8, 16))
    stored = rounded(right.astype(np.float32), "float16")
    names = identify(stored, right, lambda how: rounded(right.astype(np.float32), how.storage))
    assert names == ("float16-stored", "float16", "mixed-float16")


@pytest.mark.parametrize("axis", [1, 2, 3])
def test_an_error_in_one_row_column_or_channel_has_another_structure(axis: int) -> None:
    rng = np.random.default_rng(2)
    right, simulated = rng.normal(0, 1, (2, 1, 12, 12, 12))
    assert compare_errors(simulated, simulated, right).same_shape
    shift = np.zeros_like(right)
    np.moveaxis(shift, axis, 0)[...] = rng.normal(0, 1, (12, 1, 1, 1))
    assert not compare_errors(simulated + shift, simulated, right).same_shape


def test_the_cosine_and_the_ratio_are_those_of_the_definition() -> None:
    error, simulated = np.array([[3.0, 4.0]]), np.array([[0.0, 10.0]])
    found = compare_errors(error, simulated, np.ones((1, 2)))
    assert (found.ratio, found.cosine) == (0.5, 0.8)


def test_winograd_is_recognised_by_its_tiles() -> None:
    rng = np.random.default_rng(5)
    x = np.maximum(rng.normal(0, 1, (1, 26, 26, 16)), 0).astype(np.float32)
    kernel = rng.normal(0, 0.1, (3, 3, 16, 8)).astype(np.float32)
    right = convolve(x[0].astype(np.float64), kernel)[None]

    def simulate(how: How):
        image, weights = rounded(x[0], how.operands), rounded(kernel, how.operands)
        return convolve(image, weights, partial_sums=16)[None]

    assert identify(winograd(x, kernel), right, simulate) == ("winograd",)
    assert "winograd" not in identify(fourier(x, kernel), right, simulate)


def test_what_unrelated_errors_have_in_common_is_no_likeness() -> None:
    rng = np.random.default_rng(6)
    right, common, first, second = rng.normal(0, 1, (4, 1, 256))
    directions = common_directions([common + 0.01 * first], right)
    assert np.allclose(directions.T @ directions, np.eye(directions.shape[1]))
    one, other = common + first, common + second
    assert compare_errors(one, other, right).cosine > 0.3
    assert abs(deviations_left(one, other, directions)) < 4
    assert deviations_left(one, common + first, directions) > 8
    assert deviations_left(10 * common + first, first, directions) == 0


def test_other_roundings_of_the_same_size_show_how_far_chance_goes() -> None:
    """Errors of two dimensions have large cosines by chance; those of many do not."""
    rng = np.random.default_rng(9)
    right = rng.normal(0, 1, (1, 400))
    directions = common_directions([], right)
    plane = rng.normal(0, 1, (2, 400))
    flat = [(rng.normal(0, 1, 2) @ plane)[None] for _ in range(8)]
    assert above_others(flat[0], flat[0] + 0.5 * flat[1], directions, flat[2:]) < 2
    wide = list(rng.normal(0, 1, (8, 1, 400)))
    assert above_others(wide[0], wide[0] + wide[1], directions, wide[2:]) > 5
    overflown = [np.full((1, 400), np.inf)]
    assert above_others(wide[0], wide[0], directions, overflown) == pytest.approx(20, rel=0.01)


def test_a_scale_gives_another_rounding_of_the_same_size() -> None:
    x = np.random.default_rng(10).normal(0, 1, 4000).astype(np.float32)
    first = How(operands="bfloat16").operand(x) - x
    other = How(operands="bfloat16", scale=1.31).operand(x) - x
    assert np.linalg.norm(other) == pytest.approx(np.linalg.norm(first), rel=0.1)
    assert abs(np.vdot(first, other)) < 0.1 * np.linalg.norm(first) * np.linalg.norm(other)
    assert np.array_equal(How(scale=1.31).operand(x), x)
