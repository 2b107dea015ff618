"""The list of stored runs in a terminal."""

from __future__ import annotations

import pytest

from netparity.report.cells import Table
from netparity.report.history_layout import history_lines

RUNS = [f"2026010{day}T030405Z-abcdef" for day in range(1, 4)]
LABEL = "keras2-theano[keras=2.0.4,data_format=channels_first,stamp=yes,profile=yes]"


def listed(width: int, label: str = LABEL) -> list[str]:
    headers = ("run", "model", "runner", "parity", "predict, s", "rounds")
    rows = [
        (run, "vgg16", name, "pass", "0.300", "5") for run in RUNS for name in ("pytorch", label)
    ]
    table = Table("Runs in results", headers, tuple(rows), words=3)
    return [line.plain for line in history_lines(table, width)]


@pytest.mark.parametrize("width", [20, 60, 80, 160])
def test_a_run_can_be_copied_and_no_name_is_cut(width: int) -> None:
    text = "\n".join(listed(width))
    assert all(run in text for run in RUNS)
    assert text.count(LABEL) == text.count("pytorch") == 3


def test_a_wide_terminal_has_a_line_for_every_row() -> None:
    lines = listed(160)
    assert len(lines) == 3 + 6  # title, headers, rule
    assert lines[3].split() == [RUNS[0], "vgg16", "pytorch", "pass", "0.300", "5"]


def test_a_narrow_one_names_a_run_once_above_its_rows() -> None:
    lines = listed(80)
    assert "\n".join(lines).count(RUNS[1]) == 1
    assert lines[lines.index(f"{RUNS[1]}  vgg16") + 2].split() == ["pass", "0.300", "5", LABEL]


def test_wide_characters_keep_the_columns_in_line() -> None:
    """A Han character takes two columns of a terminal."""
    short, long = listed(160, "模型")[3:5]
    assert short.index("pass") == long.index("pass") + 2


def test_a_folder_without_runs_has_headers_alone() -> None:
    table = Table("Runs in results", ("run", "model", "runner", "rounds"), (), words=3)
    assert len(list(history_lines(table, 80))) == len(list(history_lines(table, 10))) == 3
