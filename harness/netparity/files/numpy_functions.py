"""The few functions that pickles of NumPy's arrays call, as descriptions. Nothing is called."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from netparity.files.limits import MOST_AXES, NAME_SHOWN, DamagedError

_KINDS = {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}
_OBJECT = {"O", "O4", "O8"}
_TEXT = re.compile(r"[SU]\d{1,5}")


class NotPlainError(DamagedError):
    """A pickle holds something else than plain arrays."""


@dataclass(frozen=True)
class Blob:
    """Bytes of a pickle: where they lie, and they themselves if they are few."""

    start: int
    size: int
    data: bytes | None = None

    def text(self) -> str:
        """The bytes as text; Python 2 pickled its texts so.

        Raises:
            DamagedError: if it is too long for one.
        """
        if self.data is None:
            raise DamagedError(f"its pickle holds a text of {self.size:,} bytes")
        return self.data.decode("latin-1")


@dataclass(frozen=True)
class Function:
    """Something that a pickle wants to call or to name."""

    name: str


@dataclass(eq=False)
class Kind:
    """A type of values; `name` is NumPy's without the order of bytes, as in `f4`."""

    name: str
    order: str = "<"

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The type for NumPy."""
        return np.dtype(self.order + self.name)


@dataclass(eq=False)
class PickledArray:
    """An array as `numpy.ndarray.__reduce__` describes it.

    Attributes:
        kind: None until the pickle has told it.
        by_columns: whether the first axis varies fastest.
        place: where the values lie; None for an array of objects.
        items: what an array of objects holds.
    """

    shape: tuple[int, ...] = ()
    kind: Kind | None = None
    by_columns: bool = False
    place: Blob | None = None
    items: list[Any] = field(default_factory=list)


def call(function: Any, arguments: Any) -> Any:
    """What a call would have made.

    Raises:
        NotPlainError: if it is any other function.
        DamagedError: if the arguments are not NumPy's.
    """
    if not isinstance(function, Function) or not isinstance(arguments, tuple):
        raise DamagedError("its pickle calls something that is not a function")
    maker = _FUNCTIONS.get(function.name.replace("numpy._core.", "numpy.core."))
    if maker is None:
        raise NotPlainError(
            f"its pickle wants to call {function.name[:NAME_SHOWN]!r}; only plain arrays are read "
            "and nothing is run"
        )
    return maker(arguments)


def build(target: Any, state: Any) -> Any:
    """An array or a type of values once its state is known.

    Raises:
        DamagedError: if it is anything else, or the state is not NumPy's.
    """
    if isinstance(target, Kind) and isinstance(state, tuple) and len(state) > 1:
        order = _text(state[1])
        if order in ("<", ">", "|", "="):
            target.order = "<" if order == "=" else order  # in place, since it may be recalled
            return target
    elif isinstance(target, PickledArray) and isinstance(state, tuple):
        match state[-4:]:
            case (tuple(shape), Kind() as kind, int(by_columns), values):
                _fill(target, shape, kind, bool(by_columns), values)
                return target
    raise DamagedError("its pickle sets a state that is not that of an array")


def _fill(
    array: PickledArray, shape: Sequence[Any], kind: Kind, by_columns: bool, values: Any
) -> None:
    if array.kind is not None:
        raise DamagedError("its pickle describes an array twice")
    if len(shape) > MOST_AXES or not all(type(size) is int and size >= 0 for size in shape):
        raise DamagedError("an array's shape is not a list of sizes")
    array.shape, array.kind, array.by_columns = tuple(shape), kind, by_columns
    count = math.prod(array.shape)
    if kind.name in _OBJECT:
        if not isinstance(values, list) or len(values) != count:
            raise DamagedError("an array of objects does not list as many as it claims")
        array.items = values
        return
    needed = count * kind.dtype.itemsize
    if not isinstance(values, Blob) or values.size != needed:
        raise DamagedError(f"an array claims shape {array.shape}, which does not fit its values")
    array.place = values


def _reconstruct(arguments: tuple[Any, ...]) -> PickledArray:
    match arguments:
        case (Function(name="numpy.ndarray"), (0,), Blob()):
            return PickledArray()
    raise DamagedError("an array is not described as NumPy does")


def _from_buffer(arguments: tuple[Any, ...]) -> PickledArray:
    match arguments:
        case (Blob() as values, Kind() as kind, tuple(shape), str(order)):
            array = PickledArray()
            _fill(array, shape, kind, order == "F", values)
            return array
    raise DamagedError("an array is not described as NumPy does")


def _kind(arguments: tuple[Any, ...]) -> Kind:
    name = _text(arguments[0]) if arguments else ""
    if name not in _KINDS | _OBJECT and _TEXT.fullmatch(name) is None:
        raise NotPlainError(f"an array holds values of type {name[:40]!r}, not numbers")
    return Kind("O" if name in _OBJECT else name, "|" if name in _OBJECT else "<")


def _scalar(arguments: tuple[Any, ...]) -> PickledArray:
    match arguments:
        case (Kind() as kind, Blob() as values):
            array = PickledArray()
            _fill(array, (), kind, False, values)
            return array
    raise DamagedError("a number is not described as NumPy does")


def _ordered_dict(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    match arguments:
        case ():
            return {}
        case (list(pairs),) if all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
            found = {_text(key): value for key, value in pairs}
            if len(found) == len(pairs):
                pairs.clear()  # the pickle may give the same list again, and again
                return found
    raise DamagedError("an ordered dictionary is not filled as Python does")


def _text(value: Any) -> str:
    """A text of Python 3 or 2."""
    if isinstance(value, Blob):
        return value.text()
    if not isinstance(value, str):
        raise DamagedError("its pickle has something else where a text belongs")
    return value


_FUNCTIONS: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    "numpy.core.multiarray._reconstruct": _reconstruct,
    "numpy.core.multiarray.scalar": _scalar,
    "numpy.core.numeric._frombuffer": _from_buffer,
    "numpy.dtype": _kind,
    "collections.OrderedDict": _ordered_dict,
}
