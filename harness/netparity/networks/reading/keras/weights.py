"""Where a layer's arrays are in a file of weights."""

from __future__ import annotations

import re
from typing import Any, Protocol

import numpy as np

from netparity.files import hdf5
from netparity.files.stored import Stored

_KERAS1 = re.compile(r"(.+)_(?:W|b|gamma|beta|running_mean|running_std|alphas)(?:_\d+)?(?::\d+)?")
_ROOTS = ("layers", "_layer_checkpoint_dependencies")


def snake_case(kind: str) -> str:
    """A class's name as Keras writes it into weight files (`keras.src.utils.naming`)."""
    words = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", kind))
    return re.sub("([a-z])([A-Z])", r"\1_\2", words).lower()


class Weights(Protocol):
    """The arrays of a model's layers."""

    def of_layer(self, name: str, key: str) -> list[Stored]:
        """The arrays of a layer in Keras's order; none if the file has none.

        Args:
            name: the layer's.
            key: its class in snake case, with its number in the model if it is not the first.
        """

    def of_model(self, name: str, key: str) -> Weights:
        """The arrays of a nested model's layers."""


class ByKind:
    """`layers/conv2d_3/vars/0`, as in Keras 3; the attribute `name` of `vars` is the layer's."""

    def __init__(self, model: hdf5.Group | None) -> None:
        groups = model.members if model is not None else {}
        root = next((name for name in _ROOTS if name in groups), None)
        self._groups: dict[str, hdf5.Group] = {}
        if root is not None and model is not None:
            self._groups = {
                key: item
                for key, item in hdf5.group(model, root).members.items()
                if isinstance(item, hdf5.Group)
            }
        self._keys = {
            hdf5.text(variables.attributes["name"]): key
            for key, item in self._groups.items()
            if isinstance(variables := item.members.get("vars"), hdf5.Group)
            and "name" in variables.attributes
        }

    def of_layer(self, name: str, key: str) -> list[Stored]:
        """By the layer's name if the file has names, by its kind and number otherwise."""
        group = self._group(name, key)
        if group is None or not isinstance(variables := group.members.get("vars"), hdf5.Group):
            return []
        numbers = sorted(int(number) for number in variables.members if number.isdecimal())
        found = {f"{name}/vars/{number}": str(number) for number in numbers}
        return [
            hdf5.floats(hdf5.member(variables, number), shown)
            for shown, number in found.items()
            if not _counts(hdf5.member(variables, number))
        ]

    def of_model(self, name: str, key: str) -> Weights:
        """The group below."""
        return ByKind(self._group(name, key))

    def _group(self, name: str, key: str) -> hdf5.Group | None:
        return self._groups.get(self._keys.get(name, key))


class ByName:
    """A group for each layer of the outermost model; its `weight_names` lists the arrays."""

    def __init__(self, model: hdf5.Group, layers: list[str]) -> None:
        self._model, self._layers = model, frozenset(layers)

    def of_layer(self, name: str, key: str) -> list[Stored]:
        """All arrays of the group."""
        return [stored for _, stored in self._arrays(name)]

    def of_model(self, name: str, key: str) -> Weights:
        """A nested model's arrays are all in the one group."""
        return Nested(self._arrays(name), (name,))

    def _arrays(self, name: str) -> list[tuple[str, Stored]]:
        if name not in self._layers:
            return []
        group = hdf5.group(self._model, name)
        return [
            (listed, hdf5.floats(hdf5.member(group, listed), listed))
            for listed in map(hdf5.text, names_in(group, "weight_names"))
            if not _counts(hdf5.member(group, listed))
        ]


class Nested:
    """Arrays of a nested model: `block1_conv1/kernel:0`, perhaps with outer models' names before.

    Args:
        models: the nested model and those around it, the outermost first.
    """

    def __init__(self, arrays: list[tuple[str, Stored]], models: tuple[str, ...]) -> None:
        self._arrays, self._models = arrays, models
        self._by_owner: dict[str, list[Stored]] = {}
        for name, stored in arrays:
            self._by_owner.setdefault(_owner(name), []).append(stored)

    def of_layer(self, name: str, key: str) -> list[Stored]:
        """The arrays under the layer's name, after as many of the models' names as there are."""
        for first in range(len(self._models) + 1):
            owner = "/".join((*self._models[first:], name))
            if owner in self._by_owner:
                return self._by_owner[owner]
        owners = [owner for owner in self._by_owner if owner.endswith(f"/{name}")]
        return self._by_owner[owners[0]] if len(owners) == 1 else []

    def of_model(self, name: str, key: str) -> Weights:
        """All nested models share one group."""
        return Nested(self._arrays, (*self._models, name))


def _owner(name: str) -> str:
    """The layer of an array by its name, after the models around it; Keras 1 wrote `conv1_W`."""
    groups, _, last = name.rpartition("/")
    older = _KERAS1.fullmatch(last)
    return groups or (older[1] if older else last)


def _counts(item: hdf5.Item) -> bool:
    """Whether an array holds whole numbers: how many images a layer was adapted to, for example."""
    values = item.values if isinstance(item, hdf5.Array) else None
    return isinstance(values, Stored) and values.dtype.kind in "iub"


def names_in(group: hdf5.Group, name: str) -> list[Any]:
    """A list of names, which Keras cuts into numbered attributes if it is long."""
    if name in group.attributes:
        return list(np.atleast_1d(group.attributes[name]))
    found: list[Any] = []
    for place in range(len(group.attributes)):
        if f"{name}{place}" not in group.attributes:
            break
        found += list(np.atleast_1d(group.attributes[f"{name}{place}"]))
    return found
