"""HDF5 that a test has just written is read without the process that examines it first.

That takes a quarter of a second a file, and `tests/harness/files` has tests of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from netparity.files import hdf5


@contextmanager
def unexamined() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hdf5, "_examine", lambda place, limits: None)
        yield
