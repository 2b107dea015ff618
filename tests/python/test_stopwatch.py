"""Short calls are timed several at a time; the clock is played."""

import itertools

import pytest

import stopwatch


@pytest.fixture
def played(monkeypatch):
    """Let every reading of the clock be 1 ms after the one before; count the calls."""
    readings = itertools.count()
    monkeypatch.setattr(stopwatch.time, "perf_counter", lambda: next(readings) * 1e-3)
    monkeypatch.setattr(stopwatch, "tick_seconds", lambda: 1e-6)
    calls = []
    return calls


@pytest.mark.parametrize(
    ("seconds", "loops"), [(1.0, 1), (1e-3, 1), (0.9e-3, 2), (1e-4, 10), (1e-6, 1000), (0, 1000)]
)
def test_a_call_is_repeated_until_it_lasts_a_thousand_ticks(played, seconds, loops):
    series = stopwatch.timed_series(lambda: played.append(1), 3, seconds)
    assert series.loops == loops
    assert len(played) == 3 * loops
    assert series.seconds == pytest.approx([1e-3 / loops] * 3)


def test_one_call(played):
    timed = stopwatch.timed(lambda: played.append(1) or "value")
    assert timed.seconds == pytest.approx(1e-3)
    assert (timed.value, played) == ("value", [1])


def test_the_tick_is_the_smallest_step_seen(monkeypatch):
    steps = itertools.cycle([0.0, 0.0, 3e-6, 0.0, 2e-6, 5e-6])
    now = itertools.accumulate(steps)
    monkeypatch.setattr(stopwatch.time, "perf_counter", lambda: next(now))
    stopwatch.tick_seconds.cache_clear()
    try:
        assert stopwatch.tick_seconds() == pytest.approx(2e-6)
    finally:
        stopwatch.tick_seconds.cache_clear()
