"""Every format bears every run, and says what the run says."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from netparity import report
from netparity.errors import UsageError
from netparity.report import EXPORTERS, Choice, Document, exporter, format_of, render, suffixes
from netparity.results.folder import RunFolder
from tests.support.cases import make_run
from tests.support.consoles import in_console
from tests.support.odd_runs import WORDS, odd_runs, whole_run, worded_run
from tests.support.snapshots import assert_snapshot
from tests.support.stored_runs import entry, ok, presentable_run, timing

# The page has tests of its own; its plots take seconds.
FORMATS = [*(name for name in EXPORTERS if name != "html"), "console", "first screen"]
ROWS = ("csv", "parity", "measurements", "layers", "tidy")
ODD = odd_runs()


def rendered(document: Document, form: str) -> str | bytes:
    if form in ("console", "first screen"):
        return in_console(document, verbose=form == "console")
    return render(document, form)


def side_by_side() -> Document:
    """A run and a later one in which other things went wrong."""
    earlier = presentable_run()
    later = whole_run(
        ["fast", "new", "wrong"],
        run_id="20260203T040506Z-123456",
        started="2026-02-03T04:05:06Z",
        netparity_version="0.2.0",
    )
    return Document((earlier, later), remarks=("The runs differ in netparity: 0.1.0, 0.2.0.",))


# --- what they look like --------------------------------------------------------------------

NAMES = {
    "parity": "parity.csv",
    "measurements": "measurements.csv",
    "layers": "layers.csv",
    "latex": "table.tex",
    "json": "table.json",
    "junit": "junit.xml",
    "tidy": "tidy.csv",
    "methods": "methods.txt",
    "bibtex": "netparity.bib",
}
"""Snapshots; those of table.md and table.csv are with the tests of these."""


@pytest.mark.parametrize("form", NAMES)
def test_snapshots(form: str) -> None:
    document = Document.of(whole_run(["a", "b"]) if form == "layers" else presentable_run())
    if form == "measurements":
        document = Document.of(whole_run(["a"]))
    assert_snapshot(NAMES[form], str(render(document, form)))


@pytest.mark.parametrize("width", [80, 160])
def test_snapshots_of_a_terminal(width: int) -> None:
    assert_snapshot(f"console-{width}.txt", in_console(Document.of(presentable_run()), width))


@pytest.mark.parametrize("form", ["markdown", "latex", "csv", "tidy", "json", "junit", "bibtex"])
def test_snapshots_of_two_runs(form: str) -> None:
    names = {"markdown": "table.md", "csv": "table.csv", **NAMES}
    assert_snapshot(f"two-{names[form]}", str(render(side_by_side(), form)))


def test_every_format_has_a_snapshot_or_tests_of_its_own() -> None:
    assert set(EXPORTERS) == {*NAMES, "markdown", "csv", "html", "parquet"}


# --- what they bear -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_bears_every_run(form: str, name: str) -> None:
    said = rendered(Document.of(ODD[name]), form)
    data = said if isinstance(said, bytes) else said.encode("utf-8")
    assert data.strip() or not ODD[name].runners


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_bears_all_of_them_side_by_side(form: str) -> None:
    runs = tuple(run for name, run in ODD.items() if name not in ("forty runners", "many layers"))
    assert len(runs) > 10
    said = rendered(Document(runs, remarks=tuple(WORDS)), form)
    assert isinstance(said, bytes) or "20260102T030405Z-abcdef" in said


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=25, deadline=None)
@given(words=st.lists(st.text(max_size=60), min_size=2, max_size=3))
def test_every_format_bears_any_words(form: str, words: list[str]) -> None:
    said = rendered(Document.of(worded_run(words)), form)
    assert len(said if isinstance(said, bytes) else said.encode("utf-8")) > 100


@pytest.mark.parametrize(
    "form", ["console", "first screen", "markdown", "latex", "methods", "bibtex"]
)
@pytest.mark.parametrize("word", WORDS)
def test_nothing_unseen_is_printed(form: str, word: str) -> None:
    """No control of a terminal or of the direction of writing gets through."""
    said = str(rendered(Document.of(worded_run([word, "b"])), form))
    unseen = {character for character in said.replace("\n", "") if not character.isprintable()}
    assert unseen == set()


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_a_terminal_of_any_width(width: int) -> None:
    said = in_console(Document.of(whole_run(["a", "b", "c"])), width)
    assert "Two of three runners agree" in " ".join(said.split())


def test_a_terminal_shows_the_columns_that_were_asked_for_whatever_they_are() -> None:
    run = presentable_run()
    words = in_console(Document((run,), choice=Choice(columns=("runner", "machine"))), 80)
    assert words.count("A processor") == len(run.runners)
    many = ("error", "seconds", "ratio", "verdict", "memory", "best", "p", "share")
    more = ("max_abs", "cosine", "floor", "processes", "threads")
    said = in_console(Document((run,), choice=Choice(columns=("runner", *many, *more))), 300)
    assert "cosine" in said and "processes" in said


def test_a_usual_terminal_has_room_for_names_beside_the_longest_words() -> None:
    names = ["keras3-tensorflow", "matconvnet-octave"]
    first, second = (
        timing(name, "predict", [0.5, 0.51], ratio)
        for name, ratio in zip(names, (1.0, 0.7), strict=True)
    )
    slow = second.model_copy(update={"largest_difference": 1.04})
    run = make_run(
        [ok(name, name, code="A tool") for name in names],
        parity=[entry(name, "fc6", 1e-7, "pass") for name in names],
        timing=[first, slow],
    )
    lines = in_console(Document.of(run), 80).splitlines()
    assert [line.split()[0] for line in lines[4:6]] == names
    assert lines[4].split()[-1] == lines[5].split()[-1] == "1.00"  # GiB
    assert "shown (< 104 %)" in lines[6]


def test_a_narrow_terminal_shows_runs_side_by_side_as_columns() -> None:
    lines = in_console(side_by_side(), 80).splitlines()
    [started] = [line for line in lines if line.split()[:1] == ["started"]]
    assert started.split()[1:] == ["2026-01-02T03:04:05Z", "2026-02-03T04:05:06Z"]


def test_a_log_keeps_its_indentation_and_loses_its_controls() -> None:
    run = worded_run(["\tx = 1\r", "    \x1b[2Jy", "b"])
    for form, indent in (("console", "  "), ("markdown", "    ")):
        said = str(rendered(Document.of(run), form))
        assert f"\n{indent}        x = 1\n" in said
        assert f"\n{indent}    [U+001B][2Jy\n" in said


# --- names and choices ----------------------------------------------------------------------


def test_a_format_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="--format 'word' is not one of markdown, csv, parity, "):
        render(Document.of(presentable_run()), "word")


@pytest.mark.parametrize("form", ["parquet", "json", "junit", "methods", "bibtex"])
def test_a_format_without_columns_refuses_a_choice_of_them(form: str) -> None:
    document = Document((presentable_run(),), choice=Choice(columns=("runner",)))
    with pytest.raises(UsageError, match=f"--columns: the format {form} has no columns to choose"):
        render(document, form)


@pytest.mark.parametrize("form", ROWS)
def test_rows_have_the_columns_that_were_chosen_in_that_order(form: str) -> None:
    document = Document((whole_run(["a", "b"]),), choice=Choice(columns=("label", "run_id")))
    lines = str(render(document, form)).split("\r\n")
    assert lines[:2] == ["label,run_id", "a,20260102T030405Z-abcdef"]
    assert {line.count(",") for line in lines if line} == {1}


@pytest.mark.parametrize("form", ROWS)
def test_a_column_that_rows_do_not_have_is_refused_with_near_ones(form: str) -> None:
    document = Document((whole_run(["a", "b"]),), choice=Choice(columns=("labels",)))
    with pytest.raises(UsageError, match=r"--columns 'labels' is not a column; .*\blabel\b"):
        render(document, form)


@pytest.mark.parametrize("form", ["markdown", "latex", "console"])
def test_tables_have_the_columns_that_were_chosen(form: str) -> None:
    document = Document((presentable_run(),), choice=Choice(columns=("runner", "best")))
    said = str(rendered(document, form)).replace("\n", " ")
    assert "best" in said
    below_the_answers = said.partition("best")[2]
    assert "GiB" not in below_the_answers.partition("GiB: peak memory")[0]


@pytest.mark.parametrize("form", EXPORTERS)
def test_every_format_declares_itself(form: str) -> None:
    made = exporter(form)
    assert re.fullmatch(r"\.[a-z]+", made.SUFFIX)
    assert made.FILE is None or made.FILE.endswith(made.SUFFIX)
    assert made.HELP and "\n" not in made.HELP
    assert made.COLUMNS_OF in ("table", "rows", None)
    assert (made.COLUMNS_OF == "rows") is (form in ROWS)


def test_the_first_format_of_a_suffix_is_what_a_files_name_asks_for() -> None:
    named = {suffix: format_of(Path(f"x{suffix.upper()}")) for suffix in suffixes()}
    assert named == {
        **{".md": "markdown", ".csv": "csv", ".parquet": "parquet", ".html": "html"},
        **{".tex": "latex", ".json": "json", ".xml": "junit", ".txt": "methods", ".bib": "bibtex"},
    }


# --- a new one ------------------------------------------------------------------------------

TOY = '''
"""Labels, one a line."""

HELP = "the labels"
SUFFIX = ".labels"
FILE = "labels.labels"
COLUMNS_OF = None


def render(document):
    return "".join(f"{record.label}\\n" for run in document.runs for record in run.runners)
'''


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A new exporter: one file, and one line in EXPORTERS."""
    (tmp_path / "toy_labels.py").write_text(TOY)
    monkeypatch.setattr(report, "__path__", [*report.__path__, str(tmp_path)])
    monkeypatch.setitem(EXPORTERS, "toy", "toy_labels")
    yield "toy"
    sys.modules.pop("netparity.report.toy_labels", None)
    vars(report).pop("toy_labels", None)


