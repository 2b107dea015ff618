"""The LaTeX document compiles, fits its pages, and obeys no word that a run holds."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netparity.protocol import Run
from netparity.report import Document, latex
from netparity.report.cells import Table
from netparity.report.tex_table import table_lines
from netparity.report.tex_text import escape, set_width
from tests.support.odd_runs import WORDS, whole_run, worded_run
from tests.support.stored_runs import presentable_run

MOST_OVERFULL_PT = 20.0
COMMANDS = {
    *("allowbreak", "ldots", "neq", "leq", "geq", "times", "texttt", "textmu", "textbullet"),
    *("textbackslash", "textbraceleft", "textbraceright", "textasciitilde", "textasciicircum"),
    *("textless", "textgreater", "textbar", "textquotedbl", "textquotesingle", "textasciigrave"),
}
"""All that text may become; none of them reads, writes or defines anything."""

Compile = Callable[[str], tuple[str, str]]


@pytest.fixture
def compiled(tmp_path: Path) -> Compile:
    """Return compiled(source): the log, and the text of the pages (empty without pdftotext)."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not on the PATH")

    def compile_(source: str) -> tuple[str, str]:
        (tmp_path / "table.tex").write_text(source, encoding="utf-8")
        options = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
        for _ in range(2):  # the second run knows how wide the columns are
            done = subprocess.run(
                ["pdflatex", *options, "table.tex"], cwd=tmp_path, capture_output=True, timeout=120
            )
            log = (tmp_path / "table.log").read_text(encoding="latin-1")
            assert done.returncode == 0, log[-3000:]
        assert "Rerun LaTeX" not in log
        assert (tmp_path / "table.pdf").stat().st_size > 10_000
        if shutil.which("pdftotext") is None:
            return log, ""
        read = ["pdftotext", "-layout", "table.pdf", "-"]
        text = subprocess.run(read, cwd=tmp_path, capture_output=True, check=True, timeout=60)
        return log, text.stdout.decode()

    return compile_


def overfull(log: str) -> list[float]:
    """By how many points a line is too wide for its column or its page."""
    return [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]


def pages(log: str) -> int:
    return int(re.search(r"Output written on table\.pdf \((\d+) page", log)[1])


def source_of(*runs: Run, **changes) -> str:
    return latex.render(Document(runs, **changes))


# --- the compiler's own word ----------------------------------------------------------------


def test_a_run_fits_its_pages_and_can_be_read(compiled: Compile) -> None:
    log, text = compiled(source_of(presentable_run()))
    assert max(overfull(log), default=0.0) <= MOST_OVERFULL_PT
    if text:
        first = next(line for line in text.splitlines() if line.split()[:2] == ["fast", "Keras"])
        assert first.split()[2:4] == ["3", "pass"]
        assert "3.5 × 10−6" in first and "0.20 (0.10–0.30)" in first


def test_two_runs_with_everything_fit(compiled: Compile) -> None:
    label = "keras2-theano[keras=2.0.4,data_format=channels_first,stamp=yes]"
    later = whole_run([label, "matconvnet-octave", "keras3-tensorflow[call=direct]"])
    log, text = compiled(source_of(presentable_run(), later, remarks=("The machines differ.",)))
    assert max(overfull(log), default=0.0) <= MOST_OVERFULL_PT
    assert not text or ("Runs side by side" in text and "The machines differ." in text)


def test_hostile_words_are_set_as_text(compiled: Compile) -> None:
    log, text = compiled(source_of(worded_run(WORDS)))
    assert "/etc/passwd" not in log and "root:" not in log + text
    words = (
        "<script>alert(1)</script>",
        r"\input{/etc/passwd}",
        r"\end{document}",
        "$x^2$ and $$",
        "50 % & #1 ~ ^ _ {",
        "}} @article{x,",
        "--- ,, ?` !` << >>",
        "[in brackets] *starred",
        "escapeU+001B[31m",
        "U+202Eright to leftU+202C",
    )
    assert not text or [word for word in words if word not in text] == []


def test_forty_runners_fit_in_parts(compiled: Compile) -> None:
    labels = [f"keras2-theano[keras=2.0.{n},data_format=channels_first]" for n in range(40)]
    log, text = compiled(source_of(whole_run(labels)))
    assert max(overfull(log), default=0.0) <= MOST_OVERFULL_PT
    assert "Overfull \\vbox" not in log
    assert "Float too large" not in log
    # 41 rows and columns of the matrix: every pair stands on some page.
    assert not text or len(re.findall(r"(?m)^ *40 keras2-theano\[keras=2\.0\.38", text)) > 1


def test_a_long_table_goes_on_with_its_head_on_the_next_page(compiled: Compile) -> None:
    source = source_of(presentable_run())
    before, _ = compiled(source)
    table = "\n".join(table_lines(figures(3, 200), "long"))
    log, text = compiled(source.replace(r"\end{document}", f"{table}\n\\end{{document}}"))
    assert pages(log) >= pages(before) + 3
    assert "Overfull" not in log
    assert not text or len(re.findall(r"(?m)^ *runner +c0 +c1 +c2$", text)) > 3


