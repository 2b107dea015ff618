"""netparity: do several tools compute the same features from one network, and at what cost?

These functions are for notebooks and other programs. The classes they return are in
`netparity.api`, what a loaded run offers in `netparity.report.notebook`, its fields in
`netparity.protocol`, the metrics in `netparity.parity.metrics`, the output formats in
`netparity.report`, and the exceptions in `netparity.errors`.
"""

from __future__ import annotations

from netparity import _version

__version__ = _version.__version__
"""The version of this package; every run stores it."""

TYPE_CHECKING = False  # importing typing would double the time in which Ctrl-C is Python's own
if TYPE_CHECKING:
    from netparity.api import (
        LoadedDataset,
        LoadedRun,
        assert_parity,
        capture,
        check,
        compare,
        compare_dataset,
        compare_runs,
        diagnose,
        load_run,
        run_sweep,
        run_transfer,
    )

__all__ = [
    "LoadedDataset",
    "LoadedRun",
    "__version__",
    "assert_parity",
    "capture",
    "check",
    "compare",
    "compare_dataset",
    "compare_runs",
    "diagnose",
    "load_run",
    "run_sweep",
    "run_transfer",
]


if not TYPE_CHECKING:  # or type checkers would believe in any name

    def __getattr__(name: str) -> object:
        # Lazy, so that `netparity --help` does not wait for NumPy and SciPy.
        if name in __all__:
            from importlib import import_module

            value = getattr(import_module("netparity.api"), name)
            globals()[name] = value
            return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
