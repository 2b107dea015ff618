"""Pickled dictionaries of NumPy's arrays in .npy files, as old and new versions write them."""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as numpy_format


def header(shape: tuple[int, ...] = ()) -> bytes:
    """The header of an .npy of objects."""
    file = io.BytesIO()
    described = {"descr": "|O", "fortran_order": False, "shape": shape}
    numpy_format.write_array_header_1_0(file, described)
    return file.getvalue()


def npy_of(path: Path, held: Any, protocol: int) -> None:
    """What `numpy.save` writes, with a protocol of one's choice."""
    array = np.empty((), object)
    array[()] = held
    path.write_bytes(header() + pickle.dumps(array, protocol))


def python2(held: Mapping[str, list[np.ndarray]]) -> bytes:
    """What `numpy.save` of Python 2 writes of a dictionary of lists.

    Texts and values are byte strings (`U`, `T`), flags are numbers, and the type of values is
    pickled once and recalled.
    """
    kinds: dict[str, int] = {}
    items = b"".join(
        _text(name) + b"](" + b"".join(_array(array, kinds) for array in arrays) + b"e"
        for name, arrays in held.items()
    )
    objects = (
        _RECONSTRUCT + b"(K\x01)" + _kind("O8", "|", 63) + b"\x89](" + b"}(" + items + b"ue" + b"tb"
    )
    return header() + b"\x80\x02" + objects + b"."


_RECONSTRUCT = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"


def _text(text: str) -> bytes:
    return b"U" + bytes([len(text)]) + text.encode()


def _kind(name: str, order: str, flags: int) -> bytes:
    made = b"cnumpy\ndtype\n" + _text(name) + b"K\x00K\x01\x87R"
    sizes = b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff"
    return made + b"(K\x03" + _text(order) + sizes + b"K" + bytes([flags]) + b"tb"


def _array(array: np.ndarray, kinds: dict[str, int]) -> bytes:
    order = ">" if array.dtype.str.startswith(">") else "<"
    spelling = array.dtype.str[1:]
    if array.dtype.str in kinds:
        kind = b"h" + bytes([kinds[array.dtype.str]])
    else:
        kinds[array.dtype.str] = len(kinds)
        made = _kind(spelling, order, 0)
        put = b"q" + bytes([kinds[array.dtype.str]])
        kind = made.replace(b"\x87R", b"\x87R" + put, 1)  # before its state is set, as pickle does
    sizes = b"(" + b"".join(b"J" + struct.pack("<i", size) for size in array.shape) + b"t"
    data = array.tobytes()
    values = b"T" + struct.pack("<i", len(data)) + data
    return _RECONSTRUCT + b"(K\x01" + sizes + kind + b"\x89" + values + b"tb"
