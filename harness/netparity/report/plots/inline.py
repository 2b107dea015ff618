"""A plot inside the page, in the page's own colours, with ids that cannot clash."""

from __future__ import annotations

import re

from netparity.report.plots.style import PAGE_VARIABLES

_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_ROOT = re.compile(r"<svg[^>]*?viewBox=\"([^\"]*)\"[^>]*>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_STYLE = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)
_FAMILY = re.compile(r"font-family: [^;\"]*")
_LINES = re.compile(r"\s*\n\s*")


def inline_svg(svg: bytes, prefix: str) -> str:
    """The <svg> element of a file made by Matplotlib with the theme `page`.

    From the run it holds only text, which Matplotlib has escaped.

    Args:
        prefix: of its ids, different for every plot of a page.
    """
    text = _METADATA.sub("", _HEAD.sub("", svg.decode("utf-8")))
    # A style sheet in one plot would apply to the whole page; style.css has its rule.
    text = _STYLE.sub("", _COMMENT.sub("", text), count=1)
    text = _ROOT.sub(
        lambda m: f'<svg viewBox="{m[1]}" aria-hidden="true" focusable="false">', text, count=1
    )
    used = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text))
    # Only in tags, since a label may contain text that looks like an id or a colour.
    text = re.sub(r"<[^>]*>", lambda tag: _adapted(tag[0], prefix, used), text)
    return _LINES.sub(" ", text).strip()


def _adapted(tag: str, prefix: str, used: set[str]) -> str:
    """A tag with ids, references, fonts and colours adapted to the page."""
    tag = re.sub(r' id="([^"]+)"', lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", tag)
    tag = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", tag)
    tag = re.sub(r'(?:xlink:)?href="#([^"]+)"', rf'href="#{prefix}-\1"', tag)
    tag = tag.replace("xlink:href=", "href=")
    tag = _FAMILY.sub("font-family: var(--font)", tag)
    for stand_in, variable in PAGE_VARIABLES.items():
        tag = tag.replace(stand_in, variable)
    return tag
