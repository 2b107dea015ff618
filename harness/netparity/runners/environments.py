"""One virtual environment per Python stack, made by uv from pinned and hashed requirements.

An environment's folder is named by the hash of its pins, so changed pins make a new one. It is
complete when its marker exists; an incomplete one is made again.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from pathlib import Path

from netparity.errors import SetupError, UsageError
from netparity.runners.torch_builds import install_torch, resolved, uv_variables
from netparity.system.cache import cache_folder, exclusive
from netparity.system.launch import Command, LaunchError, capture, launch
from netparity.system.logs import log_tail
from netparity.system.paths import usable_path
from netparity.system.resources import extractor_folder
from netparity.watch import SILENT, Watch

MARKER = "netparity-complete"
_INSTALL_TIMEOUT_SECONDS = 1800.0
_LOG_TAIL_LINES = 12
_LARGE_DOWNLOAD_MEGABYTES = 100
_ASK_FOR_MODULES = (
    "import importlib.util as u, sys; "
    "print('answer', end=' '); "
    "print(*[m for m in sys.argv[1:] if u.find_spec(m) is None])"
)
# Python 3.7 and older have no importlib.metadata.
_ASK_FOR_VERSIONS = """
import sys
try:
    from importlib.metadata import distributions
    found = [(d.metadata["Name"], d.version) for d in distributions()]
except ImportError:
    import pkg_resources
    found = [(d.project_name, d.version) for d in pkg_resources.working_set]
print("answer", *[name + "=" + version for name, version in found if name in sys.argv[1:]])
"""


@dataclass(frozen=True)
class Stack:
    """A set of packages that one runner needs.

    Attributes:
        name: the name that `--python` takes, and that of the requirements file.
        python: the versions of Python that it supports, as a version specifier.
        packages: what to install if it depends on the machine, so that no list can be pinned.
        variables: environment variables for their installation.
        belongs_to: what the environment depends on besides its pins; a change makes a new one.
        runner: what `netparity setup` takes to make it, if that is not the name.
        lists: the names of its requirements files, if it is not one of that name; of those of
            another package, the full path without `.txt`.
        torch: PyTorch's packages, each with its version; their build depends on the machine.
        download_megabytes: what its installation downloads, about.
        disk_megabytes: the size of its environment, about.
        complete: whether these hold all that it needs, whatever the packages themselves ask for.
    """

    name: str
    python: str
    packages: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    belongs_to: str = ""
    runner: str = ""
    lists: tuple[str, ...] = ()
    torch: tuple[str, ...] = ()
    download_megabytes: int | None = None
    disk_megabytes: int | None = None
    complete: bool = False

    @property
    def size(self) -> str:
        """What it downloads and takes on disk, in words; empty if that is not known."""
        if self.download_megabytes is None:
            return ""
        disk = f", {self.disk_megabytes} MB on disk" if self.disk_megabytes is not None else ""
        return f"downloads about {self.download_megabytes} MB{disk}"

    @property
    def setup(self) -> str:
        """The command that makes it."""
        return f"netparity setup {shlex.quote(self.runner or self.name)}"

    @property
    def requirements(self) -> list[Path]:
        """The pinned lists; none if there are `packages`."""
        if self.packages:
            return []
        folder = extractor_folder("python") / "requirements"
        return [folder / f"{name}.txt" for name in self.lists or (self.name,)]

    @property
    def requirement_options(self) -> list[str]:
        """The lists as options of uv and pip."""
        options = ["--no-deps"] if self.complete else []
        return options + [p for path in self.requirements for p in ("--requirement", str(path))]


@dataclass(frozen=True)
class Environments:
    """The interpreters of all stacks.

    Attributes:
        overrides: those that the user provides, by the name that `--python` takes.
        variables: the environment variable that named an interpreter, where `--python` did not.
    """

    overrides: Mapping[str, Path] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def option(self, name: str) -> str:
        """What names the interpreter of a stack: a variable if one does, else the option."""
        return self.variables.get(name, f"--python {name}")

    def python(self, stack: Stack) -> Path | None:
        """The stack's interpreter, or None if its environment has not been made."""
        if stack.name in self.overrides:
            return self.overrides[stack.name]
        folder = self.folder(stack)
        return _interpreter(folder) if _is_complete(folder) else None

    def ensure(self, stack: Stack, watch: Watch = SILENT) -> Path:
        """The stack's interpreter; its environment is made if necessary.

        Raises:
            SetupError: if it cannot be made; the message names the log with uv's output.
        """
        if stack.name in self.overrides:
            return _checked_override(stack, self.overrides[stack.name], self.option(stack.name))
        folder = self.folder(stack)
        with exclusive(folder, watch):
            if not _is_complete(folder):
                shutil.rmtree(folder, ignore_errors=True)
                if (stack.download_megabytes or 0) > _LARGE_DOWNLOAD_MEGABYTES:
                    watch.message(f"{stack.name}: {stack.size}")
                with watch.task(f"installing {stack.name}"):
                    _build(stack, folder)
        return _interpreter(folder)

    def lacking(self, stack: Stack, modules: Sequence[str]) -> list[str]:
        """The modules among these that the stack's interpreter does not find.

        Raises:
            LaunchError: if it is not a working Python.
        """
        return self._ask(stack, _ASK_FOR_MODULES, modules)

    def versions(self, stack: Stack, *packages: str) -> dict[str, str]:
        """The installed versions of some packages, read from disk without starting Python."""
        python = self.python(stack)
        if python is None:
            return {}
        # `lib` is beside `bin`, whatever the interpreter links to.
        paths = [str(path) for path in python.parent.parent.glob("lib/python*/site-packages")]
        found = {
            re.sub(r"[-_.]+", "-", name).lower(): distribution.version
            for distribution in distributions(path=paths)
            if (name := _name_of(distribution))
        }
        return {name: found[name] for name in packages if name in found}

    def importable_versions(self, stack: Stack, *packages: str) -> dict[str, str]:
        """The same as the interpreter reports it: a user's own may have further folders.

        Raises:
            LaunchError: if it is not a working Python.
        """
        answer = self._ask(stack, _ASK_FOR_VERSIONS, packages)
        # Of several, the first is imported.
        pairs = [pair.partition("=") for pair in answer]
        return {name: version for name, _, version in reversed(pairs)}

    def _ask(self, stack: Stack, code: str, arguments: Sequence[str]) -> list[str]:
        """The words that the stack's interpreter prints after `answer`."""
        python = self.python(stack)
        variables = {"PYTHONPATH": None, "PYTHONHOME": None, "PYTHONWARNINGS": None}
        answer = capture(Command([str(python), "-c", code, *arguments], variables), Path("/"))
        if not answer.startswith("answer"):
            raise LaunchError(f"{python} is not a Python interpreter: it prints {answer[:60]!r}")
        return answer.split()[1:]

    def folder(self, stack: Stack) -> Path:
        """Where the stack's environment lies, or would lie."""
        key = hashlib.sha256(_pins(stack)).hexdigest()[:12]
        return cache_folder("environments") / f"{stack.name}-{key}"


