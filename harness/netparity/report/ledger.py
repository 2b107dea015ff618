"""The settings ledger: did all runners compute under the same conditions?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from netparity.protocol import Machine, Run, RunnerRecord, Settings
from netparity.report.cells import ABSENT, Table, counted

_BLAS = re.compile(r"OpenBLAS (?P<version>[\d.]+).* (?P<kernels>\w+) MAX_THREADS")


def ledger(run: Run) -> Table:
    """The settings that each runner computed with, as reported by its tool."""
    threads = ("threads requested", "in use", "in the process")
    headers = ("runner", *threads, "matrix library", "data format", "precision", "compile cache")
    rows = tuple(
        (
            record.label,
            str(record.threads.requested) if record.threads else ABSENT,
            threads_in_use(record),
            record.flags.get("os_threads", ABSENT),
            matrix_library(record) or ABSENT,
            record.data_format or ABSENT,
            record.flags.get("precision", ABSENT),
            record.flags.get("compile_cache", ABSENT),
        )
        for record in run.runners
        if record.status == "ok"
    )
    return Table("Settings ledger", headers, rows, words=len(headers))


def unequal(run: Run) -> Iterator[str]:
    """A sentence for each setting that differs between runners but should not."""
    for what, setting in _TO_BE_EQUAL.items():
        values: dict[str, list[str]] = {}
        for record in run.runners:
            value = setting(record) if record.status == "ok" else None
            if value is not None:
                values.setdefault(value, []).append(record.label)
        if len(values) > 1:
            groups = "; ".join(f"{value}: {', '.join(labels)}" for value, labels in values.items())
            yield f"Unequal settings, {what}: {groups}."


def machine_words(machine: Machine, settings: Settings) -> Iterator[str]:
    """The machine and the limits set on it, a line each."""
    yield (
        f"{machine.cpu}, {counted(machine.cpus_available, 'processor')}, "
        f"{machine.memory_bytes / 2**30:.0f} GiB; {machine.system}"
    )
    facts = [f"instructions {' '.join(machine.instructions)}"] if machine.instructions else []
    facts += [f"frequency governor {' '.join(machine.governors)}"] if machine.governors else []
    if machine.load_average is not None:
        facts.append(f"load average {machine.load_average:.2f} at the start")
    if facts:
        yield "; ".join(facts)
    limits = [counted(settings.threads, "thread")]
    if settings.affinity:
        limits.append(f"only processors {','.join(map(str, settings.affinity))}")
    if settings.memory_limit_bytes is not None:
        limits.append(f"{settings.memory_limit_bytes / 2**30:.3g} GiB of memory per process")
    yield ", ".join(limits)


def matrix_library(record: RunnerRecord) -> str | None:
    """Name, version and kernels of the BLAS, or else the tool's own description of it."""
    if record.blas is None:
        return None
    match = _BLAS.search(record.blas)
    return f"OpenBLAS {match['version']} {match['kernels']}" if match else record.blas


def threads_in_use(record: RunnerRecord) -> str:
    """The number of threads that the tool reported."""
    found = record.threads.found if record.threads else None
    return str(found) if found is not None else ABSENT


def _threads(record: RunnerRecord) -> str | None:
    found = record.threads.found if record.threads else None
    return counted(found, "thread") if found is not None else None


_TO_BE_EQUAL: dict[str, Callable[[RunnerRecord], str | None]] = {
    "threads": _threads,
    "precision": lambda record: record.flags.get("precision"),
    "environment": lambda record: record.flags.get("environment"),
}
