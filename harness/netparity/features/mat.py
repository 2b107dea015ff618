"""MATLAB's .mat: versions 5 to 7 in their own format, 7.3 as the HDF5 that it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netparity.errors import InputError
from netparity.features import h5
from netparity.features.variable import Variable, variables_of_structs
from netparity.files import hdf5, mat5, mat73
from netparity.files.matlab import Node, leaves
from netparity.files.source import Source

NAME = "MATLAB .mat"
SUFFIXES = (".mat",)


def recognises(head: bytes) -> bool:
    """Whether a file that starts so is of this format."""
    return mat73.looks_like(head) or mat5.looks_like(head)


def variables(source: Source) -> list[Variable]:
    """Every array, those in structs and cells by MATLAB's notation (`res(3).x`, `maps{1}`).

    Raises:
        InputError: if it is none of these versions.
        DamagedError: if it is damaged or holds too much.
    """
    if hdf5.looks_like(source.head):
        return h5.variables(source)
    if not mat5.looks_like(source.head):
        octave = source.head.startswith(b"# Created by Octave")
        what = "in Octave's own text format" if octave else "no MAT file of version 5 to 7.3"
        raise InputError(
            f"features {source.path} are {what}; save them with "
            "save('-v7', 'features.mat', 'fc6') in Octave, "
            "save('features.mat', 'fc6', '-v7') in MATLAB"
        )
    return list(_listed(mat5.read(source.path, source.limits)))


def _listed(nodes: Mapping[str, Node]) -> Iterator[Variable]:
    for name, node in nodes.items():
        yield from variables_of_structs(leaves(name, node))
