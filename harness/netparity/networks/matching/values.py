"""Are the tensors of two networks the same? If not, which known change makes them the same?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from netparity.networks.matching.building import Tensors
from netparity.networks.matching.compare import Matching
from netparity.networks.matching.sentences import Difference, sentences
from netparity.networks.matching.tensors import Array, TensorMatch
from netparity.networks.matching.views import Rearrangement
from netparity.networks.node import Node
from netparity.networks.relating import Difference as Distance
from netparity.networks.relating import Found, kernel_of, relations
from netparity.watch import SILENT, Watch

_FEW_UNITS = 4 * float(np.finfo(np.float32).eps)

_WORDS = {
    "reverse-channels": "A's {role} takes the image's channels in the reverse of B's order (BGR in "
    "the place of RGB)",
    "rotate": "A's {role} is B's, rotated by 180 degrees",
    "swap-rows-columns": "A's {role} is B's with rows and columns swapped",
    "from-oihw": "A's {role} has OIHW values under an HWIO shape (reshaped, not transposed)",
    "to-oihw": "B's {role} has OIHW values under an HWIO shape (reshaped, not transposed)",
    "from-chw": "the rows of A's {role} are in the order C, H, W where those of B's are in the "
    "order H, W, C",
    "to-chw": "the rows of A's {role} are in the order H, W, C where those of B's are in the order "
    "C, H, W",
    "from-columns": "the rows of A's {role} are in the order C, W, H where those of B's are in the "
    "order H, W, C",
    "to-columns": "the rows of A's {role} are in the order H, W, C where those of B's are in the "
    "order C, W, H",
    "from-transposed": "A's {role} is B's as units x inputs, not inputs x units",
    "to-transposed": "A's {role} is B's as inputs x units, not units x inputs",
    "half-of": "A's {role} is B's, rounded to half precision",
    "to-half": "B's {role} is A's, rounded to half precision",
    "bfloat16-of": "A's {role} is B's, rounded to bfloat16",
    "to-bfloat16": "B's {role} is A's, rounded to bfloat16",
    "permuted-units": "A's {role} is B's with the units in another order",
    "permuted-inputs": "A's {role} is B's with the inputs in another order",
}
"""What relates A's tensor to B's, by the names of the changes."""
_ORDERS = {"from-chw", "to-chw", "from-columns", "to-columns", "swap-rows-columns"}


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
    nodes = {name: node for node in matching.a.nodes for name in node.tensors.values()}
    found: list[Difference] = []
    outcomes: Counter[str] = Counter()
    with watch.task("comparing weights", len(matching.tensors)) as task:
        for match in matching.tensors:
            pair = np.asarray(a_tensors[match.first]), np.asarray(b_tensors[match.second])
            words = _difference(matching, match, nodes[match.first], *pair)
            outcomes["equal" if words is None else "different"] += 1
            if words is not None:
                found.append(Difference(words, match.node))
            task.advance()
    return Values(outcomes["equal"], len(matching.tensors), sentences(found))


def _difference(
    matching: Matching, match: TensorMatch, node: Node, first: Array, second: Array
) -> str | None:
    """What differs, in a sentence with `{where}`; None if nothing does."""
    kernel = kernel_of(match, matching.a, node)
    result = relations(match, first, second, kernel, merged=False)
    names = set() if isinstance(result, Distance) else set(result[0].names)
    if not names and not isinstance(result, Distance):
        return None
    if kernel is not None and kernel.kind == "dense" and names <= _ORDERS:
        a, b = match.first_form(first), match.second_form(second)
        for words, other in _other_orders(match, a, first):
            if other.shape == b.shape and np.allclose(other, b, _FEW_UNITS, 0.0):
                return words
    if isinstance(result, Distance):
        return (
            f"{{where}}: its {match.role} differs, {result.count:,} of {result.size:,} values, by "
            f"at most {result.largest:.3g}, relative L2 {result.relative:.3g}"
        )
    return f"{{where}}: {_in_words(result[0], match)}"


def _in_words(found: Found, match: TensorMatch) -> str:
    parts = [_WORDS[name].format(role=match.role) for name in found.names if name in _WORDS]
    if "other-epsilon" in found.names:
        first, second = match.a_form.offset, match.b_form.offset
        parts.append(f"epsilon {first:g} in A, {second:g} in B")
    elif found.detail is not None:
        parts.append(found.detail)
    return ", and ".join(parts)


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