# --- text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("plain words, as they are.", "plain words, as they are."),
        ("3.5e-06", "3.5e-06"),
        ("keras2-theano", "keras2-theano"),
        ("10 % of $5 & #3", r"10 \% of \$5 \& \#3"),
        (r"a\b{c}", r"a\textbackslash{}b\textbraceleft{}c\textbraceright{}"),
        ("--", "-{}-"),
        (",,", ",{},"),
        ("?`", r"?{}\textasciigrave{}"),
        ("0.20 (0.10–0.30)", "0.20 (0.10--0.30)"),
        ("[x]", "{}[x]"),
        ("*x", "{}*x"),
        ("a [x] *", "a [x] *"),
        ("é", "é"),
        ("漢", r"\texttt{U+6F22}"),
        ("\u202e", r"\texttt{U+202E}"),
        ("m²", "m2"),
        ("two\nlines\tand more ", "two lines and more"),
        ("", ""),
    ],
)
def test_what_text_becomes(text: str, source: str) -> None:
    assert escape(text) == source


def test_a_long_word_may_break_at_its_marks_and_a_figure_nowhere() -> None:
    broken = escape("keras2-theano[data_format=channels_first]")
    assert broken == (
        r"keras2-theano[\allowbreak{}data\_\allowbreak{}format=\allowbreak{}channels\_\allowbreak{}"
        "first]"
    )
    assert escape("x" * 40).count(r"\allowbreak{}") == 2
    assert r"\allowbreak" not in escape("123456.7 (123450.1–123460.2)")


@given(st.text())
def test_text_becomes_nothing_but_text(text: str) -> None:
    source = escape(text)
    assert set(re.findall(r"\\([A-Za-z]+)", source)) <= COMMANDS
    assert not re.search(r"\\[^A-Za-z$&#%_]", source), "no other escape"
    bare = re.sub(r"\\[$&#%_]|\$\\(times|neq|leq|geq)\$", "", source)
    assert not set(bare) & set("$&#%_~^\n")
    assert bare.count("{") == bare.count("}")
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=["C"])))
def test_of_plain_characters_all_are_set(text: str) -> None:
    assert set_width(text) == len(" ".join(text.split()))


# --- tables ---------------------------------------------------------------------------------


def rows(lines: list[str]) -> list[list[str]]:
    """The cells of the body's rows."""
    body = lines[lines.index(r"\endfoot") + 1 : lines.index(r"\end{longtable}}")]
    return [re.split(r"(?<!\\) & ", line.removesuffix(r" \\")) for line in body]


def figures(columns: int, count: int, cell: str = "1.0e-07") -> Table:
    headers = ("runner", *(f"c{n}" for n in range(columns)))
    return Table("T", headers, tuple((f"r{n}", *[cell] * columns) for n in range(count)))


def test_an_error_is_a_power_of_ten_and_keeps_its_mark() -> None:
    table = Table("T", ("a", "b", "c"), (("1.0e-07", "2.9e-06 ≠", "5.0e+10"),), words=0)
    assert rows(table_lines(table, "x")) == [
        [r"$1.0\times 10^{-7}$", r"$2.9\times 10^{-6}$ $\neq$", r"$5.0\times 10^{10}$"]
    ]


def test_a_table_that_has_room_is_one() -> None:
    lines = table_lines(figures(8, 30), "x")
    assert len([line for line in lines if r"\begin{longtable}" in line]) == 1
    assert r"\caption{T}\label{tab:netparity-x} \\" in lines


@pytest.mark.parametrize("count", [5, 200])
def test_a_table_with_too_many_columns_is_cut_and_loses_nothing(count: int) -> None:
    columns = 45
    lines = table_lines(figures(columns, count), "x")
    tables = "\n".join(lines).split(r"\begin{longtable}")[1:]
    assert len(tables) > 1
    assert f"(part {len(tables)} of {len(tables)})" in tables[-1]
    assert len(set(re.findall(r"\\label\{(.*)\}", "\n".join(lines)))) == len(tables)
    cells = [row for table in tables for row in rows(table.splitlines())]
    assert sum(len(row) - 1 for row in cells) == columns * count
    assert {row[0] for row in cells} == {f"r{n}" for n in range(count)}


def test_words_that_are_too_long_are_broken_into_lines() -> None:
    table = Table("T", ("runner", "s"), (("word " * 60, "1.0"),))
    assert r"p{" in "\n".join(table_lines(table, "x"))
    assert r"p{" not in "\n".join(table_lines(figures(2, 2), "x"))


def test_every_row_has_as_many_cells_as_its_table_has_columns() -> None:
    source = source_of(worded_run(WORDS))
    form = r"\\begin\{longtable\}\{@\{\}([^\n]*)@\{\}\}\n(.*?\\end\{longtable\}\})"
    found = re.findall(form, source, re.DOTALL)
    assert len(found) > 8
    for columns, body in found:
        letters = re.sub(r">\{.*?\}p\{.*?\}", "p", columns)
        assert {len(row) for row in rows(body.splitlines())} == {len(letters)}
