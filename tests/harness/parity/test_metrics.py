"""Metrics are those of the formulas, and none can be fooled by rearranging values."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import distance

from netparity.parity import blocks, measure
from netparity.parity.metrics import SPEARMAN_VALUES, top_k_agreement

value = st.floats(-1e3, 1e3, width=32)
vectors = st.lists(value, min_size=1, max_size=8)
pairs = st.lists(st.tuples(value, value), min_size=1, max_size=40).map(
    lambda both: tuple(np.array(side) for side in zip(*both, strict=True))
)


def layer(count: int, noise: float = 1e-6, seed: int = 0):
    """A ReLU layer in float32 and its reference: half zeros, some of them on one side only."""
    rng = np.random.default_rng(seed)
    before = rng.normal(0, 3, count)
    x = np.maximum(before + rng.normal(0, noise, count), 0).astype(np.float32)
    return x, np.maximum(before, 0)


def undefined(found) -> set[str]:
    return {name for name, held in found.model_dump().items() if held is None}


DISTANCES = undefined(measure([], [])) - {"top1", "top5"}


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(blocks, "BLOCK", 8)
    return 8


# By hand and by other implementations


def test_a_case_done_by_hand() -> None:
    # x - r = (1, 0, -2); |r| = sqrt(9 + 16) = 5; x.r = 12 + 16 = 28; |x| = sqrt(16 + 16 + 4) = 6
    found = measure([4, 4, -2], [3, 4, 0])
    assert found.count == 3
    assert found.scale == pytest.approx(5 / math.sqrt(3), rel=1e-15)
    assert found.relative_l2 == pytest.approx(math.sqrt(5) / 5, rel=1e-15)
    assert found.rms == pytest.approx(math.sqrt(5 / 3), rel=1e-15)
    assert (found.max_abs, found.max_abs_at) == (2, (2,))
    assert found.max_relative == pytest.approx(1 / 3, rel=1e-15)  # r = 0 does not count
    assert found.cosine_distance == pytest.approx(1 - 28 / 30, rel=1e-14)
    assert found.snr_db == pytest.approx(10 * math.log10(25 / 5), rel=1e-14)
    # Float32 has 23 bits after the point; 5 / sqrt(3) = 2.9 lies between 2 and 4.
    assert (found.ulp_100, found.ulp_50) == (2 / 2**-22, pytest.approx(1 / 2**-22, rel=0.004))
    # Ranks of x are 2.5, 2.5, 1, of r 2, 3, 1: covariance 1.5, variances 1.5 and 2.
    assert found.spearman == pytest.approx(1.5 / math.sqrt(1.5 * 2), rel=1e-14)
    assert (found.sign_flips, found.relu_flips) == (0, 1 / 3)


@given(pairs)
def test_every_metric_is_its_formula(both) -> None:
    x, r = both
    assume(np.linalg.norm(r) > 1e-3 and np.linalg.norm(x) > 1e-3)
    found = measure(x, r)
    norm, noise = math.hypot(*r), math.hypot(*(x - r))
    assert found.scale == pytest.approx(math.sqrt(np.mean(r**2)), rel=1e-12)
    assert found.relative_l2 == pytest.approx(distance.euclidean(x, r) / norm, rel=1e-12)
    assert found.rms == pytest.approx(math.sqrt(np.mean((x - r) ** 2)), rel=1e-12)
    assert found.max_abs == distance.chebyshev(x, r)
    assert found.cosine_distance == pytest.approx(distance.cosine(x, r), abs=1e-12)
    if noise > 0:
        assert found.snr_db == pytest.approx(20 * math.log10(norm / noise), abs=1e-9)
    assert found.sign_flips == np.mean(np.sign(x) * np.sign(r) == -1)
    assert found.relu_flips == np.mean((x == 0) != (r == 0))


@given(pairs)
def test_the_largest_difference_is_where_it_is_said_to_be(both) -> None:
    x, r = both
    found = measure(x, r)
    if found.max_abs == 0:
        assert found.max_abs_at is None
    else:
        assert abs(x - r)[found.max_abs_at] == found.max_abs
        assert found.max_abs_at == (int(np.argmax(abs(x - r))),)


def test_the_place_of_the_largest_difference_has_the_arrays_axes() -> None:
    r = np.ones((2, 3, 4, 5))
    x = r.copy()
    x[1, 2, 0, 3] = 7
    assert measure(x, r).max_abs_at == (1, 2, 0, 3)
    assert measure(np.float32(2), np.float64(1)).max_abs_at == ()


@pytest.mark.parametrize("noise", [1e-12, 1e-6, 1e-2, 1.0])
def test_the_cosine_distance_of_nearly_parallel_vectors_is_not_lost(noise: float) -> None:
    # The formula 1 - cos itself, in rational numbers: 1 - cos = (1 - cos^2) / (1 + cos).
    rng = np.random.default_rng(5)
    r = rng.normal(0, 1, 50)
    x = r + noise * rng.normal(0, 1, 50)
    exact_x, exact_r = [list(map(Fraction, values.tolist())) for values in (x, r)]
    dot = sum(a * b for a, b in zip(exact_x, exact_r, strict=True))
    square = dot**2 / (sum(a * a for a in exact_x) * sum(b * b for b in exact_r))
    expected = float(1 - square) / (1 + math.sqrt(square))
    assert measure(x, r).cosine_distance == pytest.approx(expected, rel=1e-3, abs=0)


def test_cosine_distances_of_right_and_straight_angles() -> None:
    assert measure([1, 0], [0, 5]).cosine_distance == pytest.approx(1, rel=1e-15)
    assert measure([-2, -4], [1, 2]).cosine_distance == pytest.approx(2, rel=1e-15)
    assert measure([3, 6], [1, 2]).cosine_distance < 1e-30


# What counts, and what would make it meaningless


def test_relative_differences_of_nearly_nothing_do_not_count() -> None:
    r = np.ones(1000)
    r[:3] = 0, 1e-9, 2**-11
    x = r.copy()
    x[:3] += 1
    assert measure(x, r).max_relative == 0
    r[3] = x[3] = 2**-9
    x[3] *= 1.25
    assert measure(x, r).max_relative == 0.25


@pytest.mark.parametrize("count", [1, 2, 7, 100, 5000])
def test_relative_differences_are_taken_above_a_share_of_the_scale(count: int) -> None:
    x, r = layer(count, 1e-2)
    x[0], r[0] = 1, 1.5
    counts = abs(r) >= math.sqrt(np.mean(r**2)) / 1024
    expected = np.max(abs(x - r)[counts] / abs(r)[counts])
    assert measure(x, r).max_relative == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("noise", [1e-9, 1e-6, 1e-3, 10])
@pytest.mark.parametrize("count", [1, 2, 3, 99, 100, 101, 70_001])
def test_ulp_quantiles_are_numpys_within_half_a_percent(count: int, noise: float) -> None:
    x, r = layer(count, noise)
    x[0], r[0] = 1, 1.5
    found = measure(x, r)
    ulps = abs(x - r) / np.spacing(np.float32(math.sqrt(np.mean(r**2))))
    half, most, all_ = np.quantile(ulps, [0.5, 0.99, 1], method="inverted_cdf")
    assert found.ulp_50 == pytest.approx(half, rel=0.004, abs=1e-30)
    assert found.ulp_99 == pytest.approx(most, rel=0.004, abs=1e-30)
    assert found.ulp_100 == all_
    assert found.ulp_50 <= found.ulp_99 <= found.ulp_100


def test_rounding_to_float32_is_half_a_unit_at_the_scale() -> None:
    r = np.random.default_rng(0).uniform(1, 2, 10_000)
    found = measure(r.astype(np.float32), r)
    assert 0.49 < found.ulp_100 <= 0.5
    assert found.ulp_50 == pytest.approx(0.25, rel=0.03)  # uniform between 0 and a half


def test_differences_of_any_number_of_ulps_have_quantiles() -> None:
    found = measure(np.full(3, 1e30), np.full(3, 1e-30))
    expected = (1e30 - 1e-30) / float(np.spacing(np.float32(1e-30)))
    assert found.ulp_50 == found.ulp_99 == found.ulp_100 == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("count", [2, 100, SPEARMAN_VALUES])
def test_spearman_is_scipys(count: int) -> None:
    x, r = layer(count, 1, seed=2)
    x[0], r[0] = 1, 2
    assert measure(x, r).spearman == pytest.approx(stats.spearmanr(x, r).statistic, abs=1e-12)


def test_spearman_of_many_values_is_that_of_a_sample() -> None:
    x, r = layer(10 * SPEARMAN_VALUES, 3)
    sampled, whole = measure(x, r).spearman, stats.spearmanr(x, r).statistic
    assert sampled != whole
    assert sampled == pytest.approx(whole, abs=4 / math.sqrt(SPEARMAN_VALUES))
    assert measure(x, r).spearman == sampled


def test_spearman_of_many_values_draws_from_all_of_them() -> None:
    r = np.random.default_rng(0).normal(0, 1, 10 * SPEARMAN_VALUES)
    for start in range(0, r.size, SPEARMAN_VALUES):
        x = r.copy()
        x[start : start + SPEARMAN_VALUES] *= -1
        assert measure(x, r).spearman == pytest.approx(stats.spearmanr(x, r).statistic, abs=0.03)
    assert measure(x, r).spearman < 0.9


def test_spearman_sees_order_alone() -> None:
    r = np.random.default_rng(0).normal(0, 1, 100)
    assert measure(np.exp(r), r).spearman == pytest.approx(1, abs=1e-15)
    assert measure(-r, r).spearman == pytest.approx(-1, abs=1e-15)


def test_flips_are_shares_of_all_values() -> None:
    x = np.array([1, -1, 0, 0.0, -0.0, 2, 3, 5e-324])
    r = np.array([-1, -2, 0, 3, 0, -2, 0, -1e-300])
    found = measure(x, r)
    assert (found.sign_flips, found.relu_flips) == (3 / 8, 2 / 8)


# Rearranged values


def test_permuted_channels_are_seen_by_every_metric() -> None:
    r = np.random.default_rng(3).normal(0, 2, (1, 8, 8, 16))
    found = measure(r[..., [1, 0, *range(2, 16)]], r)
    assert found.relative_l2 > 0.1
    assert found.cosine_distance > 0.01
    assert found.ulp_100 > 1e6
    assert found.max_relative > 1
    assert found.spearman < 0.99
    assert found.sign_flips == pytest.approx(0.5 * 2 / 16, abs=0.03)
    assert not found.equal


# Equality


@given(vectors)
def test_equal_arrays_are_at_distance_zero(values: list[float]) -> None:
    assume(any(values))
    found = measure(values, values)
    assert found.equal
    assert (found.relative_l2, found.rms, found.max_abs, found.max_relative) == (0, 0, 0, 0)
    assert (found.ulp_50, found.ulp_99, found.ulp_100, found.cosine_distance) == (0, 0, 0, 0)
    assert (found.sign_flips, found.relu_flips) == (0, 0)
    assert found.snr_db is None
    assert found.max_abs_at is None


def test_equal_means_every_bit() -> None:
    zero = np.zeros(3, np.float32)
    assert measure(zero, zero).equal
    assert measure(zero, zero.astype(np.float64)).equal
    found = measure(-zero, zero)
    assert not found.equal
    assert (found.max_abs, found.sign_flips, found.relu_flips) == (0, 0, 0)
    assert not measure(-zero, zero.astype(np.float64)).equal


def test_nan_are_equal_if_their_payloads_are() -> None:
    quiet, other = np.array([0x7FC00000, 0x7FC00001], np.uint32).view(np.float32)
    one, another = np.array([1, quiet], np.float32), np.array([1, other], np.float32)
    assert measure(one, one).equal
    assert not measure(one, another).equal


def test_one_bit_makes_a_difference() -> None:
    x = np.full(1000, 1.5, np.float32)
    y = x.copy()
    y[777] = np.nextafter(y[777], np.float32(2))
    assert not measure(x, y).equal


# What is undefined


def test_what_is_undefined_is_none_and_never_zero() -> None:
    zero = np.zeros(3)
    found = measure(np.ones(3), zero)
    assert undefined(found) == {
        *("relative_l2", "max_relative", "ulp_50", "ulp_99", "ulp_100", "snr_db"),
        *("cosine_distance", "spearman", "top1", "top5"),
    }
    assert (found.scale, found.rms, found.max_abs, found.relu_flips) == (0, 1, 1, 1)
    found = measure(zero, np.ones(3))
    assert undefined(found) == {"cosine_distance", "spearman", "top1", "top5"}
    assert (found.relative_l2, found.snr_db) == (1, 0)


def test_constant_arrays_have_no_rank_correlation() -> None:
    some, constant = np.arange(5.0), np.full(5, 3.0)
    assert measure(some, constant).spearman is None
    assert measure(constant, some).spearman is None
    assert measure([2.0], [1.0]).spearman is None


@pytest.mark.parametrize("shape", [(0,), (0, 1000), (3, 0, 2)])
def test_of_no_values_nothing_is_defined(shape: tuple[int, ...]) -> None:
    found = measure(np.ones(shape), np.ones(shape), output=True)
    assert undefined(found) == {*DISTANCES, "top1", "top5"}
    assert (found.count, found.nan, found.inf, found.equal) == (0, 0, 0, True)


@pytest.mark.parametrize("at", [0, 50, 99])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("side", [0, 1])
def test_one_value_that_is_not_finite_is_counted_and_leaves_nothing_defined(
    bad: float, side: int, at: int
) -> None:
    both = [np.ones(100), np.ones(100)]
    both[side][at] = bad
    found = measure(*both)
    assert undefined(found) >= DISTANCES
    expected = [0, 0, 0, 0]
    expected[2 * side + int(np.isinf(bad))] = 1
    assert [found.nan, found.inf, found.nan_against, found.inf_against] == expected
    assert found.count == 100
    assert not found.equal


def test_infinities_at_the_same_place_do_not_cancel() -> None:
    both = np.array([1, np.inf, -np.inf, np.nan])
    found = measure(both, both)
    assert (found.nan, found.inf, found.nan_against, found.inf_against) == (1, 2, 1, 2)
    assert undefined(found) >= DISTANCES
    assert found.equal


@pytest.mark.parametrize("shape", [(99,), (1, 100), (10, 10), (101,), ()])
def test_another_shape_is_never_cut_or_broadcast(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shapes differ"):
        measure(np.ones(shape), np.ones(100))


# Precision and range


def test_float32_is_compared_in_float64() -> None:
    x = np.array([1 + 2**-23, 1], dtype=np.float32)
    assert measure(x, np.ones(2)).max_abs == 2**-23


@given(pairs, st.sampled_from([1e-290, 1e-160, 1e-12, 0.5, 1024.0, 1e12, 1e160, 1e290]))
def test_relative_metrics_do_not_depend_on_scale(both, factor: float) -> None:
    x, r = both
    assume(np.linalg.norm(r) > 1e-3 and np.linalg.norm(x) > 1e-3)
    plain, scaled = measure(x, r), measure(x * factor, r * factor)
    assert scaled.relative_l2 == pytest.approx(plain.relative_l2, rel=1e-12, abs=1e-15)
    assert scaled.cosine_distance == pytest.approx(plain.cosine_distance, abs=1e-12)
    assert scaled.max_abs == pytest.approx(plain.max_abs * factor, rel=1e-12, abs=1e-15 * factor)
    assert scaled.rms == pytest.approx(plain.rms * factor, rel=1e-12, abs=1e-15 * factor)


@pytest.mark.parametrize("scale", [1e-44, 1e-38, 1e38, 3.4e38])
def test_the_whole_range_of_float32_is_measured(scale: float) -> None:
    x = np.array([1, -1, 0.5], np.float32) * np.float32(scale)
    found = measure(x, -x)
    assert found.relative_l2 == pytest.approx(2, rel=1e-15)
    assert found.cosine_distance == pytest.approx(2, rel=1e-15)
    assert found.max_abs == 2 * float(x[0])
    assert found.ulp_100 == 2 * float(x[0]) / float(np.spacing(np.float32(found.scale)))


def test_beyond_the_range_of_float32_there_are_no_ulps() -> None:
    assert measure([1e200, 0], [1e200, 1]).ulp_100 is None


@pytest.mark.parametrize("apart", [(1e300, 1e-300), (1e-300, 1e300), (1.7e308, -1.7e308)])
def test_extremes_side_by_side_do_not_pass_for_equal(apart) -> None:
    x, r = ([value, 0.0] for value in apart)
    found = measure(x, r)
    assert found.relative_l2 >= 1
    assert found.max_abs >= 1e300
    assert not undefined(found) & {"cosine_distance", "snr_db"}


def test_a_difference_whose_square_underflows_is_not_zero() -> None:
    found = measure([1, 2e-200], [1, 1e-200])
    assert found.relative_l2 == pytest.approx(1e-200, rel=1e-12, abs=0)


@pytest.mark.parametrize("kind", ["?", "i1", "u8", "i8", "f2", ">f4", ">f8", "g"])
def test_any_type_of_real_numbers_is_compared_as_float64(kind: str) -> None:
    x, r = np.array([1, 0, 1]).astype(kind), np.array([1.0, 1, 0])
    assert measure(x, r) == measure(x.astype(np.float64), r)
    assert measure(r, x) == measure(r, x.astype(np.float64))


@pytest.mark.parametrize("order", ["F", "transposed", "strided", "reversed"])
def test_memory_order_does_not_matter_and_inputs_are_left_alone(order: str) -> None:
    x, r = (values.reshape(1, 6, 5, 4) for values in layer(120, 1e-3))
    other = {
        "F": lambda: np.asfortranarray(x),
        "transposed": lambda: np.ascontiguousarray(x.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1),
        "strided": lambda: np.repeat(x, 2, axis=2)[:, :, ::2],
        "reversed": lambda: np.ascontiguousarray(x[:, ::-1])[:, ::-1],
    }[order]()
    other.flags.writeable = r.flags.writeable = False
    assert measure(other, r) == measure(x, r)


# Blocks and threads


@given(count=st.integers(1, 40), seed=st.integers(0, 100))
def test_blocks_leave_no_value_out(count: int, seed: int) -> None:
    x, r = layer(count, 0.1, seed)
    with pytest.MonkeyPatch.context() as patch:
        plain = measure(x, r)
        patch.setattr(blocks, "BLOCK", 8)
        cut = measure(x, r, threads=3)
    for name, expected in plain.model_dump().items():
        if isinstance(expected, float):
            assert getattr(cut, name) == pytest.approx(expected, rel=1e-12, abs=1e-30), name
        else:
            assert getattr(cut, name) == expected, name


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("number", [1, 2, 8])
def test_each_value_counts_at_the_edges_of_blocks(number: int, more: int) -> None:
    count = number * blocks.BLOCK + more
    r = np.ones(count)
    for at in (0, blocks.BLOCK - 1, blocks.BLOCK, count - 1):
        if at < count:
            x = r.astype(np.float32)
            x[at] = -2
            found = measure(x, r)
            assert (found.max_abs, found.max_abs_at) == (3, (at,))
            assert found.relative_l2 == pytest.approx(3 / math.sqrt(count), rel=1e-12)
            assert found.sign_flips == 1 / count
            assert (found.ulp_50, found.ulp_99) == (0, 0)


def test_the_first_of_equally_large_differences_is_reported() -> None:
    r = np.zeros(3 * blocks.BLOCK)
    x = r.copy()
    x[[blocks.BLOCK + 5, 2 * blocks.BLOCK + 1]] = 1, -1
    assert measure(x, r).max_abs_at == (blocks.BLOCK + 5,)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_value_in_any_block_is_found(small_blocks: int, bad: float) -> None:
    for at in range(5 * small_blocks):
        x = np.ones(5 * small_blocks)
        x[at] = bad
        found = measure(x, np.ones_like(x))
        assert (found.nan, found.inf) == (int(np.isnan(bad)), int(np.isinf(bad)))
        assert found.relative_l2 is None


def test_no_bit_depends_on_the_number_of_threads() -> None:
    x, r = layer(20 * blocks.BLOCK + 123)
    alone = measure(x, r, threads=1)
    for threads in (2, 3, 5):
        for _ in range(3):
            assert measure(x, r, threads=threads) == alone


def test_large_arrays_agree_with_numpy() -> None:
    x, r = layer(9 * blocks.BLOCK + 1, 1e-3)
    found = measure(x, r)
    assert found.relative_l2 == pytest.approx(np.linalg.norm(x - r) / np.linalg.norm(r), rel=1e-12)
    # In float64: SciPy takes float32 beside float64 for equal here. Its 1 - cos cancels, and its
    # last digits depend on the threads of the BLAS.
    assert found.cosine_distance == pytest.approx(
        distance.cosine(x.astype(np.float64), r), abs=1e-13
    )
    assert found.max_abs == np.max(abs(x - r))
    assert found.relu_flips == np.mean((x == 0) != (r == 0)) > 0


# Classes


def test_top_classes_are_compared_image_by_image() -> None:
    r = np.array([[0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0.0]])
    x = r.copy()
    x[1] = [0, 1, 2, 3, 4, 5, 6]
    found = measure(x, r, output=True)
    # Largest five of the second image: 2 to 6 here, 0 to 4 there.
    assert (found.top1, found.top5) == (0.5, pytest.approx((1 + 3 / 5) / 2))


@given(st.integers(1, 4), st.integers(2, 12), st.integers(1, 6), st.integers(0, 50))
def test_top_k_is_the_overlap_of_sets(images: int, classes: int, k: int, seed: int) -> None:
    x, r = np.random.default_rng(seed).permuted(
        np.tile(np.arange(classes), (2, images, 1)), axis=-1
    )
    if k >= classes:
        assert top_k_agreement(x, r, k) is None
        return
    shares = []
    for one, other in zip(x, r, strict=True):
        sets = [{c for c in range(classes) if row[c] >= classes - k} for row in (one, other)]
        shares.append(len(sets[0] & sets[1]) / k)
    assert top_k_agreement(x, r, k) == pytest.approx(np.mean(shares))


def test_scaling_changes_no_class_and_ties_go_left() -> None:
    r = np.random.default_rng(1).normal(0, 1, (10, 1000))
    assert top_k_agreement(r * 3, r, 1) == top_k_agreement(r * 3, r, 5) == 1
    assert top_k_agreement([[2, 2, 1]], [[5, 1, 4]], 1) == 1
    assert top_k_agreement([[2, 2, 1]], [[1, 5, 4]], 1) == 0


@pytest.mark.parametrize("shape", [(10,), (2, 3, 10), (4, 1), (0, 10), ()])
def test_without_classes_there_is_no_top(shape: tuple[int, ...]) -> None:
    values = np.ones(shape)
    found = measure(values, values, output=True)
    assert (found.top1, found.top5) == (None, None)


def test_among_five_classes_the_top_five_say_nothing() -> None:
    five = np.random.default_rng(0).normal(0, 1, (3, 5))
    found = measure(five, five, output=True)
    assert (found.top1, found.top5) == (1, None)


def test_classes_are_compared_only_on_request() -> None:
    assert measure(np.eye(6), np.eye(6)).top1 is None
