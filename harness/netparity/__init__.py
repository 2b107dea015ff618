"""netparity: do several tools compute the same features from one network, and at what cost?

These functions are for notebooks and other programs. The classes they return are in
`netparity.api`, the settings of a comparison in `netparity.run.request.Request`, what a loaded
run offers in `netparity.report.notebook`, its fields in `netparity.protocol`, the metrics in
`netparity.parity.metrics`, the output formats in `netparity.report`, and the exceptions in
`netparity.errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netparity import _version

__version__ = _version.__version__
"""The version of this package; every run stores it."""

if TYPE_CHECKING:
    from netparity.api import LoadedRun, assert_parity, capture, check, compare, diagnose, load_run

__all__ = [
    "LoadedRun",
    "__version__",
    "assert_parity",
    "capture",
    "check",
    "compare",
    "diagnose",
    "load_run",
]


def __getattr__(name: str) -> Any:
    # Lazy, so that `netparity --help` does not wait for NumPy and SciPy.
    if name in __all__:
        from importlib import import_module

        value = getattr(import_module("netparity.api"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
