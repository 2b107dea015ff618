"""Protocol Buffers on the wire: the fields of a message, its long ones by their place alone.

Encoding: the Protocol Buffers documentation, "Encoding".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from netparity.files.limits import CutOffError, DamagedError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_FIELDS = 1_000_000
_MOST_PACKED_BYTES = 2**20


@dataclass(frozen=True)
class Field:
    """One field: a number, or where its bytes lie in the file."""

    number: int
    value: int
    start: int
    end: int


class File:
    """A file that holds one message.

    Args:
        most_fields: how many fields are read before the file is refused.
    """

    def __init__(self, path: Path, most_fields: int = _MOST_FIELDS) -> None:
        self._file = path.open("rb")
        self.size = path.stat().st_size
        self._fields, self._most_fields = 0, most_fields

    def __enter__(self) -> File:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def fields(self, start: int, end: int) -> Iterator[Field]:
        """The fields of the message between two places.

        Raises:
            DamagedError: if one reaches beyond the message.
        """
        at = start
        while at < end:
            self._fields += 1
            if self._fields > self._most_fields:
                raise DamagedError(f"it has over {self._most_fields:,} fields")
            key, at = self._varint(at)
            number, kind = key >> 3, key & 7
            value, stop = 0, at
            if kind == _VARINT:
                value, stop = self._varint(at)
            elif kind == _BYTES:
                length, at = self._varint(at)
                stop = at + length
            elif kind in (_FIXED32, _FIXED64):
                stop = at + (4 if kind == _FIXED32 else 8)
            else:
                raise DamagedError(f"a field is of the unknown kind {kind}")
            if stop > self.size:
                raise CutOffError(f"a field reaches to byte {stop:,}, beyond the file's end")
            if stop > end or number == 0:
                raise DamagedError("a field reaches beyond its message")
            yield Field(number, value, at, stop)
            at = stop

    def bytes(self, field: Field, most: int = 4096) -> bytes:
        """A field's bytes, which must not be many."""
        if field.end - field.start > most:
            raise DamagedError(f"a field of {field.end - field.start:,} bytes is too long")
        self._file.seek(field.start)
        return self._file.read(field.end - field.start)

    def text(self, field: Field) -> str:
        """A field's text."""
        return self.bytes(field).decode("utf-8", "replace")

    def varints(self, field: Field) -> list[int]:
        """The numbers of a repeated field: one, or many packed into bytes."""
        if field.start == field.end or field.value:
            return [field.value]
        if field.end - field.start > _MOST_PACKED_BYTES:
            raise DamagedError(f"a list of {field.end - field.start:,} bytes is too long")
        found, at = [], field.start
        while at < field.end:
            value, at = self._varint(at)
            found.append(value)
        return found

    def _varint(self, at: int) -> tuple[int, int]:
        self._file.seek(at)
        value = 0
        for index, byte in enumerate(self._file.read(10)):
            value |= (byte & 0x7F) << (7 * index)
            if byte < 0x80:
                return value, at + index + 1
        raise CutOffError("a number is cut off")


def varint(value: int) -> bytes:
    """A number on the wire."""
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def number(field: int, value: int) -> bytes:
    """A field that is a number."""
    return varint(field << 3 | _VARINT) + varint(value)


def head(field: int, size: int) -> bytes:
    """What stands before a field of so many bytes."""
    return varint(field << 3 | _BYTES) + varint(size)


def message(field: int, data: bytes | str) -> bytes:
    """A field that is bytes, a text or a message."""
    data = data.encode() if isinstance(data, str) else data
    return head(field, len(data)) + data
