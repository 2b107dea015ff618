"""MATLAB's .mat: versions 5 to 7 in their own format, 7.3 as the HDF5 that it is."""

from __future__ import annotations

from pathlib import Path

from netparity.errors import InputError
from netparity.features import h5, mat5
from netparity.features.variable import MAX_VARIABLES, Variable

NAME = "MATLAB .mat"
SUFFIXES = (".mat",)

_HEAD_BYTES = 5 * 1024


def recognises(head: bytes) -> bool:
    """Whether a file that starts so is of this format."""
    is_73 = head.startswith(b"MATLAB 7.3") and h5.recognises(head)
    return is_73 or mat5.order_of(head) is not None


def variables(path: Path) -> list[Variable]:
    """Every array, those in structs and cells by MATLAB's notation (`res(3).x`, `maps{1}`).

    Raises:
        InputError: if it is none of these versions, or unpacks to too much.
        ValueError: if it is damaged.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if h5.recognises(head):
        return h5.variables(path)
    order = mat5.order_of(head)
    if order is None:
        what = "in Octave's own text format" if head.startswith(b"# Created by Octave") else ""
        raise InputError(
            f"features {path} are {what or 'no MAT file of version 5 to 7.3'}; save them with "
            "save('-v7', 'features.mat', 'fc6') in Octave, "
            "save('features.mat', 'fc6', '-v7') in MATLAB"
        )
    found = []
    for variable in mat5.variables(path, order):
        found.append(variable)
        if len(found) > MAX_VARIABLES:
            raise InputError(
                f"features {path} hold more than {MAX_VARIABLES:,} arrays; save the one wanted "
                "alone"
            )
    return found
