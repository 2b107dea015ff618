"""The pickles in which PyTorch lists tensors, read without running anything.

A pickle is a program. This is a machine that follows it and builds nothing but dictionaries,
lists, tuples, numbers, texts and descriptions of tensors; `pickletools` takes the bytes apart.
Every other object becomes a placeholder that holds its class's name: nothing is imported and
nothing is called. Python's `pickle` is not used.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from netparity.files import tensor_functions
from netparity.files.limits import CutOffError, DamagedError
from netparity.files.pickled_objects import (
    Function,
    OtherTensor,
    Placeholder,
    StorageRef,
    TensorRef,
)

MOST_INSTRUCTIONS = 2**18
"""Each makes one object at most. 5,000 tensors with their names need about 200,000."""

_MARK = object()
_VALUES = {"BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BINFLOAT", "FLOAT"}
_VALUES |= {"SHORT_BINSTRING", "BINSTRING", "STRING"}
_INTEGERS = {"BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4"}
_BYTES = {"BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"}
_CONSTANTS: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_PUTS, _GETS = {"BINPUT", "LONG_BINPUT", "PUT"}, {"BINGET", "LONG_BINGET", "GET"}
_LONGEST_NAME = 512
_LONGEST_INTEGER = 80
"""In bits: PyTorch's magic number has 80. Longer ones are states of random generators."""


@dataclass(frozen=True)
class Pickled:
    """What a pickle describes.

    Attributes:
        value: dictionaries, lists, tuples, numbers, texts, tensors and placeholders.
        storages: every storage that it names, by its key.
        instructions: how many it has.
    """

    value: Any
    storages: Mapping[str, StorageRef]
    instructions: int


def read(file: IO[bytes], most: int = MOST_INSTRUCTIONS) -> Pickled:
    """Read one pickle, from where the file stands to its end.

    Args:
        most: how many instructions it may have.

    Raises:
        DamagedError: if it is not one that PyTorch could have written, or is too long.
        CutOffError: if the file ends before it does.
    """
    machine = _Machine()
    try:
        for count, (instruction, argument, _) in enumerate(pickletools.genops(file)):
            if instruction.name == "STOP":
                return Pickled(machine.pop(), machine.storages, count)
            if count >= most:
                raise DamagedError(
                    f"its pickle lists more than {most:,} things; save the state dict alone"
                )
            machine.step(instruction.name, argument)
    except ValueError as error:
        if not file.read(1):
            raise CutOffError(f"it ends within its pickle: {error}") from None
        raise DamagedError(f"its pickle is damaged: {error}") from None
    raise CutOffError("it ends within its pickle")


