"""Names of the files that features are saved in."""

from __future__ import annotations

import re

_LONGEST = 80


def file_names(kind: str, names: list[str]) -> list[str]:
    """Return one bare .npy name for each feature, distinct even where letters have no case.

    >>> file_names("shared", ["fc6", "block1/conv", "FC6"])
    ['shared-fc6.npy', 'shared-block1_conv-1.npy', 'shared-FC6-2.npy']
    """
    taken: set[str] = set()
    found = []
    for position, name in enumerate(names):
        plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)[:_LONGEST]
        if plain != name or plain.lower() in taken:
            plain = f"{plain}-{position}"
        while plain.lower() in taken:
            plain += "_"
        taken.add(plain.lower())
        found.append(f"{kind}-{plain}.npy")
    return found
