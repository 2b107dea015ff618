"""From ONNX's nodes to the graph's, one after the other: a function for each operation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from netparity.networks.reading.onnx import (
    activations,
    arithmetic,
    convolutions,
    folding,
    normalisation,
    picking,
    pieces,
    pools,
    resizing,
    shapes,
)
from netparity.networks.reading.onnx.builder import Builder, Translation, no_operation
from netparity.networks.reading.onnx.calls import Call, Result, wrong
from netparity.networks.reading.onnx.constants import Constant
from netparity.networks.reading.onnx.expressions import Pattern
from netparity.networks.reading.onnx.rows import BY_ROW, Rows
from netparity.networks.reading.onnx.values import Value

if TYPE_CHECKING:
    from onnx import NodeProto

TRANSLATIONS: dict[str, Translation] = {
    "Conv": convolutions.convolution,
    "ConvTranspose": convolutions.transposed_convolution,
    "Gemm": convolutions.gemm,
    "MatMul": convolutions.product,
    "MaxPool": pools.max_pool,
    "AveragePool": pools.average_pool,
    "GlobalAveragePool": pools.global_average,
    "GlobalMaxPool": pools.global_maximum,
    "ReduceMean": pools.mean,
    "ReduceMax": pools.maximum,
    "Resize": resizing.resize,
    "Upsample": resizing.upsample,
    **activations.TRANSLATIONS,
    **arithmetic.TRANSLATIONS,
    **normalisation.TRANSLATIONS,
    **picking.TRANSLATIONS,
    **pieces.TRANSLATIONS,
    **shapes.TRANSLATIONS,
}
"""ONNX's operations that netparity reads."""


@dataclass
class Reading:
    """What is known while the nodes are translated.

    Attributes:
        version: of the operator set (opset).
        images: how many the file's shapes count, and another number to tell what depends on it.
        patterns: several nodes that are one of the graph, by the output of the last.
        tensors: what each of the file's tensors is.
        calls: the node that made each tensor.
    """

    builder: Builder
    version: int
    images: int
    other_images: int
    patterns: Mapping[str, Pattern] = field(default_factory=dict)
    tensors: dict[str, Result] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)

    @cached_property
    def _inner(self) -> set[str]:
        """The outputs of the nodes that are part of a pattern."""
        return {name for pattern in self.patterns.values() for name in pattern.inner}

    def translate(self, node: NodeProto) -> None:
        """Translate one node, whose inputs are known."""
        output = next(iter(node.output), "")
        if output in self._inner:
            return
        if output in self.patterns:
            pattern = self.patterns[output]
            call = Call(node, self.version, [self._input(node, pattern.source)], self.images)
            self.tensors[output], self.calls[output] = self._together(call, pattern), call
            return
        given = [self._input(node, name) for name in node.input]
        call = Call(node, self.version, given, self.images)
        results = self._results(call, given)
        if len(results) > len(node.output):
            raise call.wrong(f"has {len(node.output)} outputs, expected {len(results)}")
        for name, result in zip(node.output, results, strict=False):
            if name:
                self.tensors[name], self.calls[name] = result, call

    def _together(self, call: Call, pattern: Pattern) -> Value | Rows:
        """The node that several of the file become."""
        x, attributes = call.value(), dict(pattern.attributes)
        given = attributes.pop("axes", ())
        if call.rows is not None:
            if pattern.tensors or any(axis not in (1, -1) for axis in given):
                raise call.wrong("has an input in which the places of all images are rows")
            given = (-1,) * bool(given)
        axes = tuple(call.axis(axis, x.rank) for axis in given)
        made = self._emitted(call, pattern, x, axes, attributes)
        return made if call.rows is None else Rows(made)

    def _emitted(
        self,
        call: Call,
        pattern: Pattern,
        x: Value,
        axes: tuple[int, ...],
        attributes: dict[str, Any],
    ) -> Value:
        tensors = {}
        for role, name in pattern.tensors.items():
            constant = self.tensors.get(name)
            if not isinstance(constant, Constant):
                raise call.wrong(f"has a {role} that is not a constant")
            tensors[role] = constant
        if pattern.op == "layer_norm":
            epsilon = attributes["epsilon"]
            return normalisation.layer_norm(call, self.builder, x, axes, epsilon, tensors)
        if pattern.op == "l2_norm":
            return normalisation.l2_norm(call, self.builder, x, axes, attributes)
        return self.builder.emit(call, pattern.op, [x], attributes)

    def _input(self, node: NodeProto, name: str) -> Result | None:
        if not name:
            return None
        if name not in self.tensors:
            raise wrong(node, f"reads {name[:80]!r}, which no node before it computes")
        return self.tensors[name]

    def _results(self, call: Call, given: list[Result | None]) -> list[Result]:
        if call.node.domain not in ("", "ai.onnx"):
            raise no_operation(call)
        if not call.outputs or not call.outputs[0]:
            raise call.wrong("has no output")
        if call.op == "Constant":
            return [folding.constant_node(call.node)]
        if call.rows is not None:
            return self._by_row(call)
        values = [value for value in given if isinstance(value, Value)]
        if call.op == "Shape" and values:
            return [folding.shape_of(call, values[0], self.other_images)]
        if not values:
            constants = [each for each in given if isinstance(each, Constant)]
            folded = folding.fold(call, constants)
            if folded is None:
                raise no_operation(call)
            return list(folded)
        if call.op not in TRANSLATIONS:
            raise no_operation(call)
        result = TRANSLATIONS[call.op](call, self.builder)
        return [result] if isinstance(result, Value | Constant | Rows) else list(result)

    def _by_row(self, call: Call) -> list[Result]:
        """What an operation does to rows, it does to the last axis of the activation."""
        if call.op == "Reshape":
            return [shapes.reshape(call, self.builder)]
        constants = [each for each in call.inputs if isinstance(each, Constant)]
        values = [each for each in call.inputs if isinstance(each, Value)]
        if call.op not in BY_ROW or len(values) != 1:
            raise call.wrong("has an input in which the places of all images are rows")
        if call.op not in ("MatMul", "Gemm") and any(
            math.prod(constant.shape[:-1]) != 1 for constant in constants
        ):
            raise call.wrong("has a constant that differs between the rows of its input")
        result = TRANSLATIONS[call.op](call, self.builder)
        assert isinstance(result, Value)
        return [Rows(result)]
