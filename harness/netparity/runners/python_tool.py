"""What runners of Python tools share: an environment of their own and an extractor in `python/`."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import ClassVar

from netparity.runners.base import (
    Availability,
    Missing,
    Runner,
    missing_fix,
    python_variables,
    thread_variables,
)
from netparity.runners.damage import damage_of
from netparity.runners.environments import Environments, Stack
from netparity.system.launch import Command, LaunchError
from netparity.system.resources import extractor_folder
from netparity.watch import Watch


class PythonRunner(Runner):
    """A tool in a virtual environment.

    Attributes:
        script: its extractor, a file in `python/` or the absolute path of another one.
        packages: the distributions whose versions are shown.
        modules: what its interpreter must be able to import.
    """

    script: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]
    modules: ClassVar[tuple[str, ...]]

    @property
    @abstractmethod
    def stack(self) -> Stack:
        """What is installed in its environment."""

    @classmethod
    def interpreters(cls) -> tuple[str, ...]:
        """Its own name."""
        return (cls.name,)

    def prepare(self, environments: Environments, watch: Watch) -> None:
        """Make the environment."""
        environments.ensure(self.stack, watch)

    def missing(self, environments: Environments) -> list[Missing]:
        """Nothing: its environment holds all that it needs."""
        return []

    def availability(self, environments: Environments) -> Availability:
        """Whether its environment has been made and the system has what it needs."""
        python = environments.python(self.stack)
        if python is None:
            return Availability(
                False,
                f"its environment has not been made (Python {self.stack.python})",
                self.stack.setup,
            )
        if not python.exists():
            option = environments.option(self.stack.name)
            return Availability(
                False, f"{option}={python} does not exist", f"correct {option}", can_set_up=False
            )
        if (damage := damage_of(environments, self.stack)) is not None:
            return Availability(False, f"its environment {damage}", self.stack.setup)
        if missing := self.missing(environments):
            reason = "missing: " + ", ".join(item.what for item in missing)
            return Availability(False, reason, missing_fix(self.name, missing))
        brought = self.stack.name in environments.overrides
        if brought and (problem := self._interpreter_problem(environments)):
            needs = [*self.stack.requirement_options, *self.stack.packages, *self.stack.torch]
            fix = f"uv pip install --python {python} {' '.join(needs)}"
            return Availability(False, problem, fix, can_set_up=False)
        return Availability(True, versions=environments.versions(self.stack, *self.packages))

    def _interpreter_problem(self, environments: Environments) -> str | None:
        """What is wrong with an interpreter that the user brought; None if nothing is."""
        try:
            lacking = environments.lacking(self.stack, self.modules)
        except LaunchError as error:
            return str(error)
        python = environments.python(self.stack)
        return f"{python} has no module {', '.join(lacking)}" if lacking else None

    def command(self, environments: Environments, job_file: Path, threads: int) -> Command:
        """The environment's interpreter on the extractor, shielded from the user's settings.

        An extractor outside `python/` can import the modules there.
        """
        python = environments.python(self.stack)
        assert python is not None, "availability() is asked first"
        folder = extractor_folder("python")
        script = folder / self.script
        shared = {} if script.parent == folder else {"PYTHONPATH": str(folder)}
        return Command(
            [str(python), str(script), str(job_file)],
            {
                **thread_variables(threads),
                **python_variables(),
                **shared,
                "PYTHONNOUSERSITE": "1",
                **self.environment(job_file),
            },
        )

    def environment(self, job_file: Path) -> dict[str, str | None]:
        """Further environment variables for the extractor; None removes one."""
        return {}
