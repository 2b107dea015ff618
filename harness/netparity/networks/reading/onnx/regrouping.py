"""Which axes of a shape become which when a file reshapes it.

N x C x H x W reshaped to N x 2 x C/2 x H x W splits one axis and keeps the others, so that the
graph need not bring its H x W x C into the file's order first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Neighbouring axes before, whose values are those of neighbouring axes after."""

    before: tuple[int, ...]
    after: tuple[int, ...]


def groups_of(before: Sequence[int], after: Sequence[int]) -> list[Group]:
    """The smallest groups of axes with as many values before as after, from the first axis on.

    Args:
        before: sizes of 2 or more, whose product is that of `after`.
    """
    groups: list[Group] = []
    i = j = 0
    while i < len(before) and j < len(after):
        first, second = i, j
        left, right = before[i], after[j]
        i, j = i + 1, j + 1
        while left != right:
            if left < right:
                left, i = left * before[i], i + 1
            else:
                right, j = right * after[j], j + 1
        groups.append(Group(tuple(range(first, i)), tuple(range(second, j))))
    return groups


@dataclass(frozen=True)
class Regrouped:
    """How the graph reshapes.

    Attributes:
        order: of the graph's axes before it does.
        shape: afterwards.
        places: for each axis of the file afterwards, the axis of `shape`.
    """

    order: tuple[int, ...]
    shape: tuple[int, ...]
    places: tuple[int, ...]


def regrouped(before: Sequence[int], after: Sequence[int], axes: Sequence[int]) -> Regrouped:
    """The same reshaping on axes in another order.

    Args:
        before: the file's sizes without the images.
        after: those that it reshapes them to.
        axes: for each of the file's axes, that of the graph.
    """
    kept = [axis for axis, size in enumerate(before) if size != 1]
    wanted = [axis for axis, size in enumerate(after) if size != 1]
    groups = [
        Group(tuple(kept[at] for at in group.before), tuple(wanted[at] for at in group.after))
        for group in groups_of([before[at] for at in kept], [after[at] for at in wanted])
    ]
    groups.sort(key=lambda group: min(axes[axis] for axis in group.before))
    moved = [axes[axis] for group in groups for axis in group.before]
    order = moved if moved != sorted(moved) else []  # axes of one value need not be moved
    rest = [axis for axis in range(len(before)) if axis not in order]
    sequence = [axis for group in groups for axis in group.after]
    for axis in range(len(after)):
        if after[axis] == 1:
            sequence.insert(_place_of_one(axis, len(after), sequence), axis)
    places = [0] * len(after)
    for place, axis in enumerate(sequence):
        places[axis] = place
    shape = tuple(after[axis] for axis in sequence)
    return Regrouped((*order, *rest) if order else tuple(rest), shape, tuple(places))


def _place_of_one(axis: int, rank: int, sequence: Sequence[int]) -> int:
    """Where an axis of one value goes: after the axis before it, but channels of maps last."""
    if axis == 0:
        return len(sequence) if rank == 3 else 0
    return sequence.index(axis - 1) + 1
