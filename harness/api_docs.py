"""Make the API documentation from docstrings, as pages that load nothing from the network.

python harness/api_docs.py [build/docs]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import pdoc.doc
import pdoc.render

import netparity

MODULES = (
    "netparity",
    "netparity.api",
    "netparity.errors",
    "netparity.report.notebook",
    "netparity.parity.metrics",
    "netparity.run.compare",
    "netparity.protocol",
    "netparity.report",
)
CHECKOUT = Path(__file__).resolve().parents[1]


def main(folder: Path, names: Sequence[str] = MODULES) -> None:
    """Write a page for each module, and an index.

    Raises:
        LookupError: if something public has no docstring; then nothing is written.
    """
    imported = {name: import_module(name) for name in names}
    for module in imported.values():
        for name in getattr(module, "__all__", ()):
            setattr(module, name, getattr(module, name))  # some are imported on first use
    modules = {name: pdoc.doc.Module(module) for name, module in imported.items()}
    silent = sorted({each for module in modules.values() for each in undocumented(module)})
    if silent:
        raise LookupError(f"public, but without a docstring: {', '.join(silent)}")
    # The search index is the same everywhere only if Node.js is installed, so there is none.
    pdoc.render.configure(
        docformat="google",
        footer_text=f"netparity {netparity.__version__}",
        search=False,
        show_source=False,
    )
    pages = {
        name.replace(".", "/"): pdoc.render.html_module(modules[name], modules) for name in names
    }
    for name, text in (pages | {"index": pdoc.render.html_index(modules)}).items():
        path = folder / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Exporters are modules, which are shown with their path.
        path.write_text(text.replace(f"{CHECKOUT}/", ""), encoding="utf-8")


def undocumented(space: pdoc.doc.Module | pdoc.doc.Class) -> Iterator[str]:
    """Modules, public classes, functions, methods and names of `netparity` without a docstring.

    Fields and constants are documented in the docstring of their class or module.
    """
    exported = netparity.__all__ if space.fullname == netparity.__name__ else ()
    if not space.docstring:
        yield space.fullname
    for member in space.own_members:
        if isinstance(member, pdoc.doc.Class) and not member.name.startswith("_"):
            yield from undocumented(member)
        elif not member.docstring and (
            member.name in exported
            or (isinstance(member, pdoc.doc.Function) and not member.name.startswith("_"))
        ):
            yield member.fullname


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "build" / "docs")
