"""What every runner is: its name, the options it takes, and how its extractor is started.

A runner returns a command line and an environment. It never starts a process for a measurement
and never imports a framework.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from netparity.networks import Layer, Network, Node, Tool
from netparity.networks.writing import WRITERS, Writer
from netparity.protocol import DataFormat, RunResult
from netparity.protocol.runner_keys import join_keys
from netparity.runners.environments import Environments
from netparity.system.launch import Command
from netparity.watch import Watch


@dataclass(frozen=True)
class Option:
    """A key of `NAME[key=value]`; without choices it takes any text."""

    help: str
    choices: tuple[str, ...] = ()


CANONICAL = "safetensors"
"""The canonical tensors, for a tool that builds a network from `network.json`."""

SCRATCH = "scratch"
"""A folder beside the job file for the runner's own use; removed when the process has ended."""

COMPILE_CACHE = Option(
    "use what earlier processes compiled (warm), or compile everything again (cold)",
    ("warm", "cold"),
)

DEVICE = Option("where the network is computed", ("cpu", "cuda"))

PER_LAYER = Option("also time every layer, after everything else", ("no", "yes"))


@dataclass(frozen=True)
class Missing:
    """What the machine lacks, and the Debian package that provides it, if there is one."""

    what: str
    package: str | None = None


@dataclass(frozen=True)
class Availability:
    """Whether a runner can run on this machine; if not, why, and how to fix it.

    Attributes:
        found: what `netparity doctor` adds, such as where a program is; not stored with a run.
        can_set_up: whether `netparity setup` can make an unavailable runner available.
    """

    available: bool
    reason: str = ""
    fix: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    found: str = ""
    can_set_up: bool = True


class Runner(ABC):
    """The harness's adapter for one compared stack.

    Attributes:
        name: what the user writes.
        weights_format: the name of the weight format that its extractor loads for a VGG network,
            which it then builds by itself; empty if it takes every network as a graph.
        network_format: the key of `networks.writing.WRITERS` whose files its extractor loads for
            any other network, or a name of its own if it overrides `writer`; `CANONICAL` if it
            builds the network node by node; empty if it takes VGG networks alone.
        tool: whose layer names the extractor uses; None for netparity's own.
        options: the keys of `NAME[key=value]`.
        required: the keys without which it cannot be named.
        ignores_threads: why `--threads` has no effect on it; empty if it has.
        default_rows: its rows in a comparison for which no runner is named.
        colour: in plots and on the page, as `#rrggbb`; None for one chosen by the name.
        advice_for: which advice of `diagnosis.advice` fits: keras2, keras3, matconvnet or pytorch;
            an empty text for general advice.
        advice: its own advice by mistake (the keys of `diagnosis.advice`), used before any other.
    """

    name: ClassVar[str]
    weights_format: str = ""
    network_format: str = ""
    tool: ClassVar[Tool | None] = None
    options: ClassVar[Mapping[str, Option]] = {}
    required: ClassVar[tuple[str, ...]] = ()
    ignores_threads: ClassVar[str] = ""
    default_rows: ClassVar[tuple[str, ...]] = ()
    colour: ClassVar[str | None] = None
    advice_for: ClassVar[str] = ""
    advice: ClassVar[Mapping[str, str]] = {}

    def __init__(self, label: str, options: Mapping[str, str] | None = None) -> None:
        self.label = label
        self.chosen = dict(options or {})

    @classmethod
    def interpreters(cls) -> tuple[str, ...]:
        """The names by which `--python` gives it an interpreter of the user's own."""
        return ()

    @classmethod
    def default_label(cls, options: Mapping[str, str]) -> str:
        """The name of a row to which the user gave these keys, but no label."""
        return f"{cls.name}[{join_keys(options)}]" if options else cls.name

    @property
    def data_format(self) -> DataFormat:
        """The order of the axes that the tool is told to compute in."""
        first = self.chosen.get("data_format") == "channels_first"
        return "channels_first" if first else "channels_last"

    def lacks(self, node: Node) -> str | None:
        """Why the tool cannot compute a node; None if it can."""
        if not self.network_format:
            return f"the runner {self.name} takes the VGG networks of the catalogue alone"
        if self.network_format == CANONICAL:
            return None
        return self.writer.lacks(node) if self.writer else None

    def node_names(self, network: Network) -> Mapping[str, str]:
        """What the extractor calls the nodes of any network."""
        if self.writer is None:
            return {node.name: node.name for node in network.nodes}
        return self.writer.names(network)

    @property
    def writer(self) -> Writer | None:
        """What writes the files that its extractor loads; None if it is given canonical tensors."""
        return WRITERS.get(self.network_format)

    def own_format(self, files: Mapping[str, Path]) -> str:
        """Of the user's own files by format, that which its extractor loads as it is, or empty.

        Jobs give this format; it need not be the one that netparity writes for it.
        """
        return self.network_format if self.network_format in files else ""

    def layer_name(self, layer: Layer) -> str:
        """What the extractor calls a layer."""
        return layer.name if self.tool is None else layer.names.get(self.tool, layer.name)

    def prepare(self, environments: Environments, watch: Watch) -> None:  # noqa: B027
        """Make what it needs and what can be made without system packages.

        Raises:
            SetupError: if that fails.
        """

    @abstractmethod
    def missing(self, environments: Environments) -> list[Missing]:
        """The programs and system packages that it needs and the machine lacks."""

    @abstractmethod
    def availability(self, environments: Environments) -> Availability:
        """Whether it can run; quick, and without importing a framework."""

    def why_again(self, result: RunResult) -> str | None:
        """Why a successful process has to be repeated for its timings to count, or None."""
        return None

    @abstractmethod
    def command(self, environments: Environments, job_file: Path, threads: int) -> Command:
        """The command line and environment that start its extractor on one job."""


def thread_variables(threads: int) -> dict[str, str]:
    """The variables from which numerical libraries read their number of threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
    return {name: str(threads) for name in names}


def python_variables() -> dict[str, str | None]:
    """The variables that keep an extractor's Python apart from the user's and the harness's."""
    return {
        "PYTHONPATH": None,
        "PYTHONHOME": None,
        "PYTHONWARNINGS": None,
        "PYTHONUNBUFFERED": "1",
        "VIRTUAL_ENV": None,
    }


def missing_fix(name: str, missing: Sequence[Missing]) -> str:
    """The command that installs missing programs and packages."""
    from netparity.runners.debian import install_command

    packages = [item.package for item in missing if item.package]
    return f"netparity setup {name}" + (f"   or: {install_command(packages)}" if packages else "")
