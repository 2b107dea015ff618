"""Any program that speaks the protocol (docs/protocol.md)."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from netparity.errors import InputError, UsageError
from netparity.networks.writing import WRITERS
from netparity.runners.base import (
    CANONICAL,
    Availability,
    Missing,
    Option,
    Runner,
    thread_variables,
)
from netparity.runners.environments import Environments
from netparity.system.launch import Command
from netparity.system.paths import usable_path
from netparity.system.resources import extractor_folder
from netparity.weights.formats import FORMATS

GRAPH = "network.json"
DEFAULT_FORMAT = "onnx"
_FILE = re.compile(r"~?[.]{0,2}/")
_VGG_FORMATS = tuple(each.name for each in FORMATS if each.name not in WRITERS)


class External(Runner):
    """`external[command=PROGRAM]`. Its process can import what is in `python/`."""

    name = "external"
    required = ("command",)
    options: ClassVar = {
        "command": Option("the program: a path, or a name on the PATH"),
        "arguments": Option("its arguments before the job file, quoted as in a shell"),
        "format": Option(
            f"what it loads: a network's file ({', '.join(WRITERS)}), {GRAPH}, or the weights of a "
            f"VGG network; default: {DEFAULT_FORMAT}",
            (*WRITERS, GRAPH, *_VGG_FORMATS),
        ),
    }

    def __init__(self, label: str, options: Mapping[str, str] | None = None) -> None:
        super().__init__(label, options)
        format_ = self.chosen.get("format", DEFAULT_FORMAT)
        if format_ in _VGG_FORMATS:
            self.weights_format = format_
        else:
            self.network_format = CANONICAL if format_ == GRAPH else format_
        if "command" in self.chosen:
            # The program starts in another folder, and a run can be repeated from another.
            self.chosen["command"] = str(_found(self.chosen["command"]))
        self._arguments = _split(self.chosen.get("arguments", ""))

    @classmethod
    def default_label(cls, options: Mapping[str, str]) -> str:
        """The program's name and its arguments, without the folders of files."""
        words = _split(options.get("arguments", ""))
        shown = [Path(word).name if _FILE.match(word) else word for word in words]
        return " ".join([Path(options["command"]).name, *shown])

    def missing(self, environments: Environments) -> list[Missing]:
        """Nothing that a package of the system provides."""
        return []

    def availability(self, environments: Environments) -> Availability:
        """Whether the program is an executable file."""
        program = Path(self.chosen["command"])
        problem, fix = "", ""
        if not program.exists():
            problem, fix = "does not exist", "correct external[command=...]"
        elif not program.is_file():
            problem, fix = "is not a file", "correct external[command=...]"
        elif not os.access(program, os.X_OK):
            problem, fix = "is not executable", f"chmod +x {shlex.quote(str(program))}"
        if problem:
            return Availability(False, f"{program} {problem}", fix, can_set_up=False)
        return Availability(True, found=str(program))

    def command(self, environments: Environments, job_file: Path, threads: int) -> Command:
        """The program on the job, in the user's environment."""
        # Last, so that nothing there hides a module of the user's.
        path = [os.environ.get("PYTHONPATH", ""), str(extractor_folder("python"))]
        return Command(
            [self.chosen["command"], *self._arguments, str(job_file)],
            {
                **thread_variables(threads),
                "PYTHONPATH": os.pathsep.join(filter(None, path)),
                "PYTHONUNBUFFERED": "1",
            },
        )


def _split(arguments: str) -> list[str]:
    try:
        return shlex.split(arguments)
    except ValueError as error:
        raise UsageError(f"external[arguments={arguments}]: {error}") from None


def _found(command: str) -> Path:
    """The program's absolute path; a bare name that is not a file here is looked up on the PATH."""
    try:
        path = usable_path(Path(command), "program")
    except InputError as error:
        raise UsageError(str(error)) from None
    if path.name == command and not path.exists() and (found := shutil.which(command)):
        path = Path(found)
    return path.absolute()
