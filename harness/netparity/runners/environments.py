"""One virtual environment per Python stack, made by uv from pinned and hashed requirements.

An environment's folder is named by the hash of its pins, so a changed pin makes a new one. It
counts as made only when its marker is there; what was begun and not finished is made again.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path

from netparity.errors import SetupError, UsageError
from netparity.system.cache import cache_folder, exclusive
from netparity.system.launch import Command, LaunchError, capture, launch
from netparity.system.logs import log_tail
from netparity.system.paths import usable_path
from netparity.system.resources import extractor_folder
from netparity.watch import SILENT, Watch

_MARKER = "netparity-complete"
_INSTALL_TIMEOUT_SECONDS = 1800.0
_LOG_TAIL_LINES = 12
_ASK_FOR_MODULES = (
    "import importlib.util as u, sys; "
    "print('lacking', *[m for m in sys.argv[1:] if u.find_spec(m) is None])"
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
print("versions", *[name + "=" + version for name, version in found if name in sys.argv[1:]])
"""


@dataclass(frozen=True)
class Stack:
    """A set of packages that one runner needs.

    Attributes:
        name: of the runner that `--python` names, and of the requirements file.
        python: which Python it supports, as a version specifier.
        packages: what to install where the machine decides it, and no list can be pinned ahead.
        variables: what their installation needs in its environment.
        belongs_to: what else the environment is made for; another one means another environment.
        runner: what `netparity setup` is given to make it, where that is not the name.
        lists: other names of requirements files, where it is not the one of that name.
    """

    name: str
    python: str
    packages: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    belongs_to: str = ""
    runner: str = ""
    lists: tuple[str, ...] = ()

    @property
    def setup(self) -> str:
        """What to type to have it made."""
        return f"netparity setup {shlex.quote(self.runner or self.name)}"

    @property
    def requirements(self) -> list[Path]:
        """The pinned lists; there is none if `packages` are given."""
        if self.packages:
            return []
        folder = extractor_folder("python") / "requirements"
        return [folder / f"{name}.txt" for name in self.lists or (self.name,)]

    @property
    def requirement_options(self) -> list[str]:
        """The lists, as uv and pip take them."""
        return [part for path in self.requirements for part in ("--requirement", str(path))]


@dataclass(frozen=True)
class Environments:
    """The interpreters of all stacks; `overrides` are ones that the user brought."""

    overrides: Mapping[str, Path] = field(default_factory=dict)

    def python(self, stack: Stack) -> Path | None:
        """The stack's interpreter, or None if its environment has not been made."""
        if stack.name in self.overrides:
            return self.overrides[stack.name]
        folder = self._folder(stack)
        return _interpreter(folder) if _is_complete(folder) else None

    def ensure(self, stack: Stack, watch: Watch = SILENT) -> Path:
        """The stack's interpreter, its environment made the first time.

        Raises:
            SetupError: if it cannot be made; `log` in the message says where uv's output is.
        """
        if stack.name in self.overrides:
            return _checked_override(stack, self.overrides[stack.name])
        folder = self._folder(stack)
        with exclusive(folder, watch):
            if not _is_complete(folder):
                shutil.rmtree(folder, ignore_errors=True)
                with watch.task(f"installing {stack.name}"):
                    _build(stack, folder)
        return _interpreter(folder)

    def lacking(self, stack: Stack, modules: Sequence[str]) -> list[str]:
        """Which of some modules the stack's interpreter cannot find, asked of itself.

        Raises:
            LaunchError: if it is no working Python.
        """
        python = self.python(stack)
        answer = capture(Command([str(python), "-c", _ASK_FOR_MODULES, *modules]), Path("/"))
        if not answer.startswith("lacking"):
            raise LaunchError(f"{python} is no Python: it prints {answer[:60]!r}")
        return answer.split()[1:]

    def versions(self, stack: Stack, *packages: str) -> dict[str, str]:
        """Installed versions of some packages, read from disk without importing them."""
        python = self.python(stack)
        if python is None:
            return {}
        # The folder that holds `bin` holds `lib`, whatever the interpreter links to.
        paths = [str(path) for path in python.parent.parent.glob("lib/python*/site-packages")]
        found = {
            re.sub(r"[-_.]+", "-", name).lower(): distribution.version
            for distribution in distributions(path=paths)
            # An interrupted pip leaves folders without a name.
            if (name := distribution.metadata["Name"])
        }
        return {name: found[name] for name in packages if name in found}

    def told_versions(self, stack: Stack, *packages: str) -> dict[str, str]:
        """The same, asked of the interpreter: one that the user brought may look elsewhere too.

        Raises:
            LaunchError: if it is no working Python.
        """
        python = self.python(stack)
        arguments = [str(python), "-c", _ASK_FOR_VERSIONS, *packages]
        shielded = Command(arguments, {"PYTHONPATH": None, "PYTHONHOME": None})
        answer = capture(shielded, Path("/"))
        if not answer.startswith("versions"):
            raise LaunchError(f"{python} is no Python: it prints {answer[:60]!r}")
        # The first one found is the one that is imported.
        pairs = [pair.partition("=") for pair in answer.split()[1:]]
        return {name: version for name, _, version in reversed(pairs)}

    def _folder(self, stack: Stack) -> Path:
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
        return lists + stack.python.encode()
    return "\n".join([*stack.packages, stack.python, stack.belongs_to]).encode()


def _interpreter(folder: Path) -> Path:
    return folder / "bin" / "python"


def _is_complete(folder: Path) -> bool:
    # `exists` follows the link: the Python it was made from may have been removed since.
    return (folder / _MARKER).exists() and _interpreter(folder).exists()


def _checked_override(stack: Stack, python: Path) -> Path:
    if not os.access(python, os.X_OK) or python.is_dir():
        lists = " and ".join(f"python/requirements/{path.name}" for path in stack.requirements)
        needs = " ".join(stack.packages) or f"the packages of {lists}"
        raise SetupError(
            f"--python {stack.name}={python}: there is no executable file of that name",
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
        # A package that notes at its installation where something is: uv's cache would bring it as
        # it was built for the first folder.
        what = ["--no-cache", *stack.packages]
    _uv(stack, log, uv, "pip", "install", "--python", python, "--compile-bytecode", *what)
    (folder / _MARKER).write_text(f"{stack.name}\n")


def _uv(stack: Stack, log: Path, *arguments: str) -> None:
    environment = {**stack.variables, "VIRTUAL_ENV": None, "PYTHONPATH": None}
    if "UV_DEFAULT_INDEX" not in os.environ and "PIP_INDEX_URL" in os.environ:
        # A laboratory's mirror is usually set for pip only.
        environment["UV_DEFAULT_INDEX"] = os.environ["PIP_INDEX_URL"]
    fix = (
        f"check the network and try again with: {stack.setup}\n"
        f"or bring an interpreter of your own: --python {stack.name}=/path/to/python"
    )
    try:
        ended = launch(
            Command(arguments, environment), cache_folder(), log, _INSTALL_TIMEOUT_SECONDS
        )
    except LaunchError as error:
        raise SetupError(f"the environment of {stack.name} cannot be made: {error}", fix) from error
    if ended.exit_status != 0:
        tail = "\n".join(log_tail(log, _LOG_TAIL_LINES))
        raise SetupError(
            f"the environment of {stack.name} cannot be made (Python {stack.python}): uv "
            f"{ended.words}\n{tail}\nlog: {log}",
            fix,
        )
