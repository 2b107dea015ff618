"""MAT 5 (plain) and 7 (each variable compressed), written array by array.

SciPy's `savemat` holds a whole file in memory, several times over. Format: MathWorks, "MAT-File
Format".
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

_MATRIX, _COMPRESSED = 14, 15
_CELL, _STRUCT, _CHAR, _DOUBLE, _SINGLE = 1, 2, 4, 6, 7
_IS_LOGICAL, _LOGICAL_CLASS = 0x200, 9


@dataclass(frozen=True)
class Blob:
    """Bytes of a known number, made when they are written."""

    size: int
    parts: Callable[[], Iterator[bytes | npt.NDArray[np.float32]]]


def array(
    shape: Sequence[int], values: Callable[[], Iterable[npt.NDArray[np.float32]]], name: str = ""
) -> Blob:
    """A float32 array by columns, its values given in pieces in that order."""
    return _matrix(_SINGLE, shape, name, _element(7, math.prod(shape) * 4, values))


def doubles(*values: float) -> Blob:
    """A row of doubles."""
    return _matrix(_DOUBLE, (1, len(values)), "", _data(9, np.array(values, "<f8").tobytes()))


def text(value: str) -> Blob:
    """A row of characters."""
    encoded = value.encode("utf-16-le")
    return _matrix(_CHAR, (min(1, len(value)), len(encoded) // 2), "", _data(4, encoded))


def logical(value: bool) -> Blob:
    """True or false."""
    return _matrix(_LOGICAL_CLASS | _IS_LOGICAL, (1, 1), "", _data(2, bytes([value])))


def cell(members: Sequence[Blob], name: str = "") -> Blob:
    """A row of cells."""
    return _matrix(_CELL, (1, len(members)), name, *members)


def struct(fields: dict[str, Blob], name: str = "") -> Blob:
    """One struct."""
    return structs([fields], name)


def structs(members: Sequence[dict[str, Blob]], name: str = "") -> Blob:
    """A row of structs, all with the fields of the first, in its order."""
    width = 32
    fields = list(members[0]) if members else []
    names = b"".join(key.encode().ljust(width, b"\0") for key in fields)
    head = [_data(5, width.to_bytes(4, "little")), _data(1, names)]
    values = [member[key] for member in members for key in fields]
    return _matrix(_STRUCT, (1, len(members)), name, *head, *values)


def write(path: Path, variables: Sequence[Blob], compress: bool = False) -> None:
    """Write MAT 5, or 7 if each variable is to be compressed."""
    with path.open("wb") as file:
        file.write(b"MATLAB 5.0 MAT-file, written by netparity".ljust(124) + b"\x00\x01IM")
        for variable in variables:
            if not compress:
                for part in variable.parts():
                    file.write(_bytes(part))
                continue
            start = file.tell()
            file.write(bytes(8))
            packer = zlib.compressobj(1)
            for part in variable.parts():
                file.write(packer.compress(_bytes(part)))
            file.write(packer.flush())
            end = file.tell()
            file.seek(start)
            file.write(_tag(_COMPRESSED, end - start - 8))
            file.seek(end)


def _bytes(part: bytes | npt.NDArray[np.float32]) -> bytes | memoryview:
    return part if isinstance(part, bytes) else part.astype("<f4", copy=False).data


def _tag(kind: int, size: int) -> bytes:
    if size >= 2**32:
        raise ValueError(f"MAT 5 cannot hold a variable of {size:,} bytes")
    return kind.to_bytes(4, "little") + size.to_bytes(4, "little")


def _element(
    kind: int, size: int, values: Callable[[], Iterable[bytes | npt.NDArray[np.float32]]]
) -> Blob:
    def parts() -> Iterator[bytes | npt.NDArray[np.float32]]:
        yield _tag(kind, size)
        yield from values()
        yield bytes(-size % 8)

    return Blob(8 + size + -size % 8, parts)


def _data(kind: int, data: bytes) -> Blob:
    if 0 < len(data) <= 4:  # shares the tag's 8 bytes; Octave reads a struct only so
        small = (kind | len(data) << 16).to_bytes(4, "little") + data.ljust(4, b"\0")
        return Blob(8, lambda: iter([small]))
    return _element(kind, len(data), lambda: [data])


def _matrix(flags: int, dims: Sequence[int], name: str, *members: Blob) -> Blob:
    head = [
        _data(6, flags.to_bytes(8, "little")),
        _data(5, np.array(dims, "<i4").tobytes()),
        _data(1, name.encode()),
    ]
    blobs = (*head, *members)

    def values() -> Iterator[bytes | npt.NDArray[np.float32]]:
        for blob in blobs:
            yield from blob.parts()

    return _element(_MATRIX, sum(blob.size for blob in blobs), values)
