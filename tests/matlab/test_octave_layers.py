"""The compatibility functions compute what MatConvNet's documentation says, to rounding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.support.octave_process import OctaveError, cell
from tests.support.simplenn_reference import convolve, pool

Call = Callable[[list[tuple]], list]


def shaped(value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Put back the trailing ones which neither language keeps."""
    assert value.size == np.prod(shape)
    assert value.shape == tuple(shape) or value.shape == strip(shape), (value.shape, shape)
    return value.reshape(shape)


def strip(shape: tuple[int, ...]) -> tuple[int, ...]:
    kept = list(shape)
    while len(kept) > 2 and kept[-1] == 1:
        kept.pop()
    return tuple(kept)


def random_convolutions(count: int) -> list[dict[str, Any]]:
    """Valid convolutions of all sorts, the first few fixed to the special cases."""
    random = np.random.default_rng(20170601)
    cases = []
    while len(cases) < count:
        number = len(cases)
        kind = np.float64 if number % 3 == 0 else np.float32
        groups = int(random.choice([1, 1, 2, 3]))
        fc, k = int(random.integers(1, 5)), groups * int(random.integers(1, 5))
        fh, fw = (int(v) for v in random.integers(1, 5, 2))
        h, w = (int(v) for v in random.integers(3, 14, 2))
        pad = tuple(int(v) for v in random.integers(0, 4, 4))
        stride = tuple(int(v) for v in random.integers(1, 4, 2))
        dilate = tuple(int(v) for v in random.integers(1, 3, 2))
        if number % 5 == 4:  # fully connected: one window, the whole image
            h, w, pad, dilate, groups = fh, fw, (0, 0, 0, 0), (1, 1), 1
        if h + sum(pad[:2]) <= dilate[0] * (fh - 1) or w + sum(pad[2:]) <= dilate[1] * (fw - 1):
            continue
        n = int(random.integers(1, 4))
        cases.append(
            {
                "x": random.standard_normal((h, w, fc * groups, n)).astype(kind),
                "f": random.standard_normal((fh, fw, fc, k)).astype(kind),
                "b": random.standard_normal((1, k)).astype(kind) if number % 4 else None,
                "pad": pad,
                "stride": stride,
                "dilate": dilate,
            }
        )
    return cases


def test_convolution_equals_a_float64_sum_over_taps(call: Call) -> None:
    cases = random_convolutions(60)
    got = call(
        [
            (
                *("vl_nnconv", c["x"], c["f"], c["b"], "Pad", c["pad"], "stride", c["stride"]),
                *("DILATE", c["dilate"], "NoCuDNN", "CudnnWorkspaceLimit", 1),
            )
            for c in cases
        ]
    )
    for case, y in zip(cases, got, strict=True):
        assert not isinstance(y, OctaveError), y
        geometry = {name: case[name] for name in ("stride", "pad", "dilate")}
        expected = convolve(case["x"], case["f"], case["b"], **geometry)
        # Higham, Accuracy and Stability of Numerical Algorithms, 3.1: an inner product of n terms
        # is off by at most n u / (1 - n u) times the same product of absolute values. Twice that,
        # for the expected value is rounded as well.
        magnitude = convolve(abs(case["x"]), abs(case["f"]), **geometry)
        magnitude += 0 if case["b"] is None else abs(case["b"]).reshape(1, 1, -1, 1)
        terms = np.prod(case["f"].shape[:3]) + 1
        bound = 1.01 * terms * np.finfo(case["x"].dtype).eps * magnitude
        assert y.dtype == case["x"].dtype
        assert np.all(abs(shaped(y, expected.shape) - expected) <= bound)


def test_scalar_options_and_defaults_of_convolution(call: Call) -> None:
    random = np.random.default_rng(1)
    x = random.integers(-9, 9, (7, 6, 2, 2)).astype(np.float32)
    f = random.integers(-9, 9, (3, 3, 2, 3)).astype(np.float32)
    plain, scalars = call(
        [("vl_nnconv", x, f, None), ("vl_nnconv", x, f, None, "pad", 1, "stride", 2)]
    )
    assert np.array_equal(plain, convolve(x, f))
    assert np.array_equal(scalars, convolve(x, f, stride=(2, 2), pad=(1, 1, 1, 1)))


