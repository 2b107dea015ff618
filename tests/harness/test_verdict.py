"""What other comparisons let pass must not pass here (docs/parity.md)."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.parity import MAX_RELATIVE_L2, judge, measure

REFERENCE = np.random.default_rng(3).normal(0, 2, (1, 4, 4, 8)) + 0.5


def verdict(feature, against=REFERENCE, tolerance: float = MAX_RELATIVE_L2) -> str:
    return judge(feature, against, measure(feature, against), tolerance)[0]


def test_the_same_values_pass() -> None:
    assert verdict(REFERENCE) == "pass"
    assert verdict(REFERENCE.astype(np.float32)) == "pass"


def test_permuted_channels_do_not_pass() -> None:
    permuted = REFERENCE[..., [1, 0, *range(2, 8)]]
    np.testing.assert_array_equal(np.sort(permuted, None), np.sort(REFERENCE, None))
    assert verdict(permuted) == "divergent"


def test_swapped_axes_do_not_pass() -> None:
    assert verdict(REFERENCE.swapaxes(1, 2)) == "divergent"


def test_flipped_signs_do_not_pass() -> None:
    flipped = REFERENCE.copy()
    flipped[0, 0] *= -1
    assert np.abs(flipped).sum() == np.abs(REFERENCE).sum()
    assert verdict(flipped) == "divergent"
    assert verdict(-REFERENCE) == "divergent"


def test_equal_means_do_not_pass() -> None:
    shifted = REFERENCE.copy()
    shifted[0, 0, 0, 0] += 1
    shifted[0, 0, 0, 1] -= 1
    assert shifted.mean() == pytest.approx(REFERENCE.mean(), rel=1e-12)
    assert verdict(shifted) == "divergent"


def test_errors_that_cancel_do_not_pass() -> None:
    doubled = REFERENCE * np.where(np.arange(8) % 2, 2, 0)
    assert verdict(doubled) == "divergent"


def test_a_truncated_feature_is_not_compared_at_all() -> None:
    with pytest.raises(ValueError, match="shapes differ"):
        verdict(REFERENCE[..., :7])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_one_bad_value_is_an_error_that_counts_it(bad: float) -> None:
    feature = REFERENCE.copy()
    feature[0, 1, 2, 3] = bad
    found, note = judge(feature, REFERENCE, measure(feature, REFERENCE))
    assert found == "error"
    assert note == "1 values are NaN or infinite"


def test_nan_at_the_same_place_on_both_sides_is_still_an_error() -> None:
    both = REFERENCE.copy()
    both[0, 0, 0, 0] = np.nan
    assert verdict(both, both) == "error"


@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e20])
def test_a_verdict_does_not_depend_on_scale(scale: float) -> None:
    noise = np.random.default_rng(0).normal(0, 1, REFERENCE.shape)
    noise /= np.linalg.norm(noise) / np.linalg.norm(REFERENCE)
    for size, expected in ((0.9, "pass"), (1.1, "divergent")):
        feature = REFERENCE + size * MAX_RELATIVE_L2 * noise
        assert verdict(feature * scale, REFERENCE * scale) == expected


def test_the_tolerance_can_be_chosen() -> None:
    feature = REFERENCE * 1.01
    assert verdict(feature, tolerance=0.02) == "pass"
    assert verdict(feature, tolerance=0.005) == "divergent"


@pytest.mark.parametrize("against", [np.zeros(5), np.full(5, 3.0)])
def test_agreement_with_a_constant_shows_nothing(against) -> None:
    found, note = judge(against, against, measure(against, against))
    assert found == "inconclusive"
    assert note is not None


def test_a_zero_reference_is_inconclusive() -> None:
    assert verdict(np.ones(5), np.zeros(5)) == "inconclusive"


def test_disagreement_with_a_constant_other_than_zero_is_a_divergence() -> None:
    assert verdict(np.full(5, 6.0), np.full(5, 3.0)) == "divergent"


def test_a_feature_of_nothing_but_zeros_diverges() -> None:
    assert verdict(np.zeros_like(REFERENCE)) == "divergent"
