"""Are the tensors of two networks the same? If not, which known change makes them the same?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks.matching.building import Tensors
from netparity.networks.matching.compare import Matching
from netparity.networks.matching.sentences import Difference, sentences
from netparity.networks.matching.tensors import Array, TensorMatch
from netparity.networks.matching.views import Rearrangement
from netparity.networks.rounding import Precision, rounded
from netparity.watch import SILENT, Watch

_FEW_UNITS = 4 * float(np.finfo(np.float32).eps)
_CHUNK_VALUES = 2**22
_PRECISIONS: dict[Precision, str] = {"float16": "half precision", "bfloat16": "bfloat16"}


@dataclass(frozen=True)
class Values:
    """How the tensors of two networks compare.

    Attributes:
        equal: number of tensors that are equal, or differ by no more than float32 rounding.
        total: number of tensors that belong together.
        differences: a sentence for each kind of difference.
    """

    equal: int
    total: int
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether all tensors have the same values."""
        return self.equal == self.total


def compare_values(
    matching: Matching, a_tensors: Tensors, b_tensors: Tensors, watch: Watch = SILENT
) -> Values:
    """Compare the tensors that belong together, a pair at a time."""
    found: list[Difference] = []
    outcomes: Counter[str] = Counter()
    with watch.task("comparing weights", len(matching.tensors)) as task:
        for match in matching.tensors:
            words = _difference(match, a_tensors[match.first], b_tensors[match.second])
            outcomes["equal" if words is None else "different"] += 1
            if words is not None:
                found.append(Difference(words, match.node))
            task.advance()
    return Values(outcomes["equal"], len(matching.tensors), sentences(found))


def _difference(match: TensorMatch, first: Array, second: Array) -> str | None:
    """What differs, in a sentence with `{where}`; None if nothing does."""
    a, b = match.first_form(first), match.second_form(second)
    if _equal(a, b):
        return None
    for words, other in _explanations(match, a, first):
        if other.shape == b.shape and _equal(other, b):
            return words
    for precision, title in _PRECISIONS.items():
        if _is_rounded(b, a, precision):
            return f"{{where}}: A's {match.role} is B's, rounded to {title}"
        if _is_rounded(a, b, precision):
            return f"{{where}}: B's {match.role} is A's, rounded to {title}"
    return f"{{where}}: its {match.role} differs, {_distance(a, b)}"


def _equal(a: Array, b: Array) -> bool:
    """Whether all values are equal to a few units in the last place of float32."""
    if a.size > _CHUNK_VALUES and a.ndim > 1:
        return all(_equal(x, y) for x, y in zip(a, b, strict=True))
    return np.array_equal(a, b) or np.allclose(a, b, _FEW_UNITS, 0.0, equal_nan=True)


def _explanations(match: TensorMatch, a: Array, stored: Array) -> Iterator[tuple[str, Array]]:
    """What A's tensor would be with a known change undone, and the change in words."""
    role, axis = match.role, match.a_form.image_axis
    first, second = match.a_form.offset, match.b_form.offset
    if first != second:
        yield f"{{where}}: epsilon {first:g} in A, {second:g} in B", a - first + second
    if axis is not None:
        yield (
            f"{{where}}: A's {role} takes the image's channels in the reverse of B's order "
            "(BGR in the place of RGB)",
            np.flip(a, axis),
        )
    if role != "kernel":
        return
    if a.ndim == 4 and max(a.shape[:2]) > 1:
        yield f"{{where}}: A's {role} is B's, rotated by 180 degrees", a[::-1, ::-1]
        if a.shape[0] == a.shape[1]:
            yield (
                f"{{where}}: A's {role} is B's with rows and columns swapped",
                a.swapaxes(0, 1),
            )
    yield from _other_orders(match, a, stored)
    if a.ndim == 2 and a.shape[0] == a.shape[1]:
        yield f"{{where}}: A's {role} is B's as units x inputs, not inputs x units", a.T


def _other_orders(match: TensorMatch, a: Array, stored: Array) -> Iterator[tuple[str, Array]]:
    """A dense kernel whose rows are in an order in which the layer does not read its input."""
    first, second = match.a_form.into, match.b_form.into
    if len(first.order) != 4:
        return
    if match.moves:  # the same rows as B's, although the input is read in another order
        words = (
            f"{{where}} reads its input in the order {_letters(first)} in A, "
            f"{_letters(second)} in B, with the same kernel"
        )
        yield words, stored.reshape(second.split).transpose(second.order).reshape(second.result)
    sizes = [first.split[axis] for axis in first.order]
    for order in ((2, 0, 1), (2, 1, 0), (1, 0, 2), (0, 2, 1), (1, 2, 0)):
        split = [sizes[axis] for axis in (*order, 3)]
        back = sorted(range(4), key=(*order, 3).__getitem__)
        letters = ", ".join("HWC"[axis] for axis in order)
        words = (
            f"{{where}}: the rows of A's kernel are in the order {letters} where those of B's are "
            "in the order H, W, C"
        )
        yield words, a.reshape(split).transpose(back)


def _letters(into: Rearrangement) -> str:
    order = sorted(range(3), key=into.order[:3].__getitem__)
    return ", ".join("HWC"[axis] for axis in order)


def _is_rounded(exact: Array, other: Array, precision: Precision) -> bool:
    """Whether one tensor is another in a narrower format; tried on a few values first."""
    corner = (0,) * (exact.ndim - 1)
    return bool(
        other.any()  # since values that are small enough all become zero
        and _equal(_rounded(exact[corner], precision), other[corner])
        and _equal(_rounded(exact, precision), other)
    )


def _rounded(values: Array, precision: Precision) -> npt.NDArray[np.floating[Any]]:
    return rounded(np.ascontiguousarray(values, np.float32), precision)


def _distance(a: Array, b: Array) -> str:
    """How far apart two tensors are, in words."""
    x, y = a.reshape(-1), b.reshape(-1)
    largest, squares, norm, count = 0.0, 0.0, 0.0, 0
    for start in range(0, x.size, _CHUNK_VALUES):
        part = slice(start, start + _CHUNK_VALUES)
        reference = y[part].astype(np.float64)
        apart = np.abs(x[part].astype(np.float64) - reference)
        largest = max(largest, float(apart.max()))
        squares += float(np.dot(apart, apart))
        norm += float(np.dot(reference, reference))
        count += int(np.count_nonzero(apart))
    relative = float(np.sqrt(squares / norm)) if norm else float("inf")
    return f"{count:,} of {x.size:,} values, by at most {largest:.3g}, relative L2 {relative:.3g}"
