"""NumPy's .npy, never unpickled."""

from __future__ import annotations

import math
from pathlib import Path
from typing import IO, Any

import numpy as np

from netparity.errors import InputError
from netparity.features.variable import Array, Variable, problem_of

NAME = "NumPy .npy"
SUFFIXES = (".npy",)

_MAGIC = b"\x93NUMPY"


def recognises(head: bytes) -> bool:
    """Whether a file that starts so is of this format."""
    return head.startswith(_MAGIC)


def variables(path: Path) -> list[Variable]:
    """The one array, without a name.

    Raises:
        InputError: if it is damaged.
    """
    with path.open("rb") as file:
        shape, dtype = read_header(file, path.stat().st_size, f"features {path}")

    def load() -> Array:
        array: Array = np.load(path, allow_pickle=False)
        return array

    return [Variable(None, shape, load, problem_of(dtype, shape))]


def read_header(
    file: IO[bytes], size_bytes: int, what: str
) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type, from the start of an .npy of `size_bytes`.

    Raises:
        InputError: if it claims more values than there are bytes, before NumPy makes room.
    """
    if file.read(len(_MAGIC)) != _MAGIC:
        raise InputError(
            f"{what} are no .npy file, which starts with \\x93NUMPY; save them with numpy.save"
        )
    file.seek(0)
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(file)
    else:  # 3.0 is for the names of fields alone
        raise InputError(f"{what} are .npy of version {version}; save a plain array of floats")
    needed = math.prod(shape) * dtype.itemsize
    # Pickled objects have no size of their own, and are refused by their type.
    if not dtype.hasobject and needed > size_bytes - file.tell():
        raise InputError(
            f"{what} are incomplete: {needed:,} bytes of values are announced, "
            f"{size_bytes - file.tell():,} are there"
        )
    return shape, dtype
