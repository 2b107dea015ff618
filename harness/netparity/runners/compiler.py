"""What a tool needs that compiles C++ when it runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from netparity.runners.base import Missing
from netparity.system.launch import Command, LaunchError, capture

_ASK_FOR_HEADERS = (
    "import os, sys, sysconfig; "
    "print(os.path.join(sysconfig.get_path('include'), 'Python.h')); "
    "print('%d.%d' % sys.version_info[:2])"
)


def missing_compiler() -> list[Missing]:
    """The C++ compiler, if there is none."""
    return [] if shutil.which("g++") else [Missing("a C++ compiler (g++)", "g++")]


def missing_headers(python: Path | None) -> list[Missing]:
    """The headers of an interpreter, if it lacks them; nothing if there is no interpreter yet."""
    if python is None:
        return []
    try:
        header, version = capture(
            Command([str(python), "-I", "-S", "-c", _ASK_FOR_HEADERS]), Path("/")
        ).split("\n")[:2]
    except (LaunchError, ValueError):
        return [Missing(f"a working Python at {python}")]
    if Path(header).exists():
        return []
    return [Missing(f"Python's headers ({header})", f"python{version}-dev")]
