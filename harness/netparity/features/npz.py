"""NumPy's .npz: a ZIP archive with an .npy per array."""

from __future__ import annotations

import zipfile
from functools import partial
from pathlib import Path

import numpy as np

from netparity.errors import InputError
from netparity.features import npy
from netparity.features.variable import MAX_BYTES, MAX_VARIABLES, Array, Variable, problem_of

NAME = "NumPy .npz"
SUFFIXES = (".npz",)


def recognises(head: bytes) -> bool:
    """Whether a file that starts so is of this format."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def variables(path: Path) -> list[Variable]:
    """Every array of the archive.

    Raises:
        InputError: if it is damaged, no .npz, or unpacks to too much.
    """
    with zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
        if not members:
            raise InputError(
                f"features {path} are a ZIP archive without a single .npy; expected what "
                "numpy.savez writes"
            )
        if len(members) > MAX_VARIABLES:
            raise InputError(
                f"features {path} hold {len(members):,} arrays; at most {MAX_VARIABLES:,} are "
                "accepted"
            )
        return [_variable(path, archive, info) for info in members]


def _variable(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Variable:
    name = info.filename.removesuffix(".npy")
    # zipfile reads no more than a member claims to have.
    if info.file_size > MAX_BYTES:
        raise InputError(
            f"features {path}: {name!r} unpacks to {info.file_size:,} bytes; at most "
            f"{MAX_BYTES:,} are accepted"
        )
    with archive.open(info) as file:
        shape, dtype = npy.read_header(file, info.file_size, f"features {path}: {name!r}")
    return Variable(name, shape, partial(_load, path, info), problem_of(dtype, shape))


def _load(path: Path, info: zipfile.ZipInfo) -> Array:
    with zipfile.ZipFile(path) as archive, archive.open(info) as file:
        array: Array = np.lib.format.read_array(file, allow_pickle=False)
        return array
