"""Images of a few bytes or kilobytes that ask for gigabytes, or are damaged where few look."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

_CHANNELS = {0: 1, 2: 3, 6: 4}
_BLOCK = 2**20


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, colour: int = 0, rows: int | None = None, more: bytes = b""
) -> bytes:
    """A black PNG of 8 bits; of `rows` rows only, with `more` chunks in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    packer = zlib.compressobj(9)
    size = (height if rows is None else rows) * (1 + width * _CHANNELS[colour])
    pixels = b"".join(
        packer.compress(bytes(min(_BLOCK, size - at))) for at in range(0, size, _BLOCK)
    )
    pixels += packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + more
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def stored_png() -> bytes:
    """A PNG whose random pixels are not compressed, so that a flipped bit changes one of them."""
    data = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(pixels).save(data, "PNG", compress_level=0)
    return data.getvalue()


def a_single_row(path: Path) -> None:
    """100 megapixels in one row."""
    path.write_bytes(png(100_000_000, 1))


def a_single_column(path: Path) -> None:
    """100 megapixels in one column."""
    path.write_bytes(png(1, 100_000_000))


def pixels_that_end_early(path: Path) -> None:
    """A complete stream of 10 rows where 10,000 are announced."""
    path.write_bytes(png(10_000, 10_000, colour=6, rows=10))


def a_flipped_pixel(path: Path) -> None:
    """One bit of the pixels is another."""
    data = bytearray(stored_png())
    data[3000] ^= 1
    path.write_bytes(data)


def a_png_without_its_end(path: Path) -> None:
    """The last chunk is missing."""
    path.write_bytes(stored_png()[:-12])


def a_colour_profile_of_gigabytes(path: Path) -> None:
    """An ICC profile of 256 MB, packed a thousandfold."""
    path.write_bytes(png(8, 8, more=chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(2**28), 9))))


def texts_of_gigabytes(path: Path) -> None:
    """300 comments of a megabyte each."""
    text = chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(2**20 - 1), 9))
    path.write_bytes(png(8, 8, more=300 * text))


def a_tiff_of_a_circle(path: Path) -> None:
    """A list of pages whose next page is itself."""
    path.write_bytes(b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 8))


HOSTILE = (
    a_single_row,
    a_single_column,
    pixels_that_end_early,
    a_flipped_pixel,
    a_png_without_its_end,
    a_colour_profile_of_gigabytes,
    texts_of_gigabytes,
    a_tiff_of_a_circle,
)
