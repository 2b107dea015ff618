"""Coarse number formats are seen in the values alone."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.diagnosis.stored import stored_format

VALUES = np.random.default_rng(1).gamma(2.0, 3.0, (1, 256)).astype(np.float32)
VALUES[0, ::3] = 0


def eight_bits(x):
    step = x.max() / 127
    return (np.rint(x / step) * step).astype(np.float32)


FORMATS = {
    "float16": lambda x: x.astype(np.float16).astype(np.float32),
    "bfloat16": lambda x: (x.view(np.uint32) & 0xFFFF0000).view(np.float32),
    "3 decimals": lambda x: np.round(x, 3),
    "4 significant digits": np.vectorize(lambda v: float(f"{v:.4g}")),
    "8 bits": eight_bits,
}


@pytest.mark.parametrize("words", FORMATS)
def test_a_format_is_named_and_its_intervals_hold_the_values(words: str) -> None:
    stored = stored_format(FORMATS[words](VALUES))
    assert stored is not None and stored.words == words
    if words != "bfloat16":  # cut off here, not rounded
        slack = 1e-6 * np.abs(VALUES)
        assert (stored.low - slack <= VALUES).all() and (stored.high + slack >= VALUES).all()
        np.testing.assert_allclose(stored.nearest(VALUES), VALUES, rtol=1e-6)


def test_float32_is_no_coarse_format() -> None:
    assert stored_format(VALUES) is None
    assert stored_format(VALUES / np.linalg.norm(VALUES)) is None


def test_few_or_equal_values_show_nothing() -> None:
    assert stored_format(np.ones((1, 256), np.float32)) is None
    assert stored_format(np.arange(8, dtype=np.float32)[None]) is None
