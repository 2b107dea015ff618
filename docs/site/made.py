"""Markdown that is made from code, put into a page while the site is built."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

_PAGE = re.compile(r"docs/([\w-]+)\.md")


class Made(SphinxDirective):
    """A directive whose content is made when the page is read."""

    def markdown(self) -> Iterable[str]:
        """Return the lines in Markdown; headings begin at the second level."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Return what the lines become."""
        source = self.get_source_info()[0]
        parent = nodes.section()
        lines = "\n".join(self.markdown()).split("\n")
        self.state.nested_parse(StringList(lines, source), 0, parent, match_titles=True)
        return parent.children


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """Return the lines of a table, with an empty line before and after it."""
    yield ""
    yield _row(headers)
    yield _row(["---"] * len(headers))
    for row in rows:
        yield _row(row)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", r"\|").split()) for cell in cells) + " |"


def plain(text: str) -> str:
    """Return a text whose marks mean nothing in Markdown, but for code and names of pages."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        pieces = [text.replace("`", r"\`")]
    pieces[::2] = [_escaped(piece) for piece in pieces[::2]]
    return _PAGE.sub(r"[\1](../\1.md)", "`".join(pieces))


def _escaped(text: str) -> str:
    return "".join(rf"\{mark}" if mark in r"\*_[]<>{}~$" else mark for mark in text)
