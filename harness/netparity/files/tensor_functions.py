"""The few functions that PyTorch's pickles call, as descriptions of tensors. Nothing is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from netparity.files.limits import NAME_SHOWN, DamagedError

TYPES = {"FloatStorage": "f4", "DoubleStorage": "f8", "HalfStorage": "f2"}


@dataclass(frozen=True)
class Function:
    """Something that a pickle wants to call or to name."""

    name: str


@dataclass(frozen=True)
class StorageRef:
    """Where a tensor's values lie: the storage's key and how many values it has."""

    key: str
    dtype: str
    size: int


@dataclass(frozen=True)
class TensorRef:
    """A tensor as `torch._utils._rebuild_tensor_v2` would make it."""

    storage: StorageRef
    offset: int
    shape: tuple[int, ...]


def call(function: Any, arguments: Any) -> Any:
    """What a call would have made.

    Raises:
        DamagedError: if it is any other function, or the arguments are not PyTorch's.
    """
    if not isinstance(function, Function) or not isinstance(arguments, tuple):
        raise DamagedError("a pickle calls something that is not a function")
    maker = _FUNCTIONS.get(function.name)
    if maker is None:
        raise DamagedError(
            f"its pickle wants to call {function.name[:NAME_SHOWN]}; only plain tensors are read "
            "and nothing is run, so save the state dict alone"
        )
    return maker(arguments)


def storage(described: Any) -> StorageRef:
    """The storage that a persistent identifier describes.

    Raises:
        DamagedError: if it is not one of floats, or not described as PyTorch does.
    """
    match described:
        case ("storage", Function(name=kind), str(key), _, int(size), *_):
            short = kind.removeprefix("torch.")
            if short not in TYPES:
                raise DamagedError(f"a tensor is of type {kind[:40]}, not float32, 64 or 16")
            return StorageRef(key, TYPES[short], size)
    raise DamagedError("a tensor's storage is not described as PyTorch does")


def _tensor(arguments: tuple[Any, ...]) -> TensorRef:
    match arguments:
        case (StorageRef() as storage, int(offset), tuple(shape), tuple(strides), *_):
            if not all(isinstance(size, int) and size > 0 for size in (*shape, *strides)):
                raise DamagedError("a tensor's shape is not a list of sizes")
            expected = 1
            for size, stride in zip(reversed(shape), reversed(strides), strict=True):
                if size > 1 and stride != expected:
                    raise DamagedError("a tensor is a view; save a contiguous copy of it")
                expected *= size
            if not 0 <= offset <= storage.size - expected:
                raise DamagedError("a tensor reaches beyond its storage")
            return TensorRef(storage, offset, shape)
    raise DamagedError("a tensor is not described as PyTorch does")


def _parameter(arguments: tuple[Any, ...]) -> TensorRef:
    match arguments:
        case (TensorRef() as tensor, *_):
            return tensor
    raise DamagedError("a parameter holds no tensor")


def _ordered_dict(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    if arguments:
        raise DamagedError("an ordered dictionary is not filled as PyTorch does")
    return {}


_FUNCTIONS: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    "collections.OrderedDict": _ordered_dict,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
}
