"""Features that somebody else computed, read from a file. Nothing is ever unpickled.

A format is a module with `NAME`, `SUFFIXES`, `recognises(head)` and `variables(path)`; adding one
is one file and one entry in `FORMATS`.
"""

from __future__ import annotations

import stat
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy.typing as npt

from netparity.errors import InputError
from netparity.features import csv, h5, json, mat, npy, npz
from netparity.features.choosing import choose
from netparity.features.orientation import Found, orientations
from netparity.features.variable import MAX_BYTES, as_floats
from netparity.models import Model
from netparity.system.paths import usable_path

FORMATS: tuple[ModuleType, ...] = (npy, npz, mat, h5, csv, json)

_HEAD_BYTES = 5 * 1024  # MATLAB 7.3 puts 512 bytes before HDF5's signature, others up to 4096

__all__ = ["FORMATS", "Found", "as_found", "read_features"]


def read_features(
    path: Path, model: Model, layer: str, count: int | None = None, variable: str | None = None
) -> list[Found]:
    """Read the values of one layer from a file, in every order of axes that its shape allows.

    Args:
        path: a file of any of `FORMATS`; its content tells which, then its name.
        layer: the layer's name here or in any tool.
        count: images that it must hold; None for as many as it does.
        variable: its name inside the file; None to find it by the layer's name or shape.

    Returns:
        The most natural reading for the format first, no two of them equal. The values are views
        of one array. If none fits, the array as found, with `fits` false. NaN and infinite
        values are kept.

    Raises:
        InputError: if the file cannot be read, holds no numbers, or the variable is not clear.
        UnknownLayerError: if the model has no such layer.
    """
    wanted_layer = model.layer(layer)
    path = usable_path(path, "features")
    module = _format_of(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # readers warn of what is judged here
            chosen = choose(module.variables(path), path, wanted_layer, count, variable)
            values = chosen.load()
    except InputError:
        raise
    except Exception as error:  # the readers raise many types on damaged files
        raise InputError(
            f"features {path} cannot be read as {module.NAME}: {error!r}; is the file complete?"
        ) from error
    return orientations(as_floats(values), chosen.name, wanted_layer, count, chosen.matlab)


def as_found(
    values: npt.NDArray[Any], model: Model, layer: str, count: int | None = None
) -> list[Found]:
    """The same for values that are at hand, not in a file.

    Raises:
        InputError: if they are no real numbers.
    """
    return orientations(as_floats(values), None, model.layer(layer), count, False)


def _format_of(path: Path) -> ModuleType:
    """By the file's content, then by its name."""
    head = _head(path)
    suffix = path.suffix.lower()
    for module in FORMATS:
        if module.recognises(head):
            return module
    for module in FORMATS:
        if suffix in module.SUFFIXES:
            return module
    known = ", ".join(ending for module in FORMATS for ending in module.SUFFIXES)
    raise InputError(
        f"features {path}: neither the content nor the ending {suffix!r} tells the format; "
        f"expected one of {known}"
    )


def _head(path: Path) -> bytes:
    """The first bytes of a regular file of a usable size."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"features {path} is a folder; give the path of a file")
        if not stat.S_ISREG(status.st_mode):  # a named pipe would keep us waiting for ever
            raise InputError(f"features {path} is no regular file; give the path of one")
        if status.st_size == 0:
            raise InputError(f"features {path} are empty (0 bytes); is the file complete?")
        if status.st_size > MAX_BYTES:
            raise InputError(
                f"features {path} have {status.st_size:,} bytes; at most {MAX_BYTES:,} are "
                "accepted: save the layer wanted alone"
            )
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise InputError(f"features {path} do not exist; check the path") from None
    except OSError as error:
        raise InputError(f"features {path} cannot be read: {error.strerror}") from error
