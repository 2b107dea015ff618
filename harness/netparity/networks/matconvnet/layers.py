"""A layer of a MatConvNet network that is to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from netparity.networks.node import Shape

Values = npt.NDArray[np.float32]
FieldValue = str | bool | tuple[float, ...]
Fields = Mapping[str, FieldValue]

IDENTITY: Fields = {"rate": (0.0,)}
"""The fields of a dropout that does nothing, in training neither: what copies a variable."""

MOST_PIECE_VALUES = 2**20


@dataclass(frozen=True)
class Parameter:
    """One parameter: its size in MATLAB, and its values by columns, made when they are written.

    Attributes:
        role: what follows the layer's name in the name of the parameter.
    """

    role: str
    size: Shape
    values: Callable[[], Iterable[Values]]


@dataclass(frozen=True)
class McnLayer:
    """One layer; its output variable has the layer's name.

    Attributes:
        kind: the class of the DagNN block, without `dagnn.`.
        inputs: variables.
        fields: of the block; numbers are rows.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    fields: Fields = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()


def by_columns(role: str, shape: Shape, make: Callable[[], Values]) -> Parameter:
    """A parameter from an array whose axes are MATLAB's.

    The last axis is cut into pieces, since turning a large array round at once takes its memory
    twice.
    """

    def pieces() -> Iterable[Values]:
        values = make().reshape(shape)
        step = max(1, MOST_PIECE_VALUES * shape[-1] // max(1, values.size)) if shape else 1
        for start in range(0, shape[-1], step):
            yield np.ascontiguousarray(values[..., start : start + step].T, dtype=np.float32)

    return Parameter(role, shape, pieces)


def vector(role: str, count: int, make: Callable[[], Values]) -> Parameter:
    """A column of numbers."""
    return by_columns(role, (count, 1), make)


def constant(role: str, value: float) -> Parameter:
    """A single number."""
    return by_columns(role, (1, 1), lambda: np.array([value], np.float32))


EMPTY_FILTERS = Parameter("filter", (0, 0), lambda: ())
"""Without filters, a convolution only pads and subsamples."""
