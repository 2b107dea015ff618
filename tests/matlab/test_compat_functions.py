"""The compatibility functions against a pixel-by-pixel formulation, within what rounding explains.

Many random geometries, all in one Octave process for each function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.support import simplenn_bounds as exact
from tests.support.octave_process import OctaveError, cell

Call = Callable[[list[tuple]], list]


def check(y: Any, expected: np.ndarray, bound: np.ndarray, kind: np.dtype, what: object) -> None:
    """Class, size and every element; neither language keeps trailing ones in a size."""
    assert not isinstance(y, OctaveError), (y, what)
    assert y.dtype == kind, what
    shape = list(expected.shape)
    while len(shape) > 2 and shape[-1] == 1:
        shape.pop()
    assert list(y.shape) == shape, what
    error = abs(y.reshape(expected.shape).astype(np.longdouble) - expected)
    assert np.all(error <= bound), (what, float((error - bound).max()))


def whole(random: np.random.Generator, low: int, high: int, count: int) -> tuple[int, ...]:
    return tuple(int(v) for v in random.integers(low, high, count))


def convolutions(count: int, seed: int) -> list[dict[str, Any]]:
    """Geometries of all sorts. Every other one keeps the vertical stride 1, as most networks do."""
    random = np.random.default_rng(seed)
    cases: list[dict[str, Any]] = []
    while len(cases) < count:
        number = len(cases)
        groups = int(random.choice([1, 1, 1, 2, 3]))
        fc, k = int(random.integers(1, 7)), groups * int(random.integers(1, 5))
        window, image = whole(random, 1, 6, 2), whole(random, 1, 12, 2)
        pad, dilate, n = whole(random, 0, 5, 4), whole(random, 1, 4, 2), int(random.integers(1, 4))
        stride = (1 if number % 2 else int(random.integers(1, 4)), int(random.integers(1, 4)))
        if min(exact.size(image, window, stride, pad, dilate)) < 1:
            continue
        kind = np.float64 if number % 3 == 0 else np.float32
        cases.append(
            {
                "x": random.standard_normal((*image, fc * groups, n)).astype(kind),
                "f": random.standard_normal((*window, fc, k)).astype(kind),
                "b": random.standard_normal((1, k)).astype(kind) if number % 4 else None,
                "stride": stride,
                "pad": pad,
                "dilate": dilate,
            }
        )
    return cases


def corners() -> list[dict[str, Any]]:
    """What chance might leave out."""
    random = np.random.default_rng(5)
    shapes = {
        "1 x 1 image and filter": ((1, 1, 3, 2), (1, 1, 3, 4), (0, 0, 0, 0)),
        "one pixel, all padding else": ((1, 1, 2, 1), (3, 3, 2, 2), (1, 1, 1, 1)),
        "filter as large as the image": ((5, 7, 3, 3), (5, 7, 3, 4), (0, 0, 0, 0)),
        "as large as the padded image": ((3, 5, 3, 2), (5, 7, 3, 4), (1, 1, 1, 1)),
        "larger than the image": ((2, 2, 9, 1), (4, 4, 9, 2), (2, 1, 1, 2)),
        "one row": ((1, 30, 8, 1), (1, 3, 8, 2), (0, 0, 1, 1)),
        "one column": ((30, 1, 8, 1), (3, 1, 8, 2), (1, 1, 0, 0)),
        "padding on one side only": ((9, 9, 8, 2), (3, 3, 8, 4), (2, 0, 0, 2)),
        "padding below only": ((9, 9, 8, 2), (3, 3, 8, 4), (0, 2, 2, 0)),
        "no padding, by rows": ((9, 9, 8, 2), (4, 3, 8, 4), (0, 0, 0, 0)),
        "more padding than filter": ((6, 6, 8, 1), (2, 2, 8, 3), (4, 4, 4, 4)),
        "several blocks": ((120, 61, 2, 1), (3, 3, 2, 3), (1, 1, 1, 1)),
        "several blocks in a batch": ((130, 41, 2, 2), (3, 2, 2, 3), (2, 0, 1, 0)),
        "groups by rows": ((12, 12, 12, 2), (3, 3, 4, 6), (1, 1, 1, 1)),
        "a group each": ((8, 8, 5, 1), (3, 3, 1, 5), (1, 1, 1, 1)),
        "more padding above than rows": ((1, 3, 9, 1), (2, 1, 9, 1), (4, 0, 0, 0), (4, 1)),
        "more padding below than rows": ((1, 3, 9, 1), (2, 1, 9, 1), (0, 4, 0, 0), (4, 1)),
        "far apart by rows": ((12, 9, 9, 2), (3, 2, 9, 2), (4, 3, 1, 1), (4, 3)),
    }
    return [
        {
            "x": random.standard_normal(x).astype(kind),
            "f": random.standard_normal(f).astype(kind),
            "b": random.standard_normal((f[3], 1)).astype(kind),
            "stride": (1, 1),
            "pad": pad,
            "dilate": dilate[0] if dilate else (1, 1),
        }
        for x, f, pad, *dilate in shapes.values()
        for kind in (np.float32, np.float64)
    ]


GEOMETRY = ("stride", "pad", "dilate")


def test_convolution_within_the_bound_of_its_rounding(call: Call) -> None:
    cases = convolutions(300, 20170601) + corners()
    got = call(
        [
            (
                "vl_nnconv",
                c["x"],
                c["f"],
                c["b"],
                *(v for name in GEOMETRY for v in (name, c[name])),
            )
            for c in cases
        ]
    )
    for case, y in zip(cases, got, strict=True):
        geometry = {name: case[name] for name in GEOMETRY}
        value, bound = exact.convolution(case["x"], case["f"], case["b"], **geometry)
        what = (case["x"].shape, case["f"].shape, geometry)
        check(y, value, bound, case["x"].dtype, what)


def test_convolution_is_exact_where_no_rounding_is(call: Call) -> None:
    """Small whole numbers: a single wrong element among millions of right ones would show."""
    random = np.random.default_rng(7)
    cases = [
        (random.integers(-3, 4, (h, w, 6, n)), random.integers(-3, 4, (fh, fw, 6, 4)), pad)
        for h, w, n, fh, fw, pad in [
            (97, 83, 1, 3, 3, (1, 1, 1, 1)),
            (64, 77, 2, 5, 2, (2, 2, 0, 1)),
            (50, 100, 1, 2, 5, (0, 0, 4, 4)),
            (90, 60, 1, 3, 3, (3, 3, 3, 3)),
        ]
    ]
    got = call(
        [
            ("vl_nnconv", x.astype(np.float32), f.astype(np.float32), None, "pad", pad)
            for x, f, pad in cases
        ]
    )
    for (x, f, pad), y in zip(cases, got, strict=True):
        value, _ = exact.convolution(x.astype(np.float64), f.astype(np.float64), None, pad=pad)
        check(y, value, np.zeros(value.shape), np.dtype(np.float32), f.shape)


def test_what_is_not_finite_stays_in_the_windows_that_see_it(call: Call) -> None:
    x = np.ones((9, 8, 8), np.float32)
    f = np.ones((3, 3, 8, 2), np.float32)
    cases = [(0, 0, np.inf), (8, 7, np.nan), (8, 3, np.inf), (0, 4, np.nan), (4, 4, np.inf)]
    spoiled = []
    for i, j, value in cases:
        spoiled.append(x.copy())
        spoiled[-1][i, j, 3] = value
    got = call([("vl_nnconv", each, f, None, "pad", 1) for each in spoiled])
    for (i, j, _), y in zip(cases, got, strict=True):
        rows, columns = np.ogrid[:9, :8]
        near = (abs(rows - i) <= 1) & (abs(columns - j) <= 1)
        assert np.array_equal(np.isfinite(y[:, :, 0]), ~near), (i, j)


def test_convolution_without_filters_pads_and_subsamples(call: Call) -> None:
    random = np.random.default_rng(8)
    x = random.standard_normal((7, 6, 3, 2)).astype(np.float32)
    b = random.standard_normal((3, 1)).astype(np.float32)
    plain, biased = call(
        [
            ("vl_nnconv", x, None, None, "stride", [3, 2], "pad", [1, 2, 3, 0]),
            ("vl_nnconv", x, None, b, "stride", [3, 2], "pad", [1, 2, 3, 0]),
        ]
    )
    expected = np.pad(x, ((1, 2), (3, 0), (0, 0), (0, 0)))[::3, ::2]
    assert np.array_equal(plain, expected)
    assert np.array_equal(biased, expected + b.reshape(1, 1, 3, 1))


def pools(count: int, seed: int) -> list[tuple]:
    random = np.random.default_rng(seed)
    cases: list[tuple] = []
    while len(cases) < count:
        window, stride = whole(random, 1, 6, 2), whole(random, 1, 5, 2)
        pad = tuple(int(random.integers(0, window[side // 2])) for side in range(4))
        image = whole(random, 1, 13, 2)
        if min(exact.size(image, window, stride, pad)) < 1:
            continue
        kind = np.float64 if len(cases) % 3 == 0 else np.float32
        # Mostly negative, so that a zero from the padding would win.
        x = (random.standard_normal((*image, *whole(random, 1, 4, 2))) - 2).astype(kind)
        cases.append((x, window, stride, pad, "avg" if len(cases) % 2 else "max"))
    return cases


def test_pooling_within_the_bound_of_its_rounding(call: Call) -> None:
    cases = pools(200, 31)
    got = call([("vl_nnpool", x, w, "stride", s, "pad", p, "method", m) for x, w, s, p, m in cases])
    for (x, *geometry), y in zip(cases, got, strict=True):
        value, bound = exact.pooling(x, *geometry)
        check(y, value, bound, x.dtype, (x.shape, geometry))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_rectifier_of_any_size_is_exact(call: Call, kind: type) -> None:
    random = np.random.default_rng(9)
    x = random.standard_normal((3, 4, 2, 2, 3)).astype(kind)
    x[0, 0, 0, 0] = [np.nan, np.inf, -np.inf]
    leaks = [0.0, 0.1, 1.0, 3.5]
    got = call([("vl_nnrelu", x, None, "LEAK", leak) for leak in leaks])
    for leak, y in zip(leaks, got, strict=True):
        assert y.dtype == kind
        expected = np.where(x > 0, x, kind(0))
        if leak:
            expected = np.where(x < 0, x * kind(leak), x)
        assert np.array_equal(y, expected, equal_nan=True), leak


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_softmax_within_the_bound_of_its_rounding(call: Call, kind: type) -> None:
    random = np.random.default_rng(10)
    shapes = [(1, 1, 1000, 1), (3, 2, 5, 2), (1, 1, 1, 1), (4, 1, 7, 3)]
    inputs = [
        (random.standard_normal(s) * 10 ** random.uniform(-2, 2)).astype(kind) for s in shapes
    ]
    for x, y in zip(inputs, call([("vl_nnsoftmax", x) for x in inputs]), strict=True):
        check(y, *exact.softmax(x), np.dtype(kind), x.shape)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_normalization_within_the_bound_of_its_rounding(call: Call, kind: type) -> None:
    random = np.random.default_rng(11)
    # Numbers that single precision holds, as MatConvNet reads them in the class of the data.
    params = [(5, 1, 2**-12, 0.75), (1, 2, 0.5, 0.5), (2, 0.5, 1, 1), (4, 1, 0.125, 0.75),
              (30, 1, 0.25, 0.25), (3, 1, 0, 0.75)]  # fmt: skip
    inputs = [random.standard_normal((3, 2, int(c), 2)).astype(kind) for c in (7, 1, 4, 12, 9, 5)]
    got = call([("vl_nnnormalize", x, p) for x, p in zip(inputs, params, strict=True)])
    for x, param, y in zip(inputs, params, got, strict=True):
        check(y, *exact.normalization(x, param), np.dtype(kind), param)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_dropout_scales_what_it_keeps(call: Call, kind: type) -> None:
    x = np.random.default_rng(12).standard_normal((20, 20, 5, 5)).astype(kind)
    for rate, outputs in zip(
        (0.5, 0.25, 0.0),
        call([("all_outputs", 2, "vl_nndropout", x, "Rate", rate) for rate in (0.5, 0.25, 0.0)]),
        strict=True,
    ):
        y, mask = outputs[0]
        assert y.dtype == mask.dtype == kind
        assert np.array_equal(y, mask * x)
        assert set(np.unique(mask).tolist()) <= {0, float(kind(1) / kind(1 - rate))}
        # Ten thousand draws: six standard deviations.
        assert abs((mask == 0).mean() - rate) <= 6 * np.sqrt(rate * (1 - rate) / mask.size)


def test_options_parsed(call: Call) -> None:
    opts = {"rate": 1, "inner": {"a": 1, "b": 2}}
    cases = {
        "a structure": ("vl_argparse", opts, {"RATE": 3}),
        "a structure among pairs": ("vl_argparse", opts, cell([{"rate": 3}, "Inner", {"A": 5}])),
        "nested pairs": ("vl_argparse", opts, cell(["inner", cell(["b", 7.0])])),
        "nothing": ("vl_argparse", opts, None),
        "whole": ("vl_argparse", opts, cell(["inner", {"c": 1.0}]), "nonrecursive"),
        "merged": ("vl_argparse", opts, cell(["speed", 4.0]), "merge"),
    }
    got = dict(zip(cases, call(list(cases.values())), strict=True))

    def value(case: str, *path: str) -> float:
        found = got[case]
        assert not isinstance(found, OctaveError), found
        for name in path:
            found = found[name].item()
        return float(found.item())

    assert value("a structure", "rate") == 3
    assert value("a structure among pairs", "rate") == 3
    assert value("a structure among pairs", "inner", "a") == 5
    assert value("nested pairs", "inner", "b") == 7
    assert value("nothing", "rate") == 1
    assert value("whole", "inner", "c") == 1
    assert value("merged", "speed") == 4
    (both,) = call([("all_outputs", 2, "vl_argparse", opts, cell(["speed", 4.0, "rate", 2.0]))])
    filled, rest = both[0]
    assert filled["rate"].item().item() == 2
    assert (rest[0, 0].item(), rest[0, 1].item()) == ("speed", 4)
