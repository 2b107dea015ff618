"""Every declared mistake changes the output, and only where it says that a node can have it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from netparity.networks.ops import OPS, conv, conv_transpose
from netparity.networks.ops.base import Mistake, run_step
from tests.support.op_cases import Case, cases

IMAGES = 64
"""So many that some value is above 6, and some window has its maximum at its border."""

WITH_MISTAKES = sorted(op for op in OPS if OPS[op].mistakes)


def sensible(op: str, count: int) -> Iterator[Case]:
    """Nodes whose output depends on their input: a convolution can read nothing but padding."""
    used = {"conv": conv.taps_used, "conv_transpose": conv_transpose.taps_used}.get(op)
    for case in cases(op, count):
        if used is None or all(used(case.node, case.known)):
            yield case


def change(case: Case, mistake: Mistake, right: np.ndarray) -> float:
    """Relative L2 norm of the difference that a mistake makes."""
    with np.errstate(divide="ignore", over="ignore"):
        wrong = run_step(mistake.make(case.step(images=IMAGES)))
    assert wrong.shape == right.shape, f"{mistake.key}: {case}"
    difference = np.linalg.norm(np.nan_to_num(wrong - right))
    return float(difference / max(1e-30, np.linalg.norm(right)))


@pytest.mark.parametrize("op", WITH_MISTAKES)
def test_a_mistake_that_fits_changes_the_output_and_not_its_shape(op: str) -> None:
    for case in sensible(op, 20):
        right = run_step(case.step(images=IMAGES))
        for mistake in OPS[op].mistakes:
            if mistake.fits(case.node, case.known):
                assert change(case, mistake, right) > 1e-9, f"{mistake.key}: {case}"


@pytest.mark.slow
@pytest.mark.parametrize("op", WITH_MISTAKES)
def test_on_many_nodes_a_mistake_that_fits_changes_the_output(op: str) -> None:
    for case in sensible(op, 40):
        right = run_step(case.step(images=IMAGES))
        for mistake in OPS[op].mistakes:
            if mistake.fits(case.node, case.known):
                assert change(case, mistake, right) > 1e-9, f"{mistake.key}: {case}"


@pytest.mark.parametrize("op", WITH_MISTAKES)
def test_every_mistake_fits_some_node(op: str) -> None:
    waiting = list(OPS[op].mistakes)
    for case in cases(op, 400):
        waiting = [each for each in waiting if not each.fits(case.node, case.known)]
        if not waiting:
            return
    assert [mistake.key for mistake in waiting] == []


@pytest.mark.parametrize("op", WITH_MISTAKES)
def test_two_mistakes_never_have_the_same_effect(op: str) -> None:
    """Else no comparison of values could tell which of them was made.

    TF32 and float16 have as many significant bits; they differ beyond float16's range.
    """
    for case in sensible(op, 12):
        effects: dict[str, np.ndarray] = {}
        for mistake in OPS[op].mistakes:
            if mistake.key == "precision-float16" or not mistake.fits(case.node, case.known):
                continue
            with np.errstate(divide="ignore", over="ignore"):
                wrong = run_step(mistake.make(case.step(images=IMAGES)))
            for other, values in effects.items():
                same = np.array_equal(wrong, values, equal_nan=True)
                assert not same, f"{mistake.key} and {other}: {case}"
            effects[mistake.key] = wrong


@pytest.mark.parametrize("op", WITH_MISTAKES)
def test_a_mistake_does_not_change_what_it_is_given(op: str) -> None:
    for case in cases(op, 10):
        step = case.step()
        for mistake in OPS[op].mistakes:
            if mistake.fits(case.node, case.known):
                _ = run_step(mistake.make(step))
        for x, given in zip(step.inputs, case.inputs(), strict=True):
            np.testing.assert_array_equal(x, given)


def test_a_key_has_one_title_and_is_used_once_by_an_operation() -> None:
    titles: dict[str, str] = {}
    for op in OPS.values():
        keys = [mistake.key for mistake in op.mistakes]
        assert len(set(keys)) == len(keys), op.key
        for mistake in op.mistakes:
            assert titles.setdefault(mistake.key, mistake.title) == mistake.title, mistake.key
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9.]+)*", mistake.key)


def test_a_title_can_follow_the_name_of_a_node() -> None:
    for op in OPS.values():
        for mistake in op.mistakes:
            first = mistake.title.split()[0]
            assert first in {"the", "a", "it", "its", "there", "rows", "input", "inputs"} | {
                *("values", "computed", "alpha", "kappa")
            }, mistake.title
            assert not mistake.title.endswith("."), mistake.title


def test_the_mistakes_that_people_report_are_there() -> None:
    """Issues of Keras, Caffe, MatConvNet and ONNX converters."""
    reported = {
        "conv": {"kernels-rotated", "kernels-transposed", "padding-other-side", "groups-ignored"},
        "average_pool": {"padding-counted", "pool-floor", "pool-maximum"},
        "max_pool": {"pool-floor", "pool-average", "padding-other-side"},
        "batch_norm": {
            *("epsilon-1e-3", "epsilon-1e-5", "variance-for-deviation"),
            *("batch-norm-missing", "batch-norm-twice"),
        },
        "lrn": {"lrn-alpha-divided", "lrn-alpha-multiplied"},
        "concat": {"concat-reversed"},
        "flatten": {"flatten-as-chw", "flatten-as-hwc"},
        "clipped_relu": {"relu-for-clipped-relu"},
        "leaky_relu": {"relu-for-leaky-relu"},
        "gelu": {"gelu-approximate", "gelu-exact"},
        "add": {"sum-without-first", "sum-without-second"},
        "dense": {"bias-missing", "flatten-chw"},
    }
    for op, keys in reported.items():
        assert keys <= {mistake.key for mistake in OPS[op].mistakes}, op


def test_mistakes_with_the_same_part_of_a_node_are_never_made_together() -> None:
    by_key = {mistake.key: mistake for mistake in OPS["conv"].mistakes}
    assert not by_key["kernels-rotated"].joined_fits(by_key["kernels-transposed"])
    assert by_key["kernels-rotated"].joined_fits(by_key["bias-missing"])


@pytest.mark.parametrize("op", WITH_MISTAKES)
def test_two_mistakes_with_different_parts_can_be_made_together(op: str) -> None:
    for case in cases(op, 15):
        fitting = [each for each in OPS[op].mistakes if each.fits(case.node, case.known)]
        for first in fitting:
            for second in fitting:
                if first.joined_fits(second):
                    step = second.make(first.make(case.step()))
                    with np.errstate(all="ignore"):
                        assert run_step(step).shape == (2, *case.shape), (first.key, second.key)


def test_a_mistake_in_float32_stays_float32() -> None:
    for op in WITH_MISTAKES:
        for case in cases(op, 5):
            for mistake in OPS[op].mistakes:
                if mistake.fits(case.node, case.known):
                    step = mistake.make(case.step(np.float32))
                    with np.errstate(all="ignore"):
                        assert run_step(step).dtype == np.float32, f"{mistake.key}: {case}"


def test_what_a_mistake_of_another_size_computes() -> None:
    """TensorFlow pads a 7 x 7 input symmetrically for 3 x 3 windows in steps of 2."""
    case = Case("conv", ((7, 7, 1),), {"pads": (1, 1, 1, 1), "strides": (2, 2)})
    kernel = np.ones((3, 3, 1, 1), np.float32)
    by_key = {mistake.key: mistake for mistake in OPS["conv"].mistakes}
    odd = replace(case, tensors={"kernel": kernel})
    even = replace(odd, shapes=((8, 8, 1),))
    assert not by_key["padding-same-shifted"].fits(odd.node, odd.known)
    assert by_key["padding-same-shifted"].fits(even.node, even.known)
    moved = by_key["padding-same-shifted"].make(even.step())
    assert moved.node.attributes["pads"] == (0, 1, 0, 1)
