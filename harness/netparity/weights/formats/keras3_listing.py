"""The tensors of Keras 3's weights of any network, however its models are nested.

`layers/functional/layers/conv2d_3/vars/0` is the kernel of the fourth convolution of a nested
model. A layer's group is named for its class and counted within its model, or for the attribute
that holds it; the attribute `name` of `vars` is the user's name for the layer. TF-Keras writes the
same without names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from netparity.files import hdf5
from netparity.files.limits import DEEPEST, DamagedError
from netparity.files.stored import Stored
from netparity.weights import tensor_names, tensor_shapes
from netparity.weights.formats.keras3_order import Layer, in_order
from netparity.weights.listing import KERAS, Listing

ROOTS = ("layers", "_layer_checkpoint_dependencies")

_OPTIMIZERS = ("optimizer", "_optimizer")
_METRICS = re.compile(r"_?(?:compile_)?metrics|_?loss_tracker")
_RANDOM = re.compile(r"_?(?:seed_generators?|random_generators?)(?:_\d+)?")


@dataclass(frozen=True)
class _Place:
    """Where a walk stands: as in `Layer`, and whether that is a list of layers."""

    path: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    listed: bool = True
    in_list: bool = False
    depth: int = 0

    def below(self, key: str) -> _Place:
        """The place of a member."""
        if key in ROOTS:
            return replace(self, in_list=True, depth=self.depth + 1)
        return _Place(
            (*self.path, key),
            (*self.names, key),
            self.listed and self.in_list,
            False,
            self.depth + 1,
        )


def recognises(root: hdf5.Group) -> bool:
    """Whether a file has the groups of Keras 3, and not the attributes of older versions."""
    if {"layer_names", "layer_names0", "nb_layers"} & set(root.attributes):
        return False
    groups = [item for item in root.members.values() if isinstance(item, hdf5.Group)]
    return any(name in root.members for name in ROOTS) or any(
        isinstance(group.members.get("vars"), hdf5.Group) for group in groups
    )


def listing_of(root: hdf5.Group) -> Listing:
    """List the tensors of a file.

    Raises:
        DamagedError: if it has no layers, or an array cannot be read.
    """
    walk = _Walk()
    layers = list(walk.layers(root))
    if not layers:
        raise DamagedError("it has no group 'layers' with arrays, so it is not of Keras 3")
    ordered, made = in_order(layers)
    tensors = _named([layer.names for layer in ordered], ordered)
    if tensors is None:  # two models or layers of one name
        tensors = _named([layer.path for layer in ordered], ordered)
    if tensors is None:
        raise DamagedError("two of its layers have the same path")
    notes: tuple[str, ...] = ()
    if not made and len({layer.kind for layer in layers} - {"dense"}) > 1:
        notes = ("the file does not tell the order of layers of different kinds",)
    return Listing(
        tensors,
        replace(KERAS, kernels=("HWIO",)),
        "Keras 3 stores kernels as HWIO, whatever the backend",
        ordered=made or all(layer.listed for layer in layers),
        dropout=walk.dropout,
        left_out=(
            *tensor_names.left_out("state of an optimizer", walk.optimizer),
            *tensor_names.left_out("state of metrics", walk.metrics),
            *tensor_names.left_out("state of random generators", walk.random),
        ),
        notes=notes,
    )


class _Walk:
    """A walk through the groups, each of them once."""

    def __init__(self) -> None:
        self.optimizer = self.metrics = self.random = 0
        self.dropout = False
        self._seen: set[int] = set()

    def layers(self, root: hdf5.Group) -> Iterator[Layer]:
        yield from self._below(root, _Place())

    def _below(self, group: hdf5.Group, place: _Place) -> Iterator[Layer]:
        if place.depth > DEEPEST:
            raise DamagedError(f"its groups are nested more than {DEEPEST} deep")
        if id(group) in self._seen:
            return
        self._seen.add(id(group))
        variables = group.members.get("vars")
        if isinstance(variables, hdf5.Group):
            if place.path:
                user = hdf5.text(variables.attributes.get("name", "")).strip("/")
                place = replace(place, names=(*place.names[:-1], user or place.path[-1]))
            yield from _layer(variables, place)
        for key, item in group.members.items():
            if not isinstance(item, hdf5.Group) or item is variables:
                continue
            if self._is_left_out(key, item, place.path):
                continue
            self.dropout |= key.startswith("dropout")
            yield from self._below(item, place.below(key))

    def _is_left_out(self, key: str, group: hdf5.Group, path: tuple[str, ...]) -> bool:
        if not path and key in _OPTIMIZERS:
            self.optimizer += _count(group)
        elif not path and _METRICS.fullmatch(key):
            self.metrics += _count(group)
        elif _RANDOM.fullmatch(key):
            self.random += _count(group)
        else:
            return False
        return True


def _layer(variables: hdf5.Group, place: _Place) -> Iterator[Layer]:
    numbers = sorted((name for name in variables.members if name.isdecimal()), key=int)
    if not numbers:
        return
    shown = "/".join((*place.path, "vars"))
    items = [hdf5.member(variables, number) for number in numbers]
    arrays = tuple(
        _array(item, f"{shown}/{number}") for item, number in zip(items, numbers, strict=True)
    )
    addresses = [item.address for item in items if isinstance(item, hdf5.Array)]
    yield Layer(place.path, place.names, place.listed, arrays, min(addresses))


def _array(item: hdf5.Item, name: str) -> Stored:
    """An array of numbers; bfloat16 is stored as plain bytes with an attribute."""
    values = item.values if isinstance(item, hdf5.Array) else None
    if not isinstance(item, hdf5.Array) or not isinstance(values, Stored):
        return hdf5.numbers(item, name)
    if values.dtype.kind != "V" or hdf5.text(item.attributes.get("dtype", "")) != "bfloat16":
        return hdf5.numbers(item, name)
    if values.dtype.itemsize != 2:
        raise DamagedError(f"{name!r} claims bfloat16 in {values.dtype.itemsize} bytes a value")
    fetch = values.fetch

    def widened(start: int, stop: int) -> npt.NDArray[np.generic]:
        halves = np.ascontiguousarray(fetch(start, stop)).view("<u2")
        return (halves.astype("<u4") << np.uint32(16)).view("<f4")

    return Stored(name, values.shape, np.dtype("<f4"), widened)


def _named(paths: Sequence[tuple[str, ...]], layers: Sequence[Layer]) -> dict[str, Stored] | None:
    """Tensors by path and role; None if two have the same."""
    tensors: dict[str, Stored] = {}
    for path, layer in zip(paths, layers, strict=True):
        shapes = [array.shape for array in layer.arrays]
        owner = "/".join(path) or "model"
        for role, array in zip(tensor_shapes.roles(shapes, layer.kind), layer.arrays, strict=True):
            if f"{owner}/{role}" in tensors:
                return None
            tensors[f"{owner}/{role}"] = array
    return tensors


def _count(group: hdf5.Group) -> int:
    """The arrays in a group and all below it."""
    count, waiting, seen = 0, [group], {id(group)}
    while waiting:
        for item in waiting.pop().members.values():
            if isinstance(item, hdf5.Array):
                count += 1
            elif isinstance(item, hdf5.Group) and id(item) not in seen:
                seen.add(id(item))
                waiting.append(item)
    return count
