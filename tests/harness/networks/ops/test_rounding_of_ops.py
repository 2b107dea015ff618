"""In float32 the orders of summation differ by rounding only, and the stated bounds hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from netparity.networks.ops import OPS
from netparity.networks.ops.base import How, Step, run_step
from tests.support.op_cases import Case, cases

U = 2.0**-24
"""Unit roundoff of float32."""

ORDERS = (
    How(),
    How(channel_order="shuffled"),
    How(channel_order="shuffled-again"),
    How(partial_sums=2),
    How(partial_sums=64),
    How(partial_sums="short"),
)
BOUNDED = sorted(
    op for op in OPS if any(OPS[op].magnitude(case.step()) is not None for case in cases(op, 10))
)
LINEAR = sorted({*BOUNDED} - {"batch_norm", "layer_norm", "l2_norm", "lrn"})


def gamma(terms: int) -> float:
    """Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, lemma 3.1."""
    return terms * U / (1 - terms * U)


def steps(op: str, dtype: type) -> Iterator[tuple[Case, Step]]:
    for case in cases(op, 25):
        for how in ORDERS:
            yield case, replace(case.step(dtype), how=how)


def test_the_sums_have_bounds() -> None:
    assert (
        sorted(
            [
                *("conv", "conv_transpose", "dense", "average_pool", "global_average", "mean"),
                *("batch_norm", "layer_norm", "l2_norm", "lrn", "add", "subtract", "scale_shift"),
                "resize",
            ]
        )
        == BOUNDED
    )


@pytest.mark.parametrize("op", sorted(OPS))
def test_in_float64_the_order_of_a_sum_does_not_change_it(op: str) -> None:
    for case, step in steps(op, np.float64):
        expected = run_step(case.step())
        least = 1e-12 * float(np.abs(expected).max())
        np.testing.assert_allclose(run_step(step), expected, 1e-12, least, err_msg=str(case))


@pytest.mark.parametrize("op", sorted(OPS))
def test_float32_stays_float32_and_differs_by_rounding(op: str) -> None:
    for case, step in steps(op, np.float32):
        found = run_step(step)
        assert found.dtype == np.float32, case
        # Below 0 a GELU subtracts two numbers of about 1 and multiplies the difference by x.
        scale = max(1.0, *(float(abs(x).max()) for x in step.inputs))
        np.testing.assert_allclose(
            found, run_step(case.step()), rtol=1e-4, atol=1e-5 * scale, err_msg=str(case)
        )


@pytest.mark.parametrize("op", BOUNDED)
def test_no_order_of_summation_exceeds_the_bound(op: str) -> None:
    for case, step in steps(op, np.float32):
        bound = OPS[op].magnitude(case.step(np.float32))
        if bound is None:
            continue
        terms, magnitudes = bound
        error = abs(run_step(step).astype(np.float64) - run_step(case.step()))
        assert magnitudes.shape == error.shape, case
        assert (error <= gamma(terms) * (1 + 1e-3) * magnitudes.astype(np.float64)).all(), case


@pytest.mark.parametrize("op", LINEAR)
def test_the_magnitudes_are_those_of_the_terms(op: str) -> None:
    """An operation on the magnitudes of its inputs and tensors; the last of two is subtracted."""
    for case in cases(op, 20):
        step = case.step()
        bound = OPS[op].magnitude(step)
        if bound is None:
            continue
        inputs = tuple(abs(x) for x in step.inputs)
        if op == "subtract":
            inputs = (inputs[0], -inputs[1])
        tensors = {role: abs(tensor) for role, tensor in step.tensors.items()}
        expected = run_step(replace(step, inputs=inputs, tensors=tensors))
        np.testing.assert_allclose(bound[1], expected, 1e-12, 1e-12, err_msg=str(case))


@pytest.mark.parametrize("op", sorted({*BOUNDED} - {"add", "subtract", "scale_shift", "resize"}))
def test_the_orders_really_differ(op: str) -> None:
    """Otherwise the noise floor would be that of one order."""
    found = 0
    for case in cases(op, 40):
        results = [run_step(replace(case.step(np.float32), how=how)) for how in ORDERS]
        found += any(not np.array_equal(results[0], other) for other in results[1:])
    assert found >= 10


@pytest.mark.parametrize("op", ["conv", "conv_transpose", "dense"])
def test_operands_are_rounded_before_they_are_multiplied(op: str) -> None:
    """Inputs and kernels that bfloat16 holds are multiplied exactly."""
    for case in cases(op, 10):
        [x] = case.inputs()
        exact = np.round(x) % 8 + 1
        kernel = np.round(case.tensors["kernel"] * 4).astype(np.float32)
        step = replace(case.step(), inputs=(exact,), tensors={**case.tensors, "kernel": kernel})
        plain = run_step(step)
        np.testing.assert_array_equal(run_step(replace(step, how=How(operands="bfloat16"))), plain)
        moved = replace(step, inputs=(exact + 2.0**-12,), how=How(operands="bfloat16"))
        np.testing.assert_array_equal(run_step(moved), plain)


@pytest.mark.parametrize("op", sorted(OPS))
def test_a_low_precision_of_storage_rounds_the_output(op: str) -> None:
    for case in cases(op, 5):
        found = run_step(replace(case.step(np.float32), how=How(storage="float16")))
        np.testing.assert_array_equal(found, found.astype(np.float16).astype(np.float32))