def parse_overrides(pairs: list[str], known: list[str]) -> dict[str, Path]:
    """`RUNNER=/path/to/python` arguments as a mapping.

    Raises:
        UsageError: if one has another form or names an unknown runner.
    """
    overrides = {}
    for pair in pairs:
        name, separator, path = pair.partition("=")
        if not separator or not path or name not in known:
            raise UsageError(
                f"--python {pair!r}: expected RUNNER=/path/to/python with RUNNER one of "
                + ", ".join(known)
            )
        overrides[name] = usable_path(Path(path), "interpreter").absolute()
    return overrides


def _pins(stack: Stack) -> bytes:
    """Everything that decides what an environment holds."""
    if not stack.packages:
        lists = b"".join(path.read_bytes() for path in stack.requirements)
        return lists + stack.python.encode() + " ".join(stack.torch).encode()
    return "\n".join([*stack.packages, stack.python, stack.belongs_to]).encode()


def _interpreter(folder: Path) -> Path:
    return folder / "bin" / "python"


def _is_complete(folder: Path) -> bool:
    # `exists` follows links: the Python that it was made from may have been removed.
    return (folder / MARKER).exists() and _interpreter(folder).exists()


def _checked_override(stack: Stack, python: Path, option: str) -> Path:
    if not os.access(python, os.X_OK) or python.is_dir():
        lists = " and ".join(f"python/requirements/{path.name}" for path in stack.requirements)
        needs = " ".join(stack.packages) or f"the packages of {lists}"
        raise SetupError(
            f"{option}={python} is not an executable file",
            f"give the full path of a Python interpreter that has {needs}",
        )
    return python


def _build(stack: Stack, folder: Path) -> None:
    from uv import find_uv_bin

    log = cache_folder("logs") / f"install-{folder.name}.log"
    log.unlink(missing_ok=True)
    try:
        uv = find_uv_bin()
    except FileNotFoundError as error:
        raise SetupError(
            f"uv is not installed: {error}", "install it with: pip install uv"
        ) from None
    python = str(_interpreter(folder))
    _uv(stack, log, uv, "venv", "--no-project", "--python", stack.python, str(folder))
    what = ["--require-hashes", *stack.requirement_options]
    if stack.packages:
        # Such a package records the location of something when it is built: uv's cache would
        # provide it as built for the first location.
        what = ["--no-cache", *stack.packages]
    install = (uv, "pip", "install", "--python", python, "--compile-bytecode")
    _uv(stack, log, *install, *what)
    if stack.torch:
        install_torch(
            stack.torch,
            lambda *chosen: _uv(stack, log, *install, *chosen),
            lambda *chosen: resolved(
                Command([*install, "--dry-run", *chosen], _uv_environment(stack)), log
            ),
            _fix(stack),
        )
    (folder / MARKER).write_text(f"{stack.name}\n")


def _uv_environment(stack: Stack) -> dict[str, str | None]:
    return {**uv_variables(), **stack.variables, "VIRTUAL_ENV": None, "PYTHONPATH": None}


def _fix(stack: Stack) -> str:
    return (
        f"check the network and try again with: {stack.setup}\n"
        f"or use an interpreter of your own: --python {stack.name}=/path/to/python"
    )


def _uv(stack: Stack, log: Path, *arguments: str) -> None:
    fix = _fix(stack)
    command = Command(arguments, _uv_environment(stack))
    try:
        ended = launch(command, cache_folder(), log, _INSTALL_TIMEOUT_SECONDS)
    except LaunchError as error:
        raise SetupError(f"the environment of {stack.name} cannot be made: {error}", fix) from error
    if ended.exit_status != 0:
        tail = "\n".join(log_tail(log, _LOG_TAIL_LINES))
        raise SetupError(
            f"the environment of {stack.name} cannot be made (Python {stack.python}): uv "
            f"{ended.words}\n{tail}\nlog: {log}",
            fix,
        )


def _name_of(distribution: Distribution) -> str | None:
    """The name of an installed package; an interrupted pip leaves folders without one."""
    try:
        return distribution.metadata["Name"]
    # importlib_metadata takes the place of Python's own finder once anything has imported it. Of
    # such a folder its releases say the first (up to 8) or the second.
    except (PackageNotFoundError, FileNotFoundError):
        return None
