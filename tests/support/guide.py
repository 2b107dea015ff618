"""A copy of netparity to which a guide's code is added, as the guide says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# "…, `path/of/the/file`:" and the block that follows.
_FILE = re.compile(r"`([\w/.-]+)`:\n\n```(\w+)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Copy:
    """A copy of netparity with what a guide adds."""

    folder: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(self.folder / "harness"), "COLUMNS": "1000"}
        return subprocess.run(
            [sys.executable, *command],
            capture_output=True,
            text=True,
            timeout=120,
            env=environment,
            cwd=self.folder,
        )

    def netparity(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "netparity.commands", *arguments)


def blocks(guide: Path) -> Iterator[tuple[str, str, str]]:
    """The path of each file that a guide writes or changes, the language, and the block."""
    yield from _FILE.findall(guide.read_text())


def copied(folder: Path) -> Copy:
    """A copy of the checkout's code in a folder."""
    for name in ("harness/netparity", "python"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return Copy(folder)


def forget(guide: Path, copy: Copy) -> None:
    """Remove from a copy all that a guide adds."""
    for name, kind, block in blocks(guide):
        path = copy.folder / name
        if kind != "diff":
            path.unlink()
            continue
        lines = path.read_text().splitlines()
        for line in block.splitlines():
            if line.startswith("+"):
                lines.remove(line[1:])
        path.write_text("\n".join(lines) + "\n")


def follow(guide: Path, copy: Copy) -> None:
    """Add to a copy all that a guide adds."""
    for name, kind, block in blocks(guide):
        path = copy.folder / name
        assert path.exists() == (kind == "diff"), name
        path.write_text(insert(path.read_text(), block) if kind == "diff" else block)


def insert(text: str, difference: str) -> str:
    """A file with the lines that begin with `+` added where the lines around them are."""
    lines, place = text.splitlines(), 0
    shown = difference.splitlines()
    for number, line in enumerate(shown):
        if not line.startswith("+"):
            place = lines.index(line[1:], place) + 1
        elif number == 0:  # there is only a line after it
            lines.insert(lines.index(shown[1][1:]), line[1:])
        else:
            lines.insert(place, line[1:])
            place += 1
    return "\n".join(lines) + "\n"


def style(copy: Copy, guide: Path) -> str:
    """What ruff finds in the guide's Python files; empty if nothing."""
    names = [name for name, kind, _ in blocks(guide) if kind == "python"]
    config = ("--config", str(ROOT / "pyproject.toml"))
    found = ""
    for arguments in (("format", "--check", *config), ("check", "--select", "E,F,I", *config)):
        done = copy.run("-m", "ruff", *arguments, *names)
        found += done.stdout + done.stderr if done.returncode else ""
    return found
