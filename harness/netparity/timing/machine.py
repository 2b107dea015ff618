"""What the run ran on. The only module of `timing` that looks outside."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from netparity.protocol import Machine


def cpus_available() -> int:
    """Processors that this process may use, which a container can make fewer than there are."""
    return len(os.sched_getaffinity(0))


def describe_machine() -> Machine:
    """Facts that a reader needs to judge a timing; nothing that names the machine or its user."""
    return Machine(
        cpu=_cpu_name(),
        cpus_available=cpus_available(),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        system=_system_name(),
        python=platform.python_version(),
    )


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() in ("model name", "Model"):
                return value.strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _system_name() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, {platform.system()} {platform.release()}, {platform.machine()}"
