"""netparity: do several tools compute the same features from one network, and at what cost?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from netparity.api import assert_parity, check, compare, diagnose, load_run

__all__ = ["__version__", "assert_parity", "check", "compare", "diagnose", "load_run"]


def __getattr__(name: str) -> Any:
    # Lazy, so that `netparity --help` does not wait for NumPy and SciPy.
    if name in __all__:
        from importlib import import_module

        found = getattr(import_module("netparity.api"), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
