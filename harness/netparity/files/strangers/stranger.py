"""What a file is that no reader reads, and what to do with it; and a table's way to say so."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from netparity.files.strangers.seen import Seen, stem_of

Sort = Literal["model", "picture", "text", "other"]

AS_ONNX = "Write it as ONNX and give that as --model"
AS_NPZ = "Write its arrays to an .npz and give that as --weights"


@dataclass(frozen=True)
class Stranger:
    """A file or folder that is something else than what is read here.

    Attributes:
        says: what it is, in words that follow "the file": `is an HTML page`.
        help: a sentence that ends with what to type; `{what}` stands for what was expected.
        sort: a network or weights of another tool; a picture; text of no particular kind, which
            may hold numbers; or anything else.
    """

    says: str
    help: str
    sort: Sort = "other"


@dataclass(frozen=True)
class Kind:
    """One row of a table of kinds; a file is of it if everything that the row states is true.

    Attributes:
        says: as of `Stranger`.
        help: the same; `{path}`, `{folder}`, `{name}`, `{stem}` and `{onnx}` are filled in, quoted
            for a shell.
        code: Python that goes after `help`, with strings in double quotes; `{path}`, `{stem}` and
            `{onnx}` are filled in.
        magic: its bytes at `at`; any one of them.
        holds: texts, all of which are among its first bytes.
        endings: of its name, in lower case; any one of them.
        sort: as of `Stranger`.
    """

    says: str
    help: str
    code: str = ""
    magic: tuple[bytes, ...] = ()
    at: int = 0
    holds: tuple[bytes, ...] = ()
    endings: tuple[str, ...] = ()
    sort: Sort = "model"

    def stranger(self, seen: Seen) -> Stranger | None:
        """What this row says of a file; None if it is not of this kind."""
        if self.magic and not seen.head[self.at :].startswith(self.magic):
            return None
        if self.endings and not seen.name.endswith(self.endings):
            return None
        if not all(text in seen.head for text in self.holds):
            return None
        help = filled(self.help, seen)
        if self.code:
            help = f"{help}: {python(self.code, seen.path)}"
        return Stranger(self.says, help, self.sort)


def first(kinds: Sequence[Kind], seen: Seen) -> Stranger | None:
    """What the first row that fits says; None if none does."""
    return next((found for kind in kinds if (found := kind.stranger(seen)) is not None), None)


def filled(text: str, seen: Seen) -> str:
    """A sentence with the file's names in it; other braces stay."""
    for field, value in seen.fields.items():
        text = text.replace(f"{{{field}}}", value)
    return text


def python(code: str, path: Path) -> str:
    """A command that runs a line of Python; `{path}` and its like become strings in it."""
    stem = stem_of(path)
    for field, value in (("path", path), ("stem", stem), ("onnx", f"{stem.name}.onnx")):
        code = code.replace(f"{{{field}}}", json.dumps(str(value), ensure_ascii=False))
    return f"python -c {shlex.quote(code)}"
