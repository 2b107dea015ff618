"""What making several environments downloads, announced before the first one is made."""

from __future__ import annotations

from collections.abc import Iterable

from netparity.runners.base import Runner
from netparity.runners.environments import Environments, Stack
from netparity.runners.python_tool import PythonRunner
from netparity.watch import Watch


def announce(runners: Iterable[Runner], environments: Environments, watch: Watch) -> None:
    """Say how much will be downloaded in all; of a single environment its own line is enough."""
    stacks = to_make(runners, environments)
    if len(stacks) > 1:
        watch.message(in_words(stacks))


def to_make(runners: Iterable[Runner], environments: Environments) -> list[Stack]:
    """The stacks without an environment, each once however many runners share it."""
    found = {
        environments.folder(runner.stack): runner.stack
        for runner in runners
        if isinstance(runner, PythonRunner) and environments.python(runner.stack) is None
    }
    return list(found.values())


def in_words(stacks: Iterable[Stack]) -> str:
    """The number of environments, and their sizes as far as they are known."""
    names = [stack.name for stack in stacks]
    known = [stack for stack in stacks if stack.download_megabytes is not None]
    download = sum(stack.download_megabytes or 0 for stack in known)
    disk = sum(stack.disk_megabytes or 0 for stack in known)
    about = "about" if len(known) == len(names) else "at least"
    return (
        f"{len(names)} environments ({', '.join(names)}): {about} {_size(download)} to download, "
        f"{_size(disk)} on disk"
    )


def _size(megabytes: int) -> str:
    return f"{megabytes} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB"
