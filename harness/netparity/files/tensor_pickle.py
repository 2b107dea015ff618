"""The pickles in which PyTorch lists tensors, read without running anything.

A pickle is a program. This is a machine that knows the few instructions of which `torch.save`
makes a dictionary of tensors, and builds nothing but dictionaries, tuples, numbers, texts and
descriptions of tensors; `pickletools` takes the bytes apart. Any other instruction, and any
function but the three that stand for tensors, ends the reading. Python's `pickle` is not used.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import IO, Any

from netparity.files import tensor_functions
from netparity.files.limits import NAME_SHOWN, DamagedError
from netparity.files.tensor_functions import Function, TensorRef

__all__ = ["TensorRef", "read"]

_MARK = object()
_VALUES = {"BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BININT", "BININT1"}
_VALUES |= {"BININT2", "INT", "LONG", "LONG1", "BINFLOAT", "SHORT_BINSTRING", "BINSTRING"}
_CONSTANTS: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_PUTS, _GETS = {"BINPUT", "LONG_BINPUT", "PUT"}, {"BINGET", "LONG_BINGET", "GET"}


def read(file: IO[bytes]) -> Any:
    """Read one pickle, from where the file stands to its end.

    Raises:
        DamagedError: if it holds anything but a dictionary of tensors and what describes it.
        ValueError: if the bytes are not a pickle.
    """
    machine = _Machine()
    for instruction, argument, _ in pickletools.genops(file):
        if instruction.name == "STOP":
            return machine.pop()
        machine.step(instruction.name, argument)
    raise DamagedError("a pickle does not end")


class _Machine:
    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        if name in _VALUES:
            self.stack.append(argument)
        elif name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name])
        elif name in _TUPLES:
            items = [self.pop() for _ in range(_TUPLES[name])]
            self.stack.append(tuple(reversed(items)))
        elif name in _PUTS:
            self.memo[int(argument)] = self.top()
        elif name in _GETS:
            if int(argument) not in self.memo:
                raise DamagedError("a pickle recalls what it has not kept")
            self.stack.append(self.memo[int(argument)])
        elif name in ("PROTO", "FRAME"):
            pass
        elif (instruction := _INSTRUCTIONS.get(name)) is not None:
            instruction(self, argument)
        else:
            raise DamagedError(f"its pickle holds the instruction {name}, which no tensors need")

    def pop(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise DamagedError("a pickle takes more than it has put down")
        return self.stack.pop()

    def top(self) -> Any:
        self.stack.append(value := self.pop())
        return value

    def marked(self) -> list[Any]:
        """Everything since the last mark."""
        items: list[Any] = []
        while self.stack:
            if (item := self.stack.pop()) is _MARK:
                return items[::-1]
            items.append(item)
        raise DamagedError("a pickle ends a list that it has not begun")

    def mark(self, argument: Any) -> None:
        self.stack.append(_MARK)

    def empty_dict(self, argument: Any) -> None:
        self.stack.append({})

    def empty_list(self, argument: Any) -> None:
        self.stack.append([])

    def tuple(self, argument: Any) -> None:
        self.stack.append(tuple(self.marked()))

    def append(self, argument: Any) -> None:
        self._extend([self.pop()])

    def appends(self, argument: Any) -> None:
        self._extend(self.marked())

    def _extend(self, items: list[Any]) -> None:
        if not isinstance(target := self.top(), list):
            raise DamagedError("a pickle appends to something that is not a list")
        target.extend(items)

    def set_item(self, argument: Any) -> None:
        value, key = self.pop(), self.pop()
        self._update([key, value])

    def set_items(self, argument: Any) -> None:
        self._update(self.marked())

    def _update(self, items: list[Any]) -> None:
        if not isinstance(target := self.top(), dict) or len(items) % 2:
            raise DamagedError("a pickle fills something that is not a dictionary")
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, (str, int)):
                raise DamagedError("a dictionary's key is not a string")
            if key in target:
                raise DamagedError(f"{str(key)[:NAME_SHOWN]!r} is duplicated in it")
            target[key] = value

    def function(self, argument: str) -> None:
        self.stack.append(Function(argument.replace(" ", ".")))

    def stack_function(self, argument: Any) -> None:
        name, module = self.pop(), self.pop()
        self.stack.append(Function(f"{module}.{name}"))

    def persistent(self, argument: Any) -> None:
        self.stack.append(tensor_functions.storage(self.pop()))

    def reduce(self, argument: Any) -> None:
        arguments, function = self.pop(), self.pop()
        self.stack.append(tensor_functions.call(function, arguments))

    def build(self, argument: Any) -> None:
        """Attributes of a dictionary (`_metadata`), which say nothing about the numbers."""
        self.pop()
        if not isinstance(self.top(), dict):
            raise DamagedError("a pickle sets attributes of something that is not a dictionary")


_INSTRUCTIONS: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": _Machine.mark,
    "EMPTY_DICT": _Machine.empty_dict,
    "EMPTY_LIST": _Machine.empty_list,
    "TUPLE": _Machine.tuple,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "GLOBAL": _Machine.function,
    "STACK_GLOBAL": _Machine.stack_function,
    "BINPERSID": _Machine.persistent,
    "REDUCE": _Machine.reduce,
    "BUILD": _Machine.build,
}
