"""What other comparisons let pass must not pass here (docs/parity.md)."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.parity import FLOOR_FACTOR, Rule, degeneracy, judge, measure
from netparity.parity.verdict import FEWEST_VALUES

REFERENCE = np.random.default_rng(3).normal(0, 2, (1, 4, 4, 8)) + 0.5
NORM = np.linalg.norm(REFERENCE)
FLOOR = 2.0**-23
BY_FLOOR = Rule()
LIMIT = FLOOR_FACTOR * FLOOR


def verdict(feature, against=REFERENCE, rule: Rule = BY_FLOOR, floor: float | None = FLOOR) -> str:
    return judged(feature, against, rule, floor)[0]


def judged(feature, against=REFERENCE, rule: Rule = BY_FLOOR, floor: float | None = FLOOR):
    return judge(measure(feature, against), feature, against, floor, rule, degeneracy(against))


def noise(size: float, shape=REFERENCE.shape):
    """A difference of this relative L2 to REFERENCE, spread over all values."""
    drawn = np.random.default_rng(0).normal(0, 1, shape)
    return drawn * (size * NORM / np.linalg.norm(drawn))


RULES = {
    "by floor": Rule(),
    "relative L2": Rule(max_relative_l2=1e-5),
    "rtol": Rule(rtol=1e-4),
    "atol": Rule(atol=1e-4),
    "everything": Rule(max_relative_l2=1e-5, atol=1e-4, rtol=1e-4),
}
EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


# --- the known wrong ways to compare --------------------------------------------------------


@EVERY_RULE
def test_the_same_values_pass(rule: Rule) -> None:
    assert verdict(REFERENCE, rule=rule) == "pass"
    assert verdict(REFERENCE.astype(np.float32), rule=rule) == "pass"


@EVERY_RULE
def test_permuted_channels_do_not_pass(rule: Rule) -> None:
    permuted = REFERENCE[..., [1, 0, *range(2, 8)]]
    np.testing.assert_array_equal(np.sort(permuted, None), np.sort(REFERENCE, None))
    assert verdict(permuted, rule=rule) == "divergent"


@EVERY_RULE
def test_swapped_axes_do_not_pass(rule: Rule) -> None:
    assert verdict(REFERENCE.swapaxes(1, 2), rule=rule) == "divergent"


@EVERY_RULE
def test_flipped_signs_do_not_pass(rule: Rule) -> None:
    flipped = REFERENCE.copy()
    flipped[0, 0] *= -1
    assert np.abs(flipped).sum() == np.abs(REFERENCE).sum()
    assert verdict(flipped, rule=rule) == "divergent"
    assert verdict(-REFERENCE, rule=rule) == "divergent"


@EVERY_RULE
def test_equal_means_do_not_pass(rule: Rule) -> None:
    shifted = REFERENCE.copy()
    shifted[0, 0, 0, 0] += 1
    shifted[0, 0, 0, 1] -= 1
    assert shifted.mean() == pytest.approx(REFERENCE.mean(), rel=1e-12)
    assert verdict(shifted, rule=rule) == "divergent"


@EVERY_RULE
def test_equal_means_and_variances_do_not_pass(rule: Rule) -> None:
    mirrored = 2 * REFERENCE.mean() - REFERENCE
    assert mirrored.mean() == pytest.approx(REFERENCE.mean(), rel=1e-12)
    assert mirrored.std() == pytest.approx(REFERENCE.std(), rel=1e-12)
    assert verdict(mirrored, rule=rule) == "divergent"


@EVERY_RULE
def test_errors_that_cancel_do_not_pass(rule: Rule) -> None:
    error = np.where(np.arange(8) % 2, 1e-2, -1e-2) * np.ones_like(REFERENCE)
    assert error.sum() == pytest.approx(0, abs=1e-12)
    assert verdict(REFERENCE + error, rule=rule) == "divergent"


@EVERY_RULE
def test_a_feature_of_another_scale_does_not_pass(rule: Rule) -> None:
    """A cosine alone would call it perfect."""
    assert measure(REFERENCE * 1.001, REFERENCE).cosine_distance == pytest.approx(0, abs=1e-15)
    assert verdict(REFERENCE * 1.001, rule=rule) == "divergent"


@EVERY_RULE
def test_a_feature_of_nothing_but_zeros_diverges(rule: Rule) -> None:
    assert verdict(np.zeros_like(REFERENCE), rule=rule) == "divergent"


def test_a_truncated_feature_is_not_measured_at_all() -> None:
    """`test_compare.py` shows the outcome: an error with both shapes."""
    with pytest.raises(ValueError, match="shapes differ"):
        verdict(REFERENCE[..., :7])


# --- values that are no numbers -------------------------------------------------------------


@EVERY_RULE
@pytest.mark.parametrize(
    ("bad", "words"), [(np.nan, "1 NaN"), (np.inf, "1 infinite"), (-np.inf, "1 infinite")]
)
def test_one_bad_value_is_an_error_that_counts_it(bad: float, words: str, rule: Rule) -> None:
    feature = REFERENCE.copy()
    feature[0, 1, 2, 3] = bad
    assert judged(feature, rule=rule) == ("error", f"{words} of {REFERENCE.size:,} values")


def test_both_kinds_of_bad_values_are_counted() -> None:
    feature = np.tile(REFERENCE, (10, 1, 1, 1))
    feature[0] = np.nan
    feature[1, 0] = np.inf
    found = judged(feature, np.tile(REFERENCE, (10, 1, 1, 1)))
    assert found == ("error", "128 NaN and 32 infinite of 1,280 values")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_value_at_the_same_place_on_both_sides_is_still_an_error(bad: float) -> None:
    both = REFERENCE.copy()
    both[0, 0, 0, 0] = bad
    assert judge(measure(both, both), both, both, FLOOR, Rule(), None)[0] == "error"


def test_a_bad_value_of_the_other_side_is_told_apart() -> None:
    other = REFERENCE.copy()
    other[0, 0, 0, 0] = np.nan
    found, note = judge(measure(REFERENCE, other), REFERENCE, other, FLOOR, Rule(), None)
    assert found == "error"
    assert note == "the values it is compared with contain NaN or infinity"


def test_a_bad_value_is_an_error_however_little_the_layer_shows() -> None:
    assert verdict(np.full(5, np.nan), np.zeros(5)) == "error"
    assert verdict(np.array([np.nan]), np.array([1.0])) == "error"


# --- the noise floor decides ----------------------------------------------------------------


@pytest.mark.parametrize("floor", [2.0**-24, 2.0**-20, 1e-3])
@pytest.mark.parametrize("factor", [1.0, FLOOR_FACTOR, 100.0])
def test_a_feature_passes_within_so_many_times_its_floor(factor: float, floor: float) -> None:
    for share, expected in ((0.99, "pass"), (1.01, "divergent")):
        feature = REFERENCE + noise(share * factor * floor)
        assert verdict(feature, rule=Rule(factor=factor), floor=floor) == expected


def test_without_a_floor_nothing_but_equality_passes() -> None:
    assert verdict(REFERENCE, floor=None) == "pass"
    assert verdict(np.nextafter(REFERENCE, 9), floor=None) == "divergent"


@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e20])
def test_a_verdict_does_not_depend_on_scale(scale: float) -> None:
    for share, expected in ((0.9, "pass"), (1.1, "divergent")):
        feature = REFERENCE + noise(share * LIMIT)
        assert verdict(feature * scale, REFERENCE * scale) == expected


def test_the_error_of_all_values_counts_and_not_that_of_the_worst() -> None:
    feature = REFERENCE.copy()
    feature[0, 0, 0, 0] += 0.9 * LIMIT * NORM
    assert verdict(feature) == "pass"


# --- what the user allows -------------------------------------------------------------------


def test_a_relative_l2_of_the_users_replaces_the_floor() -> None:
    feature = REFERENCE + noise(0.01)
    assert verdict(feature, rule=Rule(max_relative_l2=0.02)) == "pass"
    assert verdict(feature, rule=Rule(max_relative_l2=0.005)) == "divergent"
    assert verdict(REFERENCE + noise(LIMIT / 2), rule=Rule(max_relative_l2=1e-9)) == "divergent"


@pytest.mark.parametrize(
    ("atol", "rtol"), [(1e-3, None), (None, 1e-3), (1e-3, 1e-3), (0.0, 1e-3), (1e-3, 0.0)]
)
def test_atol_and_rtol_hold_for_every_value(atol: float | None, rtol: float | None) -> None:
    """|x - r| <= atol + rtol |r|, the formula of numpy.allclose."""
    rule = Rule(atol=atol, rtol=rtol)
    allowed = (atol or 0) + (rtol or 0) * np.abs(REFERENCE)
    assert verdict(REFERENCE + 0.99 * allowed, rule=rule) == "pass"
    assert verdict(REFERENCE - 0.99 * allowed, rule=rule) == "pass"
    for place in np.ndindex(REFERENCE.shape):
        one = REFERENCE.copy()
        one[place] += 1.01 * allowed[place]
        assert verdict(one, rule=rule) == "divergent", place


def test_every_tolerance_that_is_given_must_hold() -> None:
    feature = REFERENCE + noise(1e-3)
    worst = float(np.abs(feature - REFERENCE).max())
    wide, narrow = {"max_relative_l2": 1e-2, "atol": 2 * worst}, {"max_relative_l2": 1e-4}
    assert verdict(feature, rule=Rule(**wide)) == "pass"
    assert verdict(feature, rule=Rule(**wide | narrow)) == "divergent"
    assert verdict(feature, rule=Rule(**wide | {"atol": worst / 2})) == "divergent"
    both = Rule(**wide | {"atol": worst / 2}, rtol=1.0)
    assert verdict(REFERENCE * (1 + 1e-4), rule=both) == "pass"


@pytest.mark.parametrize(
    "rule",
    [Rule(max_relative_l2=0.0), Rule(atol=0.0), Rule(rtol=0.0), Rule(atol=0.0, rtol=0.0)],
    ids=lambda rule: f"{rule.max_relative_l2} {rule.atol} {rule.rtol}",
)
def test_a_tolerance_of_zero_asks_for_equality(rule: Rule) -> None:
    assert not rule.by_floor
    assert verdict(REFERENCE, rule=rule) == "pass"
    other = REFERENCE.copy()
    other[0, 0, 0, 0] = np.nextafter(other[0, 0, 0, 0], 9)
    assert verdict(other, rule=rule, floor=1.0) == "divergent"


def test_the_rule_goes_by_the_floor_unless_told_otherwise() -> None:
    assert Rule().by_floor
    assert Rule(factor=3.0).by_floor
    for changes in ({"max_relative_l2": 1e-5}, {"atol": 0.0}, {"rtol": 0.0}):
        assert not Rule(**changes).by_floor


# --- layers that show nothing ---------------------------------------------------------------

TINY = float(np.finfo(np.float32).tiny)
DEGENERATE = {
    "constant": np.full(50, 3.0),
    "negative constant": np.full(50, -3.0),
    "zero": np.zeros(50),
    "one value": np.array([2.0]),
    "three values": np.array([1.0, -2.0, 3.0]),
    "denormal": np.linspace(-TINY, TINY, 50) / 4,
    "almost denormal": np.linspace(-TINY, TINY, 50) * 2**20,
}
EVERY_DEGENERATE = pytest.mark.parametrize("against", DEGENERATE.values(), ids=DEGENERATE)


@EVERY_RULE
@EVERY_DEGENERATE
def test_agreement_that_shows_nothing_is_inconclusive_and_says_why(against, rule: Rule) -> None:
    found, note = judged(against, against, rule)
    assert found == "inconclusive"
    assert note is not None
    assert note == degeneracy(against)


@EVERY_DEGENERATE
def test_disagreement_beyond_the_rule_is_a_divergence_all_the_same(against) -> None:
    other = against + (np.abs(against).max() or 1.0) * np.sin(np.arange(against.size) + 1)
    for rule in (Rule(), Rule(max_relative_l2=1e-3), Rule(rtol=1e-3), Rule(atol=0.0)):
        assert verdict(other, against, rule) == "divergent"


def test_an_absolute_tolerance_holds_for_a_zero_reference_too() -> None:
    small = np.full(50, 1e-6)
    assert verdict(small, np.zeros(50), Rule(atol=1e-5)) == "inconclusive"
    assert verdict(small, np.zeros(50), Rule(atol=1e-7)) == "divergent"
    assert verdict(small, np.zeros(50), Rule(atol=1e-5, max_relative_l2=0.1)) == "divergent"
    assert verdict(small, np.zeros(50), Rule(rtol=1.0)) == "divergent"


@pytest.mark.parametrize(
    "shown",
    [
        np.arange(FEWEST_VALUES),
        np.array([0.0] * 99 + [1.0]),
        np.linspace(-1, 1, 50) * 1e-25,
        np.linspace(-1, 1, 50) * 1e30,
    ],
    ids=["four values", "one of a hundred", "small", "large"],
)
def test_what_does_show_something_is_not_degenerate(shown) -> None:
    assert degeneracy(shown) is None
    assert verdict(shown.astype(np.float64), shown.astype(np.float64)) == "pass"


def test_degeneracy_says_how_many_values_there_are() -> None:
    assert degeneracy(np.ones(3)) == "the layer has only 3 values"
    assert degeneracy(np.ones((1, 2))) == "the layer has only 2 values"


def test_a_floor_that_allows_anything_shows_nothing() -> None:
    assert verdict(np.zeros_like(REFERENCE), floor=0.66) == "inconclusive"
