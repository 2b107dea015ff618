"""Sizes and lists of processors as users write them."""

from __future__ import annotations

import os

import pytest

from netparity.errors import UsageError
from netparity.system.limits import parse_bytes, parse_cpus


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8G", 8 * 2**30),
        ("8g", 8 * 2**30),
        ("8GiB", 8 * 2**30),
        ("8 GB", 8 * 2**30),
        ("1.5G", 3 * 2**29),
        ("512M", 2**29),
        ("100000000", 100_000_000),
        ("1T", 2**40),
    ],
)
def test_bytes(text: str, value: int) -> None:
    assert parse_bytes(text) == value


@pytest.mark.parametrize("text", ["", "G", "8X", "-8G", "8G8", "1e9", "٨G", "63M", "0"])
def test_what_is_no_memory(text: str) -> None:
    with pytest.raises(UsageError, match="--memory-limit"):
        parse_bytes(text)


def test_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3, 6})
    assert parse_cpus("0") == (0,)
    assert parse_cpus("3,1") == (1, 3)
    assert parse_cpus(" 0-2 , 6,1") == (0, 1, 2, 6)
    with pytest.raises(UsageError, match="may not use processor 4, 5; it may use 0, 1, 2, 3, 6"):
        parse_cpus("3-6")


@pytest.mark.parametrize("text", ["", ",", "a", "1-", "-1", "2-1", "0-99999999999", "0 1"])
def test_what_is_no_list_of_processors(text: str) -> None:
    with pytest.raises(UsageError, match="--affinity"):
        parse_cpus(text)
