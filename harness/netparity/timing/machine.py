"""Facts about the machine. The only module of `timing` that does input."""

from __future__ import annotations

import contextlib
import os
import platform
from pathlib import Path

from netparity.protocol import Machine

# As /proc/cpuinfo calls them, on x86 and on ARM.
_RELEVANT = (
    *("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16"),
    *("amx_bf16", "amx_tile", "asimd", "asimdhp", "sve", "sve2", "bf16"),
)


def cpus_available() -> int:
    """Number of processors that this process may use; a container can reduce it."""
    return len(os.sched_getaffinity(0))


def describe_machine() -> Machine:
    """Facts that matter for a timing, without anything that identifies the machine or its user."""
    return Machine(
        cpu=_cpu_name(),
        cpus_available=cpus_available(),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        system=_system_name(),
        python=platform.python_version(),
        instructions=_instructions(),
        governors=_governors(),
        load_average=os.getloadavg()[0],
    )


def _cpu_name() -> str:
    name = _cpuinfo("model name", "Model")
    return name or platform.processor() or platform.machine()


def _cpuinfo(*keys: str) -> str | None:
    """The first value of one of these keys."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() in keys:
                return value.strip()
    except OSError:
        pass
    return None


def _instructions() -> list[str]:
    found = set((_cpuinfo("flags", "Features") or "").split())
    return [name for name in _RELEVANT if name in found]


def _governors() -> list[str]:
    files = Path("/sys/devices/system/cpu").glob("cpu[0-9]*/cpufreq/scaling_governor")
    found = set()
    for file in files:
        with contextlib.suppress(OSError):
            found.add(file.read_text().strip())
    return sorted(found)


def _system_name() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, {platform.system()} {platform.release()}, {platform.machine()}"
