"""The fields of a layer's configuration, each with its type, and none ignored in silence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from netparity.networks.node import GraphError
from netparity.networks.reading.keras.words import shown

_NAME_SHOWN = 80
_WITHOUT_EFFECT = re.compile(
    r".*_initializer|.*_regularizer|.*_constraint|(?:.*_)?init|.*_learning_rate_multiplier"
)
_AT_TRAINING = {
    *("name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_dtype", "seed"),
    *("momentum", "noise_shape", "synchronized", "renorm", "renorm_clipping", "renorm_momentum"),
    *("fused", "virtual_batch_size", "input_dim", "input_shape", "rate", "p", "ragged", "optional"),
    *("shared_object_id", "weights", "implementation", "sparsity", "stddev", "sigma", "l1", "l2"),
}
_PRECISIONS = {"float16", "float32", "float64", "bfloat16", "mixed_float16", "mixed_bfloat16"}
_MOST = 2**31


class Fields:
    """One layer's configuration.

    Attributes:
        name: the layer's.
        kind: its class.
    """

    def __init__(self, name: str, kind: str, values: Mapping[str, Any]) -> None:
        self.name, self.kind = name, kind
        self._values, self._read = values, set[str]()

    def refused(self, problem: str) -> GraphError:
        """An error that names the layer and its class."""
        return GraphError(f"layer {self.name[:_NAME_SHOWN]!r} ({shown(self.kind)}) {problem}")

    def get(self, *names: str) -> Any:
        """The first of these fields that is there and is not null; None if none is."""
        self._read.update(names)
        return next((self._values[n] for n in names if self._values.get(n) is not None), None)

    def text(self, *names: str, default: str) -> str:
        """A field that is text."""
        value = self.get(*names)
        if value is not None and not isinstance(value, str):
            raise self._unexpected(names[0], value, "a text")
        return default if value is None else value

    def flag(self, *names: str, default: bool) -> bool:
        """A field that is true or false."""
        value = self.get(*names)
        if value is not None and not isinstance(value, bool):
            raise self._unexpected(names[0], value, "true or false")
        return default if value is None else value

    def number(self, *names: str, default: float) -> float:
        """A field that is a finite number."""
        value = self.get(*names)
        if value is None:
            return default
        if isinstance(value, Mapping):  # Keras 2 wrote NumPy's numbers so
            value = value.get("value")
        if isinstance(value, list) and len(value) == 1:
            [value] = value
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            raise self._unexpected(names[0], value, "a number")
        return float(value)

    def whole(self, *names: str, default: int | None = None) -> int:
        """A field that is a whole number."""
        value = self.get(*names)
        value = default if value is None else value
        if value is None or not _is_whole(value):
            raise self._unexpected(names[0], value, "a whole number")
        return int(value)

    def pair(self, *names: str, default: tuple[int, int] | None = None) -> tuple[int, int]:
        """A field that is one whole number or two."""
        value = self.get(*names)
        if value is None and default is not None:
            return default
        if _is_whole(value):
            return int(value), int(value)
        if isinstance(value, list) and len(value) == 2 and all(map(_is_whole, value)):
            return int(value[0]), int(value[1])
        raise self._unexpected(names[0], value, "one or two whole numbers")

    def wholes(self, *names: str) -> tuple[int, ...] | None:
        """A field that is one whole number or a list of them."""
        value = self.get(*names)
        if value is None:
            return None
        value = value if isinstance(value, list) else [value]
        if not all(map(_is_whole, value)):
            raise self._unexpected(names[0], value, "whole numbers")
        return tuple(map(int, value))

    def ignore_rest(self) -> None:
        """Take all fields as read."""
        self._read.update(map(str, self._values))

    def _unexpected(self, name: str, value: Any, expected: str) -> GraphError:
        return self.refused(f"has {name} {str(value)[:_NAME_SHOWN]!r}, expected {expected}")

    def refuse_rest(self) -> None:
        """Refuse fields that nothing has read and that may change what the layer computes.

        Raises:
            GraphError: naming the layer and the field.
        """
        for name, value in self._values.items():
            unread = name not in self._read and name not in _AT_TRAINING
            if unread and value and not _WITHOUT_EFFECT.fullmatch(name):
                raise self.refused(
                    f"has {shown(name)} {str(value)[:_NAME_SHOWN]!r}, which netparity does not know"
                )
        if self.precision and self.precision not in _PRECISIONS:
            raise self.refused(f"computes in {self.precision[:_NAME_SHOWN]!r}, expected floats")

    @property
    def precision(self) -> str:
        """The type or policy that the layer computes in; empty if it does not say."""
        dtype = self._values.get("dtype")
        if isinstance(dtype, Mapping) and isinstance(dtype.get("config"), Mapping):
            dtype = dtype["config"].get("name")
        return "" if dtype is None else str(dtype)


def _is_whole(value: Any) -> bool:
    if isinstance(value, float) and math.isfinite(value):
        return value == int(value) and abs(value) <= _MOST
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MOST


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer too large for a float
        return False
