"""The variables of a MatConvNet network's `.mat`, of any version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from netparity.errors import InputError
from netparity.files import mat5, mat73
from netparity.files.limits import DamagedError, reading
from netparity.files.matlab import Cell, Node, Struct
from netparity.files.source import Source
from netparity.files.stored import Unreadable

MOST_MEMBERS = 50_000
"""Arrays, structures and cells: ResNet-152 as DagNN has some 20,000."""


@dataclass(frozen=True)
class McnFile:
    """What a file holds.

    Attributes:
        layers: a cell of structures in SimpleNN, a structure array in DagNN.
        rest: the other variables, among them `params` and `meta`.
    """

    layers: Node
    rest: Mapping[str, Node]

    @property
    def is_dag(self) -> bool:
        """Whether it is DagNN."""
        return isinstance(self.layers, Struct)

    @property
    def meta(self) -> Mapping[str, Node]:
        """The fields of `meta`, with those that were at the top level before 1.0-beta16."""
        old = {name: self.rest[name] for name in ("normalization", "classes") if name in self.rest}
        return {**old, **struct_fields(self.rest.get("meta"))}


def looks_like(source: Source) -> bool:
    """Whether a file begins as one of MATLAB's."""
    return mat5.looks_like(source.head) or mat73.looks_like(source.head)


@lru_cache(maxsize=1)
def opened(source: Source) -> McnFile | None:
    """The variables of a file; None if there are no layers among them.

    Raises:
        InputError: if the file is damaged, or holds an object in place of a structure.
    """
    limits = replace(source.limits, members=MOST_MEMBERS)
    with reading(source.path, "a MatConvNet .mat", "network"):
        if mat73.looks_like(source.head):
            variables = mat73.read(Source(source.path, limits).hdf5, limits)
        else:
            variables = mat5.read(source.path, limits)
    if "layers" not in variables and "net" in variables:
        _refuse_object(variables["net"], source)
        variables = dict(struct_fields(variables["net"]))
    layers = variables.pop("layers", None)
    return McnFile(layers, variables) if isinstance(layers, (Struct, Cell)) else None


def _refuse_object(net: Node, source: Source) -> None:
    is_object = isinstance(net, Struct) and net.is_object
    if is_object or isinstance(net, Unreadable):
        raise InputError(
            f"network {source.path}: 'net' is an object of a MATLAB class, which only MATLAB can "
            "load; in MATLAB: s = net.saveobj(); save('network.mat', '-struct', 's')"
        )


def required(source: Source) -> McnFile:
    """The same, of a file that has layers.

    Raises:
        InputError: if it has none.
    """
    found = opened(source)
    if found is None:
        with reading(source.path, "a MatConvNet .mat", "network"):
            raise DamagedError("it contains no 'layers'")
    assert found is not None
    return found


def struct_fields(node: Node | None) -> Mapping[str, Node]:
    """The fields of a single structure; none of anything else."""
    if isinstance(node, Struct) and len(node.members) == 1:
        return node.members[0]
    return {}


def texts(node: Node | None) -> list[str] | None:
    """The texts of a cell, or a single text; None if it is something else."""
    if isinstance(node, str):
        return [node] if node else []
    if not isinstance(node, Cell):
        # A cell without members may be stored as an empty array.
        return [] if node is None or getattr(node, "size", 1) == 0 else None
    found = [member for member in node.members if isinstance(member, str)]
    return found if len(found) == len(node.members) else None
