"""Every operation in float64 is what ONNX defines, and what SciPy or plain loops compute.

Of each there are random nodes with all values of their attributes.
"""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from netparity.networks.ops import OPS
from netparity.networks.ops.base import run_step
from tests.support.onnx_witness import onnx_output
from tests.support.op_cases import cases
from tests.support.scipy_witness import scipy_output

COUNT = 40
EVERY = sorted(OPS)


def agree(found: np.ndarray, expected: np.ndarray, what: str) -> None:
    """To 1e-12 of each value, and of the largest one where a sum cancels."""
    assert found.shape == expected.shape, what
    assert found.dtype == np.float64, what
    least = 1e-12 * float(np.abs(expected).max())
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=least, err_msg=what)


@pytest.mark.parametrize("op", EVERY)
def test_it_is_what_onnx_defines(op: str) -> None:
    for case in cases(op, COUNT):
        agree(run_step(case.step()), onnx_output(case, case.inputs()), str(case))


@pytest.mark.parametrize("op", EVERY)
def test_it_is_what_scipy_computes(op: str) -> None:
    for case in cases(op, COUNT):
        agree(run_step(case.step()), scipy_output(case, case.inputs()), str(case))


@pytest.mark.parametrize("op", EVERY)
def test_the_shape_rule_is_that_of_the_arithmetic(op: str) -> None:
    for case in cases(op, COUNT):
        assert run_step(case.step()).shape == (2, *case.shape), case


@pytest.mark.parametrize("op", EVERY)
def test_the_nodes_have_several_values_of_every_attribute_and_every_tensor(op: str) -> None:
    drawn = list(cases(op, COUNT))
    for attribute in OPS[op].defaults:
        assert len({repr(case[attribute]) for case in drawn}) > 1, attribute
    for role in OPS[op].optional_roles:
        assert {role in case.tensors for case in drawn} == {True, False}, role


@pytest.mark.parametrize("op", ["max_pool", "average_pool"])
def test_with_ceil_there_are_as_many_windows_as_onnx_has(op: str) -> None:
    """For strides above 1: onnx.reference takes pads in another order for a stride of 1."""
    seen = 0
    for case in cases(op, 400):
        if not case["ceil"] or case["strides"] == case["dilations"] == (1, 1):
            continue
        top, bottom, left, right = case["pads"]
        node = helper.make_node(
            "MaxPool",
            ["x"],
            ["y"],
            kernel_shape=case["window"],
            strides=case["strides"],
            dilations=case["dilations"],
            pads=[top, left, bottom, right],
            ceil_mode=1,
        )
        given = helper.make_tensor_value_info("x", TensorProto.DOUBLE, None)
        result = helper.make_tensor_value_info("y", TensorProto.DOUBLE, None)
        graph = helper.make_graph([node], "pool", [given], [result])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)])
        height, width, _ = case.shapes[0]
        [found] = ReferenceEvaluator(model).run(None, {"x": np.zeros((1, 1, height, width))})
        assert found.shape[2:] == case.shape[:2], case
        seen += 1
    assert seen > 50


@pytest.mark.parametrize("op", EVERY)
def test_an_input_that_is_still_needed_is_not_changed(op: str) -> None:
    for case in cases(op, 10):
        step = case.step()
        before = [x.copy() for x in step.inputs]
        result = run_step(step)
        result += 1  # nor is the output a view of it
        for x, copy in zip(step.inputs, before, strict=True):
            np.testing.assert_array_equal(x, copy, err_msg=str(case))


@pytest.mark.parametrize("op", EVERY)
def test_overwriting_an_input_changes_nothing_in_the_output(op: str) -> None:
    from dataclasses import replace

    for case in cases(op, 10):
        found = run_step(replace(case.step(), scratch=True))
        np.testing.assert_array_equal(found, run_step(case.step()), err_msg=str(case))


@pytest.mark.parametrize(
    "op", ["relu", "leaky_relu", "clipped_relu", "elu", "selu", "max_pool", "global_max"]
)
def test_what_is_not_a_number_stays_so(op: str) -> None:
    for case in cases(op, 10):
        [x] = case.inputs()
        x[...] = np.nan
        from dataclasses import replace

        assert np.isnan(run_step(replace(case.step(), inputs=(x,)))).all()
