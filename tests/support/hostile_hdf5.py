"""HDF5 files of a few kilobytes that ask their reader for gigabytes or for billions of steps."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

_LEVELS = 28


def chain_of_references(path: Path) -> None:
    """Cells of MATLAB's, each with two references to the next: 2^28 ways to the end."""
    with h5py.File(path, "w") as file:
        below = file.create_dataset("#refs#/last", data=np.zeros((1, 1), np.float32))
        below.attrs["MATLAB_class"] = np.bytes_(b"single")
        for level in range(_LEVELS):
            where = "fc6" if level == _LEVELS - 1 else f"#refs#/{level}"
            cell = file.create_dataset(where, (2, 1), dtype=h5py.ref_dtype)
            cell.attrs["MATLAB_class"] = np.bytes_(b"cell")
            cell[0, 0] = cell[1, 0] = below.ref
            below = cell


def chain_of_empty_cells(path: Path) -> None:
    """The same with nothing at the end, so that no number of arrays is ever reached."""
    chain_of_references(path)
    with h5py.File(path, "r+") as file:
        last = file["#refs#/last"]
        last.attrs["MATLAB_class"] = np.bytes_(b"cell")
        last.attrs["MATLAB_empty"] = np.uint8(1)


def chain_of_groups(path: Path) -> None:
    """Groups of which each holds the next under two names."""
    _groups(path, lambda group: None)


def chain_of_structs(path: Path) -> None:
    """The same groups as structs of MATLAB's."""
    _groups(path, lambda group: group.attrs.update({"MATLAB_class": np.bytes_(b"struct")}))


def _groups(path: Path, mark: Callable[[h5py.Group], None]) -> None:
    with h5py.File(path, "w") as file:
        group = file.create_group("fc6")
        for _ in range(_LEVELS):
            mark(group)
            below = group.create_group("a")
            group["b"] = below
            group = below
        mark(group)


def chunks_of_gigabytes(path: Path) -> None:
    """A chunk of 2 GiB, of which nothing is in the file."""
    with h5py.File(path, "w") as file:
        file.create_dataset("fc6", (2**29,), "<f4", chunks=(2**29,), compression="gzip")


def fill_values_of_gigabytes(path: Path) -> None:
    """2 GiB that were never written: the library makes them up."""
    with h5py.File(path, "w") as file:
        file.create_dataset("fc6", (2**29,), "<f4", chunks=(2**10,), fillvalue=1.5)


def a_value_of_gigabytes(path: Path) -> None:
    """A single value of 2 GB."""
    with h5py.File(path, "w") as file:
        file.create_dataset("fc6", (1,), h5py.h5t.create(h5py.h5t.OPAQUE, 2**31 - 2**10))


def a_shape_of_terabytes(path: Path) -> None:
    """2^40 values."""
    with h5py.File(path, "w") as file:
        file.create_dataset("fc6", (2**40,), "<f4", chunks=(2**10,))


def a_chunk_that_unpacks_to_a_gigabyte(path: Path) -> None:
    """A chunk of 4 kB that was made from 1 GiB of zeros, which deflate packs to 1 MB."""
    packer = zlib.compressobj(9)
    first, again = (
        packer.compress(bytes(2**22)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    )
    packed = first + 255 * again
    with h5py.File(path, "w") as file:
        data = file.create_dataset("fc6", (2, 2**10), "<f4", chunks=(1, 2**10), compression="gzip")
        data[0] = 1
        data.id.write_direct_chunk((1, 0), packed)


def ten_thousand_arrays(path: Path) -> None:
    """More arrays than any network has."""
    with h5py.File(path, "w") as file:
        file["x"] = np.zeros(2)
        for place in range(12_000):
            file[f"group/{place}"] = file["x"]


HOSTILE: tuple[Callable[[Path], None], ...] = (
    chain_of_references,
    chain_of_empty_cells,
    chain_of_groups,
    chain_of_structs,
    chunks_of_gigabytes,
    fill_values_of_gigabytes,
    a_value_of_gigabytes,
    a_shape_of_terabytes,
    a_chunk_that_unpacks_to_a_gigabyte,
    ten_thousand_arrays,
)
