"""What stands for the functions, classes and objects of a pickle: none is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Function:
    """Something that a pickle wants to call or to name, such as `collections.OrderedDict`."""

    name: str


@dataclass(slots=True, eq=False)
class Placeholder:
    """An object that is not made.

    Attributes:
        kind: its class, or the function that would make it.
        state: the attributes that the pickle gives it, if they are a dictionary.
    """

    kind: str
    state: dict[Any, Any] | None = None

    @property
    def is_module(self) -> bool:
        """Whether it has the attributes of PyTorch's `nn.Module`, whatever its class."""
        return self.state is not None and {"_parameters", "_modules"} <= self.state.keys()


@dataclass(frozen=True, slots=True)
class StorageRef:
    """Where tensors' values lie.

    Attributes:
        key: of the storage in the file.
        dtype: NumPy's name of the values' type, or `bfloat16`; None if NumPy has no such type or
            the storage does not state it.
        kind: PyTorch's name of the type, for messages.
        itemsize: bytes of one value.
        size: how many values it has, from its `start`.
        start: where a view of the storage begins.
        whole: how many values the storage itself has.
    """

    key: str
    dtype: str | None
    kind: str
    itemsize: int
    size: int
    start: int
    whole: int


@dataclass(frozen=True, slots=True)
class TensorRef:
    """A tensor as `torch._utils._rebuild_tensor_v2` would make it, its values not read yet.

    Attributes:
        dtype: NumPy's name of the values' type, or `bfloat16`.
        itemsize: bytes of one value.
        offset: of its first value in the storage, in values.
        strides: from one value to the next along each axis, in values.
        span: how many values lie between its first and its last, both included.
    """

    storage: StorageRef
    dtype: str
    itemsize: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    span: int


@dataclass(frozen=True, slots=True)
class OtherTensor:
    """A tensor whose values are not plain numbers.

    Attributes:
        what: in words that follow "is": `quantized`, `of type complex64`.
    """

    what: str
