"""Somebody who follows a tutorial: writes its files, types its commands, reads what they print."""

from __future__ import annotations

import glob
import os
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.command_line import here
from tests.support.pages import ROOT, Block, blocks

TUTORIALS = ROOT / "docs" / "tutorials"
_NUMBER = re.compile(r"\d[\d.,]*(?:e[-+]?\d+)?")


@dataclass
class Reader:
    """A reader in a folder of their own.

    Attributes:
        folder: in which every command is typed.
        programs: the paths of the programs that a tutorial calls by name.
        ran: how many commands were run.
        not_run: the reasons for those that were not.
        printed: by the commands of the last block.
    """

    folder: Path
    programs: dict[str, list[str]]
    monkeypatch: pytest.MonkeyPatch
    ran: int = 0
    not_run: list[str] = field(default_factory=list)
    printed: str = ""

    def follow(self, page: str, *, after: int = 0) -> None:
        """Do all that a tutorial says, but for its first blocks of commands."""
        self.monkeypatch.chdir(self.folder)
        self.monkeypatch.setenv("COLUMNS", "200")
        for block in blocks(TUTORIALS / page):
            if block.file and block.language == "python":
                (self.folder / block.file).write_text(block.text)
            elif block.language == "sh" and after:
                after -= 1
            elif block.language == "sh" and block.not_run:
                self.not_run.append(block.not_run)
            elif block.language == "sh":
                self.type(block)
            elif block.language == "text":
                self.read(block)

    def type(self, block: Block) -> None:
        """Run the commands of a block.

        Those of netparity run in this process, which saves them a second each.
        """
        self.printed = ""
        for typed in block.commands():
            words = [path for word in typed for path in self.expanded(word)]
            if words[0] == "netparity":
                done = here(*words[1:])
                code, printed = done.exit_code, done.stdout + done.stderr
            else:
                command = [*self.programs.get(words[0], [words[0]]), *words[1:]]
                environment = {**os.environ, "PYTHONPATH": str(ROOT / "harness")}
                process = subprocess.run(
                    command, capture_output=True, text=True, timeout=300, env=environment
                )
                code, printed = process.returncode, process.stdout + process.stderr
            self.printed += printed
            self.ran += 1
            assert code == block.exit_code, f"{block.place}: {shlex.join(words)}\n{printed}"

    def expanded(self, word: str) -> list[str]:
        """A word as a shell passes it on."""
        return sorted(glob.glob(word, root_dir=self.folder)) or [word]

    def read(self, block: Block) -> None:
        """Check that every line that a tutorial shows was printed, with numbers of its own.

        A line may have been printed with more columns than are shown.
        """
        printed = [_words(line) for line in self.printed.splitlines()]
        for line in block.text.splitlines():
            shown = _words(line.partition("…")[0])
            assert any(_in_order(shown, words) for words in printed), (
                f"{block.place} shows a line that was not printed: {line!r}\n{self.printed}"
            )


def _words(line: str) -> list[str]:
    return _NUMBER.sub("#", line).split()


def _in_order(shown: list[str], printed: list[str]) -> bool:
    rest = iter(printed)
    return all(word in rest for word in shown)
