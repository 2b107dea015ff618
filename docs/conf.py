"""The site of the documentation: `make docs` builds it with Sphinx into build/docs."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "docs" / "site"), str(ROOT / "harness")]

from netparity import __version__  # noqa: E402  (needs the path above)

project = "netparity"
author = "The netparity authors"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "command_line",  # these are in docs/site
    "python_api",
    "stored_files",
]
exclude_patterns = ["site"]
smartquotes = False  # they make one dash of the two before an option
nitpicky = False  # docstrings name types of NumPy and pydantic, whose sites are not read here

myst_heading_anchors = 4  # links to headings are written as GitHub makes them
myst_enable_extensions = ["html_image"]
highlight_language = "none"  # most blocks without a language are commands or what they print

default_role = "py:obj"  # `name` in a docstring is code, and a link if the name is documented
toc_object_entries = False  # hundreds of fields in the navigation of every page
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"netparity {version}"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False

OUTSIDE = {
    "../python/README.md": "reference/extractors.md",
    "../results/reference/gpu/table.md": "reference/gpu.md",
}
"""Links that leave this folder, and the pages of the site that show the same text."""


def inside(app: Sphinx, page: str, source: list[str]) -> None:
    """Replace the links of a page that leave this folder."""
    for outside, shown in OUTSIDE.items():
        source[0] = source[0].replace(f"]({outside})", f"]({shown})")


def setup(app: Sphinx) -> None:
    """Read every page through `inside`."""
    app.connect("source-read", inside)
