"""How much memory is free, for this process and what it starts."""

from __future__ import annotations

from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")


def free_bytes(proc: Path = Path("/proc"), groups: Path = _GROUPS) -> int | None:
    """Memory that can still be used without swapping; None if the system does not say.

    In a container it is what its control group leaves, if that is less.

    Args:
        proc: the folder of `meminfo`.
        groups: the folder of control group 2.
    """
    found = [each for each in (_available(proc / "meminfo"), _left(groups)) if each is not None]
    return min(found, default=None)


def _available(file: Path) -> int | None:
    try:
        for line in file.read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "MemAvailable":
                return int(value.split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


def _left(groups: Path) -> int | None:
    """What the control group may still take; its page cache can be given back."""
    try:
        limit = (groups / "memory.max").read_text().strip()
        used = int((groups / "memory.current").read_text())
        counts = (line.split() for line in (groups / "memory.stat").read_text().splitlines())
        cached = {name: int(count) for name, count in counts}.get("inactive_file", 0)
        return None if limit == "max" else max(0, int(limit) - used + cached)
    except (OSError, ValueError):
        return None
