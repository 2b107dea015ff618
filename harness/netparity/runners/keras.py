"""What the Keras runners share: an environment of their own and an extractor in `python/`."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import ClassVar

from netparity.runners.base import (
    Availability,
    Missing,
    Runner,
    missing_fix,
    thread_variables,
)
from netparity.runners.environments import Environments, Stack
from netparity.system.launch import Command, LaunchError
from netparity.system.resources import extractor_folder
from netparity.watch import Watch
from netparity.weights.formats import keras_h5


class KerasRunner(Runner):
    """A Keras in a virtual environment.

    Attributes:
        packages: distributions whose versions are shown.
        modules: what an interpreter must be able to import.
    """

    tool = "keras"
    weights_format = keras_h5.NAME
    script: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]
    modules: ClassVar[tuple[str, ...]]

    @property
    @abstractmethod
    def stack(self) -> Stack:
        """What is installed in its environment."""

    def prepare(self, environments: Environments, watch: Watch) -> None:
        """Make the environment."""
        environments.ensure(self.stack, watch)

    def missing(self, environments: Environments) -> list[Missing]:
        """Nothing but what pip brings."""
        return []

    def availability(self, environments: Environments) -> Availability:
        """Whether the environment is there and the system has what it needs."""
        python = environments.python(self.stack)
        if python is None:
            return Availability(
                False,
                f"its environment has not been made (Python {self.stack.python})",
                self.stack.setup,
            )
        if not python.exists():
            return Availability(
                False, f"{python} does not exist", f"correct --python {self.name}=..."
            )
        if missing := self.missing(environments):
            reason = "missing: " + ", ".join(item.what for item in missing)
            return Availability(False, reason, missing_fix(self.name, missing))
        if self.name in environments.overrides and (problem := self._problem(environments)):
            pins = " ".join(self.stack.requirement_options)
            fix = f"uv pip install --python {python} {pins}"
            return Availability(False, problem, fix)
        return Availability(True, versions=environments.versions(self.stack, *self.packages))

    def _problem(self, environments: Environments) -> str | None:
        """What is wrong with an interpreter that the user brought."""
        try:
            lacking = environments.lacking(self.stack, self.modules)
        except LaunchError as error:
            return str(error)
        python = environments.overrides[self.name]
        return f"{python} has no module {', '.join(lacking)}" if lacking else None

    def command(self, environments: Environments, job_file: Path, threads: int) -> Command:
        """The environment's interpreter on the extractor, shielded from the user's settings."""
        python = environments.python(self.stack)
        assert python is not None, "availability() is asked first"
        script = extractor_folder("python") / self.script
        return Command(
            [str(python), str(script), str(job_file)],
            {
                **thread_variables(threads),
                "PYTHONPATH": None,
                "PYTHONHOME": None,
                "PYTHONNOUSERSITE": "1",
                "PYTHONUNBUFFERED": "1",
                "VIRTUAL_ENV": None,
                **self.environment(job_file),
            },
        )

    def environment(self, job_file: Path) -> dict[str, str | None]:
        """What this Keras needs on top."""
        return {}
