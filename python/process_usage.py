"""What this process used while a value was measured: processor time, page faults, switches."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass

COUNTERS = {
    "user_seconds": "ru_utime",
    "system_seconds": "ru_stime",
    "minor_faults": "ru_minflt",
    "major_faults": "ru_majflt",
    "voluntary_switches": "ru_nvcsw",
    "involuntary_switches": "ru_nivcsw",
}
"""Keys of result.json, and the fields of getrusage, which counts all threads of the process."""


@dataclass(frozen=True)
class Used:
    """What has been used since the process started; `stolen_seconds` since the machine started."""

    counters: resource.struct_rusage
    stolen_seconds: float | None

    def since(self, before: Used | None, loops: int = 1) -> dict[str, float | int | None]:
        """Return one entry of a result's `usage`: what was used between two moments.

        before: None for the start of the process, which does not know what was stolen then.
        loops: number of calls in that time; seconds are per call, counts are of all calls.
        """
        entry: dict[str, float | int | None] = {}
        for name, field in COUNTERS.items():
            used = getattr(self.counters, field)
            if before is not None:
                used -= getattr(before.counters, field)
            entry[name] = max(used, 0.0) / loops if name.endswith("_seconds") else used
        now, then = self.stolen_seconds, None if before is None else before.stolen_seconds
        entry["stolen_seconds"] = None
        if now is not None and then is not None:
            entry["stolen_seconds"] = max(now - then, 0.0) / loops
        return entry


def used_before() -> Used:
    """Return the counters at the start of a measurement."""
    stolen = stolen_seconds()  # first: reading it must not count
    return Used(resource.getrusage(resource.RUSAGE_SELF), stolen)


def used_after() -> Used:
    """Return the counters at the end of a measurement."""
    counters = resource.getrusage(resource.RUSAGE_SELF)
    return Used(counters, stolen_seconds())


def stolen_seconds() -> float | None:
    """Return the machine's stolen processor seconds since it started; None if it does not say."""
    try:
        with open("/proc/stat", encoding="ascii") as file:
            fields = file.readline().split()
        return int(fields[8]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None
