"""table.md keeps its shape whatever the labels hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netparity.protocol import Image
from netparity.report import markdown
from netparity.report.document import Document
from tests.support.cases import make_run
from tests.support.snapshots import assert_snapshot
from tests.support.stored_runs import HOSTILE, entry, failed, ok, presentable_run, timing


def run_of(label: str):
    return make_run(
        [ok(label), ok("plain")],
        parity=[
            entry(label, "fc6", 1e-7, "pass"),
            entry(label, "fc6", 1e-7, "pass", against="plain"),
        ],
        timing=[timing(label, "predict", [1.0, 2.0], 1.0)],
    )


def table_rows(text: str) -> list[list[str]]:
    """The cells of every line of every table, by GFM's rule: a backslash escapes a pipe."""
    lines = [line for line in text.split("\n") if line.startswith("|")]
    return [re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1] for line in lines]


def test_snapshot() -> None:
    assert_snapshot("table.md", markdown.render(Document.of(presentable_run())))


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_does_not_change_the_tables(label: str) -> None:
    plain = table_rows(markdown.render(Document.of(run_of("label"))))
    hostile = table_rows(markdown.render(Document.of(run_of(label))))
    assert [len(row) for row in hostile] == [len(row) for row in plain]
    assert len(hostile) > 8


@given(st.text(min_size=1, max_size=50))
def test_no_label_changes_the_tables(label: str) -> None:
    plain = [len(row) for row in table_rows(markdown.render(Document.of(run_of("label"))))]
    assert [len(row) for row in table_rows(markdown.render(Document.of(run_of(label))))] == plain


@pytest.mark.parametrize("label", HOSTILE)
def test_nothing_becomes_html_or_a_link(label: str) -> None:
    text = markdown.render(Document.of(run_of(label)))
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)\[", text)


def test_other_hostile_places() -> None:
    run = run_of("plain label").model_copy(
        update={
            "images": [Image(file="<b>|\n|.png", sha256="", mode="L", size=(1, 1))],
            "run_id": "# <i>",
            "warnings": ["<script>\n| a | b |"],
        }
    )
    text = markdown.render(Document.of(run))
    assert not re.search(r"(?<!\\)<", text)
    assert len(table_rows(text)) == len(
        table_rows(markdown.render(Document.of(run_of("plain label"))))
    )


@pytest.mark.parametrize("field", ["started", "netparity_version"])
def test_no_stored_text_is_taken_for_markup(field: str) -> None:
    run = run_of("label").model_copy(update={field: "<script>alert(1)</script>"})
    assert not re.search(r"(?<!\\)<", markdown.render(Document.of(run)))


@pytest.mark.parametrize("text", ["~~gone~~", "$x^2$"])
def test_every_mark_of_github_is_escaped(text: str) -> None:
    assert not re.search(r"(?<!\\)[~$]", markdown.escape(text))


def test_a_logs_tail_is_a_code_block() -> None:
    tail = ["| a | b |", "<script>", "# head"]
    run = make_run([failed("a <b>", "it crashed", tail)])
    text = markdown.render(Document.of(run))
    assert (
        "Last lines of the log of a \\<b\\>:\n\n    | a | b |\n    <script>\n    # head\n" in text
    )
