"""What every runner is: a name, the keys it takes, and how its extractor is started.

A runner returns a command line and an environment. It never starts a process for a measurement
and never imports a framework.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from netparity.models.layers import Tool
from netparity.protocol import DataFormat, RunResult
from netparity.runners.environments import Environments
from netparity.system.launch import Command
from netparity.watch import Watch


@dataclass(frozen=True)
class Option:
    """A key that can be written in `NAME[key=value]`; without choices any text is accepted."""

    help: str
    choices: tuple[str, ...] = ()


SCRATCH = "scratch"
"""A folder beside the job file that a runner may use; it is removed when the process has ended."""

COMPILE_CACHE = Option(
    "what the tool has compiled before is there (warm), or nothing is (cold)", ("warm", "cold")
)

PER_LAYER = Option("time the way to every layer as well, after everything else", ("no", "yes"))


@dataclass(frozen=True)
class Missing:
    """A thing that the machine lacks, and the Debian package that brings it (if one does)."""

    what: str
    package: str | None = None


@dataclass(frozen=True)
class Availability:
    """Whether a runner can run here; if not, why, and what would mend it.

    `found` is what else `netparity doctor` says, such as where a program is; no run stores it.
    """

    available: bool
    reason: str = ""
    fix: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    found: str = ""


class Runner(ABC):
    """The harness's adapter for one compared stack.

    Attributes:
        name: what the user writes.
        tool: whose layer names it uses.
        weights_format: which weight file its extractor loads.
        options: the keys it takes.
        interpreters: names by which `--python` gives it an interpreter of the user's own.
    """

    name: ClassVar[str]
    tool: ClassVar[Tool]
    weights_format: ClassVar[str]
    options: ClassVar[Mapping[str, Option]] = {}
    interpreters: ClassVar[tuple[str, ...]] = ()

    def __init__(self, label: str, options: Mapping[str, str] | None = None) -> None:
        self.label = label
        self.chosen = dict(options or {})

    @property
    def data_format(self) -> DataFormat:
        """Order of the axes that the tool is told to compute in."""
        return (
            "channels_first"
            if self.chosen.get("data_format") == "channels_first"
            else ("channels_last")
        )

    def prepare(self, environments: Environments, watch: Watch) -> None:  # noqa: B027
        """Make what can be made without a system package.

        Raises:
            SetupError: if that fails.
        """

    @abstractmethod
    def missing(self, environments: Environments) -> list[Missing]:
        """System packages and programs that this runner needs and the machine lacks."""

    @abstractmethod
    def availability(self, environments: Environments) -> Availability:
        """Whether it can run, found out quickly and without importing a framework."""

    def why_again(self, result: RunResult) -> str | None:
        """Why a process that succeeded has to be run again before its timings count, or None."""
        return None

    @abstractmethod
    def command(self, environments: Environments, job_file: Path, threads: int) -> Command:
        """How its extractor is started for one job."""


def thread_variables(threads: int) -> dict[str, str]:
    """What the usual numerical libraries read at their start."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
    return {name: str(threads) for name in names}


def missing_fix(name: str, missing: Sequence[Missing]) -> str:
    """What to type when programs or packages are missing."""
    from netparity.runners.debian import install_command

    packages = [item.package for item in missing if item.package]
    return f"netparity setup {name}" + (f"   or: {install_command(packages)}" if packages else "")
