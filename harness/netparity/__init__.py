"""netparity: do several tools compute the same features from one network, and at what cost?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from netparity.api import compare, load_run

__all__ = ["__version__", "compare", "load_run"]


def __getattr__(name: str) -> Any:
    # Lazy, so that `netparity --help` does not wait for NumPy and SciPy.
    if name in ("compare", "load_run"):
        from netparity import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