class _Machine:
    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.functions: dict[str, Function] = {}
        self.storages: dict[str, StorageRef] = {}

    def step(self, name: str, argument: Any) -> None:
        if name in _VALUES:
            self.stack.append(argument)
        elif name in _INTEGERS:
            short = argument.bit_length() <= _LONGEST_INTEGER
            self.stack.append(argument if short else Placeholder("int"))
        elif name in _BYTES:
            self.stack.append(Placeholder("bytes"))
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

    def discard(self, argument: Any) -> None:
        if not self.stack:
            raise DamagedError("a pickle takes more than it has put down")
        self.stack.pop()

    def top(self) -> Any:
        self.stack.append(value := self.pop())
        return value

    def memoize(self, argument: Any) -> None:
        self.memo[len(self.memo)] = self.top()

    def duplicate(self, argument: Any) -> None:
        self.stack.append(self.top())

    def marked(self, argument: Any = None) -> list[Any]:
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

    def make_dict(self, argument: Any) -> None:
        items = self.marked()
        self.stack.append({})
        self._update(items)

    def empty_list(self, argument: Any) -> None:
        self.stack.append([])

    def make_list(self, argument: Any) -> None:
        self.stack.append(self.marked())

    def make_tuple(self, argument: Any) -> None:
        self.stack.append(tuple(self.marked()))

    def empty_set(self, argument: Any) -> None:
        self.stack.append(Placeholder("set"))

    def frozen_set(self, argument: Any) -> None:
        self.marked()
        self.stack.append(Placeholder("frozenset"))

    def append(self, argument: Any) -> None:
        self._extend([self.pop()])

    def appends(self, argument: Any) -> None:
        self._extend(self.marked())

    def _extend(self, items: list[Any]) -> None:
        if isinstance(target := self.top(), list):
            target.extend(items)
        elif not isinstance(target, Placeholder):
            raise DamagedError("a pickle appends to something that is not a list")

    def set_item(self, argument: Any) -> None:
        value, key = self.pop(), self.pop()
        self._update([key, value])

    def set_items(self, argument: Any) -> None:
        self._update(self.marked())

    def _update(self, items: list[Any]) -> None:
        target = self.top()
        if not isinstance(target, (dict, Placeholder)) or len(items) % 2:
            raise DamagedError("a pickle fills something that is not a dictionary")
        if isinstance(target, dict):
            for key, value in zip(items[::2], items[1::2], strict=True):
                tensor_functions.set_item(target, key, value)

    def function(self, argument: str) -> None:
        if len(argument) > _LONGEST_NAME:
            raise DamagedError(f"its pickle names a function by {len(argument):,} characters")
        name = argument.replace(" ", ".")
        self.stack.append(self.functions.setdefault(name, Function(name)))

    def stack_function(self, argument: Any) -> None:
        name, module = self.pop(), self.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise DamagedError("a pickle names a function by something that is not a name")
        self.function(f"{module[: _LONGEST_NAME + 1]} {name[: _LONGEST_NAME + 1]}")

    def extension(self, argument: Any) -> None:
        self.stack.append(Placeholder("an extension"))

    def persistent(self, argument: Any) -> None:
        found = tensor_functions.persistent(self.pop())
        if isinstance(found, StorageRef):
            known = self.storages.setdefault(found.key, found)
            if (known.kind, known.whole) != (found.kind, found.whole):
                raise DamagedError("a storage has two types or sizes")
        self.stack.append(found)

    def reduce(self, argument: Any) -> None:
        arguments, function = self.pop(), self.pop()
        self.stack.append(tensor_functions.call(function, arguments))

    def new_object(self, argument: Any) -> None:
        self.pop()
        self.stack.append(tensor_functions.new(self.pop()))

    def new_object_with_names(self, argument: Any) -> None:
        self.pop()
        self.new_object(argument)

    def old_object(self, argument: Any) -> None:
        """An object of a class that lies on the stack before its arguments."""
        class_, *arguments = self.marked() or [None]
        self.stack.append(tensor_functions.call(class_, tuple(arguments)))

    def old_instance(self, argument: str) -> None:
        arguments = tuple(self.marked())
        self.function(argument)
        self.stack.append(tensor_functions.call(self.pop(), arguments))

    def build(self, argument: Any) -> None:
        """Attributes of an object. Those of a dictionary (`_metadata`) or tensor say nothing."""
        state, target = self.pop(), self.top()
        if isinstance(target, Placeholder):
            target.state = state if isinstance(state, dict) else None
        elif not isinstance(target, (dict, list, TensorRef, OtherTensor)):
            raise DamagedError("a pickle sets attributes of something that is not an object")


_INSTRUCTIONS: dict[str, Callable[[_Machine, Any], Any]] = {
    "POP": _Machine.discard,
    "POP_MARK": _Machine.marked,
    "DUP": _Machine.duplicate,
    "MEMOIZE": _Machine.memoize,
    "MARK": _Machine.mark,
    "EMPTY_DICT": _Machine.empty_dict,
    "DICT": _Machine.make_dict,
    "EMPTY_LIST": _Machine.empty_list,
    "LIST": _Machine.make_list,
    "TUPLE": _Machine.make_tuple,
    "EMPTY_SET": _Machine.empty_set,
    "FROZENSET": _Machine.frozen_set,
    "ADDITEMS": _Machine.appends,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "GLOBAL": _Machine.function,
    "STACK_GLOBAL": _Machine.stack_function,
    "EXT1": _Machine.extension,
    "EXT2": _Machine.extension,
    "EXT4": _Machine.extension,
    "BINPERSID": _Machine.persistent,
    "REDUCE": _Machine.reduce,
    "NEWOBJ": _Machine.new_object,
    "NEWOBJ_EX": _Machine.new_object_with_names,
    "OBJ": _Machine.old_object,
    "INST": _Machine.old_instance,
    "BUILD": _Machine.build,
}
