"""The stand-in, the host and the table of releases, against the published `matlabengine`.

Its source is read from the package index where that can be reached, as text: no line of it is run,
and none of it is kept in this repository.
"""

from __future__ import annotations

import ast
import functools
import io
import os
import re
import ssl
import subprocess
import sys
import tarfile
import urllib.request
import warnings
from collections.abc import Callable, Iterator

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from netparity.runners.matlab_releases import RELEASES, release_named, release_of_engine
from tests.support.engine_scene import STANDIN
from tests.support.octave_process import MATLAB

pytestmark = pytest.mark.slow
LINK = re.compile(
    r"(?P<url>\S+/matlabengine-(?P<version>[\d.]+)\.tar\.gz)\S*(?P<rest>.*)", re.IGNORECASE
)
REQUIRES = re.compile(r"requires-python:\s*([^)]+)\)")
SOURCES = ["newest", "oldest"]
Trees = dict[str, ast.Module]


@pytest.fixture(scope="module")
def index() -> dict[Version, tuple[str, SpecifierSet]]:
    """Every source package that the index has: its address and the Pythons it is for."""
    # A source package that pip may not use is named and passed over; one it may use is run.
    asked = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "-vv", "--no-deps", "--retries=1"),
            *("--only-binary", ":all:", "--dest", os.devnull, "matlabengine"),
        ],
        capture_output=True,
        text=True,
        timeout=600,
    )
    found = {}
    for line in asked.stdout.splitlines():
        if match := LINK.search(line):
            requires = REQUIRES.search(match["rest"])
            pythons = SpecifierSet(requires[1] if requires else "")
            found[Version(match["version"])] = (match["url"], pythons)
    if not found:
        assert "Fetched page" not in asked.stdout, asked.stdout
        pytest.skip(f"the package index cannot be reached: {asked.stderr.strip()[-300:]}")
    return found


@pytest.fixture(scope="module")
def package(index) -> Callable[[str], Trees]:
    """Return package(which): the Python files of the newest or the oldest, parsed, by path."""

    @functools.cache
    def read(which: str) -> Trees:
        url, _ = index[max(index) if which == "newest" else min(index)]
        context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
        with urllib.request.urlopen(url, timeout=120, context=context) as answer:
            packed = io.BytesIO(answer.read())
        with tarfile.open(fileobj=packed) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its escape sequences are its own affair
            members = [each for each in archive if each.isfile() and each.name.endswith(".py")]
            files = {each.name.partition("/")[2]: archive.extractfile(each) for each in members}
            return {name: ast.parse(file.read()) for name, file in files.items() if file}

    return read


# --- the stand-in ---------------------------------------------------------------------------


def functions(tree: ast.AST) -> dict[str, str]:
    """Public functions and methods right below a module or class, with their arguments."""
    return {
        node.name: ast.unparse(node.args)
        for node in ast.iter_child_nodes(tree)
        if isinstance(node, ast.FunctionDef)
    }


def classes(trees: Trees) -> dict[str, ast.ClassDef]:
    return {
        node.name: node
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }


def engine_of(trees: Trees) -> Trees:
    """The files of `matlab.engine` alone."""
    return {name: tree for name, tree in trees.items() if "matlab/engine/" in name}


def popped(trees: Trees) -> set[str]:
    """The keywords that are taken out of `kwargs`, or `kargs`."""
    return {
        node.args[0].value
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and re.fullmatch(r"kw?args\.pop", ast.unparse(node.func))
        if isinstance(node.args[0], ast.Constant)
    }


def strings(trees: Trees) -> Iterator[str]:
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.fixture(scope="module")
def standin() -> Trees:
    files = STANDIN.rglob("*.py")
    return {file.relative_to(STANDIN).as_posix(): ast.parse(file.read_text()) for file in files}


@pytest.mark.parametrize("which", SOURCES)
def test_functions_of_the_module_have_the_same_arguments(package, standin: Trees, which: str):
    real = functions(package(which)["src/matlab/engine/__init__.py"])
    played = functions(standin["matlab/engine/__init__.py"])
    public = {name: given for name, given in played.items() if not name.startswith("_")}
    assert set(public) == {"start_matlab", "find_matlab", "connect_matlab"}
    assert public == {name: real[name] for name in public}


@pytest.mark.parametrize("which", SOURCES)
@pytest.mark.parametrize("name", ["FutureResult", "MatlabEngine", "MatlabFunc"])
def test_classes_have_the_same_methods(package, standin: Trees, which: str, name: str):
    real = functions(classes(engine_of(package(which)))[name])
    played = functions(classes(standin)[name])
    assert len(played) >= 2
    assert played == {method: real.get(method) for method in played}


