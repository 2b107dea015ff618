"""The HTML templates in `page/`; all text of a run is escaped."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from netparity.report.visible import visible

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup


@cache
def template(name: str) -> jinja2.Template:
    """A template of `page/`."""
    import jinja2
    from markupsafe import Markup

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("netparity.report", "page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters["visible"] = visible
    made.filters["breakable"] = breakable
    made.filters["made_here"] = Markup  # for markup made by this package
    return made.get_template(name)


def breakable(text: str) -> Markup:
    """Text as markup, with places where a long label may be broken."""
    from markupsafe import Markup, escape

    # A number stays with its unit, and a bound with its sign.
    whole = visible(text).replace(" %", "\u00a0%").replace("< ", "<\u00a0")
    parts = re.split(r"(?<=[\[=,/_])", whole)
    return Markup("<wbr>").join(escape(part) for part in parts)


def resource(name: str) -> str:
    """Another file of `page/` as text."""
    return (files("netparity.report") / "page" / name).read_text(encoding="utf-8").strip()
