"""Runners of installed packages, found by the entry points of the group `netparity.runners`.

The name of an entry point is that of the runner, and its object a subclass of `Runner`. A package
whose runner cannot be loaded never stops netparity: the reason is kept, to be told.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from netparity.errors import UsageError
from netparity.runners.base import Availability, Runner
from netparity.runners.environments import Environments
from netparity.runners.spec import create_runners

GROUP = "netparity.runners"
_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class InstalledRunner:
    """A runner of an installed package; `kind` is None if `problem` says why it cannot be used."""

    name: str
    package: str
    kind: type[Runner] | None = None
    problem: str = ""


def find_installed(taken: Collection[str]) -> list[InstalledRunner]:
    """Every runner that an installed package declares, in the order of their names.

    Args:
        taken: the names of netparity's own runners.

    Raises:
        UsageError: if a name is taken, or two packages declare it.
    """
    owners = dict.fromkeys(taken, "netparity itself")
    found = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        package = entry.dist.name if entry.dist is not None else entry.module
        if entry.name in owners:
            raise UsageError(
                f"the package {package} declares a runner called {entry.name!r}, which "
                f"{owners[entry.name]} has too; uninstall {package}, or rename its runner"
            )
        owners[entry.name] = f"the package {package}"
        found.append(_load(entry, package))
    return found


def _load(entry: EntryPoint, package: str) -> InstalledRunner:
    try:
        kind = entry.load()
    except (Exception, SystemExit) as error:  # whatever a stranger's module raises
        reason = f"{type(error).__name__}: {error}"
        return InstalledRunner(entry.name, package, problem=f"it cannot be imported: {reason}")
    problem = _problem(entry, kind)
    return InstalledRunner(entry.name, package, None if problem else kind, problem)


def _problem(entry: EntryPoint, kind: object) -> str:
    if not (isinstance(kind, type) and issubclass(kind, Runner)):
        return f"{entry.value} is not a subclass of netparity.runners.Runner"
    if inspect.isabstract(kind):
        return f"{entry.value} lacks {', '.join(sorted(kind.__abstractmethods__))}"
    if getattr(kind, "name", None) != entry.name:
        name = getattr(kind, "name", None)
        return f"{entry.value} has the name {name!r}, but its entry point {entry.name!r}"
    if not _NAME.fullmatch(entry.name):
        return f"its name {entry.name!r} has characters other than letters, digits, _ and -"
    try:
        create_runners(() if kind.required else kind.default_rows or (kind.name,), [kind])
    except Exception as error:
        return f"its rows cannot be made: {type(error).__name__}: {error}"
    return ""


def ask_availability(runner: Runner, environments: Environments) -> Availability:
    """Whether a runner can run; what a package's runner raises is the reason why it cannot."""
    try:
        return runner.availability(environments)
    except Exception as error:
        module = type(runner).__module__
        if module.startswith("netparity."):
            raise
        reason = f"{module} failed: {type(error).__name__}: {error}"
        fix = "report it to the authors of the package"
        return Availability(False, reason, fix, can_set_up=False)
