"""One version everywhere, and archives that hold what they must and nothing else."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

import netparity
from netparity.report import Document, bibtex
from tests.support.cases import make_run
from tests.support.scripts import loaded

ROOT = Path(__file__).parents[2]
CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def contents() -> ModuleType:
    return loaded(ROOT / "harness" / "release_contents.py")


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "harness")
    return loaded(ROOT / "harness" / "release.py")


def field(name: str) -> str:
    """A field of CITATION.cff that is one line."""
    found = re.search(rf'^(?:  - )?{name}: "?(.+?)"?$', CITATION, re.MULTILINE)
    assert found is not None, name
    return found[1]


# --- one version, one citation -------------------------------------------------------------------


def test_the_citation_is_of_this_version() -> None:
    assert field("version") == netparity.__version__


def test_the_newest_release_in_the_changelog_is_this_version() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    released = [heading for heading in headings if heading != "Unreleased"]
    if released:
        assert released[0] == f"{netparity.__version__} - {field('date-released')}"


def test_bibtex_cites_what_the_citation_file_says() -> None:
    text = bibtex.render(Document([make_run([], netparity_version=netparity.__version__)]))
    assert f"author  = {{{{{field('name')}}}}}" in text
    title = field("title")
    assert f"title   = {{{{netparity}}{title.removeprefix('netparity')}}}" in text
    assert f"version = {{{field('version')}}}" in text


def test_the_project_file_has_the_same_authors_and_licence() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'authors = [{{ name = "{field("name")}" }}]' in project
    assert f'license = "{field("license")}"' in project


def write_versions(folder: Path, code: str, citation: str, changes: str) -> None:
    (folder / "harness/netparity").mkdir(parents=True)
    (folder / "harness/netparity/_version.py").write_text(f'__version__ = "{code}"\n')
    (folder / "CITATION.cff").write_text(f"cff-version: 1.2.0\nversion: {citation}\n")
    (folder / "CHANGELOG.md").write_text(f"# Changelog\n\n{changes}\n")


def test_a_release_has_one_version(release: ModuleType, tmp_path: Path) -> None:
    write_versions(tmp_path, "1.2.3", "1.2.3", "## 1.2.3 - 2030-01-01\n\n## 1.2.2 - 2029-01-01")
    assert release.version_of(tmp_path) == "1.2.3"


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        (("1.2.3", "1.2.2", "## 1.2.3"), "CITATION.cff says 1.2.2"),
        (("1.2.3", "1.2.3", "## 1.2.2"), "CHANGELOG.md says 1.2.2"),
        (("1.2.3", "1.2.3", "## Unreleased"), "CHANGELOG.md says no version"),
    ],
)
def test_other_versions_stop_a_release(
    release: ModuleType, tmp_path: Path, versions: tuple[str, str, str], words: str
) -> None:
    write_versions(tmp_path, *versions)
    with pytest.raises(ValueError, match=words):
        release.version_of(tmp_path)


# --- contents ------------------------------------------------------------------------------------

TRACKED = {
    *("LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "python/extract_keras3.py"),
    *("python/requirements/keras2-theano.txt", "matlab/extract_features.m"),
    *("harness/netparity/py.typed", "harness/netparity/inputs/sample.png"),
    "harness/netparity/report/page/page.html",
}
INFO = "netparity-1.0.0.dist-info"


def make_wheel(contents: ModuleType, folder: Path, more: str = "", less: str = "") -> Path:
    path = folder / "netparity-1.0.0-py3-none-any.whl"
    names = [*contents.NEEDED_IN_WHEEL, f"{INFO}/METADATA", f"{INFO}/licenses/LICENSE"]
    with zipfile.ZipFile(path, "w") as opened:
        for name in [*names, *([more] if more else [])]:
            if name != less:
                opened.writestr(name, "x")
    return path


def make_sdist(contents: ModuleType, folder: Path, more: str = "") -> Path:
    path = folder / "netparity-1.0.0.tar.gz"
    with tarfile.open(path, "w:gz") as opened:
        for name in [*contents.NEEDED_IN_SDIST, *([more] if more else [])]:
            member = tarfile.TarInfo(f"netparity-1.0.0/{name}")
            member.size = 1
            opened.addfile(member, io.BytesIO(b"x"))
    return path


def test_archives_of_tracked_files_are_right(contents: ModuleType, tmp_path: Path) -> None:
    for make in (make_wheel, make_sdist):
        assert contents.problems(make(contents, tmp_path), TRACKED) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"more": "netparity/notes.txt"}, "holds netparity/notes.txt, which is not in the repo"),
        ({"less": "netparity/py.typed"}, "lacks netparity/py.typed"),
        ({"less": f"{INFO}/licenses/LICENSE"}, "lacks the licence"),
        ({"less": "netparity/_extractors/matlab/extract_features.m"}, "lacks netparity/_extr"),
    ],
)
def test_a_wrong_wheel_is_refused(
    contents: ModuleType, tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    [problem] = contents.problems(make_wheel(contents, tmp_path, **changes), TRACKED)
    assert words in problem


def test_weights_are_refused_even_if_they_are_tracked(contents: ModuleType, tmp_path: Path) -> None:
    sdist = make_sdist(contents, tmp_path, more="docs/vgg16.h5")
    [problem] = contents.problems(sdist, TRACKED | {"docs/vgg16.h5"})
    assert problem.endswith("holds weights: docs/vgg16.h5")


def test_an_archive_that_is_too_large_is_refused(
    contents: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(contents.MOST_BYTES, ".gz", 10)
    [problem] = contents.problems(make_sdist(contents, tmp_path), TRACKED)
    assert "at most 10 are expected" in problem


@pytest.mark.slow
def test_two_builds_of_this_tree_are_the_same_to_the_last_byte(
    release: ModuleType, tmp_path: Path
) -> None:
    first, second = (release.build(ROOT, tmp_path / name, "1700000000") for name in "ab")
    release.check_same(first, second)
    (tmp_path / "b" / second[0].name).write_bytes(b"other")
    with pytest.raises(ValueError, match="differs from"):
        release.check_same(first, second)


def test_a_step_that_fails_ends_with_its_log(release: ModuleType) -> None:
    program = "import sys; print('what went wrong'); sys.exit(4)"
    with pytest.raises(release.FailedError, match=r"exit code 4 of(.|\n)*what went wrong"):
        release.command([sys.executable, "-c", program])
    assert release.command([sys.executable, "-c", program], right=(0, 4)) == "what went wrong\n"


def test_the_script_says_how_it_is_called() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "harness/release.py dist" in text
    done = subprocess.run(
        [sys.executable, "-c", "import release"], cwd=ROOT / "harness", capture_output=True
    )
    assert done.returncode == 0, done.stderr