def test_an_empty_filter_bank_leaves_the_channels_alone(call: Call) -> None:
    x = np.arange(5 * 4 * 3, dtype=np.float32).reshape(5, 4, 3)
    b = np.array([[1, 2, 3]], np.float32)
    (y,) = call([("vl_nnconv", x, None, b, "stride", [2, 3], "pad", [0, 0, 1, 1])])
    assert np.array_equal(y, np.pad(x, ((0, 0), (1, 1), (0, 0)))[::2, ::3] + b)


def test_a_large_convolution_is_the_same_across_its_blocks(call: Call) -> None:
    random = np.random.default_rng(2)
    x = random.integers(-3, 4, (150, 40, 32)).astype(np.float32)
    f = random.integers(-3, 4, (3, 3, 32, 8)).astype(np.float32)  # 37 output columns a block
    (y,) = call([("vl_nnconv", x, f, None, "pad", 1)])
    # Whole numbers this small are exact in single precision.
    assert np.array_equal(y, convolve(x[..., None], f, pad=(1, 1, 1, 1))[..., 0])


def random_pools(count: int) -> list[tuple]:
    random = np.random.default_rng(3)
    cases: list[tuple] = []
    while len(cases) < count:
        window = tuple(int(v) for v in random.integers(1, 5, 2))
        stride = tuple(int(v) for v in random.integers(1, 4, 2))
        pad = tuple(int(random.integers(0, window[side // 2])) for side in range(4))
        h, w, c, n = (int(v) for v in random.integers((4, 4, 1, 1), (12, 12, 4, 4)))
        kind = np.float64 if len(cases) % 3 == 0 else np.float32
        x = (random.standard_normal((h, w, c, n)) - 2).astype(kind)  # mostly below the zero padding
        cases.append((x, window, stride, pad, "avg" if len(cases) % 2 else "max"))
    return cases


def test_pooling_looks_at_pixels_inside_the_image_only(call: Call) -> None:
    cases = random_pools(40)
    got = call([("vl_nnpool", x, w, "Stride", s, "pad", p, "Method", m) for x, w, s, p, m in cases])
    for (x, window, stride, pad, method), y in zip(cases, got, strict=True):
        assert not isinstance(y, OctaveError), y
        expected = pool(x, window, stride, pad, method)
        tolerance = 0 if method == "max" else 17 * np.finfo(x.dtype).eps * abs(x).max()
        assert y.dtype == x.dtype
        assert np.all(abs(shaped(y, expected.shape) - expected) <= tolerance)


def test_vgg_pool_padding_shows_at_odd_sizes(call: Call) -> None:
    x = np.arange(25, dtype=np.float32).reshape(5, 5)
    (y,) = call([("vl_nnpool", x, 2, "stride", 2, "pad", [0, 1, 0, 1])])
    assert y.tolist() == [[6, 8, 9], [16, 18, 19], [21, 23, 24]]


def test_rectifier(call: Call) -> None:
    x = np.array([[-2, 0, 3], [4, -8, 0.5]], np.float32)
    plain, empty, leaky = call(
        [("vl_nnrelu", x), ("vl_nnrelu", x, None), ("vl_nnrelu", x, None, "Leak", 0.25)]
    )
    assert np.array_equal(plain, np.maximum(x, 0)) and np.array_equal(empty, plain)
    assert np.array_equal(leaky, np.where(x < 0, x / 4, x)) and leaky.dtype == np.float32


def test_softmax_sums_over_channels_and_does_not_overflow(call: Call) -> None:
    x = np.random.default_rng(4).standard_normal((3, 2, 5, 2)) * 300
    y, single = call([("vl_nnsoftmax", x), ("vl_nnsoftmax", x.astype(np.float32))])
    e = np.exp(x - x.max(axis=2, keepdims=True))
    expected = e / e.sum(axis=2, keepdims=True)
    assert np.allclose(y, expected, rtol=1e-13, atol=0)
    assert single.dtype == np.float32 and np.allclose(single, expected, rtol=2e-4, atol=1e-30)


@pytest.mark.parametrize("size", [1, 2, 4, 5, 20])
def test_normalization_across_neighbouring_channels(call: Call, size: int) -> None:
    x = np.random.default_rng(size).standard_normal((2, 3, 7, 2))
    (y,) = call([("vl_nnnormalize", x, [size, 2, 0.1, 0.75])])
    for c in range(7):
        first, last = c - (size - 1) // 2, c + -(-(size - 1) // 2)
        total = (x[:, :, max(first, 0) : last + 1] ** 2).sum(axis=2)
        assert np.allclose(y[:, :, c], x[:, :, c] / (2 + 0.1 * total) ** 0.75, rtol=1e-13)


def test_dropout_with_a_given_mask(call: Call) -> None:
    x = np.ones((2, 2), np.float32)
    mask = np.array([[0, 2], [2, 0]], np.float32)
    given, random = call([("vl_nndropout", x, "mask", mask), ("vl_nndropout", x, "rate", 0.75)])
    assert np.array_equal(given, mask)
    assert set(random.ravel().tolist()) <= {0.0, 4.0}


def test_options_are_matched_in_any_case(call: Call) -> None:
    opts = {"rate": 1, "inner": {"a": 1, "b": 2}}
    filled, nested, unknown = call(
        [
            ("vl_argparse", opts, ["RATE", 3]),
            ("vl_argparse", opts, ["Inner", {"b": 5}]),
            ("vl_argparse", opts, ["speed", 3]),
        ]
    )
    assert filled["rate"].item().item() == 3
    inner = nested["inner"].item()
    assert (inner["a"].item().item(), inner["b"].item().item()) == (1, 5)
    assert isinstance(unknown, OctaveError) and "speed" in unknown and "rate" in unknown


X = np.ones((4, 4, 4), np.float32)
F = np.ones((3, 3, 4, 2), np.float32)
REFUSED = {
    "derivative of convolution": (("vl_nnconv", X, F, None, X), "forward"),
    "derivative of pooling": (("vl_nnpool", X, 2, X), "forward"),
    "derivative of rectifier": (("vl_nnrelu", X, X), "forward"),
    "derivative of softmax": (("vl_nnsoftmax", X, X), "forward"),
    "derivative of normalization": (("vl_nnnormalize", X, [5, 1, 1, 1], X), "forward"),
    "derivative of a network": (("vl_simplenn", {"layers": cell([])}, X, X), "forward"),
    "integer data": (("vl_nnconv", X.astype(np.uint8), F, None), "uint8"),
    "mixed classes": (("vl_nnconv", X, F.astype(np.float64), None), "double"),
    "channels that do not divide": (("vl_nnconv", X, F[:, :, :3], None), "channels"),
    "filters that do not divide": (("vl_nnconv", X, F[:, :, :2, :1], None), "groups"),
    "too few biases": (("vl_nnconv", X, F, np.ones((1, 1), np.float32)), "biases"),
    "a filter beyond the image": (("vl_nnconv", X, F, None, "dilate", 2), "does not fit"),
    "negative padding": (("vl_nnconv", X, F, None, "pad", -1), "pad"),
    "half a stride": (("vl_nnconv", X, F, None, "stride", 0.5), "stride"),
    "three paddings": (("vl_nnconv", X, F, None, "pad", [1, 1, 1]), "pad"),
    "an unknown option": (("vl_nnconv", X, F, None, "padding", 1), "padding"),
    "an option without value": (("vl_nnconv", X, F, None, "pad"), "no value"),
    "padding as large as the window": (("vl_nnpool", X, 2, "pad", 2), "padding"),
    "an unknown pooling": (("vl_nnpool", X, 2, "method", "median"), "median"),
    "certain dropout": (("vl_nndropout", X, "rate", 1), "rate"),
    "an unknown layer": (
        ("vl_simplenn", {"layers": cell([{"type": "pdist", "name": "pdist1"}])}, X),
        "pdist1",
    ),
    "not a network": (("vl_simplenn_tidy", {"vars": 1}), "SimpleNN"),
}


def test_what_cannot_be_done_is_refused_with_its_reason(call: Call) -> None:
    got = call([case for case, _ in REFUSED.values()])
    for (name, (_, word)), message in zip(REFUSED.items(), got, strict=True):
        assert isinstance(message, OctaveError), name
        assert word in message, (name, message)
