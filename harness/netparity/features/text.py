"""What the formats that are text have in common."""

from __future__ import annotations

from pathlib import Path

from netparity.errors import InputError

MAX_TEXT_BYTES = 512 * 2**20
MAX_VALUES = 2**25
"""As text and as Python's objects, values take some fifty times their size as floats."""

_SEPARATORS = (b",", b";", b"\t", b" ", b"\n")


def read_text(path: Path, separators: tuple[bytes, ...] = _SEPARATORS) -> str:
    """The text of a file, with a byte order mark or without.

    Raises:
        InputError: if it is too large, has too many values or is not UTF-8.
    """
    size = path.stat().st_size
    if size > MAX_TEXT_BYTES:
        raise InputError(
            f"features {path} have {size:,} bytes; at most {MAX_TEXT_BYTES:,} are accepted as "
            "text: save them as .npy"
        )
    data = path.read_bytes()
    values = max(data.count(separator) for separator in separators)
    if values > MAX_VALUES:
        raise InputError(
            f"features {path} have about {values:,} values; at most {MAX_VALUES:,} are accepted "
            "as text: save them as .npy"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"features {path} are not UTF-8 text (byte {error.start:,}); save them as UTF-8, "
            "or name the file by its format"
        ) from None
