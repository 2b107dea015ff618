"""Operations on several inputs, broadcast to one shape as in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops.attributes import product
from netparity.networks.ops.base import Array, Known, Mistake, Op, Step, wrong

MOST_INPUTS = 4096


class Broadcasting(Op):
    """An operation on several inputs, broadcast over the shape of one image."""

    inputs = (2, MOST_INPUTS)

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The shape to which all inputs are broadcast."""
        rank = max(len(shape) for shape in inputs)
        result = [1] * rank
        for shape in inputs:
            for place, size in enumerate(shape, rank - len(shape)):
                if size != 1 and result[place] not in (1, size):
                    shapes = " and ".join(dict.fromkeys(map(product, inputs)))
                    raise wrong(node, f"has inputs {shapes[:200]}, which do not fit each other")
                result[place] = max(result[place], size)
        return tuple(result)


def aligned(inputs: Sequence[Array]) -> list[Array]:
    """The inputs with as many axes each: NumPy would take the batch for an axis of the image."""
    rank = max(x.ndim for x in inputs)
    return [x.reshape(x.shape[0], *(1,) * (rank - x.ndim), *x.shape[1:]) for x in inputs]


def can_overwrite(step: Step, inputs: Sequence[Array]) -> bool:
    """Whether the first input may hold the output."""
    return step.scratch and inputs[0].shape == np.broadcast_shapes(*(x.shape for x in inputs))


def _left_out(place: int, neutral: float) -> Callable[[Step], Step]:
    def make(step: Step) -> Step:
        given = list(step.inputs)
        given[place] = np.full_like(given[place], neutral)
        return replace(step, inputs=tuple(given), scratch=False)

    return make


def _has_input(place: int) -> Callable[[Node, Known], bool]:
    return lambda node, known: len(known.inputs) > place


def left_out(result: str, neutral: float) -> tuple[Mistake, ...]:
    """One of the first inputs is left out of a sum or a product.

    Args:
        result: `sum` or `product`.
        neutral: the value that changes nothing.
    """
    return tuple(
        Mistake(
            f"{result}-without-{word}",
            f"its {word} input is left out of the {result}",
            _left_out(place, neutral),
            _has_input(place),
            frozenset({"inputs"}),
        )
        for place, word in enumerate(("first", "second", "third", "fourth"))
    )


def swapped(key: str, title: str) -> Mistake:
    """The two inputs in the other order."""
    return Mistake(
        key,
        title,
        lambda step: replace(step, inputs=step.inputs[::-1], scratch=False),
        touches=frozenset({"inputs"}),
    )
