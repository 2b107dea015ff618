"""Every command and every line of Python in the documentation is one that exists.

The tutorials are run besides: `test_tutorials.py`, `tests/end_to_end/test_replay.py`.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import shlex
import tomllib
from collections import Counter
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer

import netparity
from netparity.commands.main import app
from netparity.networks.catalogue import NETWORKS
from netparity.report import EXPORTERS
from netparity.report.columns import COLUMNS
from netparity.report.plots import KINDS
from netparity.run.request import Request
from netparity.runners import RUNNERS
from netparity.runners.external import External
from netparity.runners.spec import create_runners
from tests.support.pages import PAGES, ROOT, Block, blocks, program, spans

OF_THE_SYSTEM = {"export", "grep"}
"""Programs in which nothing of netparity can be wrong."""
NAME_OF_A_RUNNER = "netparity compatibility functions"

BLOCKS = [block for page in PAGES for block in blocks(page)]
COMMANDS = [(block, words) for block in BLOCKS if block.is_commands for words in block.commands()]
PYTHON = [
    block
    for block in BLOCKS
    if block.language == "python"
    or (
        not block.language
        and not block.is_commands
        and re.search(r"\bnetparity\.\w+\(", block.text)
    )
]
LANGUAGES = {"", "diff", "python", "sh", "text", "toml", "yaml"}


def test_nothing_is_left_out() -> None:
    counted = Counter(program(words[0]) for _, words in COMMANDS)
    print(f"{sum(counted.values())} commands: {dict(counted)}; {len(PYTHON)} blocks of Python")
    assert set(counted) <= OF_THE_SYSTEM | set(CHECKS)
    assert counted["netparity"] > 90
    assert len(PYTHON) > 12
    for block in BLOCKS:
        assert block.language in LANGUAGES or block.language.startswith("{"), block.place
        if not block.is_commands and not block.language.startswith("{"):
            shown = [line for line in block.text.splitlines() if line.startswith("netparity ")]
            assert shown == [], f"{block.place} is not read as commands"


def test_every_reason_for_not_running_a_command_is_given() -> None:
    for page in PAGES:
        marks = re.findall(r"(?m)^<!-- not run", page.read_text(encoding="utf-8"))
        given = [block.not_run for block in blocks(page) if block.not_run]
        assert len(marks) == len(given), page


@pytest.mark.parametrize(
    ("block", "words"), COMMANDS, ids=[f"{block.place}:{words[0]}" for block, words in COMMANDS]
)
def test_a_command_exists_with_all_that_it_is_given(block: Block, words: list[str]) -> None:
    if program(words[0]) not in OF_THE_SYSTEM:
        CHECKS[program(words[0])](block, words)


@pytest.mark.parametrize(
    ("place", "command"),
    [span for page in PAGES for span in spans(page) if not span[1].startswith(NAME_OF_A_RUNNER)],
    ids=str,
)
def test_a_command_in_a_sentence_exists(place: str, command: str) -> None:
    words = [word.strip("[]…") for word in shlex.split(command)]
    found, rest = _command(words[1:])
    known = {name for each in found.params for name in (*each.opts, *each.secondary_opts)}
    given = {word.partition("=")[0] for word in rest if word.startswith("-")}
    assert given <= known | {"--help", "-h"}, place


@pytest.mark.parametrize("block", PYTHON, ids=[block.place for block in PYTHON])
def test_python_calls_what_exists(block: Block) -> None:
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "netparity":
            assert node.attr in netparity.__all__ or importlib.util.find_spec(
                f"netparity.{node.attr}"
            )
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("netparity."):
            _check_call(ast.unparse(node.func).partition(".")[2], node)


def _check_call(name: str, call: ast.Call) -> None:
    signature = inspect.signature(getattr(netparity, name))
    keywords = {each.arg: each for each in call.keywords if each.arg}
    signature.bind(*call.args, **keywords)
    if any(each.kind is each.VAR_KEYWORD for each in signature.parameters.values()):
        known = {field.name for field in fields(Request)} | set(signature.parameters)
        known |= set(inspect.signature(netparity.check).parameters)  # assert_parity passes them on
        assert set(keywords) <= known, name


def _command(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words name, and what it is given."""
    found: Any = typer.main.get_command(app)
    while hasattr(found, "commands") and words and not words[0].startswith("-"):
        assert words[0] in found.commands, f"there is no netparity {words[0]}"
        found, words = found.commands[words[0]], words[1:]
    return found, words


def _netparity(block: Block, words: list[str]) -> None:
    command, given = _command([word for word in words[1:] if word != "..."])
    if {"-h", "--help", "--version"} & set(given):
        return
    for parameter in command.params:
        parameter.callback = None  # one may look for a run
    context = command.make_context("netparity", list(given))  # refuses what it does not know
    for parameter in command.params:
        value = context.params.get(parameter.name)
        if value is not None and parameter.name in VALUES:
            VALUES[parameter.name](value)
        choices = (parameter.metavar or "").split("|")
        if isinstance(value, str) and len(choices) > 1 and all(map(str.islower, choices)):
            assert value in choices, parameter.name


def _runners(texts: list[str]) -> None:
    create_runners([text for text in texts if text != "all"], (*RUNNERS, External))


def _model(name: str) -> None:
    assert name in NETWORKS or ":" in name or Path(name).suffix, name


def _columns(names: str) -> None:
    assert set(names.split(",")) <= set(COLUMNS)


def _kind(name: str) -> None:
    assert name in (*KINDS, "all")


def _format(name: str) -> None:
    assert name in (*EXPORTERS, "svg", "pdf", "png")


VALUES: dict[str, Any] = {
    "runners": _runners,
    "model": _model,
    "columns": _columns,
    "kind": _kind,
    "form": _format,
}


def _make(block: Block, words: list[str]) -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for word in words[1:]:
        name, is_variable, value = word.partition("=")
        if is_variable:
            assert f"$({name})" in text
        else:
            assert re.search(rf"^{name}:", text, re.MULTILINE), name
        if name == "ARGS":
            _netparity(block, ["netparity", "compare", *shlex.split(value)])


def _python(block: Block, words: list[str]) -> None:
    match words[1:]:
        case ["-m", module, *_]:
            assert importlib.util.find_spec(module) is not None
        case ["-c", code, *_]:
            compile(code, block.place, "exec")
        case [script, *_]:
            assert _exists(block, script), script


def _script(block: Block, words: list[str]) -> None:
    scripts = [word for word in words[1:] if word.endswith(".m")]
    assert scripts and all((ROOT / script).exists() for script in scripts)


def _pytest(block: Block, words: list[str]) -> None:
    paths = [word for word in words[1:] if "/" in word or word.endswith(".py")]
    assert all(_exists(block, path) for path in paths)


def _pip(block: Block, words: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for flag, word in pairwise(words):
        if flag == "-r":
            assert _exists(block, word), word
        if extras := re.fullmatch(r"netparity\[([\w,]+)\]", word):
            assert set(extras[1].split(",")) <= set(project["optional-dependencies"])


def _exists(block: Block, path: str) -> bool:
    """Whether a file is in the repository, beside the page, or made by a block of the page."""
    made = {each.file for each in blocks(ROOT / block.page)}
    folders = (ROOT, (ROOT / block.page).parent)
    return path in made or any((folder / path).exists() for folder in folders)


CHECKS = {
    "make": _make,
    "netparity": _netparity,
    "octave-cli": _script,
    "pip": _pip,
    "pipx": _pip,
    "pytest": _pytest,
    "python": _python,
    "python3.11": _python,
    "uv": _pip,
}
