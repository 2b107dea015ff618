"""`--map FILE`: the user says which layer of the network is which of the file."""

from __future__ import annotations

import json
from pathlib import Path

from netparity.errors import InputError, UsageError
from netparity.files.whole import read_whole

_MOST_BYTES = 2**22


def read_map(path: Path) -> dict[str, str]:
    """Names of the network's layers or tensors, each with that in the weights' file.

    The file is JSON, `{"conv1_1": "backbone.0", ...}`, or has a line `conv1_1 = backbone.0` for
    each; what follows a `#` is ignored.

    Raises:
        InputError: if it cannot be read, or names something twice.
    """
    try:
        text = read_whole(path, "--map", _MOST_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"--map {path} is not a text file") from None
    if text.lstrip().startswith("{"):
        return _json(text, path)
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stated = line.partition("#")[0].strip()
        if not stated:
            continue
        name, equals, other = (part.strip() for part in stated.partition("="))
        if not equals or not name or not other:
            raise InputError(
                f"--map {path}, line {number}: {stated[:80]!r} is not of the form "
                "conv1_1 = backbone.0"
            )
        if name in found:
            raise InputError(f"--map {path}, line {number}: {name[:80]!r} is named twice")
        found[name] = other
    return found


def refuse_unused(names: Path | None, why: str) -> None:
    """Refuse a map that would have no effect, so that nobody believes it was used.

    Raises:
        UsageError: if there is one.
    """
    if names is not None:
        raise UsageError(f"--map {names} would have no effect, as {why}; fix: leave it out")


def _json(text: str, path: Path) -> dict[str, str]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"--map {path} is not valid JSON: {str(error)[:200]}") from error
    if not all(isinstance(value, str) for value in read.values()):
        raise InputError(f'--map {path}: expected names alone, as in {{"conv1_1": "backbone.0"}}')
    return dict(read)
