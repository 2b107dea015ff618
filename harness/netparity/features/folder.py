"""A folder of .npy files, each called like the layer whose feature it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from netparity.errors import InputError
from netparity.features import npy
from netparity.features.variable import Array, Variable, variable_of
from netparity.files.limits import Limits, reading
from netparity.files.npy import SUFFIX, read
from netparity.files.stored import Unreadable

NAME = "folder of .npy files"


def variables(path: Path, limits: Limits) -> list[Variable]:
    """The array of every .npy file, by the file's name without its ending.

    Of any other file the problem is stated; those whose names begin with a dot are left out.

    Raises:
        InputError: if the folder cannot be read, has too many files or not a single .npy.
    """
    try:
        files = sorted(each for each in path.iterdir() if not each.name.startswith("."))
    except OSError as error:
        raise InputError(f"features {path} cannot be read: {error.strerror}") from error
    if len(files) > limits.members:
        raise InputError(
            f"features {path}: the folder holds {len(files):,} files; at most {limits.members:,} "
            "are read"
        )
    if not any(file.suffix.lower() == SUFFIX for file in files):
        raise InputError(
            f"features {path}: the folder holds no .npy file; expected one for each layer, such "
            f"as {path.name}/conv1_1.npy, or give the path of a file"
        )
    return list(_listed(files, limits))


def _listed(files: list[Path], limits: Limits) -> Iterator[Variable]:
    for file in files:
        if file.suffix.lower() != SUFFIX:
            what = "a folder" if file.is_dir() else "another kind of file than .npy"
            yield variable_of(file.name, Unreadable(file.name, what))
        elif not file.is_file():
            yield variable_of(file.name, Unreadable(file.name, "no regular file"))
        else:
            yield _of_file(file, limits)


def _of_file(file: Path, limits: Limits) -> Variable:
    try:
        with reading(file, npy.NAME, "features"):
            variable = variable_of(file.stem, read(file, limits))
    except InputError:
        return variable_of(file.name, Unreadable(file.name, "no array that can be read"))

    def load() -> Array:
        with reading(file, npy.NAME, "features"):
            return variable.load()

    return replace(variable, load=load)
