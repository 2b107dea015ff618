"""Progress as a reader sees it: the time left, and how many lines a log file gets."""

from __future__ import annotations

import io
from itertools import pairwise
from types import SimpleNamespace

import pytest
from rich.console import Console

from netparity.commands import progress
from netparity.commands.pace import Pace
from netparity.commands.progress import RichWatch
from netparity.system.countdown import Countdown
from netparity.timing import Schedule
from netparity.timing.remaining import Pace as RoundPace
from netparity.timing.remaining import seconds_left


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "a few seconds left"),
        (14, "a few seconds left"),
        (37, "about 40 s left"),
        (58, "about 1 min left"),
        (100, "about 2 min left"),
        (1000, "about 17 min left"),
        (1900, "about 30 min left"),
        (4700, "about 1 h 20 min left"),
        (14000, "about 4 h left"),
    ],
)
def test_the_words_are_rounded_to_what_an_estimate_can_tell(
    clock: Clock, seconds: float, words: str
) -> None:
    countdown = Countdown(clock)
    assert countdown.words() == ""
    countdown.expect(seconds)
    assert countdown.words() == words


def test_it_counts_down_without_new_estimates_and_ends_in_silence(clock: Clock) -> None:
    countdown = Countdown(clock)
    countdown.expect(180)
    shown = [countdown.words()]
    for _ in range(220):
        clock.now += 1
        if countdown.words() != shown[-1]:
            shown.append(countdown.words())
    assert shown == [
        *("about 3 min left", "about 2 min left", "about 1 min left"),
        *(f"about {seconds} s left" for seconds in (50, 40, 30, 20)),
        *("a few seconds left", ""),
    ]


def test_small_changes_of_the_estimate_do_not_make_it_flicker(clock: Clock) -> None:
    countdown = Countdown(clock)
    shown = []
    for step in range(300):
        left = 300 - step
        countdown.expect(left * (1.15 if step % 2 else 0.85))  # 15 % too much, 15 % too little
        shown.append(countdown.words())
        clock.now += 1
    changes = [b for a, b in pairwise(shown) if a != b]
    assert len(changes) == len(set(changes)), changes  # no number comes back


def test_an_estimate_that_was_far_off_is_corrected_at_once(clock: Clock) -> None:
    countdown = Countdown(clock)
    countdown.expect(600)
    assert countdown.words() == "about 10 min left"
    countdown.expect(120)
    assert countdown.words() == "about 2 min left"


def test_what_is_shown_after_each_round_of_a_whole_comparison(clock: Clock) -> None:
    countdown, rounds = Countdown(clock), []
    seconds = [42.0, 31.0, 29.0, 33.0, 30.0]
    shown = []
    for taken in seconds:
        found = seconds_left(Schedule(5), RoundPace(rounds), None)
        if found is not None:
            countdown.expect(found)
        shown.append(countdown.words())
        clock.now += taken
        rounds.append(taken)
    assert shown == [
        *("", "about 3 min left", "about 2 min left", "about 1 min left", "about 40 s left"),
    ]


def test_work_that_says_how_far_it_is_has_an_estimate_too(clock: Clock) -> None:
    pace = Pace(100.0, clock)
    pace.advance(40.0)  # at once: an earlier run did that
    for _ in range(3):
        clock.now += 10
        pace.advance(10.0)
    assert pace.countdown.words() == "about 30 s left"
    pace.expect(3600.0)  # what the work itself says counts
    pace.advance(10.0)
    assert pace.countdown.words() == "about 1 h left"


def test_work_of_unknown_length_has_none(clock: Clock) -> None:
    pace = Pace(None, clock)
    clock.now += 60
    pace.advance(10.0)
    assert pace.countdown.words() == ""


def test_a_log_file_gets_a_line_every_half_minute(clock: Clock, monkeypatch) -> None:
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=clock))
    printed = io.StringIO()
    watch = RichWatch()
    watch._console = Console(file=printed, width=80)
    with watch, watch.task("comparing", 1.0) as task:
        for number in range(1, 1001):  # as timing-check: rounds of 0.18 s
            task.note(f"round {number} of 1000")
            for turn in range(4):
                task.flash(f"a, turn {turn + 1} of 4")
            task.expect(180.0 - number * 0.18)
            clock.now += 0.18
    lines = printed.getvalue().splitlines()
    assert lines[0] == "comparing ..."
    assert lines[1] == "  round 1 of 1000"
    assert lines[2] == "  round 168 of 1000, about 3 min left"
    assert len(lines) == 2 + 6


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_bar_is_one_line_of_any_width(width: int) -> None:
    watch = RichWatch()
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    watch._console = console
    with watch.task("comparing", 1.0) as task:
        task.expect(100.0)
        task.flash("matconvnet-octave[matconvnet=compat], round 1 of 5, turn 3 of 4")
        with console.capture() as shown:
            console.print(watch._progress.get_renderable())
    [line] = shown.get().splitlines()
    assert "comparing" in line and "about 2 min left" in line
    assert ("matconvnet" in line) == (width >= 80)
