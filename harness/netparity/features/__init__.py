"""Features that somebody else computed, read from a file. Nothing is ever unpickled.

A format is a module with `NAME`, `SUFFIXES`, `recognises(head)` and `variables(source)`; adding one
is one file and one entry in `FORMATS`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy.typing as npt

from netparity.errors import InputError
from netparity.features import csv, folder, h5, json, mat, npy, npz
from netparity.features.choosing import choose
from netparity.features.named import (
    Chosen,
    NamedFeature,
    NamedFeatures,
    named,
    names_of,
    sort_by_layer,
)
from netparity.features.orientation import Found, orientations
from netparity.features.variable import Array, Variable, as_floats
from netparity.files import strangers
from netparity.files.limits import FEATURES, reading
from netparity.files.source import Source, open_source
from netparity.networks import Network
from netparity.system.paths import usable_path

FORMATS: tuple[ModuleType, ...] = (npy, npz, mat, h5, csv, json)

LIMITS = FEATURES
"""What a file of features may ask of its reader."""

__all__ = [
    "FORMATS",
    "Chosen",
    "Found",
    "NamedFeature",
    "NamedFeatures",
    "as_found",
    "named",
    "read_features",
    "read_named",
    "sort_by_layer",
]


def read_features(
    path: Path, model: Network, layer: str, count: int | None = None, variable: str | None = None
) -> list[Found]:
    """Read the values of one layer from a file, in every order of axes that its shape allows.

    Args:
        path: a file of any of `FORMATS`; its content tells which, then its name. Or a folder of
            .npy files.
        layer: the layer's name here or in any tool.
        count: images that it must hold; None for as many as it does.
        variable: its name inside the file; None to find it by the layer's name or shape.

    Returns:
        The most natural reading for the format first, no two of them equal. The values are views
        of one array. If none fits, the array as found, with `fits` false. NaN and infinite
        values are kept.

    Raises:
        InputError: if the file cannot be read, holds no numbers, or the variable is not clear.
        UnknownNodeError: if the model has no such layer.
    """
    wanted_layer = model.layer(layer)
    place, variables = _listed(path)
    alike = names_of(variables, wanted_layer.node, model)
    chosen = choose(variables, place, wanted_layer, count, variable, alike)
    return orientations(as_floats(chosen.load()), chosen.name, wanted_layer, count, chosen.matlab)


def read_named(path: Path, model: Network) -> NamedFeatures:
    """Find the arrays of a file that are called like layers of a network.

    Args:
        path: a file of any of `FORMATS`, or a folder of .npy files.

    Returns:
        Each with its layer; their values are read one at a time, when they are asked for.

    Raises:
        InputError: if the file cannot be read.
    """
    _, variables = _listed(path)
    if [variable.name for variable in variables] == [None]:
        return NamedFeatures({}, {})
    return sort_by_layer(variables, model)


def _listed(path: Path) -> tuple[Path, list[Variable]]:
    """The arrays of a file, or those of the files in a folder; none is read yet.

    Raises:
        InputError: if it cannot be read.
    """
    path = usable_path(path, "features")
    if path.is_dir():
        return path, folder.variables(path, LIMITS)
    source, module = _opened(path)
    with _reading(source, module):
        variables = module.variables(source)

    def guarded(variable: Variable) -> Variable:
        def load() -> Array:
            with _reading(source, module):
                return variable.load()

        return replace(variable, load=load)

    return source.path, [guarded(variable) for variable in variables]


def _opened(path: Path) -> tuple[Source, ModuleType]:
    """A file and its format.

    Raises:
        InputError: if it cannot be read or is too large.
    """
    source = open_source(path, LIMITS, "features", "fc6.npy or features.mat")
    size = path.stat().st_size
    if size > LIMITS.array_bytes:
        raise InputError(
            f"features {path} have {size:,} bytes; at most {LIMITS.array_bytes:,} are accepted: "
            "save the layer wanted alone"
        )
    return source, _format_of(source)


@contextmanager
def _reading(source: Source, module: ModuleType) -> Iterator[None]:
    with reading(source.path, module.NAME, "features"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # readers warn of what is judged here
        yield


def as_found(
    values: npt.NDArray[Any], model: Network, layer: str, count: int | None = None
) -> list[Found]:
    """The same for values that are at hand, not in a file.

    Raises:
        InputError: if they are not real numbers.
    """
    return orientations(as_floats(values), None, model.layer(layer), count, False)


def _format_of(source: Source) -> ModuleType:
    """By the file's content, then by its name."""
    suffix = source.path.suffix.lower()
    stranger = strangers.recognise_features(source.path)
    if stranger is not None and stranger.sort != "text":
        raise InputError(strangers.sentence(source.path, "features", stranger))
    for module in FORMATS:
        if module.recognises(source.head):
            return module
    for module in FORMATS:
        if suffix in module.SUFFIXES:
            return module
    known = ", ".join(ending for module in FORMATS for ending in module.SUFFIXES)
    raise InputError(
        f"features {source.path}: neither the content nor the ending {suffix!r} tells the format; "
        f"expected one of {known}"
    )
