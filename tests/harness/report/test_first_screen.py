"""What a terminal shows of a run at first: three answers, one table, cautions.

The snapshots are of the runs in results/reference; NETPARITY_UPDATE_SNAPSHOTS=1 writes them anew,
to be read before they are committed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from netparity.api import load_run
from netparity.report import Choice, Document
from netparity.report.glance import glance
from netparity.report.glance_layout import glance_lines
from tests.support.cases import make_run
from tests.support.consoles import in_console, in_terminal
from tests.support.odd_runs import odd_runs, worded_run
from tests.support.snapshots import assert_snapshot
from tests.support.stored_runs import entry, mixed_run, ok, timing

REFERENCE = Path(__file__).parents[3] / "results" / "reference"
WIDTHS = (60, 80, 160)


def usual() -> Document:
    """The comparison that is made by default."""
    return Document.of(load_run(REFERENCE / "compare"))


@pytest.fixture(scope="module", params=["compare", "all", "replay/once"])
def stored(request: pytest.FixtureRequest) -> tuple[str, Document]:
    return request.param.replace("/", "-"), Document.of(load_run(REFERENCE / request.param))


@pytest.mark.parametrize("width", WIDTHS)
def test_snapshots(stored: tuple[str, Document], width: int) -> None:
    name, document = stored
    assert_snapshot(f"first-screen-{name}-{width}.txt", in_terminal(document, width))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_snapshot_of_every_outcome(width: int) -> None:
    shown = in_terminal(Document.of(mixed_run()), width)
    assert_snapshot(f"first-screen-outcomes-{width}.txt", shown)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_terminal_and_nothing_vanishes(
    stored: tuple[str, Document], width: int
) -> None:
    _, document = stored
    [run] = document.runs
    shown = in_terminal(document, width)
    assert max(map(cell_len, shown.splitlines())) <= width
    for row in glance(run).rows:
        if row[1] != "unavailable":
            # A long name is broken there, beside the other lines of its row.
            assert all(piece in shown for piece in re.split(r"(?<=[,=])|(?=\[)", row[0]))
            assert all(piece in shown for piece in row[4].split())


def test_the_usual_comparison_fits_forty_lines() -> None:
    """The four runners that are compared by default, with the lines that say where it is stored."""
    shown = in_terminal(usual(), 100)
    assert len(shown.splitlines()) + 2 <= 36  # and four lines of progress


@pytest.mark.parametrize("width", [1, 20, 40, 60, 80, 160])
@pytest.mark.parametrize("name", odd_runs())
def test_every_run_has_a_first_screen_in_a_terminal_of_any_width(name: str, width: int) -> None:
    assert "Given" in in_terminal(Document.of(odd_runs()[name]), max(10, width))
    lines = list(glance_lines(glance(odd_runs()[name]), width))
    assert len(lines) >= len(odd_runs()[name].runners)


def test_output_that_is_no_terminal_says_the_same_without_wrapping_sentences() -> None:
    document = usual()
    piped = in_console(document, 80, verbose=False)
    assert piped.split() == in_terminal(document, 80).split()
    assert "\x1b" not in piped
    assert any(line.startswith("Cost: ") and len(line) > 200 for line in piped.splitlines())


def test_verbose_ends_with_the_answers() -> None:
    document = Document.of(mixed_run())
    brief, full = (in_console(document, 80, verbose=each) for each in (False, True))
    answers = brief[brief.index("Given the same tensor") : brief.index("\n\n")]
    assert answers in full and "Last lines of the log of crashed" in full
    assert "Seconds per phase" in full and "Seconds per phase" not in brief


def test_chosen_columns_replace_the_table() -> None:
    document = Document((mixed_run(),), choice=Choice(columns=("runner", "best")))
    shown = in_console(document, 80, verbose=False)
    assert "best" in shown and "own input" not in shown.partition("fast ")[2]


def test_a_chosen_feature_is_the_one_whose_error_is_shown() -> None:
    document = Document((mixed_run(),), choice=Choice(feature="fc6"))
    assert "1.3e-06" in in_console(document, 160, verbose=False)


def test_a_runner_that_was_not_named_and_is_not_available_has_no_row() -> None:
    shown = in_console(usual(), 160, verbose=False)
    assert shown.count("matconvnet-matlab") == 1  # in a caution


def test_wide_characters_keep_the_columns_in_line() -> None:
    labels = ["模型", "b"]
    run = make_run(
        [ok(label) for label in labels],
        parity=[entry(label, "fc6", 1e-7, "pass") for label in labels],
        timing=[timing(label, "predict", [0.5], 1.0) for label in labels],
    )
    first, second = [line.plain for line in glance_lines(glance(run), 160)][-2:]
    assert first.startswith("模型") and cell_len(first) == cell_len(second)


def test_nothing_unseen_is_printed() -> None:
    for word in ("\u202eb", "\x1b[2J", "\x07"):
        shown = in_console(Document.of(worded_run([word, "b"])), 80, verbose=False)
        assert all(character.isprintable() for character in shown.replace("\n", ""))
