"""A lazy mapping makes a value when it is asked for, and at no other time."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.protocol.lazy import LazyMapping, Remembering


def test_only_what_is_asked_for_is_made() -> None:
    asked = []

    def fetch(name: str) -> str:
        asked.append(name)
        return name.upper()

    mapping = LazyMapping({"a": 1, "b": 2}, fetch)
    assert (list(mapping), len(mapping), "a" in mapping, "c" in mapping) == (
        ["a", "b"],
        2,
        True,
        False,
    )
    assert asked == []
    assert mapping["b"] == mapping["b"] == "B"
    assert asked == ["b", "b"]
    with pytest.raises(KeyError):
        mapping["c"]
    assert asked == ["b", "b"]
    assert dict(mapping) == {"a": "A", "b": "B"}
    assert mapping.get("c") is None


def test_what_was_read_is_kept_as_long_as_it_fits() -> None:
    read: list[str] = []

    def fetch(name: str) -> np.ndarray:
        read.append(name)
        return np.zeros(100, np.uint8)

    kept = Remembering(LazyMapping("abc", fetch), most_bytes=250)
    for _ in range(2):
        assert [len(kept[name]) for name in kept] == [100] * 3
    assert read == ["a", "b", "c", "c"] and len(kept) == 3 and "d" not in kept
