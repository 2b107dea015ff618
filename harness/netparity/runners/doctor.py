"""Which runners can run on this machine, and setting up those that cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netparity.errors import SetupError
from netparity.runners import RUNNERS, Availability, Runner, create_runners, debian
from netparity.runners.environments import Environments
from netparity.watch import SILENT, Watch


def examine(environments: Environments) -> Iterator[tuple[str, Availability]]:
    """Every runner's name, and whether it can run."""
    for kind in RUNNERS:
        yield kind.name, kind(kind.name).availability(environments)


def options_in_words() -> Iterator[str]:
    """A line for each key that each runner takes."""
    for kind in RUNNERS:
        for key, option in kind.options.items():
            yield f"{kind.name}[{key}={'|'.join(option.choices)}]: {option.help}"


def set_up(
    names: Sequence[str], environments: Environments, watch: Watch = SILENT
) -> Iterator[tuple[str, str | None]]:
    """Set up the named runners, or all; yields each label with what went wrong, or None.

    Raises:
        UsageError: if a name or one of its keys is unknown.
    """
    chosen = create_runners(names or [kind.name for kind in RUNNERS], RUNNERS)
    problems = {runner.label: _prepare(runner, environments, watch) for runner in chosen}
    _install_missing(chosen, environments, watch)
    for runner in chosen:
        problem = problems[runner.label]
        if problem is None:
            availability = runner.availability(environments)
            if not availability.available:
                problem = f"not available: {availability.reason}\n  {availability.fix}"
        yield runner.label, problem


def _prepare(runner: Runner, environments: Environments, watch: Watch) -> str | None:
    try:
        runner.prepare(environments, watch)
    except SetupError as error:
        return f"{error}\n  {error.fix}"
    return None


def _install_missing(runners: Sequence[Runner], environments: Environments, watch: Watch) -> None:
    """Install what all of them lack with a single apt-get call."""
    packages = [
        item.package
        for runner in runners
        for item in runner.missing(environments)
        if item.package is not None
    ]
    if packages:
        try:
            debian.install(sorted(set(packages)), watch)
        except SetupError as error:
            watch.warning(f"{error}\n  {error.fix}")
