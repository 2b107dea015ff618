"""The names of the first files in an archive; nothing is unpacked but the beginning."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Iterator

from netparity.files.strangers.seen import HEAD_BYTES, Seen

MOST_MEMBERS = 1000

_DIRECTORY, _END, _LOCATOR = b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x07"
_MOST_DIRECTORY_BYTES = 2**18
_BLOCK = 512
_LZMA_BYTES = 2**27


def zip_members(seen: Seen) -> list[str]:
    """The names in a zip archive's central directory (PKWARE's APPNOTE.TXT, 4.3)."""
    at = seen.tail.rfind(_END)
    if at < 0 or len(seen.tail) < at + 22:
        return []
    _, start = struct.unpack_from("<II", seen.tail, at + 12)
    if start == 0xFFFFFFFF and seen.tail[at - 20 : at].startswith(_LOCATOR):
        record = seen.bytes(struct.unpack_from("<Q", seen.tail, at - 12)[0] & (2**62 - 1), 56)
        if len(record) < 56:
            return []
        start = struct.unpack_from("<Q", record, 48)[0]
    if start >= seen.size:
        return []
    return list(_names(seen.bytes(start, _MOST_DIRECTORY_BYTES)))


def _names(directory: bytes) -> Iterator[str]:
    at = 0
    for _ in range(MOST_MEMBERS):
        if directory[at : at + 4] != _DIRECTORY or len(directory) < at + 46:
            return
        name, extra, comment = struct.unpack_from("<HHH", directory, at + 28)
        yield directory[at + 46 : at + 46 + name].decode("utf-8", "replace")
        at += 46 + name + extra + comment


def tar_members(seen: Seen) -> list[str]:
    """The names in a tar archive (POSIX.1, pax)."""
    found: list[str] = []
    at = 0
    while len(found) < MOST_MEMBERS and (header := seen.bytes(at, _BLOCK)):
        step = _member(header)
        if step is None:
            break
        name, size = step
        found += [name] if name else []
        at += size
    return found


def tar_members_in(data: bytes) -> list[str]:
    """The same of the beginning of an archive."""
    found: list[str] = []
    at = 0
    while (step := _member(data[at : at + _BLOCK])) is not None:
        name, size = step
        found += [name] if name else []
        at += size
    return found


def _member(header: bytes) -> tuple[str, int] | None:
    """A member's name, empty if it is not a file, and the bytes up to the next header."""
    if not is_tar(header):
        return None
    try:
        size = int(header[124:136].strip(b" \0") or b"0", 8)
    except ValueError:
        return None
    if size < 0:
        return None
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    name = b"/".join(part for part in (prefix, header[:100].partition(b"\0")[0]) if part)
    is_file = header[156:157] in (b"0", b"\0")
    return (name.decode("utf-8", "replace") if is_file else ""), _BLOCK + size + -size % _BLOCK


def is_tar(head: bytes) -> bool:
    """Whether a file that begins so is a tar archive."""
    return head[257:262] == b"ustar"


def unpacked_beginning(head: bytes) -> bytes:
    """The first bytes of what gzip, bzip2 or xz packed; empty if it is damaged or another packer's.

    Args:
        head: the first bytes of the packed file.
    """
    try:
        if head.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(31).decompress(head, HEAD_BYTES)
        if head.startswith(b"BZh"):
            return bz2.BZ2Decompressor().decompress(head, HEAD_BYTES)
        if head.startswith(b"\xfd7zXZ\x00"):
            decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_LZMA_BYTES)
            return decompressor.decompress(head, HEAD_BYTES)
    except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError, MemoryError):
        return b""
    return b""
