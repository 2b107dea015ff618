"""A figure is written with the digits that its uncertainty leaves meaning to, and no more.

The rule is that of the Review of Particle Physics, section 5.3 of its introduction: two digits of
the uncertainty if its first three lie between 100 and 354, one between 355 and 949, and above that
it is rounded up to 1000 and two are kept.
"""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from netparity.protocol import TimingEntry
from netparity.report.cells import (
    ABSENT,
    counted,
    decimals,
    error,
    medians_of_two,
    spread_seconds,
    with_interval,
)
from netparity.timing import estimate


def about(value: float, uncertainty: float) -> tuple[float, float]:
    return value - uncertainty, value + uncertainty


def said(text: str) -> list[float]:
    """The figures of a cell: the value and the ends of its interval, if it has one."""
    found = re.fullmatch(r"(\S+)(?: \((\S+)–(\S+)\))?", text)
    assert found is not None, text
    return [float(each) for each in found.groups() if each is not None]


@pytest.mark.parametrize(
    ("value", "uncertainty", "written"),
    [(0.827, 0.119, "0.83 (0.71–0.95)"), (0.827, 0.367, "0.8 (0.5–1.2)")],
)
def test_the_examples_of_the_review(value: float, uncertainty: float, written: str) -> None:
    """There 0.83 ± 0.12 and 0.8 ± 0.4; the ends are 0.708 and 0.946, 0.460 and 1.194."""
    assert with_interval(value, about(value, uncertainty)) == written


def test_from_950_on_the_uncertainty_is_rounded_up_to_the_next_power_of_ten() -> None:
    """0.0963 is 0.10 then, and the last place is that of its two digits."""
    assert with_interval(0.8, about(0.8, 0.0963)) == "0.80 (0.70–0.90)"
    assert with_interval(14.674, about(14.674, 0.964)) == "14.7 (13.7–15.6)"


@pytest.mark.parametrize("exponent", range(-9, 10))
@pytest.mark.parametrize(
    ("three", "kept"), [(100, 2), (119, 2), (354, 2), (355, 1), (367, 1), (949, 1), (950, 2)]
)
def test_the_digits_kept_at_the_borders_of_the_rule(three: int, kept: int, exponent: int) -> None:
    uncertainty = three * 10.0 ** (exponent - 2)
    leading = exponent + 1 if three >= 950 else exponent  # 950 to 999 are rounded up to 1000
    value = 10 * uncertainty
    assert decimals(value, about(value, uncertainty)) == kept - 1 - leading


def test_tens_and_hundreds_are_rounded_too() -> None:
    assert with_interval(827.0, about(827.0, 119.0)) == "830 (710–950)"
    assert with_interval(827.0, about(827.0, 367.0)) == "800 (500–1200)"
    assert with_interval(8270.0, about(8270.0, 1190.0)) == "8300 (7100–9500)"


def test_the_nearer_end_is_the_uncertainty() -> None:
    assert decimals(1.0, (0.98, 5.0)) == decimals(1.0, (0.2, 1.02)) == 3
    assert with_interval(1.0, (0.98, 5.0)) == "1.000 (0.980–5.000)"


def test_an_end_on_the_value_leaves_the_other() -> None:
    assert with_interval(1.0, (1.0, 1.2)) == "1.00 (1.00–1.20)"


def test_ends_the_wrong_way_round_stay_so_and_change_no_digit() -> None:
    assert with_interval(0.827, (0.946, 0.708)) == "0.83 (0.95–0.71)"


@pytest.mark.parametrize("interval", [(2.0, 2.0), (2.0, 2.0 + 1e-9)])
def test_an_interval_without_width_leaves_three_digits(interval: tuple[float, float]) -> None:
    assert decimals(2.0, interval) is None
    assert with_interval(2.0, interval) == "2.00 (2.00–2.00)"


def test_without_an_interval_there_is_the_figure_alone() -> None:
    assert with_interval(0.1234, None) == "0.123"
    assert spread_seconds(None, spread=True) == ABSENT
    assert error(None) == ABSENT


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_written_as_it_is(value: float) -> None:
    assert decimals(value, (1.0, 2.0)) is None
    assert said(with_interval(value, (1.0, 2.0)))[0] == pytest.approx(value, nan_ok=True)
    assert decimals(1.0, (value, value)) is None
    assert said(with_interval(1.0, (0.9, math.inf))) == [1.0, 0.9, math.inf]


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 rounds"), (1, "1 round"), (2, "2 rounds"), (21, "21 rounds")]
)
def test_one_thing_has_no_s(count: int, words: str) -> None:
    assert counted(count, "round") == words


