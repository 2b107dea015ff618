"""What DagNN networks need beyond VGG's functions, against netparity's operations in float64.

Many random geometries in one Octave process each, in double precision, where the two differ by a
few rounding steps only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from netparity.networks.node import Node
from netparity.networks.ops.base import Step, run_step
from tests.support.octave_process import OctaveError, cell

Call = Callable[[list[tuple]], list]
CASES = 60


def expected(op: str, x: np.ndarray, **given: Any) -> np.ndarray:
    """netparity's output for x, H x W x C x N, in the same order of axes."""
    tensors = {role: values for role, values in given.items() if isinstance(values, np.ndarray)}
    attributes = {name: value for name, value in given.items() if name not in tensors}
    node = Node("y", op, ("x",), attributes, {role: role for role in tensors})
    y = run_step(Step(node, (x.transpose(3, 0, 1, 2),), tensors))
    return y.transpose(1, 2, 3, 0)


def check(y: Any, wanted: np.ndarray, what: object) -> None:
    assert not isinstance(y, OctaveError), (y, what)
    assert np.size(y) == wanted.size, (np.shape(y), wanted.shape, what)
    np.testing.assert_allclose(y.reshape(wanted.shape), wanted, rtol=1e-12, atol=1e-12)


def test_transposed_convolution(call: Call) -> None:
    random = np.random.default_rng(1)
    cases, wanted = [], []
    while len(cases) < CASES:
        groups, share, k = (int(v) for v in random.integers(1, 4, 3))
        h, w, fh, fw = (int(v) for v in random.integers(1, 6, 4))
        strides = tuple(int(v) for v in random.integers(1, 4, 2))
        crops = tuple(int(v) for v in random.integers(0, 3, 4))
        full = ((h - 1) * strides[0] + fh, (w - 1) * strides[1] + fw)
        if min(full[0] - crops[0] - crops[1], full[1] - crops[2] - crops[3]) < 1:
            continue
        x = random.standard_normal((h, w, share * groups, int(random.integers(1, 4))))
        kernel = random.standard_normal((fh, fw, k, share * groups))
        bias = random.standard_normal(k * groups)
        options = ("upsample", strides, "crop", crops, "NumGroups", groups)
        cases.append(("vl_nnconvt", x, kernel, bias, *options))
        rest = {"strides": strides, "crops": crops, "groups": groups}
        wanted.append(expected("conv_transpose", x, kernel=kernel, bias=bias, **rest))
    for case, y, value in zip(cases, call(cases), wanted, strict=True):
        check(y, value, [np.shape(v) for v in case[1:4]])


def test_batch_normalisation_with_moments(call: Call) -> None:
    """MatConvNet's moments hold the root of variance plus epsilon."""
    random = np.random.default_rng(2)
    cases, wanted = [], []
    for channels in (1, 2, 5, 16):
        x = random.standard_normal((3, 4, channels, 2))
        mean, scale, bias = random.standard_normal((3, channels))
        variance, epsilon = random.uniform(0.01, 2, channels), 1e-3
        moments = np.stack([mean, np.sqrt(variance + epsilon)], axis=1)
        cases.append(("vl_nnbnorm", x, scale, bias, "Moments", moments, "epsilon", 7.0))
        tensors = {"mean": mean, "variance": variance, "scale": scale, "bias": bias}
        wanted.append(expected("batch_norm", x, epsilon=epsilon, **tensors))
    for y, value in zip(call(cases), wanted, strict=True):
        check(y, value, value.shape)


def test_batch_normalisation_by_its_own_moments(call: Call) -> None:
    x = np.random.default_rng(3).standard_normal((4, 3, 2, 5)) * 3 + 1
    ((y, moments),) = (
        outputs[0]
        for outputs in call([("all_outputs", 2, "vl_nnbnorm", x, np.ones(2), np.zeros(2))])
    )
    root = np.sqrt(x.var(axis=(0, 1, 3)) + 1e-4)
    np.testing.assert_allclose(moments, np.stack([x.mean(axis=(0, 1, 3)), root], axis=1))
    np.testing.assert_allclose(
        y, (x - moments[:, :1].reshape(1, 1, 2, 1)) / root.reshape(1, 1, 2, 1)
    )


def test_concatenation_crop_and_sigmoid(call: Call) -> None:
    random = np.random.default_rng(4)
    x = random.standard_normal((5, 6, 3, 2))
    parts = [x, x[:, :, :1] * 2]
    beside = [x, x[:, :2] * 2]
    got = call(
        [
            ("vl_nnconcat", cell(parts)),
            ("vl_nnconcat", cell(beside), 2),
            ("vl_nncrop", x, (1, 2, 0, 3)),
            ("vl_nnsigmoid", x * 100),
        ]
    )
    check(got[0], np.concatenate(parts, axis=2), "channels")
    check(got[1], np.concatenate(beside, axis=1), "columns")
    check(got[2], x[1:-2, :-3], "crop")
    check(got[3], expected("sigmoid", x * 100), "sigmoid")


REFUSED = {
    "channels that form no groups": (
        ("vl_nnconvt", np.ones((2, 2, 3)), np.ones((1, 1, 2, 3)), None, "numgroups", 2.0),
        "2 groups",
    ),
    "filters of another depth": (
        ("vl_nnconvt", np.ones((2, 2, 3)), np.ones((1, 1, 2, 4)), None),
        "K x 3",
    ),
    "nothing left of a transposed convolution": (
        ("vl_nnconvt", np.ones((2, 2)), np.ones((2, 2)), None, "crop", 2.0),
        "leaves no output",
    ),
    "derivatives": (("vl_nnbnorm", np.ones((2, 2)), 1.0, 1.0, np.ones((2, 2))), "forward pass"),
    "moments of other channels": (
        ("vl_nnbnorm", np.ones((2, 2, 3)), np.ones(3), np.ones(3), "moments", np.ones((2, 2))),
        "moments",
    ),
    "a crop of everything": (("vl_nncrop", np.ones((2, 2)), (1, 1, 0, 0)), "leaves nothing"),
    "arrays of other sizes": (
        ("vl_nnconcat", cell([np.ones((2, 2)), np.ones((3, 2))]), 3.0),
        "array 2",
    ),
    "no cell": (("vl_nnconcat", np.ones((2, 2))), "must be a cell"),
}


def test_what_cannot_be_computed_is_refused(call: Call) -> None:
    got = call([case for case, _ in REFUSED.values()])
    for (name, (_, words)), message in zip(REFUSED.items(), got, strict=True):
        assert isinstance(message, OctaveError), name
        assert words in message, (name, message)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_outputs_have_the_class_of_the_data(call: Call, kind: type) -> None:
    x, ones = np.ones((3, 3, 2), kind), np.ones(2, kind)
    calls: list[tuple] = [
        ("vl_nnconvt", x, np.ones((2, 2, 1, 2), kind), None),
        ("vl_nnbnorm", x, ones, ones, "moments", np.ones((2, 2), kind)),
        ("vl_nnbnorm", x, ones, ones),
        ("vl_nnconcat", cell([x, x])),
        ("vl_nncrop", x, 1.0),
        ("vl_nnsigmoid", x),
    ]
    assert {y.dtype for y in call(calls)} == {np.dtype(kind)}
