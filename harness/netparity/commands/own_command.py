"""Commands in messages, written as they can be typed where the message is read.

Code and stored files say `netparity report`. After `make compare` that program is not on the PATH,
so a terminal shows `.venv/bin/netparity report`.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import sys

NAME = "netparity"
COMMANDS = (
    *("cache", "check", "compare", "compare-runs", "dataset", "diagnose", "doctor", "extractors"),
    *("history", "merge", "network", "plot", "replay", "report", "schema", "setup", "sweep"),
    *("timing-check", "transfer", "weights"),
)
"""Every command. The module that gathers them imports those who write messages."""

_COMMAND = re.compile(rf"(?<![\w./-]){NAME} (?=(?:{'|'.join(COMMANDS)})(?![\w-]))")
_PIP = re.compile(rf"(?<![\w./-])(?<!uv )(?<!-m )pip install (?='{NAME}\[|uv\b)")


def own_command() -> str:
    """How this program was called: its name if the PATH leads to it, else the shortest path.

    Where another program uses netparity as a library, the name.
    """
    called = sys.argv[0]
    if os.path.basename(called) == "__main__.py":
        return f"{_as_typed(sys.executable)} -m netparity.commands"
    return _as_typed(called) if os.path.basename(called) == NAME else NAME


def as_typed_here(text: str) -> str:
    """The text with every command of netparity, and pip for it, as it can be typed here."""
    command = own_command()
    if command != NAME:
        text = _COMMAND.sub(lambda _: f"{command} ", text)
    if os.path.basename(sys.argv[0]) in (NAME, "__main__.py"):
        text = _PIP.sub(lambda _: f"{_pip_install()} ", text)
    return text


def _pip_install() -> str:
    """What installs a package beside this one; environments of `uv tool` have no pip."""
    python = _as_typed(sys.executable)
    if importlib.util.find_spec("pip") is None:
        return f"uv pip install --python {python}"
    return f"{python} -m pip install"


def _as_typed(program: str) -> str:
    path = os.path.abspath(program)
    name = os.path.basename(path)
    found = shutil.which(name)
    # A Python's links are not followed: an environment is where its link is.
    if found is not None and (os.path.abspath(found) == path or _is_link_to(found, path, name)):
        return name
    try:
        relative = os.path.relpath(path)
    except OSError:  # the working directory has been removed
        return shlex.quote(path)
    if relative.startswith(os.pardir):
        return shlex.quote(path)
    return shlex.quote(relative if os.sep in relative else os.path.join(os.curdir, relative))


def _is_link_to(found: str, path: str, name: str) -> bool:
    return name == NAME and os.path.exists(path) and os.path.samefile(found, path)
