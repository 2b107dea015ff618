"""Dense layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from netparity.networks.node import Node, Shape
from netparity.networks.ops import sums
from netparity.networks.ops.attributes import product
from netparity.networks.ops.base import Array, Known, Mistake, Op, Step, values_in, wrong
from netparity.networks.ops.kernel_orders import order_mistakes, rows_in_order
from netparity.networks.ops.reading_orders import READ_ORDERS, Order, is_another, letters
from netparity.networks.ops.shared_mistakes import BIAS_MISSING, LOW_PRECISION
from netparity.networks.rounding import rounded


def _reads_a_map(node: Node, known: Known) -> bool:
    shape = known.inputs[0]
    return len(known.tensors["kernel"]) == 4 and len(shape) == 3


def _reads_otherwise(order: Order) -> Callable[[Node, Known], bool]:
    """The order in which the places of a map are read matters."""
    return lambda node, known: (
        _reads_a_map(node, known) and is_another(order, (0, 1, 2), known.inputs[0])
    )


def _flattened(axes: Order) -> Callable[[Step], Step]:
    def make(step: Step) -> Step:
        x, kernel = step.inputs[0], step.tensors["kernel"]
        flat = x.transpose(0, *(1 + axis for axis in axes)).reshape(x.shape)
        return replace(step.with_tensor("kernel", kernel), inputs=(flat,), scratch=False)

    return make


class Dense(Op):
    """`dense`: y = x k + bias.

    A kernel of inputs x units works on the last axis. One of height x width x channels x units
    reads a whole map, in this order, or a vector of as many values.
    """

    key = "dense"
    title = "dense layer"
    roles = ("kernel",)
    optional_roles = ("bias",)
    parametric = True
    mistakes = (
        BIAS_MISSING,
        *(
            Mistake(
                f"flatten-{letters(order)}",
                f"the input is flattened in the order {', '.join(letters(order).upper())} "
                "instead of H, W, C",
                _flattened(order),
                _reads_otherwise(order),
                frozenset({"flatten"}),
            )
            for order in READ_ORDERS[1:]
        ),
        *(rows_in_order(order) for order in READ_ORDERS[1:3]),
        *LOW_PRECISION,
        *order_mistakes("kernel-transposed", "inputs and units of the square kernel are swapped"),
    )

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """units, or the input's shape with units for the last axis."""
        [shape], kernel = inputs, tensors["kernel"]
        if len(kernel) < 2:
            raise wrong(node, f"has a kernel {product(kernel)}, expected inputs x units")
        if "bias" in tensors and tensors["bias"] != kernel[-1:]:
            raise wrong(node, f"has {tensors['bias']} biases for {kernel[-1]} units")
        if len(kernel) == 2 and shape and shape[-1] == kernel[0]:
            return (*shape[:-1], kernel[1])
        as_map = kernel[:-1] == tuple(shape) or len(shape) == 1
        if len(kernel) > 2 and as_map and values_in(kernel[:-1]) == values_in(shape):
            return (kernel[-1],)
        raise wrong(
            node,
            f"has a kernel {product(kernel)}, which does not fit an input {product(shape)}",
        )

    def compute(self, step: Step) -> Array:
        """One matrix product, taken in parts."""
        how = step.how
        kernel = how.operand(step.tensors["kernel"])
        values = rounded(_product(step, how.operand(step.inputs[0]), kernel), how.sums)
        bias = step.tensors.get("bias")
        return sums.add_bias(values, rounded(bias, how.storage) if bias is not None else None)

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """|x| |k| + |b|."""
        kernel = abs(step.tensors["kernel"])
        total = _product(replace(step, how=type(step.how)()), abs(step.inputs[0]), kernel)
        bias = step.tensors.get("bias")
        total = sums.add_bias(total, abs(bias) if bias is not None else None)
        return values_in(kernel.shape[:-1]) + 1, total

    def flops(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape], output: Shape
    ) -> int:
        """Two for each weight, at every place."""
        return 2 * values_in(tensors["kernel"]) * values_in(output[:-1])


def _product(step: Step, x: Array, kernel: Array) -> Array:
    matrix = kernel.reshape(-1, kernel.shape[-1])
    leading = x.shape[:1] if kernel.ndim > 2 else x.shape[:-1]
    flat = x.reshape(-1, len(matrix))
    order = sums.order_of(len(matrix), step.how)
    if order is not None:
        flat, matrix = flat[:, order], matrix[order]
    values = sums.dense(flat, matrix, sums.group_of(step.how, len(matrix)))
    return values.reshape(*leading, -1)
