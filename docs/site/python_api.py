"""The page of the Python interface, from docstrings; everything public has one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from made import Made
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util import logging

import netparity

MODULES = (
    "netparity",
    "netparity.api",
    "netparity.errors",
    "netparity.report.notebook",
    "netparity.parity.metrics",
    "netparity.run.compare",
    "netparity.run.request",
    "netparity.protocol",
    "netparity.report",
)
_log = logging.getLogger(__name__)


class PythonApi(Made):
    """The directive `python-api`."""

    def markdown(self) -> Iterable[str]:
        """Return a section for each module; what `netparity` exports is in the first alone."""
        exported = ", ".join(netparity.__all__)
        for name in MODULES:
            yield from ("", f"## {name}", "", "```{eval-rst}", f".. automodule:: {name}")
            yield from ("   :members:", "   :undoc-members:", "   :show-inheritance:")
            if name == netparity.__name__:
                yield "   :special-members: __version__"
            else:
                yield f"   :exclude-members: {exported}"
            yield from ("```", "")


def read(app: Sphinx, kind: str, name: str, found: Any, options: Any, lines: list[str]) -> None:
    """Make a docstring reStructuredText, and warn if something public has none.

    Fields and constants are described in the docstring of their class or module.
    """
    if any(line.strip() for line in lines):
        lines[:] = [line.replace("|", r"\|") for line in lines]  # |x| is an absolute value
    elif kind in ("module", "class", "exception", "function", "method", "property"):
        _warn(name)


def read_exported(app: Sphinx) -> None:
    """Warn of a name that `netparity` exports without a docstring, also if it is a constant."""
    described = ModuleAnalyzer.for_module(netparity.__name__).find_attr_docs()
    for name in netparity.__all__:
        value = getattr(netparity, name)
        if ("", name) not in described and not (callable(value) and value.__doc__):
            _warn(f"{netparity.__name__}.{name}")


def _warn(name: str) -> None:
    _log.warning("public, but without a docstring: %s", name)  # a warning ends `make docs`


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, and look at every docstring that is read."""
    app.add_directive("python-api", PythonApi)
    app.connect("builder-inited", read_exported)
    app.connect("autodoc-process-docstring", read)
    return {"parallel_read_safe": True}
