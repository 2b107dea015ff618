"""HDF5: data sets anywhere in groups, also as MATLAB 7.3 and Octave lay their variables out.

Data sets in plain groups are called by their path (`features/fc6`), MATLAB's and Octave's values
by MATLAB's notation (`res(3).x`).
"""

from __future__ import annotations

from collections.abc import Iterator

from netparity.features.variable import Variable, variable_of, variables_of_structs
from netparity.files import hdf5, mat73, octave_hdf5
from netparity.files.hdf5 import Array, Group
from netparity.files.limits import DEEPEST, Limits
from netparity.files.matlab import Node, leaves
from netparity.files.source import Source
from netparity.files.stored import Unreadable

NAME = "HDF5"
SUFFIXES = (".h5", ".hdf5", ".hdf", ".he5")

recognises = hdf5.looks_like


def variables(source: Source) -> list[Variable]:
    """Every data set.

    Raises:
        DamagedError: if it is damaged or holds too much.
    """
    return list(_Walk(source.limits).members(source.hdf5, "", 0))


class _Walk:
    """One pass through the groups; each is entered once, since a group may hold itself."""

    def __init__(self, limits: Limits) -> None:
        self._nodes = mat73.Nodes(limits)
        self._seen: set[Group] = set()

    def members(self, group: Group, prefix: str, depth: int) -> Iterator[Variable]:
        """Everything in a group."""
        if group in self._seen:
            return
        self._seen.add(group)
        if depth > DEEPEST:
            yield variable_of(prefix, Unreadable(prefix, "groups nested too deeply"))
            return
        for name, item in group.members.items():
            if not prefix and name in mat73.OWN:
                continue
            full_name = f"{prefix}/{name}" if prefix else name
            if octave_hdf5.is_octave(item):
                yield from self._matlab(full_name, octave_hdf5.node(item, full_name, self._nodes))
            elif mat73.is_matlab(item):
                yield from self._matlab(full_name, self._nodes.node(item, full_name))
            elif isinstance(item, Group):
                yield from self.members(item, full_name, depth + 1)
            elif isinstance(item, Array):
                yield variable_of(full_name, item.values)

    def _matlab(self, name: str, node: Node) -> Iterator[Variable]:
        yield from variables_of_structs(leaves(name, node))
