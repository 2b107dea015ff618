"""Pickles of dictionaries and lists of NumPy's arrays, read without running anything.

Networks from Caffe are often kept in an `.npy` that holds a dictionary, for which NumPy pickles. A
pickle is a program; this is a machine of the few instructions that such a dictionary needs, which
builds only dictionaries, lists, numbers, texts and descriptions of arrays (`numpy_functions`). Any
other instruction or function ends the reading. The bytes of arrays stay in the file.
"""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from netparity.files import numpy_functions
from netparity.files.limits import LONGEST_NAME, NAME_SHOWN, DamagedError
from netparity.files.numpy_functions import Blob, Function, NotPlainError, PickledArray

__all__ = ["NotPlainError", "PickledArray", "read"]

_MOST_STEPS = 2**18
"""Each makes one object at most. An array takes some 30."""
_MOST_LINE_BYTES = 256
_INLINE_BYTES = 4096
_MARK = object()
_PROTOCOLS = range(2, 6)


def read(path: Path, start: int) -> tuple[Any, int]:
    """What a pickle in a file describes, and the version of the pickle's protocol.

    Raises:
        NotPlainError: if it holds anything but dictionaries, lists, numbers, texts and arrays.
        DamagedError: if it is cut off or damaged.
    """
    with path.open("rb") as file:
        file.seek(start)
        machine = _Machine(file, path.stat().st_size)
        return machine.run(), machine.protocol


class _Machine:
    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file, self.size = file, size
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.protocol = 0

    def run(self) -> Any:
        for _ in range(_MOST_STEPS):
            code = self.take(1)
            if code == b".":
                return self.pop()
            if (instruction := _INSTRUCTIONS.get(code)) is None:
                raise _unknown(code)
            instruction(self)
        raise DamagedError(f"its pickle takes more than {_MOST_STEPS:,} steps")

    # --- the file

    def take(self, count: int) -> bytes:
        data = self.file.read(count)
        if len(data) != count:
            raise DamagedError("its pickle is cut off")
        return data

    def number(self, form: str) -> int:
        value: int = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        if value < 0 and form != "<i":
            raise DamagedError("its pickle claims a negative length")
        return value

    def line(self) -> str:
        data = self.file.readline(_MOST_LINE_BYTES)
        if not data.endswith(b"\n"):
            raise DamagedError("its pickle is cut off")
        return data[:-1].decode("ascii", "replace")

    def data(self, count: int) -> Blob:
        """Bytes, which stay in the file if there are many."""
        at = self.file.tell()
        if count > self.size - at:
            raise DamagedError("its pickle is cut off")
        if count <= _INLINE_BYTES:
            return Blob(at, count, self.take(count))
        self.file.seek(count, 1)
        return Blob(at, count)

    def text(self, count: int) -> str:
        if count > _INLINE_BYTES:
            raise DamagedError(f"its pickle holds a text of {count:,} bytes")
        return self.take(count).decode("utf-8", "replace")

    # --- the stack

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise DamagedError("its pickle takes more than it has put down")
        return self.stack.pop()

    def top(self) -> Any:
        self.stack.append(value := self.pop())
        return value

    def tuple_of(self, count: int) -> None:
        items = [self.pop() for _ in range(count)]
        self.push(tuple(reversed(items)))

    def marked(self) -> list[Any]:
        items: list[Any] = []
        while self.stack:
            if (item := self.stack.pop()) is _MARK:
                return items[::-1]
            items.append(item)
        raise DamagedError("its pickle ends a list that it has not begun")

    def recall(self, key: int) -> None:
        if key not in self.memo:
            raise DamagedError("its pickle recalls what it has not kept")
        self.push(self.memo[key])

    def keep(self, key: int) -> None:
        self.memo[key] = self.top()

    def extend(self, items: list[Any]) -> None:
        if not isinstance(target := self.top(), list):
            raise DamagedError("its pickle appends to something that is not a list")
        target.extend(items)

    def update(self, items: list[Any]) -> None:
        if not isinstance(target := self.top(), dict) or len(items) % 2:
            raise DamagedError("its pickle fills something that is not a dictionary")
        for key, value in zip(items[::2], items[1::2], strict=True):
            name = key.text() if isinstance(key, Blob) else key
            if not isinstance(name, (str, int)):
                raise DamagedError("a dictionary's key is not a text")
            if len(str(name)) > LONGEST_NAME:
                raise DamagedError(f"a dictionary's key has {len(str(name)):,} characters")
            if name in target:
                raise DamagedError(f"{str(name)[:NAME_SHOWN]!r} is duplicated in it")
            target[name] = value

    def set_protocol(self) -> None:
        self.protocol = self.number("<B")
        if self.protocol not in _PROTOCOLS:
            raise DamagedError(f"its pickle is of protocol {self.protocol}, not 2 to 5")

    def stack_function(self) -> None:
        name, module = self.pop(), self.pop()
        self.push(Function(f"{module}.{name}"))

    def reduce(self) -> None:
        arguments, function = self.pop(), self.pop()
        self.push(numpy_functions.call(function, arguments))

    def build(self) -> None:
        state, target = self.pop(), self.pop()
        self.push(numpy_functions.build(target, state))


