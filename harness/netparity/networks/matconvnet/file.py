"""The variables of a MatConvNet network's `.mat`, of any version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from netparity.errors import InputError
from netparity.files import mat5, mat73
from netparity.files.limits import DamagedError, reading
from netparity.files.matlab import Cell, Node, Struct
from netparity.files.source import Source
from netparity.files.stored import Unreadable

_DEEPEST = 4
_MOST_LISTED = 8
MOST_MEMBERS = 50_000
"""Arrays, structures and cells: ResNet-152 as DagNN has some 20,000."""


_OBJECT = re.compile(r"an object of MATLAB's class '([\w.]+)'")
_TOOLBOX_NETWORKS = (
    *("SeriesNetwork", "DAGNetwork", "dlnetwork", "LayerGraph", "nnet.cnn.LayerGraph"),
    *("nnet.internal.cnn.DAGNetwork", "nnet.internal.cnn.SeriesNetwork"),
)


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
    variables = dict(_variables(source))
    if "layers" not in variables:
        for name, node in variables.items():
            _refuse_object(name, node, source)
        variables = dict(_network_within(variables, source))
    layers = variables.pop("layers", None)
    if isinstance(layers, Unreadable):
        raise InputError(f"network {source.path}: 'layers' is {layers.what}, not a cell or structs")
    return McnFile(layers, variables) if isinstance(layers, (Struct, Cell)) else None


@lru_cache(maxsize=1)
def _variables(source: Source) -> Mapping[str, Node]:
    limits = replace(source.limits, members=MOST_MEMBERS)
    with reading(source.path, "a MatConvNet .mat", "network"):
        if mat73.looks_like(source.head):
            variables = mat73.read(Source(source.path, limits).hdf5, limits)
        else:
            variables = mat5.read(source.path, limits)
    return variables


def _network_within(variables: Mapping[str, Node], source: Source) -> Mapping[str, Node]:
    """The fields of the one structure that has layers: `net`, or a structure inside others.

    Raises:
        InputError: if there are several.
    """
    level = {name: struct_fields(node) for name, node in variables.items()}
    for _ in range(_DEEPEST):
        found = {path: fields for path, fields in level.items() if _has_layers(fields)}
        if "net" in found or len(found) == 1:
            return found.get("net") or next(iter(found.values()))
        if found:
            raise InputError(
                f"network {source.path}: it holds {len(found)} networks ("
                f"{', '.join(found)[:200]}); fix: save one of them to a file of its own: "
                f"net = {next(iter(found))[:80]}; save('network.mat', '-struct', 'net')"
            )
        level = {
            f"{path}.{name}": struct_fields(node)
            for path, fields in level.items()
            for name, node in fields.items()
        }
    return {}


def _has_layers(fields: Mapping[str, Node]) -> bool:
    layers = fields.get("layers")
    if isinstance(layers, Struct):
        return bool(layers.members) and "type" in layers.members[0]
    first = layers.members[:1] if isinstance(layers, Cell) else ()
    return any("type" in struct_fields(member) for member in first)


def _refuse_object(name: str, node: Node, source: Source) -> None:
    """Refuse a network that is an object, and any object that is a network of MATLAB's own.

    Raises:
        InputError: with what to type in MATLAB.
    """
    kind = _kind_of_object(node)
    if kind in _TOOLBOX_NETWORKS:
        raise InputError(
            f"network {source.path}: {name!r} is a {kind} of MATLAB's Deep Learning Toolbox, which "
            "only MATLAB can load; write it as ONNX there and give that as --model: "
            f"exportONNXNetwork({name}, 'network.onnx')"
        )
    if name == "net" and (kind is not None or isinstance(node, Unreadable)):
        raise InputError(
            f"network {source.path}: 'net' is an object of a MATLAB class, which only MATLAB can "
            "load; in MATLAB: s = net.saveobj(); save('network.mat', '-struct', 's')"
        )


def _kind_of_object(node: Node) -> str | None:
    """The class of an object, empty if the file does not say; None for anything else."""
    if isinstance(node, Struct) and node.is_object:
        return ""
    match = _OBJECT.fullmatch(node.what) if isinstance(node, Unreadable) else None
    return match[1] if match else None


def required(source: Source) -> McnFile:
    """The same, of a file that has layers.

    Raises:
        InputError: if it has none.
    """
    found = opened(source)
    if found is None:
        with reading(source.path, "a MatConvNet .mat", "network"):
            held = ", ".join(name[:40] for name in [*_variables(source)][:_MOST_LISTED])
            raise DamagedError(
                "it contains no 'layers' as networks of MatConvNet do"
                + (f"; its variables are {held}" if held else "")
            )
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
