"""What the documentation tells its readers to type: commands and Python, with their lines."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "python/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
PROGRAMS = {
    "export",
    "grep",
    "make",
    "netparity",
    "octave-cli",
    "pip",
    "pipx",
    "pytest",
    "python",
    "python3.11",
    "uv",
}
"""The programs, by the names of their files, that begin a block of commands."""

_FENCE = re.compile(r"^(`{3,})([^`\n]*)\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?:\A|(?<=\n\n))((?: {4,}[^\n]*\n|[ \t]*\n(?= {4}))+)")
_MARK = re.compile(r"<!-- (not run|exit code): (.+?) -->\s*\Z")
_FILE = re.compile(r"`([\w/.-]+)`:\s*\Z")
_VARIABLE = re.compile(r"[A-Z_]+=")
_SPAN = re.compile(r"(?<!`)`(netparity [^`\n]+)`(?!`)")


@dataclass(frozen=True)
class Block:
    """A block of code of a page.

    Attributes:
        page: from the repository's root.
        line: of its first line.
        language: of a fence; empty for an indented block.
        text: without the indentation.
        file: that the block is the content of: "`port.py`:" before it.
        not_run: why a tutorial's commands are not run, from `<!-- not run: reason -->`.
        exit_code: from `<!-- exit code: 1 -->`.
    """

    page: str
    line: int
    language: str
    text: str
    file: str | None = None
    not_run: str | None = None
    exit_code: int = 0

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"{self.page}:{self.line}"

    @property
    def is_commands(self) -> bool:
        """Whether it is typed into a shell, or shows what was typed."""
        if self.language:
            return self.language == "sh"
        return self.text.startswith("$ ") or program(self.text) in PROGRAMS

    def commands(self) -> list[list[str]]:
        """The words of each command, without comments and variables set for it alone."""
        lines = self.text.replace("\\\n", " ").splitlines()
        if self.text.startswith("$ "):
            lines = [line[2:] for line in lines if line.startswith("$ ")]
        return [words for line in lines for words in _separate(self._split(line)) if words]

    def _split(self, line: str) -> list[str]:
        try:
            return shlex.split(line, comments=True)
        except ValueError as error:
            raise ValueError(f"{self.place}: {error}: {line}") from None


def program(command: str) -> str:
    """The name of the program that a command begins with; empty if that is a folder."""
    words = list(dropwhile(_VARIABLE.match, command.split()))
    return "" if not words or words[0].endswith("/") else Path(words[0]).name


def _separate(words: list[str]) -> Iterator[list[str]]:
    """The commands of a line, which `&&` may join."""
    while words:
        command = list(takewhile("&&".__ne__, words))
        words = words[len(command) + 1 :]
        yield list(dropwhile(_VARIABLE.match, command))


def blocks(page: Path) -> list[Block]:
    """Every block of a page, in order."""
    text = page.read_text(encoding="utf-8")
    # Blanked, so that what is in a fence is no indented block, and lines keep their numbers.
    rest = _FENCE.sub(lambda fence: re.sub(r"[^\n]", "x", fence[0]), text)
    found = [
        _block(page, text, fence.start(), fence[2].strip(), fence[3], fence.start(3))
        for fence in _FENCE.finditer(text)
    ]
    for match in _INDENTED.finditer(rest):
        if _in_list(rest, match.start()):
            continue
        found.append(_block(page, text, match.start(), "", match[1], match.start()))
    return sorted(found, key=lambda block: block.line)


def _in_list(text: str, start: int) -> bool:
    """Whether a line that is indented goes on with an item of a list."""
    before = text[:start].rstrip().rpartition("\n\n")[2]
    return bool(re.match(r"(?:[-*]|\d+\.)\s|  ", before)) and not before.startswith("    ")


def _block(page: Path, text: str, start: int, language: str, code: str, first: int) -> Block:
    before = text[:start]
    marks = dict[str, str]()
    while mark := _MARK.search(before):
        marks[mark[1]] = mark[2]
        before = before[: mark.start()]
    file = _FILE.search(before)
    return Block(
        page=page.relative_to(ROOT).as_posix(),
        line=text.count("\n", 0, first) + 1,
        language=language,
        text=textwrap.dedent(code),
        file=file[1] if file else None,
        not_run=marks.get("not run"),
        exit_code=int(marks.get("exit code", 0)),
    )


def spans(page: Path) -> Iterator[tuple[str, str]]:
    """Every command of netparity in a sentence, with its place."""
    text = page.read_text(encoding="utf-8")
    rest = _FENCE.sub(lambda fence: re.sub(r"[^\n]", " ", fence[0]), text)
    for match in _SPAN.finditer(rest):
        yield f"{page.relative_to(ROOT)}:{rest.count(chr(10), 0, match.start()) + 1}", match[1]
