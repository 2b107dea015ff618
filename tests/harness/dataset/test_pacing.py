"""How many chunks a process does."""

from __future__ import annotations

import pytest

from netparity.dataset.pacing import (
    GROUP_BYTES,
    LOST_SECONDS,
    STARTING_SHARE,
    Pace,
    chunks_per_process,
)
from netparity.dataset.spreading import chunks_per_task

MEGABYTE = 2**20


@pytest.mark.parametrize(
    ("worth", "left", "workers", "expected"),
    [(9, 1000, 2, 9), (9, 40, 2, 5), (9, 3, 2, 1), (9, 0, 0, 1), (1, 1000, 2, 1)],
)
def test_every_worker_has_four_tasks(worth: int, left: int, workers: int, expected: int):
    assert chunks_per_task(worth, left, workers) == expected


@pytest.mark.parametrize("chunks", [1, 4])
def test_starting_takes_a_tenth_of_the_time(chunks: int):
    pace = Pace(chunks, starting=3.0, computing=1.0 * chunks, judging=2.0 * chunks)
    found = chunks_per_process(pace, MEGABYTE)
    assert 3.0 / (3.0 + found * 3.0) <= STARTING_SHARE < 3.0 / (3.0 + (found - 1) * 3.0)


def test_an_interruption_costs_a_minute_of_computing_at_most():
    pace = Pace(1, starting=600.0, computing=7.0, judging=1.0)
    assert chunks_per_process(pace, MEGABYTE) == LOST_SECONDS // 7


def test_features_take_no_more_room_than_stated():
    pace = Pace(1, starting=600.0, computing=0.001, judging=0.001)
    assert chunks_per_process(pace, 100 * MEGABYTE) == GROUP_BYTES // (100 * MEGABYTE)


@pytest.mark.parametrize("pace", [Pace(1, 0.0, 0.0, 0.0), Pace(1, 0.1, 900.0, 1.0)])
def test_a_process_does_at_least_one_chunk(pace: Pace):
    assert chunks_per_process(pace, 10 * GROUP_BYTES) == 1
    assert chunks_per_process(pace, MEGABYTE) == 1
