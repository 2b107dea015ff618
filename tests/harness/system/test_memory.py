"""Free memory, of the machine and of a container."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.system.memory import free_bytes

GIB = 2**30


@pytest.fixture
def system(tmp_path: Path):
    """system(available, ...): its files; sizes in GiB."""

    def make(available: int | None, limit: int | str | None = None, used=0, cached=0) -> Path:
        if available is not None:
            kib = available * GIB // 1024
            (tmp_path / "meminfo").write_text(f"MemFree: 1 kB\nMemAvailable: {kib} kB\n")
        if limit is not None:
            text = str(limit * GIB) if isinstance(limit, int) else limit
            (tmp_path / "memory.max").write_text(f"{text}\n")
            (tmp_path / "memory.current").write_text(f"{used * GIB}\n")
            (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {cached * GIB}\n")
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({"available": 8}, 8),
        ({"available": 8, "limit": "max"}, 8),
        ({"available": 8, "limit": 6, "used": 4, "cached": 1}, 3),
        ({"available": 2, "limit": 6, "used": 1}, 2),
        ({"available": None, "limit": 6, "used": 1}, 5),
        ({"available": 8, "limit": 6, "used": 7}, 0),
    ],
)
def test_the_smaller_of_both_is_free(system, files: dict, free: int) -> None:
    folder = system(**files)
    assert free_bytes(folder, folder) == free * GIB


def test_a_system_that_does_not_say(tmp_path: Path) -> None:
    assert free_bytes(tmp_path, tmp_path) is None


def test_this_machine_says() -> None:
    free = free_bytes()
    assert free is None or 0 <= free < 2**50
