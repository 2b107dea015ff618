"""What a command has stored so far, for a program that is ended before it can say so itself."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_WORDS: list[Callable[[], str | None]] = []


@contextmanager
def kept(words: Callable[[], str | None]) -> Iterator[None]:
    """While the block runs, something is stored that a user can go on with.

    Args:
        words: says what, and which command shows it or goes on with it; None if there is nothing
            yet. It may remove what is of no use. It is called in another thread.
    """
    _WORDS.append(words)
    try:
        yield
    finally:
        _WORDS.remove(words)


def all_kept() -> list[str]:
    """What there is to say now, a sentence each; the innermost block last."""
    return [found for words in list(_WORDS) if (found := words()) is not None]


def kept_words(how: str, command: str, folder: Path) -> str:
    """The sentence that names what is stored and the command for it.

    Args:
        how: "show it with" or "go on with".
        command: without the folder, such as `netparity report`.
    """
    return f"what was done is kept; {how}: {command} {shlex.quote(str(folder))}"
