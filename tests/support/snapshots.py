"""Comparison with files under `snapshots/`; NETPARITY_UPDATE_SNAPSHOTS=1 writes them anew.

A snapshot is read by a person before it is committed: it is the layout that it guards, while
the figures in it are asserted in the tests.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "harness" / "snapshots"


def assert_snapshot(name: str, text: str) -> None:
    path = FOLDER / name
    data = text.encode()  # bytes: the line ends of a CSV are part of it
    if os.environ.get("NETPARITY_UPDATE_SNAPSHOTS"):
        path.write_bytes(data)
    assert path.exists(), f"{path.name} is missing: set NETPARITY_UPDATE_SNAPSHOTS=1 to write it"
    assert data.decode() == path.read_bytes().decode()