# --- for all values -------------------------------------------------------------------------

anything = st.floats()
seconds = st.floats(1e-7, 1e7)


@given(value=anything, interval=st.none() | st.tuples(anything, anything))
def test_every_cell_can_be_read_as_figures(
    value: float, interval: tuple[float, float] | None
) -> None:
    assert len(said(with_interval(value, interval))) == (1 if interval is None else 3)


@given(value=seconds, down=st.floats(1e-5, 1.0), up=st.floats(1e-5, 10.0))
def test_rounding_is_small_beside_the_uncertainty(value: float, down: float, up: float) -> None:
    interval = value - down * value, value + up * value
    uncertainty = min(value - interval[0], interval[1] - value)
    assume(uncertainty > 0)
    for exact, written in zip(
        (value, *interval), said(with_interval(value, interval)), strict=True
    ):
        # Half a unit of the last digit kept, of at least 3.545 units: a seventh.
        assert abs(written - exact) <= 0.5 / 3.545 * uncertainty * (1 + 1e-6) + 1e-15 * abs(exact)


@given(value=seconds, share=st.floats(1e-5, 0.9))
def test_no_digit_is_written_that_means_nothing(value: float, share: float) -> None:
    places = decimals(value, about(value, share * value))
    assert places is not None
    # Of two digits kept, the uncertainty is at most 35.4 units of the last.
    assert 10.0**-places >= 0.99 * share * value / 35.5


@given(value=seconds, share=st.floats(1e-4, 0.9), power=st.integers(-3, 3))
def test_another_unit_shifts_the_places_and_nothing_else(
    value: float, share: float, power: int
) -> None:
    here = decimals(value, about(value, share * value))
    there = decimals(value * 10.0**power, about(value * 10.0**power, share * value * 10.0**power))
    # On a border of the rule, 355 say, the last bit of the product may decide.
    three = share * value / 10.0 ** math.floor(math.log10(share * value)) * 100
    assume(min(abs(three % 1 - 0.5), abs(three - 100), abs(three - 1000)) > 1e-6)
    assert here is not None and there == here - power


@given(value=seconds, share=st.floats(1e-5, 0.9))
def test_the_value_and_the_ends_have_the_same_places(value: float, share: float) -> None:
    text = with_interval(value, about(value, share * value))
    places = {len(figure.partition(".")[2]) for figure in re.findall(r"[\d.]+", text)}
    assert len(places) == 1


# --- two processes --------------------------------------------------------------------------


def timed(*seconds: float) -> TimingEntry:
    """The timing of a process for each of these."""
    found = estimate({number: [value] for number, value in enumerate(seconds, 1)})
    interval = found.interval
    return TimingEntry(
        label="a",
        phase="predict",
        median_seconds=found.seconds,
        interval_seconds=(interval.low, interval.high) if interval else None,
        min_seconds=min(seconds),
        max_seconds=max(seconds),
        values=list(seconds),
        processes=len(seconds),
    )


@settings(deadline=None)  # the first call imports scipy
@given(first=st.floats(1e-5, 1e4), second=st.floats(1e-5, 1e4))
def test_the_medians_of_two_processes_follow_from_their_interval(
    first: float, second: float
) -> None:
    found = medians_of_two(timed(first, second))
    assume(found is not None)
    assert found == pytest.approx(sorted([first, second]), rel=1e-6)


def test_two_processes_have_no_interval_but_their_medians_in_square_brackets() -> None:
    """Student's t interval would be 0.009 to 7.5 s."""
    assert spread_seconds(timed(0.201, 0.339), spread=True) == "0.26 [0.20–0.34]"
    assert spread_seconds(timed(0.201, 0.339), spread=False) == "0.26"


@pytest.mark.parametrize("seconds", [(0.2,), (0.2, 0.21, 0.22)])
def test_any_other_number_of_processes_has_an_interval_or_nothing(
    seconds: tuple[float, ...],
) -> None:
    assert medians_of_two(timed(*seconds)) is None
    assert "[" not in spread_seconds(timed(*seconds), spread=True)
