"""Which runners can run on this machine, and setting up those that cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from netparity.errors import SetupError
from netparity.runners import (
    ALL,
    RUNNERS,
    Availability,
    Runner,
    create_runners,
    debian,
    installed_runners,
    known_runners,
)
from netparity.runners.damage import discard_damaged
from netparity.runners.downloads import announce
from netparity.runners.environments import Environments, Stack
from netparity.runners.installed import ask_availability
from netparity.runners.python_tool import PythonRunner
from netparity.watch import SILENT, Watch

State = Literal["ready", "can be set up", "not possible here"]
STATES: tuple[State, ...] = ("ready", "can be set up", "not possible here")


@dataclass(frozen=True)
class Examined:
    """What is known of one runner on this machine.

    Attributes:
        stack: what its environment would be made of, if it has one that does not exist.
        packages: the system packages that are missing.
        interpreters: the user's own, by the option or variable that names each.
        package: the installed package that brings the runner; empty for netparity's own.
    """

    name: str
    availability: Availability
    stack: Stack | None
    packages: tuple[str, ...]
    interpreters: Mapping[str, Path]
    package: str

    @property
    def state(self) -> State:
        """Whether it can run, or what stands in the way."""
        if self.availability.available:
            return "ready"
        return "can be set up" if self.availability.can_set_up else "not possible here"

    @property
    def needs(self) -> str:
        """What setting it up downloads and installs, in words; empty if that is not known."""
        parts = [self.stack.size if self.stack is not None else ""]
        if self.packages:
            parts.append(f"system packages {', '.join(self.packages)}")
        return "; ".join(filter(None, parts))


@dataclass(frozen=True)
class SetUp:
    """How setting up a row ended; `problem` is empty if it is ready.

    Attributes:
        possible: whether it could have been set up on this machine.
    """

    label: str
    problem: str = ""
    possible: bool = True


def examine(environments: Environments) -> Iterator[Examined]:
    """Every runner that can be named alone."""
    owners = {each.name: each.package for each in installed_runners()}
    for kind in known_runners():
        if kind.required:
            continue
        runner = kind(kind.name)
        stack = runner.stack if isinstance(runner, PythonRunner) else None
        made = stack is not None and environments.python(stack) is not None
        found = ask_availability(runner, environments)
        # A runner whose own code failed is not asked anything else.
        missing = runner.missing(environments) if found.can_set_up else []
        yield Examined(
            kind.name,
            found,
            None if made else stack,
            tuple(item.package for item in missing if item.package is not None),
            {
                environments.option(name): environments.overrides[name]
                for name in kind.interpreters()
                if name in environments.overrides
            },
            owners.get(kind.name, ""),
        )


def options_in_words() -> Iterator[str]:
    """A line for each key that each runner takes."""
    for kind in known_runners():
        for key, option in kind.options.items():
            yield f"{kind.name}[{key}={'|'.join(option.choices)}]: {option.help}"


def set_up(
    names: Sequence[str], environments: Environments, watch: Watch = SILENT
) -> Iterator[SetUp]:
    """Set up the named runners, every runner for `all`, or what a default comparison needs.

    Raises:
        UsageError: if a name or one of its keys is unknown.
    """
    chosen = create_runners(_chosen(names), known_runners())
    announce(chosen, environments, watch)
    problems = {runner.label: _prepare(runner, environments, watch) for runner in chosen}
    _install_missing(chosen, environments, watch)
    for runner in chosen:
        problem = problems[runner.label]
        availability = runner.availability(environments)
        if not problem and not availability.available:
            problem = f"not available: {availability.reason}\n  {availability.fix}"
        possible = availability.available or availability.can_set_up
        yield SetUp(runner.label, problem, possible)


def _chosen(names: Sequence[str]) -> list[str]:
    if not names:
        return [kind.name for kind in RUNNERS if kind.default_rows]
    if ALL not in names:
        return list(names)
    every = [kind.name for kind in known_runners() if not kind.required]
    return list(dict.fromkeys([*every, *(name for name in names if name != ALL)]))


def _prepare(runner: Runner, environments: Environments, watch: Watch) -> str:
    if isinstance(runner, PythonRunner):
        discard_damaged(environments, runner.stack, watch)
    try:
        runner.prepare(environments, watch)
    except SetupError as error:
        return f"{error}\n  {error.fix}"
    return ""


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
