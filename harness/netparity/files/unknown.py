"""The error for a file that no reader knows."""

from __future__ import annotations

from netparity.errors import InputError
from netparity.files import strangers
from netparity.files.source import Source

_SHOWN_BYTES = 8


def unknown_file(source: Source, what: str, read: str = "") -> InputError:
    """The error for a file that no reader knows by its contents or its name.

    Args:
        what: what the file was expected to hold: `weights`, `network`, `features`.
        read: what could be read in its place, in words that follow "what is read:".
    """
    stranger = strangers.recognise(source.path)
    if stranger is not None:
        return InputError(strangers.sentence(source.path, what, stranger))
    begins = " ".join(f"{byte:02x}" for byte in source.head[:_SHOWN_BYTES])
    known = f"; what is read: {read}" if read else ""
    return InputError(
        f"{what} {source.path}: neither the content (it begins with the bytes {begins}) nor the "
        f"ending {source.path.suffix!r} tells what the file is{known}"
    )
