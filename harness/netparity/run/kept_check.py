"""The last timing check of each machine, in the cache."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from netparity.errors import StoreError
from netparity.protocol import Machine, TimingCheck
from netparity.system.cache import cache_folder, replacing


def keep(found: TimingCheck, machine: Machine) -> None:
    """Keep the result for later runs on this machine.

    Raises:
        StoreError: if the cache cannot be written.
    """
    with replacing(_file(machine)) as draft:
        draft.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")


def recall(machine: Machine) -> TimingCheck | None:
    """The last result on this machine; None if there is none that can be read."""
    try:
        return TimingCheck.model_validate_json(_file(machine).read_bytes())
    except (OSError, StoreError, ValidationError):
        return None


def machine_name(machine: Machine) -> str:
    """A name for a machine, by what identifies it and changes its speed."""
    identity = (machine.cpu, machine.cpus_available, machine.memory_bytes, machine.system)
    return hashlib.sha256(repr(identity).encode()).hexdigest()[:16]


def _file(machine: Machine) -> Path:
    return cache_folder("timing-check") / f"{machine_name(machine)}.json"