def test_a_new_format_renders_and_is_found_by_its_suffix(toy: str) -> None:
    document = Document.of(presentable_run())
    labels = [record.label for record in document.runs[0].runners]
    assert str(render(document, toy)).splitlines() == labels
    assert format_of(Path("x.labels")) == toy
    report.refuse_other_suffix(Path("x.labels"), toy)
    with pytest.raises(UsageError, match=r"--format csv and --output 'x.labels' name different"):
        report.refuse_other_suffix(Path("x.labels"), "csv")


def test_a_new_format_is_named_by_every_error(toy: str) -> None:
    with pytest.raises(UsageError, match=r"not one of markdown, .*, bibtex, toy$"):
        render(Document.of(presentable_run()), "word")
    with pytest.raises(UsageError, match=r"ends in none of \.md, .*, \.labels: name a --format"):
        format_of(Path("x.docx"))
    with pytest.raises(UsageError, match="--columns: the format toy has no columns to choose"):
        render(Document((presentable_run(),), choice=Choice(columns=("runner",))), toy)


def test_a_new_format_lies_in_every_runs_folder(toy: str, tmp_path: Path) -> None:
    run = whole_run(["a", "b"])
    folder = RunFolder.create(tmp_path / "results", run.run_id)
    report.write(run, folder)
    assert (folder.path / "labels.labels").read_text() == "a\nb\n"


def test_a_new_format_and_a_new_plot_are_in_the_help(
    toy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "PLOTS", (*report.PLOTS, "pie"))
    shown = {
        name: CliRunner().invoke(anew(name), ["--help"], terminal_width=500).stdout
        for name in ("report", "plot")
    }
    assert "bibtex, toy." in shown["report"]
    assert "limit, pie, or all." in shown["plot"]


def anew(command: str) -> typer.Typer:
    """An app with one command, its module imported again."""
    app = typer.Typer(rich_markup_mode=None)
    path = find_spec(f"netparity.commands.{command}").origin
    app.command()(runpy.run_path(path)[command])
    return app


def test_the_help_does_not_wait_for_exporters() -> None:
    code = "import sys, netparity.commands.main; print([n for n in sys.modules if n in HEAVY])"
    heavy = "HEAVY = {'numpy', 'pydantic', 'matplotlib', 'netparity.report.html'}"
    call = [sys.executable, "-c", f"{heavy}; {code}"]
    done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
