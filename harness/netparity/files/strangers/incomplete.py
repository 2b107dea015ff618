"""Files that end before they should, told by what their headers announce."""

from __future__ import annotations

import json
from collections.abc import Callable

from netparity.files.strangers.seen import Seen, amount
from netparity.files.strangers.stranger import Stranger, filled

_HDF5 = b"\x89HDF\r\n\x1a\n"
_USER_BLOCKS = (0, 512, 1024, 2048, 4096)
_ZIP, _ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
_MAGICS, _SHORTEST = (_HDF5, b"MATLAB 5", b"MATLAB 7", b"PK\3\4"), 48
"""How files begin that are never as short as this."""
_MAT_HEADER, _MAT_ORDERS = 128, {b"IM": "little", b"MI": "big"}
_MOST_VARIABLES = 2000
_MOST_HEADER = 2**22
_MOST_BYTES = 2**50
_MOST_FIELDS, _LONGEST_NUMBER = 2000, 10
_AGAIN = "Download or copy it again, from where it ended: curl -fL -C - -o {name} ADDRESS"


def recognise(seen: Seen) -> Stranger | None:
    """A file whose end is missing; None if it is complete, or does not say."""
    if seen.size < _SHORTEST and any(seen.head[:8] == magic[: seen.size] for magic in _MAGICS):
        return Stranger(f"ends early: it has only {amount(seen.size)}", filled(_AGAIN, seen))
    if seen.head.startswith(_ZIP) and _ZIP_END not in seen.tail:
        says = (
            f"ends early: it is a zip archive of {amount(seen.size)}, and the end of the archive, "
            "which lists its members, is missing"
        )
        return Stranger(says, filled(_AGAIN, seen))
    for reads, article in _SIZES:
        announced = _size(reads, seen)
        if announced is not None and seen.size < announced < _MOST_BYTES:
            has, of = amount(seen.size), amount(announced)
            if has == of:
                has, of = f"{seen.size:,}", f"{announced:,} bytes"
            says = f"ends early: it has {has} of {article} {of} that it announces"
            return Stranger(says, filled(_AGAIN, seen))
    return None


def _size(reads: Callable[[Seen], int | None], seen: Seen) -> int | None:
    try:
        return reads(seen)
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return None  # damaged: its reader says how


def _hdf5(seen: Seen) -> int | None:
    """The end of file that the superblock states (HDF5 File Format Specification, II.A)."""
    start = next((at for at in _USER_BLOCKS if seen.head[at:].startswith(_HDF5)), None)
    if start is None:
        return None
    block = seen.head[start : start + 128]
    version = block[8]
    width = block[13] if version < 2 else block[9]
    # Before the addresses: 24 bytes in version 0, 28 in version 1, 12 in 2 and 3. The third is it.
    at = {0: 24, 1: 28, 2: 12, 3: 12}[version] + 2 * width
    if width not in (2, 4, 8):
        return None
    return int.from_bytes(block[at : at + width], "little")


def _mat5(seen: Seen) -> int | None:
    """The end of the last variable (MathWorks, "MAT-File Format")."""
    order = _MAT_ORDERS.get(seen.head[126:_MAT_HEADER])
    if order is None or seen.head[124:126] not in (b"\x00\x01", b"\x01\x00"):
        return None
    at = _MAT_HEADER
    for _ in range(_MOST_VARIABLES):
        tag = seen.bytes(at, 8)
        kind = int.from_bytes(tag[:4], order)  # type: ignore[arg-type]
        if len(tag) < 8 or kind not in (14, 15):
            return None if not tag or len(tag) == 8 else at + 8
        at += 8 + int.from_bytes(tag[4:], order)  # type: ignore[arg-type]
        if at >= seen.size:
            return at
    return None


def _safetensors(seen: Seen) -> int | None:
    """The end of the last array (the project's README, "Format")."""
    length = int.from_bytes(seen.head[:8], "little")
    if seen.head[8:10] not in (b'{"', b"{}", b"{ ") or not 2 <= length <= _MOST_HEADER:
        return None
    if 8 + length > seen.size:
        return 8 + length
    header = json.loads(seen.bytes(8, length))
    ends = [entry["data_offsets"][1] for name, entry in header.items() if name[:2] != "__"]
    return 8 + length + max((end for end in ends if isinstance(end, int)), default=0)


def _protobuf(seen: Seen) -> int | None:
    """The end of the field in which the file ends (Protocol Buffers, "Encoding")."""
    if not seen.name.endswith((".onnx", ".caffemodel")):
        return None
    at = 0
    for _ in range(_MOST_FIELDS):
        if at >= seen.size:
            return at
        data = seen.bytes(at, 2 * _LONGEST_NUMBER)
        key, size = _number(data, 0)
        value, more = _number(data, size)
        kind = key & 7
        if kind not in (0, 1, 2, 5) or not key >> 3:
            return None
        at += {0: size + more, 1: size + 8, 2: size + more + value, 5: size + 4}[kind]
    return None


def _number(data: bytes, start: int) -> tuple[int, int]:
    """A number of seven bits a byte, and how many bytes it has."""
    value = 0
    for count, byte in enumerate(data[start : start + _LONGEST_NUMBER]):
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value, count + 1
    return value, _LONGEST_NUMBER


_SIZES: tuple[tuple[Callable[[Seen], int | None], str], ...] = (
    *((_hdf5, "the"), (_safetensors, "the"), (_mat5, "at least"), (_protobuf, "at least")),
)
"""What reads the end that a file announces; the last two know no more than where a part ends."""
