"""What people do to features afterwards, one kind in a file.

A new kind is a new file and one line here; its title is in `titles.py` and what to change about it
in the folder `advice`.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from netparity.diagnosis.treatments import curves, normalised, order, saturated, scaled
from netparity.diagnosis.treatments.base import Treatment
from netparity.networks.ops.base import Array

KINDS: tuple[ModuleType, ...] = (normalised, curves, order, saturated, scaled)

__all__ = ["KINDS", "Treatment", "treatments_of"]


def treatments_of(values: Array) -> list[Treatment]:
    """What may have been done to exported values (N x their shape).

    A constant factor is left out where the values show which norm they were divided by.
    """
    found = [each for kind in KINDS for each in kind.treatments(values)]
    if any(each.evident for each in found):
        found = [each for each in found if each.mistake != "treated-scaled"]
    return found


def evident(treatments: list[Treatment]) -> Iterator[Treatment]:
    """Those that the values alone show."""
    return (each for each in treatments if each.evident)
