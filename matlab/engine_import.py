"""The MATLAB Engine for Python, or why this interpreter cannot import it.

It needs only the standard library. Annotations are quoted because the engines of old releases
support no Python after 3.6.
"""

import os
import platform
import re
import sys
from pathlib import Path
from typing import Any

# As the engines since R2024a say it, and those before.
WRONG_PYTHON = re.compile(r"supports Python version|Python \S+ is not supported")


class HostError(Exception):
    """A failure: its kind, a message that says how to fix it, and where it happened if known."""

    def __init__(self, kind: str, message: str, where: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.where = where


def import_engine() -> "Any":
    """Return the module `matlab.engine`. Raise HostError if it is missing or broken."""
    python = f"Python {platform.python_version()} ({sys.executable})"
    root = os.environ.get("MATLAB_ROOT")
    if root and not (Path(root) / "bin" / "matlab").exists():
        raise HostError(
            "MatlabNotFound",
            f"no MATLAB was found: MATLAB_ROOT={root} has no bin/matlab. Set MATLAB_ROOT to what "
            "`matlabroot` prints in MATLAB.",
        )
    try:
        import matlab.engine  # type: ignore[import-not-found]
    except (ImportError, RuntimeError, OSError, ValueError) as error:
        if getattr(error, "name", None) in ("matlab", "matlab.engine"):
            raise HostError(
                "EngineNotInstalled",
                f"{python} has no MATLAB Engine: {error}. Run `netparity setup matconvnet-matlab` "
                "to make an environment that has it, or `pip install matlabengine==<version for "
                "your release>`.",
            ) from error
        if WRONG_PYTHON.search(str(error)):
            raise HostError(
                "PythonNotSupported",
                f"{error}. This is {python}: use one that this release of MATLAB supports; "
                "`netparity setup matconvnet-matlab` chooses one.",
            ) from error
        raise HostError(
            "EngineOfAnotherRelease",
            f"the MATLAB Engine of {python} does not load: {error}. It was installed for another "
            "release of MATLAB, for one that has been moved, or for another Python: reinstall the "
            "`matlabengine` of this release; `netparity doctor` names its version.",
        ) from error
    return matlab.engine


def errors(engine: "Any", *names: str) -> "tuple[type[BaseException], ...]":
    """Return the engine's exceptions of these names, as far as this release has them."""
    return tuple(getattr(engine, name) for name in names if hasattr(engine, name))
