"""The API's pages: every public name with its docstring, valid links, no network access."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType
from urllib.parse import urldefrag, urlsplit

import html5lib
import pytest

import netparity

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "harness" / "api_docs.py"
UNDOCUMENTED = """
'''A module.'''

def said():
    '''Said.'''

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


pytestmark = pytest.mark.xdist_group("api docs")


@pytest.fixture(scope="module")
def api_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("api_docs", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(api_docs: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    api_docs.main(folder)
    return folder


@pytest.fixture(scope="module")
def pages(made: Path) -> dict[Path, ET.Element]:
    return {
        path.relative_to(made): html5lib.parse(
            path.read_text(encoding="utf-8"), namespaceHTMLElements=False
        )
        for path in sorted(made.rglob("*.html"))
    }


def test_there_is_a_page_for_every_module_and_an_index(
    api_docs: ModuleType, pages: dict[Path, ET.Element]
) -> None:
    names = [f"{name.replace('.', '/')}.html" for name in api_docs.MODULES]
    assert {path.as_posix() for path in pages} == {*names, "index.html"}


def test_every_public_name_is_on_the_first_page(pages: dict[Path, ET.Element]) -> None:
    anchors = {element.get("id") for element in pages[Path("netparity.html")].iter()}
    assert {*netparity.__all__, "LoadedRun.tidy", "LoadedRun.feature"} <= anchors


def test_every_link_leads_somewhere(pages: dict[Path, ET.Element]) -> None:
    anchors = {path: {each.get("id") for each in page.iter()} for path, page in pages.items()}
    count = 0
    for path, page in pages.items():
        for link in page.iter("a"):
            address, anchor = urldefrag(link.get("href") or "")
            if urlsplit(address).scheme:
                assert "attribution" in (link.get("class") or "")  # who made the pages
                continue
            target = Path(os.path.normpath(path.parent / address)) if address else path
            assert target in anchors, f"{path}: {address}"
            assert not anchor or anchor in anchors[target], f"{path}: {address}#{anchor}"
            count += 1
    assert count > 100


def test_nothing_is_fetched_from_elsewhere(pages: dict[Path, ET.Element]) -> None:
    for page in pages.values():
        for element in page.iter():
            assert element.tag not in ("link", "iframe", "object", "embed", "script")
            assert urlsplit(element.get("src") or "").scheme in ("", "data")
            if element.tag == "style":
                assert "@import" not in (element.text or "")
                assert "url(http" not in (element.text or "")


def test_another_process_writes_the_same_bytes(made: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, SCRIPT, tmp_path], check=True, env=environment, cwd=tmp_path)
    files = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    for file in files:
        assert (made / file).read_bytes() == (tmp_path / file).read_bytes(), file


def test_the_checkout_is_nowhere_in_them(made: Path) -> None:
    for path in made.rglob("*.html"):
        assert str(ROOT) not in path.read_text(encoding="utf-8")


def test_what_is_public_without_a_docstring_is_an_error(
    api_docs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "undocumented_module.py").write_text(UNDOCUMENTED)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(LookupError) as refused:
        api_docs.main(tmp_path / "out", ["undocumented_module"])
    names = str(refused.value).partition(": ")[2].split(", ")
    assert names == ["undocumented_module.Loud.silent", "undocumented_module.silent"]
    assert not (tmp_path / "out").exists()


def test_a_public_name_of_the_package_without_a_docstring_is_an_error(
    api_docs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netparity, "__all__", [*netparity.__all__, "constant"])
    monkeypatch.setattr(netparity, "constant", 1, raising=False)
    with pytest.raises(LookupError, match=r"docstring: netparity\.constant$"):
        api_docs.main(tmp_path / "out")
