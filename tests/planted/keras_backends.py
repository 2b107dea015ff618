"""What the planter needs and no Keras layer does, for TensorFlow, JAX and Theano."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_weights import rounded


def operations(stack: Any) -> Any:
    """The operations of the stack's backend; each takes and returns a Keras tensor."""
    if hasattr(stack, "theano"):
        return _Theano(stack)
    return _Jax(stack) if stack.backend.name == "jax" else _Tensorflow(stack)


class _Tensorflow:
    def __init__(self, stack: Any) -> None:
        self.keras, self.framework = stack.keras, stack.backend.framework

    def rounded(self, x: Any, precision: str) -> Any:
        def call(value: Any) -> Any:
            done = self.framework.numpy_function(
                lambda array: rounded(array, precision), [value], self.framework.float32
            )
            done.set_shape(value.shape)
            return done

        return self._lambda(call, x.shape[1:])(x)

    def masked(self, x: Any, mask: np.ndarray) -> Any:
        def call(value: Any) -> Any:
            rows = self.framework.constant(mask, value.dtype)
            return value * rows[: self.framework.shape(value)[0]]

        return self._lambda(call, x.shape[1:])(x)

    def first_twice(self, x: Any, axis: int) -> Any:
        first = self._lambda(lambda value: _first(value, axis), _shape_of_first(x.shape, axis))(x)
        return self.keras.layers.Concatenate(axis=axis)([first, x])

    def _lambda(self, call: Any, shape: Any) -> Any:
        return self.keras.layers.Lambda(call, output_shape=tuple(shape))


class _Jax(_Tensorflow):
    def rounded(self, x: Any, precision: str) -> Any:
        jax = self.framework

        def call(value: Any) -> Any:
            result = jax.ShapeDtypeStruct(value.shape, value.dtype)
            return jax.pure_callback(
                lambda array: rounded(np.asarray(array), precision), result, value
            )

        return self._lambda(call, x.shape[1:])(x)

    def masked(self, x: Any, mask: np.ndarray) -> Any:
        return self._lambda(lambda value: value * mask[: value.shape[0]], x.shape[1:])(x)


class _Theano:
    def __init__(self, stack: Any) -> None:
        self.keras, self.theano = stack.keras, stack.theano

    def rounded(self, x: Any, precision: str) -> Any:
        theano = self.theano

        class Rounded(theano.Op):
            __props__ = ()

            def make_node(self, value: Any) -> Any:
                return theano.Apply(self, [value], [value.type()])

            def perform(self, node: Any, inputs: Any, outputs: Any) -> None:
                outputs[0][0] = rounded(inputs[0], precision)

            def infer_shape(self, node: Any, shapes: Any) -> Any:
                return shapes

        return self._lambda(Rounded(), x._keras_shape[1:])(x)

    def masked(self, x: Any, mask: np.ndarray) -> Any:
        rows = self.theano.shared(mask)
        return self._lambda(lambda value: value * rows[: value.shape[0]], x._keras_shape[1:])(x)

    def first_twice(self, x: Any, axis: int) -> Any:
        shape = _shape_of_first(x._keras_shape, axis)
        first = self._lambda(lambda value: _first(value, axis), shape)(x)
        return self.keras.layers.Concatenate(axis=axis)([first, x])

    def _lambda(self, call: Any, shape: Any) -> Any:
        return self.keras.layers.Lambda(call, output_shape=tuple(shape))


def _first(value: Any, axis: int) -> Any:
    return value[tuple([slice(None)] * axis + [slice(0, 1)])]


def _shape_of_first(shape: Any, axis: int) -> tuple[int, ...]:
    return tuple(1 if position == axis else size for position, size in enumerate(shape))[1:]
