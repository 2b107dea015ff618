"""The keys of a runner as text: the inside of `NAME[key=value,...]`.

A value in double quotes may contain commas; inside the quotes, a backslash stands before a double
quote or a backslash that belongs to the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_QUOTED = re.compile(r'(?P<key>[^=,]*)=\s*"(?P<value>(?:[^"\\]|\\.)*)"\s*(?:,|\Z)', re.DOTALL)


def split_keys(inside: str) -> Iterator[tuple[str, str, str]]:
    """Each part as it was written, its key and its value; empty parts are left out.

    Key or value is empty if the part is not of the form key=value.
    """
    start = 0
    while start < len(inside):
        if quoted := _QUOTED.match(inside, start):
            value = re.sub(r"\\(.)", r"\1", quoted["value"], flags=re.DOTALL)
            yield quoted[0].strip(" \t\n,"), quoted["key"].strip(), value
            start = quoted.end()
            continue
        end = inside.find(",", start)
        end = len(inside) if end < 0 else end
        part = inside[start:end]
        if part.strip():
            key, _, value = part.partition("=")
            yield part.strip(), key.strip(), value.strip()
        start = end + 1


def join_keys(keys: Mapping[str, str]) -> str:
    """Keys and values as `split_keys` reads them; a value is quoted only if it has to be."""
    return ",".join(f"{key}={_as_written(value)}" for key, value in keys.items())


def _as_written(value: str) -> str:
    alone = [found for _, _, found in split_keys(f"key={value}")] == [value]
    if alone and not value.startswith('"'):  # or it would be quoted to the next double quote
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
