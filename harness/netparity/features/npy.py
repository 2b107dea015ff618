"""NumPy's .npy: one array without a name."""

from __future__ import annotations

from netparity.features.variable import Variable, variable_of
from netparity.files import npy
from netparity.files.source import Source

NAME = "NumPy .npy"
SUFFIXES = (npy.SUFFIX,)

recognises = npy.looks_like


def variables(source: Source) -> list[Variable]:
    """The one array.

    Raises:
        DamagedError: if it is damaged.
    """
    return [variable_of(None, npy.read(source.path, source.limits))]
