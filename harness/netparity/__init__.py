"""netparity: do several tools compute the same features from one network, and at what cost?

What stands here is for notebooks and other programs. `netparity.api` has the classes that it
returns besides, `netparity.pipeline` what can be asked for, `netparity.notebook` what a run shows,
`netparity.protocol` what it holds, `netparity.parity.metrics` what its figures of parity mean,
`netparity.report` every format that it can be written in, `netparity.errors` what is raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
"""The version of this package, which every run holds."""

if TYPE_CHECKING:
    from netparity.api import LoadedRun, assert_parity, check, compare, diagnose, load_run

__all__ = ["LoadedRun", "__version__", "assert_parity", "check", "compare", "diagnose", "load_run"]


def __getattr__(name: str) -> Any:
    # Lazy, so that `netparity --help` does not wait for NumPy and SciPy.
    if name in __all__:
        from importlib import import_module

        found = getattr(import_module("netparity.api"), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
