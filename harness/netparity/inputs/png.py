"""The checksums of a PNG file, and whether it holds all of its pixels.

Pillow compares neither those of the pixels, and fills up an image whose pixels end early. Format:
W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 5 and 8.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_SIGNATURE_BYTES = 8
_AROUND_BYTES = 12
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_WHOLE = ((0, 0, 1, 1),)
_ADAM7 = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
"""First column and row of each pass, and the steps to the next."""
_PIECE_BYTES = 2**20


def check(data: bytes) -> None:
    """Compare the checksums of a file (CRC-32 of each chunk, Adler-32 of the pixels).

    Raises:
        ValueError: if one is another, or there are fewer pixels than the header says.
        zlib.error: if the pixels are damaged.
    """
    expected, found = 0, 0
    unpacker = zlib.decompressobj()
    for kind, content in _chunks(data):
        if kind == b"IHDR":
            expected = _unpacked_bytes(content)
        if kind == b"IDAT":
            packed = content
            while packed and not unpacker.eof and found <= expected:
                found += len(unpacker.decompress(packed, _PIECE_BYTES))
                packed = unpacker.unconsumed_tail
    if found < expected:
        raise ValueError(f"it holds {found:,} bytes of pixels, {expected:,} are expected")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The type and the content of each chunk up to the last."""
    at = _SIGNATURE_BYTES
    kind = b""
    while kind != b"IEND" and at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        end = at + _AROUND_BYTES + size
        if end > len(data):
            raise ValueError(f"its chunk {kind!r} is cut off")
        content = data[at + 8 : end - 4]
        if zlib.crc32(kind + content) != int.from_bytes(data[end - 4 : end], "big"):
            raise ValueError(f"its chunk {kind!r} has another checksum (CRC-32) than it states")
        yield kind, content
        at = end
    if kind != b"IEND":
        raise ValueError("its last chunk, IEND, is missing")


def _unpacked_bytes(header: bytes) -> int:
    """How many bytes the pixels have, with one for the filter before each row."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * _CHANNELS[colour]
    total = 0
    for column, row, across, down in _ADAM7 if interlaced else _WHOLE:
        columns, rows = -(-(width - column) // across), -(-(height - row) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total
