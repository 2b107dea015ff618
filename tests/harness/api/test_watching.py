"""Progress: one line that changes in a notebook and on a terminal, and nothing in a pipe."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from netparity.api import watching as module
from netparity.api.screens import Lines, Notebook, Terminal, in_notebook
from netparity.api.watching import OneLine, watching
from netparity.system.countdown import Countdown
from netparity.watch import SILENT


class Recorded:
    """A screen that remembers."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, float | None, str]] = []
        self.kept: list[str] = []
        self.closed: list[str] | None = None

    def show(self, title: str, share: float | None, note: str) -> None:
        self.lines.append((title, share, note))

    def keep(self, text: str) -> None:
        self.kept.append(text)

    def close(self, last: Sequence[str]) -> None:
        self.closed = list(last)


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    made = Recorded()
    monkeypatch.setattr(module, "_screen", lambda progress: made)
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, as its only item."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_a_pipe_gets_nothing_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    with watching(None) as watch:
        assert watch is SILENT
    with watching(True) as watch, watch.task("rounds", 4) as task:
        task.note("round 1")
        task.advance()
        task.note("round 1")
        watch.message("kept\x1b[2J")
    assert pipe.getvalue() == "rounds\nrounds: round 1\nkept[U+001B][2J\n"


def test_a_terminal_gets_one_line_unless_refused(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    terminal = Tty()
    monkeypatch.setattr(sys, "stderr", terminal)
    with watching(False) as watch:
        assert watch is SILENT
    with watching(None) as watch, watch.task("rounds", 4) as task:
        clock[0] += 1
        task.advance(1)
        watch.warning("careful")
    erase = "\x1b[K"
    assert terminal.getvalue() == (
        f"\rrounds 0 %{erase}\rrounds 25 %{erase}\rcareful{erase}\n\r{erase}"
    )


def test_a_line_is_cut_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Tty()
    Terminal(terminal).show("a" * 100, None, "b")
    assert terminal.getvalue() == f"\r{'a' * 19}\x1b[K"


def test_a_program_without_standard_error_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with watching(None) as watch:
        assert watch is SILENT


def test_a_watch_of_the_users_own_receives_everything() -> None:
    own = OneLine(Recorded())
    with watching(own) as watch:
        assert watch is own


def test_what_changes_many_times_a_second_is_shown_now_and_then(
    screen: Recorded, clock: list[float]
) -> None:
    with watching(None) as watch, watch.task("images", 1000) as task:
        for _ in range(1000):
            clock[0] += 0.001
            task.advance()
            task.flash("an image")
    assert 3 <= len(screen.lines) <= 6
    assert screen.lines[0] == ("images", 0.0, "")


def test_a_new_step_is_shown_at_once(screen: Recorded, clock: list[float]) -> None:
    with watching(None) as watch, watch.task("rounds", 2) as rounds:
        rounds.note("round 1")
        with watch.task("reference"):
            pass
        clock[0] += 1
        rounds.advance()
    assert screen.lines == [
        *(("rounds", 0.0, ""), ("rounds", 0.0, "round 1"), ("reference", None, "")),
        ("rounds", 0.5, "round 1"),
    ]


def test_the_time_left_is_told_as_in_a_terminal(screen: Recorded) -> None:
    now = [0.0]
    task = module._Task(OneLine(screen), "rounds", 2, countdown=Countdown(lambda: now[0]))
    task.expect(150)
    assert task.words == "about 2 min left"
    task.noted = "round 1"
    assert task.words == "round 1, about 2 min left"
    now[0] = 1000.0
    assert task.words == "round 1"


def test_messages_stay_only_where_the_work_is_cut_short(screen: Recorded) -> None:
    with watching(None) as watch:
        watch.message("found")
        watch.detail("not of interest")
    assert (screen.kept, screen.closed) == (["found"], [])
    with pytest.raises(KeyboardInterrupt), watching(None) as watch:
        watch.message("what was done is kept")
        raise KeyboardInterrupt
    assert screen.closed == ["what was done is kept"]


def test_a_notebook_updates_one_display(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[str, Any]] = []

    def display(bundle: Any, *, raw: bool, display_id: bool) -> Any:
        shown.append(("new", bundle))
        return SimpleNamespace(update=lambda bundle, raw: shown.append(("update", bundle)))

    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=display))
    assert in_notebook()
    with watching(None) as watch, watch.task("<b>rounds", 2) as task:
        task.note("pytorch[compile=yes]")
        watch.message("kept")
    assert [kind for kind, _ in shown] == ["new", "update", "update"]
    assert shown[1][1]["text/plain"] == "<b>rounds 0 %: pytorch[compile=yes]"
    assert "&lt;b&gt;rounds" in shown[1][1]["text/html"]
    assert shown[-1][1] == {"text/plain": "", "text/html": ""}


def test_a_quick_call_leaves_no_output_in_a_notebook() -> None:
    Notebook().close([])  # without IPython, showing something would fail


def test_ipython_in_a_terminal_is_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not in_notebook()
    for shell in (None, SimpleNamespace()):
        module = SimpleNamespace(get_ipython=lambda shell=shell: shell)
        monkeypatch.setitem(sys.modules, "IPython", module)
        assert not in_notebook()


def test_lines_say_each_step_once() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    for share in (0.0, 0.5, 1.0):
        lines.show("rounds", share, "")
    lines.close(["kept"])
    assert stream.getvalue() == "rounds\n"
