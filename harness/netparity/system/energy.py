"""Energy of the processors, where the kernel gives it without privileges (powercap, RAPL).

Each package has a counter of microjoules that starts again at 0 after its largest value. Many
kernels let only root read it, since it helps to spy on other programs (CVE-2020-8694).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

POWERCAP = Path("/sys/class/powercap")
_ZONE = re.compile(r"intel-rapl:\d+")
"""A package, on processors of AMD too; its parts, which it includes, have a second number."""
_WHOLE_MACHINE = "psys"
"""A zone that includes the packages."""


@dataclass(frozen=True)
class Counter:
    """Microjoules of one package, and the largest value that its counter can have."""

    microjoules: int
    largest: int


Reading = Mapping[str, Counter]
"""The counters of all packages, by zone."""


def read_energy(folder: Path = POWERCAP) -> Reading | None:
    """The counters now; None if there are none, or one of them may not be read."""
    found = {}
    try:
        for zone in folder.iterdir():
            if not _ZONE.fullmatch(zone.name) or _text(zone / "name") == _WHOLE_MACHINE:
                continue
            counters = (zone / name for name in ("energy_uj", "max_energy_range_uj"))
            found[zone.name] = Counter(*(int(_text(each)) for each in counters))
    except (OSError, ValueError):
        return None
    return found or None


def joules_between(before: Reading | None, after: Reading | None) -> float | None:
    """Joules of all packages between two readings; None if either is missing.

    A counter that fell has started again, once: at 200 W, one of 262 kJ does so every 22 minutes.
    """
    if before is None or after is None or before.keys() != after.keys():
        return None
    total = 0
    for zone, counter in after.items():
        change = counter.microjoules - before[zone].microjoules
        total += change if change >= 0 else change + counter.largest
    return total / 1e6 if total >= 0 else None


def _text(file: Path) -> str:
    return file.read_text(encoding="ascii").strip()
