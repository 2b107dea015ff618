"""The few functions that PyTorch's pickles call, as descriptions of tensors. Nothing is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netparity.files.limits import LONGEST_NAME, MOST_AXES, NAME_SHOWN, DamagedError
from netparity.files.pickled_objects import (
    Function,
    OtherTensor,
    Placeholder,
    StorageRef,
    TensorRef,
)

TYPES = {
    "float32": "f4",
    "float64": "f8",
    "float16": "f2",
    "bfloat16": "bfloat16",
    "int64": "i8",
    "int32": "i4",
    "int16": "i2",
    "int8": "i1",
    "uint8": "u1",
    "bool": "b1",
    "uint16": "u2",
    "uint32": "u4",
    "uint64": "u8",
}
"""NumPy's names for PyTorch's types that are plain numbers."""

_STORAGES = {
    "FloatStorage": ("float32", 4),
    "DoubleStorage": ("float64", 8),
    "HalfStorage": ("float16", 2),
    "BFloat16Storage": ("bfloat16", 2),
    "LongStorage": ("int64", 8),
    "IntStorage": ("int32", 4),
    "ShortStorage": ("int16", 2),
    "CharStorage": ("int8", 1),
    "ByteStorage": ("uint8", 1),
    "BoolStorage": ("bool", 1),
    "ComplexFloatStorage": ("complex64", 8),
    "ComplexDoubleStorage": ("complex128", 16),
    "QInt8Storage": ("qint8", 1),
    "QUInt8Storage": ("quint8", 1),
    "QInt32Storage": ("qint32", 4),
    "QUInt4x2Storage": ("quint4x2", 1),
    "QUInt2x4Storage": ("quint2x4", 1),
    "UntypedStorage": ("bytes", 1),
}
_LARGEST = 2**48
_MOST_ARGUMENTS = 64
_NEWOBJ = ("copyreg.", "copy_reg.")
_LOADED_AS_BYTES = "torch.storage._load_from_bytes"

_RUNNING_MODULES = {"os", "posix", "nt", "subprocess", "sys", "shutil", "socket", "runpy", "pty"}
_RUNNING_MODULES |= {"webbrowser", "importlib", "ctypes", "pip", "commands"}
_RUNNING_BUILTINS = {"eval", "exec", "execfile", "compile", "__import__", "open", "breakpoint"}
_RUNNING_BUILTINS |= {"input", "apply"}


def call(function: Any, arguments: Any) -> Any:
    """What a call would have made: a tensor's description, a dictionary, or a placeholder.

    Raises:
        DamagedError: if the arguments are not PyTorch's, or the call would run a command.
    """
    if not isinstance(arguments, tuple):
        raise DamagedError("a pickle calls a function without a list of arguments")
    if len(arguments) > _MOST_ARGUMENTS:
        return Placeholder(function.name if isinstance(function, Function) else "object")
    if isinstance(function, Placeholder):
        return Placeholder(function.kind)
    if not isinstance(function, Function):
        raise DamagedError("a pickle calls something that is not a function")
    if (maker := _FUNCTIONS.get(function.name)) is not None:
        return maker(arguments)
    module, _, name = function.name.partition(".")
    if module in _RUNNING_MODULES or (
        module in ("builtins", "__builtin__") and name in _RUNNING_BUILTINS
    ):
        raise DamagedError(
            f"its pickle would run {function.name[:NAME_SHOWN]}; do not load it with torch.load"
        )
    if function.name.startswith("torch._utils._rebuild_"):
        return OtherTensor(_other(name.rpartition("_rebuild_")[2]))
    if function.name.startswith(_NEWOBJ) and arguments and isinstance(arguments[0], Function):
        return new(arguments[0])
    return Placeholder(function.name)


def new(class_: Any) -> Any:
    """An object of a class, before its attributes are set."""
    if isinstance(class_, Function):
        return {} if class_.name in _DICTIONARIES else Placeholder(class_.name)
    if isinstance(class_, Placeholder):
        return Placeholder(class_.kind)
    raise DamagedError("a pickle makes an object of something that is not a class")


def persistent(described: Any) -> StorageRef | Function:
    """The storage, or the class of a module, that a persistent identifier describes.

    Raises:
        DamagedError: if it is not described as PyTorch does.
    """
    if isinstance(described, tuple) and len(described) > _MOST_ARGUMENTS:
        raise DamagedError("a tensor's storage is not described as PyTorch does")
    match described:
        case ("module", Function() as class_, *_):
            return class_  # before PyTorch 1.6, followed by the text of its source
        case ("storage", Function(name=kind), str(key), _, int(size), *more):
            short = kind.rpartition(".")[2]
            if short not in _STORAGES or not kind.startswith("torch."):
                raise DamagedError(f"a tensor is of the unknown type {kind[:40]}")
            name, itemsize = _STORAGES[short]
            start, length = _view(more, size)
            return StorageRef(key, TYPES.get(name), name, itemsize, length, start, size)
    raise DamagedError("a tensor's storage is not described as PyTorch does")


def _view(more: list[Any], size: int) -> tuple[int, int]:
    """Where a view of a storage begins and how long it is (PyTorch before 0.4)."""
    match more:
        case [(str(), int(start), int(length)), *_]:
            if not 0 <= start <= start + length <= size:
                raise DamagedError("a view reaches beyond its storage")
            return start, length
    return 0, size


def _tensor(arguments: tuple[Any, ...]) -> TensorRef | OtherTensor:
    match arguments:
        case (StorageRef() as storage, int(offset), tuple(shape), tuple(strides), *more):
            if len(more) > 2 and isinstance(more[2], dict) and any(more[2].values()):
                return OtherTensor("a lazy conjugate or negative")
            return _described(storage, storage.kind, offset, shape, strides)
        case (Placeholder(kind=kind), *_) if kind == _LOADED_AS_BYTES:
            return OtherTensor("pickled by pickle.dump, not by torch.save")
    raise DamagedError("a tensor is not described as PyTorch does")


def _tensor_of_type(arguments: tuple[Any, ...]) -> TensorRef | OtherTensor:
    """A tensor of a storage that does not state its type: the types since PyTorch 2.1."""
    match arguments:
        case (
            StorageRef() as storage,
            int(offset),
            tuple(shape),
            tuple(strides),
            _,
            _,
            Function(name=kind),
            *_,
        ):
            return _described(storage, kind.removeprefix("torch."), offset, shape, strides)
    raise DamagedError("a tensor is not described as PyTorch does")


def _described(
    storage: StorageRef,
    kind: str,
    offset: int,
    shape: tuple[Any, ...],
    strides: tuple[Any, ...],
) -> TensorRef | OtherTensor:
    if len(shape) != len(strides) or len(shape) > MOST_AXES:
        raise DamagedError(f"a tensor has {len(shape)} axes and {len(strides)} strides")
    for number in (*shape, *strides, offset):
        if not isinstance(number, int) or not 0 <= number <= _LARGEST:
            raise DamagedError("a tensor's shape is not a list of sizes")
    if kind not in TYPES:
        return OtherTensor(f"of type {kind[:NAME_SHOWN]}")
    itemsize = 2 if kind == "bfloat16" else int(TYPES[kind][1])
    span = 0
    if 0 not in shape:
        steps = [(n - 1) * stride for n, stride in zip(shape, strides, strict=True)]
        span = 1 + sum(steps)
    if (offset + span) * itemsize > storage.size * storage.itemsize:
        raise DamagedError("a tensor reaches beyond its storage")
    return TensorRef(storage, TYPES[kind], itemsize, offset, shape, strides, span)


def _wrapped(arguments: tuple[Any, ...]) -> TensorRef | OtherTensor | Placeholder:
    """A parameter: the tensor in it."""
    if arguments and isinstance(arguments[0], (TensorRef, OtherTensor, Placeholder)):
        return arguments[0]
    raise DamagedError("a parameter holds no tensor")


def _of_subclass(arguments: tuple[Any, ...]) -> Any:
    """A tensor of a subclass, or with attributes: how to make it, its class, what of."""
    match arguments:
        case (Function() as function, _, tuple(inner), *_):
            return call(function, inner)
    raise DamagedError("a tensor is not described as PyTorch does")


def _dictionary(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    """A new dictionary; Python 2 gives an ordered one its items as a list of pairs."""
    match arguments:
        case () | (Function(),):
            return {}
        case (list(pairs),):
            filled: dict[Any, Any] = {}
            for pair in pairs:
                if not isinstance(pair, (list, tuple)) or len(pair) != 2:
                    break
                set_item(filled, pair[0], pair[1])
            else:
                pairs.clear()  # the pickle may give the same list again, and again
                return filled
    raise DamagedError("an ordered dictionary is not filled as PyTorch does")


def set_item(target: dict[Any, Any], key: Any, value: Any) -> None:
    """Set one entry.

    Raises:
        DamagedError: if it is there already.
    """
    if not isinstance(key, (str, int, float)):
        # Only texts and numbers are hashed, in bounded time; the others are never looked up.
        key = Placeholder("key")
    if isinstance(key, str) and len(key) > LONGEST_NAME:
        raise DamagedError(f"a dictionary's key has {len(key):,} characters")
    if key in target:
        raise DamagedError(f"{str(key)[:NAME_SHOWN]!r} is duplicated in it")
    target[key] = value


def _other(kind: str) -> str:
    """What a tensor is that `torch._utils._rebuild_<kind>` would make."""
    if kind.startswith("q"):
        return "quantized"
    if kind.startswith("meta"):
        return "on the device meta, without values"
    return f"a {kind[:NAME_SHOWN].replace('_', ' ')}"


_DICTIONARIES = (
    "collections.OrderedDict",
    "collections.defaultdict",
    "builtins.dict",
    "__builtin__.dict",
)

_FUNCTIONS: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    **dict.fromkeys(_DICTIONARIES, _dictionary),
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v3": _tensor_of_type,
    "torch._utils._rebuild_parameter": _wrapped,
    "torch._utils._rebuild_parameter_with_state": _wrapped,
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": _wrapped,
    "torch.nn.parameter.Parameter": _wrapped,
    "torch.autograd.variable.Variable": _wrapped,
    "torch._tensor._rebuild_from_type": _of_subclass,
    "torch._tensor._rebuild_from_type_v2": _of_subclass,
}
