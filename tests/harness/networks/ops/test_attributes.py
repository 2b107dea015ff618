"""An attribute is refused in one sentence, or the node can be computed with it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netparity.networks import GraphError
from netparity.networks.ops import OPS
from netparity.networks.ops.base import run_step
from tests.support.op_cases import Case, cases

WITH_ATTRIBUTES = sorted(op for op in OPS if OPS[op].defaults)
SMALL = st.integers(-2, 6)
VALUES = (
    st.none()
    | st.booleans()
    | SMALL
    | st.floats(-3, 3)
    | st.sampled_from([math.inf, math.nan, 10**400, 2**40, "max", "edge", "floor", "nearest"])
    | st.lists(SMALL, max_size=4).map(tuple)
    | st.lists(st.lists(SMALL, min_size=1, max_size=3).map(tuple), max_size=4).map(tuple)
    | st.dictionaries(st.text(max_size=2), SMALL, max_size=2)
)


@pytest.mark.parametrize("op", WITH_ATTRIBUTES)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_it_is_refused_or_computed(op: str, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(list(cases(op, 8))))
    name = data.draw(st.sampled_from(sorted(OPS[op].defaults)))
    changed = replace(case, attributes={**case.attributes, name: data.draw(VALUES)})
    try:
        shape = changed.shape
    except GraphError as error:
        assert "'node'" in str(error)
        assert "\n" not in str(error)
        return
    with np.errstate(all="ignore"):
        assert run_step(changed.step()).shape == (2, *shape)


def refused(op: str, **attributes: Any) -> str:
    [case] = cases(op, 1)
    with pytest.raises(GraphError) as caught:
        _ = replace(case, attributes={**case.attributes, **attributes}).shape
    return str(caught.value)


@pytest.mark.parametrize(
    ("op", "attributes", "message"),
    [
        (
            "conv",
            {"strides": (0, 1)},
            "has strides (0, 1), expected 2 whole numbers of 1 to 4096",
        ),
        ("conv", {"pads": (1, 1)}, "has pads (1, 1), expected 4 whole numbers of 0 to 4096"),
        (
            "conv",
            {"groups": True},
            "has groups True, expected a whole number of 1 to 1048576",
        ),
        ("max_pool", {"ceil": 1}, "has ceil 1, expected True or False"),
        ("batch_norm", {"epsilon": -1}, "has epsilon -1, expected a number of at least 0"),
        (
            "batch_norm",
            {"epsilon": math.nan},
            "has epsilon nan, expected a number of at least 0",
        ),
        ("leaky_relu", {"slope": "0.1"}, "has slope '0.1', expected a number"),
        (
            "clipped_relu",
            {"minimum": 2.0, "maximum": 1.0},
            "has minimum 2.0, expected at most its maximum 1.0",
        ),
        ("resize", {"size": (0, 3)}, "has size (0, 3), expected 2 whole numbers of 1 to 65536"),
        ("resize", {"method": "cubic"}, "has method 'cubic', expected one of nearest, bilinear"),
        ("dropout", {"rate": 1.0}, "has rate 1.0, expected a number below 1"),
        ("l2_norm", {"axes": ()}, "has axes (), expected axes of one image, such as (-1,) or"),
        ("mean", {"axes": (0, 0)}, "has axes (0, 0), expected distinct axes of an input"),
        ("reshape", {"shape": (-1,)}, "has shape (-1,), expected 1 to 6 sizes of at least 1"),
        ("flatten", {"order": (0, 0, 1)}, "has order (0, 0, 1), expected each of the"),
        ("pad", {"pads": 3}, "has pads 3, expected (before, after) for each axis, 0 or more each"),
    ],
    ids=str,
)
def test_the_sentence_names_the_value_and_what_was_expected(
    op: str, attributes: dict[str, Any], message: str
) -> None:
    assert message in refused(op, **attributes)


def test_a_value_of_any_length_is_cut() -> None:
    assert len(refused("resize", method="x" * 10**6)) < 300
    assert len(refused("conv", strides=(10**5000, 1))) < 300


def pool(**attributes: Any) -> Case:
    return Case("max_pool", ((5, 5, 1),), {"window": (2, 2), **attributes})


def test_a_window_outside_the_image_is_refused() -> None:
    """Its maximum would be that of nothing."""
    for outside in (
        {"pads": (2, 0, 0, 0)},
        {"pads": (0, 2, 0, 0)},
        {"pads": (0, 0, 3, 0)},
        {"dilations": (7, 1), "pads": (5, 5, 0, 0)},
        {"dilations": (6, 1), "pads": (2, 2, 0, 0), "strides": (1, 1)},
    ):
        with pytest.raises(GraphError, match="so large that a window misses the image"):
            _ = pool(**outside).shape
    assert pool(pads=(1, 1, 1, 1)).shape == (6, 6, 1)
    assert pool(dilations=(5, 1), pads=(1, 1, 0, 0)).shape == (2, 4, 1)


def test_with_ceil_the_last_window_begins_in_the_image_or_before() -> None:
    """As in PyTorch: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html."""
    assert pool(strides=(3, 3), ceil=True).shape == (2, 2, 1)
    assert pool(strides=(4, 4), ceil=True).shape == (2, 2, 1)
    assert pool(strides=(5, 5), ceil=True).shape == (1, 1, 1)
    assert pool(window=(6, 6), strides=(2, 2), ceil=True).shape == (1, 1, 1)
