"""NumPy's .npz: a zip archive with an .npy per array."""

from __future__ import annotations

from netparity.errors import InputError
from netparity.features.variable import Variable, variable_of
from netparity.files import zip_file
from netparity.files.source import Source

NAME = "NumPy .npz"
SUFFIXES = (".npz",)

recognises = zip_file.looks_like


def variables(source: Source) -> list[Variable]:
    """Every array of the archive.

    Raises:
        InputError: if it is an archive of other files.
        DamagedError: if it is damaged or unpacks to too much.
    """
    arrays = source.arrays()
    if not arrays:
        raise InputError(
            f"features {source.path} are a ZIP archive without a single .npy; expected what "
            "numpy.savez writes"
        )
    return [variable_of(name, stored) for name, stored in arrays.items()]