def _unknown(code: bytes) -> DamagedError:
    names = {known.code: known.name for known in pickletools.opcodes}
    name = names.get(code.decode("latin-1"))
    if name is None:
        return DamagedError(f"its pickle holds the byte {code!r} where an instruction belongs")
    return NotPlainError(f"its pickle holds the instruction {name}, which no arrays need")


def _long(machine: _Machine) -> None:
    machine.push(int.from_bytes(machine.take(machine.number("<B")), "little", signed=True))


_Step = Callable[[_Machine], Any]
_INSTRUCTIONS: dict[bytes, _Step] = {
    b"\x80": _Machine.set_protocol,
    b"\x95": lambda m: m.take(8),  # the length of a frame
    b"(": lambda m: m.push(_MARK),
    b"0": _Machine.pop,
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"J": lambda m: m.push(m.number("<i")),
    b"K": lambda m: m.push(m.number("<B")),
    b"M": lambda m: m.push(m.number("<H")),
    b"\x8a": _long,
    b"G": lambda m: m.push(struct.unpack(">d", m.take(8))[0]),
    b"U": lambda m: m.push(m.data(m.number("<B"))),
    b"C": lambda m: m.push(m.data(m.number("<B"))),
    b"T": lambda m: m.push(m.data(m.number("<I"))),
    b"B": lambda m: m.push(m.data(m.number("<I"))),
    b"\x8e": lambda m: m.push(m.data(m.number("<Q"))),
    b"\x96": lambda m: m.push(m.data(m.number("<Q"))),
    b"X": lambda m: m.push(m.text(m.number("<I"))),
    b"\x8c": lambda m: m.push(m.text(m.number("<B"))),
    b"\x8d": lambda m: m.push(m.text(m.number("<Q"))),
    b")": lambda m: m.push(()),
    b"\x85": lambda m: m.tuple_of(1),
    b"\x86": lambda m: m.tuple_of(2),
    b"\x87": lambda m: m.tuple_of(3),
    b"t": lambda m: m.push(tuple(m.marked())),
    b"]": lambda m: m.push([]),
    b"a": lambda m: m.extend([m.pop()]),
    b"e": lambda m: m.extend(m.marked()),
    b"}": lambda m: m.push({}),
    b"s": lambda m: m.update(list(reversed([m.pop(), m.pop()]))),
    b"u": lambda m: m.update(m.marked()),
    b"q": lambda m: m.keep(m.number("<B")),
    b"r": lambda m: m.keep(m.number("<I")),
    b"\x94": lambda m: m.keep(len(m.memo)),
    b"h": lambda m: m.recall(m.number("<B")),
    b"j": lambda m: m.recall(m.number("<I")),
    b"c": lambda m: m.push(Function(f"{m.line()}.{m.line()}")),
    b"\x93": _Machine.stack_function,
    b"R": _Machine.reduce,
    b"b": _Machine.build,
}
