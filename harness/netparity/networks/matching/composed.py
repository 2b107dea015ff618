"""Sums that are one operation in other tools: MatConvNet's files have no clipped ReLU, for example.

They are known by the values of their constants, so only where the tensors are at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netparity.networks.matching.building import Builder

Found = tuple[str, list[int], dict[str, Any]]


def recognised(builder: Builder, places: Sequence[int]) -> Found | None:
    """The operation that a sum of two pieces is, what it reads, and its attributes."""
    if len(places) != 2:
        return None
    for first, second in (places, places[::-1]):
        taken = _moved(builder, second)
        if taken is not None and taken[1:] == (-1.0, 0.0):
            return _clipped(builder, first, taken[0]) or ("subtract", [first, taken[0]], {})
    return None


def _clipped(builder: Builder, raised: int, excess: int) -> Found | None:
    """What relu(x - a) + a - relu(x - b) is: x clipped to a and b."""
    source, minimum = _above(builder, raised)
    beyond = _rectified(builder, excess)
    moved = None if beyond is None else _moved(builder, beyond)
    if moved is None or moved[0] != source or moved[1] != 1.0:
        return None
    return "clipped_relu", [source], {"minimum": minimum, "maximum": -moved[2]}


def _above(builder: Builder, place: int) -> tuple[int, float | None]:
    """What a piece clips from below, and where; the piece itself without a limit."""
    plain = _rectified(builder, place)
    if plain is not None:
        return plain, 0.0
    raised = _moved(builder, place)
    rectified = None if raised is None else _rectified(builder, raised[0])
    lowered = None if rectified is None else _moved(builder, rectified)
    if raised is None or lowered is None or (raised[1], lowered[1]) != (1.0, 1.0):
        return place, None
    return (lowered[0], raised[2]) if raised[2] == -lowered[2] else (place, None)


def _rectified(builder: Builder, place: int) -> int | None:
    piece = builder.pieces[place]
    return piece.inputs[0] if piece.op == "relu" else None


def _moved(builder: Builder, place: int) -> tuple[int, float, float] | None:
    """What a piece multiplies by one number and adds one number to, and these."""
    piece = builder.pieces[place]
    if piece.op != "scale_shift":
        return None
    factor, offset = 1.0, 0.0
    for role, form in piece.tensors.items():
        number = builder.constant(form.name)
        if number is None:
            return None
        if role == "scale":
            factor = number
        else:
            offset = number
    return piece.inputs[0], factor, offset
