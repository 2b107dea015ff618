"""The site: every page and public name is in it, every link leads somewhere, nothing is fetched."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import html5lib
import pytest

import netparity
from netparity import api
from netparity.commands.main import COMMANDS
from netparity.protocol import json_schemas

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
OUTSIDE = re.compile(r"@import|url\(\s*[\"']?(?:https?:)?//")
UNDOCUMENTED = """
'''A module.'''

def spoken():
    '''Spoken.'''

def silent():
    pass

class Loud:
    '''A class.'''

    field: int = 0

    def silent(self):
        pass

    def _private(self):
        pass
"""

pytestmark = pytest.mark.xdist_group("site")


def sphinx(source: Path, made: Path, *options: str) -> subprocess.Popen[str]:
    """Begin to build a site as `make docs` does."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "--no-color"]
    command += [*options, "-d", str(made.with_name("doctrees")), str(source), str(made)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "harness")}
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


def built(process: subprocess.Popen[str]) -> str:
    """The warnings of a build; empty if there were none."""
    out, errors = process.communicate(timeout=600)
    assert bool(errors) == bool(process.returncode), out
    return errors


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "site"
    assert built(sphinx(DOCS, folder)) == ""
    return folder


@pytest.fixture(scope="module")
def pages(made: Path) -> dict[str, ET.Element]:
    return {
        path.relative_to(made).as_posix(): html5lib.parse(
            path.read_text(encoding="utf-8"), namespaceHTMLElements=False
        )
        for path in sorted(made.rglob("*.html"))
    }


def anchors(page: ET.Element) -> set[str]:
    return {element.get("id") or "" for element in page.iter()}


def test_every_file_of_the_documentation_is_a_page(pages: dict[str, ET.Element]) -> None:
    files = {path.relative_to(DOCS).with_suffix(".html").as_posix() for path in DOCS.rglob("*.md")}
    assert len(files) > 35
    assert files <= set(pages)


def test_every_page_can_be_reached_from_the_first(pages: dict[str, ET.Element]) -> None:
    links = {element.get("href") for element in pages["index.html"].iter("a")}
    assert {name for name in pages if name not in ("search.html", "index.html")} - links <= {
        "genindex.html",
        "py-modindex.html",
    } | {name for name in pages if name.startswith("decisions/0")}


def test_every_public_name_is_in_the_reference(pages: dict[str, ET.Element]) -> None:
    known = anchors(pages["reference/python.html"])
    names = {*netparity.__all__, "LoadedRun.tidy", "LoadedRun.feature"}
    names |= {f"api.{name}" for name in api.__all__ if name not in netparity.__all__}
    assert {f"netparity.{name}" for name in names} <= known


def test_every_command_is_in_the_reference(pages: dict[str, ET.Element]) -> None:
    known = anchors(pages["reference/command-line.html"])
    assert {f"netparity-{name}" for name in COMMANDS} <= known
    text = "".join(pages["reference/command-line.html"].itertext())
    assert "--same-within" in text and "Largest relative difference in time" in text


def test_every_field_of_the_stored_files_is_in_the_reference(
    pages: dict[str, ET.Element],
) -> None:
    cells = {"".join(cell.itertext()) for cell in pages["reference/stored-files.html"].iter("td")}
    for schema in json_schemas().values():
        for kind in (schema, *schema["$defs"].values()):
            assert set(kind["properties"]) <= cells


def test_every_link_leads_somewhere(made: Path, pages: dict[str, ET.Element]) -> None:
    known = {name: anchors(page) for name, page in pages.items()}
    count = 0
    for name, page in pages.items():
        for element in page.iter("a"):
            address, anchor = urldefrag(element.get("href") or "")
            if urlsplit(address).scheme in ("http", "https", "mailto"):
                continue
            target = os.path.normpath(Path(name).parent / address) if address else name
            assert (made / unquote(target)).is_file(), f"{name}: {address}"
            assert not anchor or target not in known or unquote(anchor) in known[target], (
                f"{name}: {address}#{anchor}"
            )
            count += 1
    assert count > 1000


def test_nothing_is_fetched_from_elsewhere(made: Path, pages: dict[str, ET.Element]) -> None:
    for name, page in pages.items():
        for element in page.iter():
            assert element.tag not in ("iframe", "object", "embed"), name
            if element.tag in ("script", "img", "source", "link"):
                address = element.get("src") or element.get("srcset") or element.get("href") or ""
                assert urlsplit(address).scheme in ("", "data"), (name, address)
                assert not urlsplit(address).netloc, (name, address)
    styles = list(made.rglob("*.css"))
    assert styles
    for style in styles:
        assert not OUTSIDE.search(style.read_text(encoding="utf-8")), style


def test_the_checkout_is_nowhere_in_it(made: Path) -> None:
    for path in made.rglob("*.html"):
        assert str(ROOT) not in path.read_text(encoding="utf-8")


def test_what_is_public_without_a_docstring_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "undocumented_module.py").write_text(UNDOCUMENTED)
    assert _warned(tmp_path, "undocumented_module", "") == [
        "undocumented_module.Loud.silent",
        "undocumented_module.silent",
    ]


def test_a_public_name_of_the_package_without_a_docstring_is_an_error(tmp_path: Path) -> None:
    added = "netparity.__all__.append('constant'); netparity.constant = 1"
    assert _warned(tmp_path, "netparity", added) == ["netparity.constant"]


def _warned(folder: Path, module: str, before: str) -> list[str]:
    """What lacks a docstring in a site with nothing but a module."""
    paths = [str(folder), str(DOCS / "site")]
    settings = f"import sys; sys.path[:0] = {paths}; import netparity; {before}\n"
    (folder / "conf.py").write_text(f"{settings}extensions = ['sphinx.ext.autodoc', 'python_api']")
    page = f"Page\n====\n\n.. automodule:: {module}\n   :members:\n   :undoc-members:\n"
    (folder / "index.rst").write_text(page)
    warnings = built(sphinx(folder, folder / "made", "-D", "default_role=code"))
    return sorted(re.findall(r"public, but without a docstring: (\S+)", warnings))