@pytest.mark.parametrize("which", SOURCES)
def test_the_same_keywords_are_taken(package, standin: Trees, which: str):
    played = popped(standin)
    assert {"nargout", "stdout", "stderr", "background"} <= played
    assert played <= popped(engine_of(package(which)))


@pytest.mark.parametrize("which", SOURCES)
def test_the_exceptions_are_its_exceptions(package, standin: Trees, which: str):
    """All but one are compiled: the Python files import them, or name them as what is raised."""
    source = engine_of(package(which))
    imported = {
        alias.name
        for tree in source.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("matlab.engine", "pythonengine")
        for alias in node.names
    }
    named = {word for text in strings(source) for word in re.findall(r"\b(\w+Error)\s+- ", text)}
    played = set(classes({"": standin["matlab/engine/engineerror.py"]}))
    assert len(played) == 6
    assert played <= imported | named | set(classes(source))


# --- the host -------------------------------------------------------------------------------


@pytest.mark.parametrize("which", SOURCES)
def test_what_the_host_calls_is_there(package, which: str):
    source = engine_of(package(which))
    called: dict[str, set[str]] = {"engine": set(), "future": set(), "matlab": set()}
    for file in MATLAB.glob("engine_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value).rpartition(".")[2]
                called.get(owner, set()).add(node.func.attr)
    assert called["engine"] == {"start_matlab", "connect_matlab", "find_matlab"}
    assert called["engine"] <= set(functions(source["src/matlab/engine/__init__.py"]))
    assert called["future"] == {"done", "result", "cancel"}
    assert called["future"] <= set(functions(classes(source)["FutureResult"]))
    assert called["matlab"] == {"feval", "quit"}  # every other name is a function of MATLAB's
    assert "quit" in functions(classes(source)["MatlabEngine"])


@pytest.mark.parametrize("which", SOURCES)
def test_its_words_for_a_python_too_old_or_new_are_recognised(
    package, which: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.syspath_prepend(str(MATLAB))
    from engine_import import WRONG_PYTHON

    trees = package(which)
    for name in ("src/matlab/engine/__init__.py", "src/matlab/__init__.py"):
        raised = [
            text
            for node in ast.walk(trees[name])
            if isinstance(node, ast.Raise) and node.exc is not None
            for text in strings({"": ast.Module([ast.Expr(node.exc)], [])})
            if "ython" in text and "upport" in text and "Support for" not in text
            if "Technical Support" not in text
        ]
        assert raised or (which, name) == ("oldest", "src/matlab/__init__.py")
        for text in raised:
            assert WRONG_PYTHON.search(text), text


# --- the releases ---------------------------------------------------------------------------


def constant(trees: Trees, name: str):
    """What setup.py assigns to a name, a literal or `set(...)` of one."""
    for node in ast.walk(trees["setup.py"]):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            value = node.value
            return ast.literal_eval(value.args[0] if isinstance(value, ast.Call) else value)
    raise AssertionError(f"setup.py assigns nothing to {name}")


def test_versions_and_names_are_those_of_the_newest(package):
    published = constant(package("newest"), "VER_TO_REL")
    assert {each.version: each.name for each in RELEASES if each.on_index}.items() <= (
        published.items()
    )
    # One that is newer than the table is named as the rule has it.
    for version, name in published.items():
        release = release_named(name)
        assert release is not None and release.version == version


@pytest.mark.parametrize("which", SOURCES)
def test_pythons_are_those_that_setup_supports(package, which: str):
    trees = package(which)
    release = release_named(constant(trees, "MATLAB_REL"))
    assert release is not None
    if release.known:
        assert list(release.pythons) == constant(trees, "SUPPORTED_PYTHON_VERSIONS")


def test_the_index_has_what_the_table_says(index):
    held = {release.name: [] for release in RELEASES}
    for version, (_, pythons) in index.items():
        release = release_of_engine(str(version))
        if release is None:
            assert version > Version(RELEASES[-1].version)
        else:
            held[release.name].append((version, pythons))
    for release in RELEASES:
        assert bool(held[release.name]) == release.on_index, release.name
        if not release.on_index:
            continue
        # Those of the last mending count: an earlier one may have named fewer.
        _, pythons = max(held[release.name], key=lambda each: each[0])
        supported = [f"3.{minor}" for minor in range(5, 30) if pythons.contains(f"3.{minor}")]
        if len(supported) < 20:  # it has an upper bound
            assert supported == list(release.pythons), release.name
        else:
            assert supported[0] == release.pythons[0], release.name
