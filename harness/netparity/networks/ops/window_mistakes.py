"""The mistakes that people make with the pads of convolutions and pools.

A mistake fits only where some window then has other values, which is worked out from the places
that each window reads; and two mistakes with the same effect are one, under the first of its names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops.base import Fits, Known, Mistake, Step
from netparity.networks.ops.window_reads import Pads, Windows, of_known, of_step
from netparity.networks.ops.windows import fit

PADDING = frozenset({"padding"})


def other_side(windows: Windows) -> Pads:
    """The pads of the top at the bottom, and those of the left at the right."""
    top, bottom, left, right = windows.pads
    return (bottom, top, right, left)


def same(windows: Windows) -> Pads:
    """TensorFlow's 'same': the output has ceil(size / stride) places, an odd row comes last.

    https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
    """
    found = []
    for size, k, s, d in zip(
        windows.size, windows.window, windows.strides, windows.dilations, strict=True
    ):
        total = max(0, (-(-size // s) - 1) * s + d * (k - 1) + 1 - size)
        found += [total // 2, total - total // 2]
    return (found[0], found[1], found[2], found[3])


def symmetric(windows: Windows) -> Pads:
    """Half a window on each side, as PyTorch and Caffe pad."""
    rows, columns = (
        d * (k - 1) // 2 for k, d in zip(windows.window, windows.dilations, strict=True)
    )
    return (rows, rows, columns, columns)


def shifted(rows: int, columns: int) -> Callable[[Windows], Pads]:
    """Padding moved from the end to the beginning, or added there."""

    def pads(windows: Windows) -> Pads:
        top, bottom, left, right = windows.pads
        return (top + rows, max(0, bottom - rows), left + columns, max(0, right - columns))

    return pads


@dataclass(frozen=True)
class PadMistake:
    """Other pads than the right ones.

    Attributes:
        pads: from the right windows.
        axes: those along which a window must differ; empty for either.
        where: whether people make it with such windows.
    """

    key: str
    title: str
    pads: Callable[[Windows], Pads]
    where: Callable[[Windows], bool]
    axes: tuple[int, ...] = ()

    def changed(self, right: Windows) -> Windows:
        """The windows with the mistake."""
        return replace(right, pads=self.pads(right))

    def has_effect(self, right: Windows, ordered: bool) -> bool:
        """Whether the output is large enough, and some window has other values."""
        mistaken = self.changed(right)
        if not self.where(right) or not _covers(right, mistaken):
            return False
        differing = [_differ(right, mistaken, axis, right.places[axis], ordered) for axis in (0, 1)]
        return all(differing[axis] for axis in self.axes) if self.axes else any(differing)

    def make(self, step: Step) -> Step:
        """The output is cut to the right size."""
        right = of_step(step)
        moved = step.with_attributes(pads=self.pads(right))
        return moved.finished_by(lambda values: fit(values, right.places))


def _differ(one: Windows, other: Windows, axis: int, places: int, ordered: bool) -> bool:
    """Whether some of the first windows along an axis has other values.

    Args:
        ordered: whether it matters which tap reads which value, as in a convolution.
    """
    mine, changed = one.read(axis, places), other.read(axis, places)
    if not ordered:
        mine, changed = np.sort(mine, axis=1), np.sort(changed, axis=1)
    return not np.array_equal(mine, changed)


def _covers(right: Windows, mistaken: Windows) -> bool:
    """As many windows as the output has, and each with a value of the image."""
    return all(
        mistaken.places[axis] >= right.places[axis]
        and bool((mistaken.read(axis, right.places[axis]) >= 0).any(axis=1).all())
        for axis in (0, 1)
    )


def _is_uneven(windows: Windows) -> bool:
    top, bottom, left, right = windows.pads
    return top != bottom or left != right


def _is_even(windows: Windows) -> bool:
    return any(windows.pads) and not _is_uneven(windows)


def _has_no_pads_before(windows: Windows) -> bool:
    return windows.pads[0] == windows.pads[2] == 0


UNEVEN = (
    PadMistake(
        "padding-other-side", "the uneven padding is on the other side", other_side, _is_uneven
    ),
    PadMistake(
        "padding-same-shifted",
        "the padding is TensorFlow's 'same', with more at the bottom and right, instead of the "
        "same on each side",
        same,
        _is_even,
    ),
    PadMistake(
        "padding-symmetric",
        "the padding is the same on each side instead of uneven",
        symmetric,
        _is_uneven,
    ),
)
SHIFTED = tuple(
    PadMistake(
        key, f"the pool is padded at the {where}", shifted(*moved), _has_no_pads_before, axes
    )
    for key, where, moved, axes in (
        ("pool-padding", "top and left, so that its windows are shifted", (1, 1), (0, 1)),
        ("pool-padding-top", "top", (1, 0), (0,)),
        ("pool-padding-left", "left", (0, 1), (1,)),
    )
)


def pad_mistakes(entries: Sequence[PadMistake], ordered: bool) -> tuple[Mistake, ...]:
    """Each where it has an effect that no earlier one has.

    Args:
        ordered: whether it matters which tap reads which value, as in a convolution.
    """

    def fits(place: int) -> Fits:
        def found(node: Node, known: Known) -> bool:
            right, entry = of_known(node, known), entries[place]
            if not entry.has_effect(right, ordered):
                return False
            return not any(
                earlier.has_effect(right, ordered)
                and not any(
                    _differ(earlier.changed(right), entry.changed(right), axis, places, ordered)
                    for axis, places in enumerate(right.places)
                )
                for earlier in entries[:place]
            )

        return found

    return tuple(
        Mistake(entry.key, entry.title, entry.make, fits(place), PADDING)
        for place, entry in enumerate(entries)
    )


CONV_PADS = pad_mistakes(UNEVEN, ordered=True)
POOL_PADS = pad_mistakes((*UNEVEN, *SHIFTED), ordered=False)


def _floored(step: Step) -> Step:
    right = of_step(step).places
    return step.with_attributes(ceil=False).finished_by(lambda values: fit(values, right))


def _loses_windows(node: Node, known: Known) -> bool:
    right = of_known(node, known)
    floored = replace(right, ceil=False).places
    fewer = any(less < places for less, places in zip(floored, right.places, strict=True))
    return right.ceil and fewer and min(floored) > 0


POOL_FLOOR = Mistake(
    "pool-floor",
    "the pool's size is rounded down instead of up, and the lost border is filled with zeros",
    _floored,
    _loses_windows,
    frozenset({"ceil"}) | PADDING,
)
