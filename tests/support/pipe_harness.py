"""The harness's side of the pipes at which a process waits for its turns."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path


class PipeHarness(threading.Thread):
    """Answers each line at the gate with the next of its own; keeps what came.

    Attributes:
        lines: what the process wrote.
    """

    def __init__(self, folder: Path, answers: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self.folder, self.answers = folder, answers
        self.lines: list[str] = []
        for name in ("ready", "go"):
            os.mkfifo(folder / name)
        self.start()

    def run(self) -> None:
        """Answer until there are no more answers."""
        for answer in self.answers:
            self.lines.append((self.folder / "ready").read_text())
            (self.folder / "go").write_text(answer)
