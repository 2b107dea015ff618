"""A lazy mapping makes a value when it is asked for, and at no other time."""

from __future__ import annotations

import pytest

from netparity.protocol.lazy import LazyMapping


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
