"""The limits of a compared process: processors and memory, as the user writes them."""

from __future__ import annotations

import os
import re

from netparity.errors import UsageError

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_LEAST_BYTES = 64 * 2**20


def parse_bytes(text: str) -> int:
    """Bytes from text such as `8G`, `512M` or a plain number; K, M, G and T are powers of 1024.

    Raises:
        UsageError: if the text is not a size, or is too small for any process to start.
    """
    match = re.fullmatch(
        r"(\d{1,15}(?:\.\d{1,6})?)\s*([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE | re.ASCII
    )
    if match is None:
        raise UsageError(f"--memory-limit {text!r}: expected a number of bytes such as 8G or 512M")
    limit = int(float(match[1]) * _UNITS[match[2].upper()])
    if limit < _LEAST_BYTES:
        raise UsageError(f"--memory-limit {text!r}: no process can start with less than 64M")
    return limit


def parse_cpus(text: str) -> tuple[int, ...]:
    """Processors from a list such as `0-3,6`, in the syntax of taskset.

    Raises:
        UsageError: if it is not such a list, or names a processor that this process may not use.
    """
    wanted: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,5})(?:-(\d{1,5}))?\s*", part, re.ASCII)
        first = int(match[1]) if match else 0
        last = int(match[2] or match[1]) if match else -1
        if last < first:
            raise UsageError(f"--affinity {text!r}: expected processors such as 0-3,6")
        wanted.update(range(first, last + 1))
    allowed = os.sched_getaffinity(0)
    if not wanted <= allowed:
        forbidden = ", ".join(map(str, sorted(wanted - allowed)[:8]))
        raise UsageError(
            f"--affinity {text!r}: this process may not use processor {forbidden}; "
            f"it may use {', '.join(map(str, sorted(allowed)))}"
        )
    return tuple(sorted(wanted))
