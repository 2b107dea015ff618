"""What is looked at of a file or folder to tell what it is: never more than this."""

from __future__ import annotations

import os
import re
import shlex
import stat
from functools import cached_property
from itertools import islice
from pathlib import Path

HEAD_BYTES = 2**16
TAIL_BYTES = 2**16 + 22
"""The end record of a zip archive may be followed by a comment of 65,535 bytes."""
MOST_ENTRIES = 1000

_PLAIN = re.compile(r"[^\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]*")
_FEW = 0.2


class Seen:
    """The first and last bytes of a regular file, or the names in a folder.

    Attributes:
        name: of the file, in lower case.
        head: its first bytes; empty for a folder.
        tail: its last bytes.
        size: in bytes.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name.lower()
        status = path.stat()
        self.is_folder = stat.S_ISDIR(status.st_mode)
        self.head, self.tail, self.size = b"", b"", status.st_size
        # Reading a pipe would never end, nor some files of /proc, which have no size.
        if stat.S_ISREG(status.st_mode) and self.size:
            self.head = self.bytes(0, HEAD_BYTES)
            self.tail = self.bytes(max(0, self.size - TAIL_BYTES), TAIL_BYTES)

    def bytes(self, start: int, most: int) -> bytes:
        """At most so many bytes from a place of a file on."""
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(most)

    @cached_property
    def entries(self) -> tuple[str, ...]:
        """The first names in a folder, sorted."""
        if not self.is_folder:
            return ()
        with os.scandir(self.path) as found:
            return tuple(sorted(entry.name for entry in islice(found, MOST_ENTRIES)))

    @cached_property
    def text(self) -> str:
        """The head as text; empty if it is not text."""
        head = self.head
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = head[: len(head) // 2 * 2].decode("utf-16", "ignore").lstrip("\ufeff")
            return text if sum(mark.isascii() for mark in text) > len(text) // 2 else ""
        try:
            text = head.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if error.start < len(head) - 3 or self.size <= len(head):
                return _in_latin1(head)
            text = head[: error.start].decode("utf-8-sig")
        return text if _is_plain(text) else ""

    @property
    def fields(self) -> dict[str, str]:
        """What a sentence of help can name, quoted for a shell."""
        path, stem = self.path, stem_of(self.path)
        return {
            "path": shlex.quote(str(path)),
            "folder": shlex.quote(str(path.parent)),
            "name": shlex.quote(path.name),
            "stem": shlex.quote(str(stem)),
            "onnx": shlex.quote(f"{stem.name}.onnx"),
        }

    def beside(self, *names: str) -> str | None:
        """The first of these names that is in the same folder."""
        return next((name for name in names if (self.path.parent / name).exists()), None)


def stem_of(path: Path) -> Path:
    """A path without its suffix; as it is if it has none, as `.` and `/`."""
    return path.with_suffix("") if path.suffix else path


def _in_latin1(head: bytes) -> str:
    """Text in an older encoding, most of whose letters are ASCII; empty if it is none."""
    text = head.decode("latin-1")
    others = sum(byte > 0x7F for byte in head)
    # Other bytes than those of a text in latin-1 are control characters.
    is_text = others < _FEW * len(head) and not re.search(r"[\x80-\x9f]", text)
    return text if is_text and _is_plain(text) else ""


def _is_plain(text: str) -> bool:
    return bool(text) and _PLAIN.fullmatch(text) is not None


def amount(count: int) -> str:
    """A number of bytes in words."""
    if count < 10_000:
        return f"{count:,} bytes"
    for unit in ("kB", "MB", "GB"):
        count_in_unit = count / 1000 ** ("kB", "MB", "GB").index(unit) / 1000
        if count_in_unit < 1000 or unit == "GB":
            break
    return f"{count_in_unit:.3g} {unit}"


def shown(text: str, most: int = 60) -> str:
    """A text from a file on one line, short, without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return repr(line if len(line) <= most else f"{line[: most - 3]}...")
