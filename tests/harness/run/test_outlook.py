"""What a comparison says of the time left, on a scripted clock; what it remembers for the next."""

from __future__ import annotations

import json

import pytest

from netparity.results.folder import RunFolder
from netparity.run import kept_pace
from netparity.run.outlook import Outlook
from netparity.run.rounds import run_points
from netparity.timing import Schedule
from netparity.watch import SILENT
from tests.harness.run.test_rounds import plan_of, sweep_points
from tests.support.scripted_processes import Script, scripted_point


@pytest.fixture(autouse=True)
def nothing_is_remembered(tmp_path, monkeypatch) -> None:
    """Of the times that other tests, or those before them, have taken."""
    monkeypatch.setenv("NETPARITY_CACHE", str(tmp_path / "cache"))


class Expectations(type(SILENT)):
    """A watch that keeps the estimates and the notes that stay in a log file."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.notes: list[str] = []

    def task(self, title, total=None):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def advance(self, amount=1.0):
        pass

    def flash(self, text):
        pass

    def note(self, text):
        self.notes.append(text)

    def expect(self, seconds):
        self.seconds.append(seconds)


def test_a_line_for_each_round_and_an_estimate_from_the_first_process_on(tmp_path, monkeypatch):
    Script(lambda runner, turn, threads: 0.1, monkeypatch)
    watch, also = Expectations(), []
    point = scripted_point(plan_of(tmp_path, rounds=3), RunFolder.create(tmp_path))
    run_points([point], watch, also.append)
    assert watch.notes == [f"round {number} of 3" for number in (1, 2, 3)]
    # Processes of 10 s, three a round: right after every process of the first round.
    assert watch.seconds == [80.0, 70.0, 60.0, 60.0, 30.0]
    assert also == watch.seconds


def test_the_next_run_like_it_knows_before_its_first_round(tmp_path, monkeypatch):
    Script(lambda runner, turn, threads: 0.1, monkeypatch)
    # Two processes of 10 s in each of three rounds; the first run knows after the first process.
    for name, expected in (("first", 50.0), ("next", 60.0)):
        watch = Expectations()
        run_points(sweep_points(tmp_path / name, [1], rounds=3), watch)
        assert watch.seconds[0] == expected
    other = sweep_points(tmp_path / "other", [2], rounds=3)
    cells = [(point, runner) for point in other for runner in point.runners]
    assert kept_pace.recall_round(cells) is None  # with other threads it takes another time


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": "b"}', b"\xff", b'{"a": 1e999}'])
def test_a_memory_that_cannot_be_read_is_none(tmp_path, monkeypatch, content: bytes):
    Script(lambda runner, turn, threads: 0.1, monkeypatch)
    points = sweep_points(tmp_path, [1], rounds=1)
    run_points(points, SILENT)
    cells = [(point, runner) for point in points for runner in point.runners]
    assert kept_pace.recall_round(cells) == 20.0
    file = kept_pace._file(points[0].run.machine)
    file.write_bytes(content)
    assert kept_pace.recall_round(cells) is None
    kept_pace.keep_pace(points)
    assert kept_pace.recall_round(cells) == 20.0
    assert len(json.loads(file.read_text())) == 2


def test_turns_say_how_long_their_round_will_take():
    now = [0.0]
    watch = Expectations()
    outlook = Outlook(watch, Schedule(4), None, lambda: now[0])
    outlook.begin_round(None)
    assert watch.seconds == []
    now[0] = 20.0
    outlook.expect_round(10.0)
    assert watch.seconds == [100.0]
    now[0] = 32.0
    outlook.begin_round(None)
    assert watch.seconds[-1] == outlook.left == 96.0
