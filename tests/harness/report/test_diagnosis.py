"""A stored diagnosis is shown on the page and in table.md, whatever it holds."""

from __future__ import annotations

import json
from pathlib import Path

import html5lib
import pytest

from netparity.report import Document, html, markdown
from netparity.report.plots import Drawing
from netparity.results.diagnosis import FILE
from tests.support.consoles import in_console
from tests.support.markup import fetches_and_runs_nothing
from tests.support.page_runs import stored_document
from tests.support.stored_runs import HOSTILE


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Document:
    blank = b'<svg viewBox="0 0 1 1" xmlns="http://www.w3.org/2000/svg"></svg>'
    monkeypatch.setattr(Drawing, "save", lambda drawing, form, fonts: blank)
    return stored_document(tmp_path)


def stored(document: Document, label: str, *lines: str) -> None:
    store = document.folder(0)
    assert store is not None
    store.write_text(FILE, json.dumps([{"label": label, "text": lines}]))


def test_the_page_shows_it_below_the_warnings(document: Document) -> None:
    assert "Diagnosis" not in html.render(document)
    stored(document, "off", "confirmed: fc6: the bias is missing", "  fix: Add the bias.")
    page = html.render(document)
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    items = {"".join(each.itertext()): each.get("class") for each in root.iter("li")}
    assert items["confirmed: fc6: the bias is missing"] is None
    assert items["fix: Add the bias."] == "detail"
    assert page.index(">Warnings</h3>") < page.index(">Diagnosis</h3>") < page.index(">Plots</h3>")
    assert '<a href="#run-1-diagnosis">Diagnosis</a>' in page


def test_the_tables_in_markdown_show_it_as_a_list(document: Document) -> None:
    stored(document, "off", "confirmed: fc6: the bias is missing", "  fix: Add the bias.")
    text = markdown.render(document)
    expected = (
        "## Diagnosis of off\n\n- confirmed: fc6: the bias is missing\n  - fix: Add the bias."
    )
    assert expected in text


def test_the_terminal_shows_it_below_the_notes(document: Document) -> None:
    stored(document, "off", "confirmed: fc6: the bias is missing", "  fix: Add the bias.")
    lines = in_console(document, 120).splitlines()
    place = lines.index("Diagnosis of off:")
    assert lines[place + 1 : place + 3] == [
        "  confirmed: fc6: the bias is missing",
        "    fix: Add the bias.",
    ]


def test_nothing_in_it_can_run_or_break_the_page(document: Document) -> None:
    stored(document, HOSTILE[0], *HOSTILE)
    page = html.render(document)
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    fetches_and_runs_nothing(root)
    assert not any(mark in in_console(document, 120) for mark in ("\u202e", "\x0b", "\u2028"))
    assert "<script>alert" not in page and "<script>alert" not in markdown.render(document)
