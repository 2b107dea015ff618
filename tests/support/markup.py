"""What a page and a plot in it must not hold, whatever a run holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

BESIDE = re.compile(r"\./[\w./%~-]+")
"""A relative address, which no browser takes for a scheme or a host."""


def attributes(root: Element) -> Iterator[tuple[str, str, str]]:
    """(tag, name, value) of every attribute."""
    for element in root.iter():
        for name, value in element.items():
            yield str(element.tag), name, value


def fetches_and_runs_nothing(root: Element) -> None:
    """No attribute has an address outside the page, or a script."""
    for tag, name, value in attributes(root):
        assert not name.lower().startswith("on"), (tag, name)
        if tag == "a" and name == "href" and BESIDE.fullmatch(value):
            continue  # to a file beside the page, only when the reader follows it
        if name in ("href", "src", "srcset", "action", "data") or name.endswith("}href"):
            assert value.startswith(("#", "data:image/png;base64,")) or value == "data:,", value
        if name == "style":
            assert "url(" not in value.replace("url(#", ""), value
