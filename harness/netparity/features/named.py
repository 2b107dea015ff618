"""Which layers are several arrays? Their names say so."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy.typing as npt

from netparity.features.naming import CERTAIN, Names, Placed, common_prefix, count_results
from netparity.features.orientation import Found, orientations, usual_axes
from netparity.features.tensors import as_numpy
from netparity.features.torch_modules import changed_in_place
from netparity.features.variable import Array, Variable, as_floats, problem_of, shape_text
from netparity.networks import Network, Node


@dataclass(frozen=True)
class Chosen:
    """Some of the images whose features a file holds.

    Attributes:
        numbers: of the chosen images, counted from 1.
        of: how many there are.
    """

    numbers: tuple[int, ...]
    of: int


@dataclass(frozen=True)
class NamedFeature:
    """An array that is called like a layer.

    Attributes:
        name: as given.
        node: name of the network's node.
        shape: as given.
        load: returns the values.
        matlab: whether MATLAB's axes (H x W x C x N) are its natural ones.
        remark: what else to know of it, in words that follow its name.
        chosen: the images that are compared, where it holds those of more.
    """

    name: str
    node: str
    shape: tuple[int, ...]
    load: Callable[[], Array]
    matlab: bool = False
    remark: str | None = None
    chosen: Chosen | None = None

    def readings(self, network: Network, count: int, preferred: str = "") -> list[Found]:
        """The values in every order of axes that the shape allows, as `orientations` returns them.

        Args:
            count: images that they must be of, or that are chosen of those there are.
            preferred: axes to try first, such as NCHW.
        """
        layer, values = network.layer(self.node), as_floats(self.load())
        found = orientations(values, self.name, layer, self.held(count), self.matlab, preferred)
        if self.chosen is None:
            return found
        places = [number - 1 for number in self.chosen.numbers]
        return [replace(each, values=each.values[places]) if each.fits else each for each in found]

    def held(self, count: int) -> int:
        """How many images the array must hold so that `count` of them are compared."""
        return count if self.chosen is None else self.chosen.of

    def images(self, network: Network) -> int | None:
        """How many images the values are of; None if that is no whole number."""
        count, rest = divmod(math.prod(self.shape), math.prod(network.shapes[self.node]))
        return count if count and not rest else None


@dataclass(frozen=True)
class NamedFeatures:
    """Several arrays, and the layers that they are.

    Attributes:
        features: node to array, in the network's order.
        others: name of any other array to why it is not compared.
    """

    features: Mapping[str, NamedFeature]
    others: Mapping[str, str]

    @classmethod
    def of(
        cls, found: Iterable[NamedFeature], others: Mapping[str, str], network: Network
    ) -> NamedFeatures:
        """Each array with its layer; of several for one layer, the first is taken."""
        by_node: dict[str, NamedFeature] = {}
        left = dict(others)
        for feature in found:
            first = by_node.setdefault(feature.node, feature)
            if first is not feature:
                left[feature.name] = f"the same layer as {first.name}"
        in_order = [node.name for node in network.nodes if node.name in by_node]
        return cls({name: by_node[name] for name in in_order}, left)

    @property
    def names(self) -> list[str]:
        """Every name as given, those of layers first."""
        return [*(feature.name for feature in self.features.values()), *self.others]

    def images(self, network: Network) -> int | None:
        """How many images most of several arrays are of; None if they do not agree."""
        votes = Counter(feature.images(network) for feature in self.features.values())
        count = max(votes, key=votes.__getitem__, default=None)
        return count if votes[count] > max(1, len(self.features) / 2) else None

    def of_images(self, chosen: Chosen) -> NamedFeatures:
        """The features of some of the images."""
        features = {
            node: replace(feature, chosen=chosen) for node, feature in self.features.items()
        }
        return replace(self, features=features)

    def usual_axes(self, network: Network, count: int) -> str:
        """The order of axes that most shapes settle: NHWC, NCHW or HWCN; empty if none does."""
        votes = Counter(
            usual_axes(feature.shape, network.layer(node), feature.held(count), feature.matlab)
            for node, feature in self.features.items()
        )
        del votes[""]
        return max(votes, key=votes.__getitem__, default="")


def named(arrays: Mapping[str, npt.ArrayLike], network: Network) -> NamedFeatures:
    """Arrays that are at hand, by the names of layers here or in any tool.

    Args:
        arrays: name to values; in any usual order of the axes.
    """
    return sort_by_layer([_variable(str(name), x) for name, x in arrays.items()], network)


def _variable(name: str, values: npt.ArrayLike) -> Variable:
    array = as_numpy(values)
    return Variable(name, array.shape, lambda: array, problem_of(array.dtype, array.shape))


def sort_by_layer(variables: Sequence[Variable], network: Network) -> NamedFeatures:
    """The variables that are called like layers, and the others with the reason.

    A name counts whole, without the groups or structs that all names are in, and without what tools
    and scripts put around a layer's name (`naming.py`). Where it says less, the shape must fit.
    """
    known = _names(variables, network)
    found: list[tuple[tuple[bool, int], NamedFeature]] = []
    others: dict[str, str] = {}
    for variable in variables:
        name = variable.name or ""
        shown = name or "an array without a name"
        placed = known.place(variable.label or name)
        if variable.problem is not None:
            others[shown] = f"it holds {variable.problem}"
        elif placed is None:
            label = f" ({variable.label})" if variable.label else ""
            others[shown] = f"{network.name} has no layer of that name{label}"
        elif placed.certainty > CERTAIN and not _may_be(variable, placed.node, network):
            others[shown] = (
                f"its shape, {shape_text(variable.shape)}, is not that of {placed.node.name}, "
                f"{shape_text(network.shapes[placed.node.name])} an image"
            )
        else:
            order = (name != placed.node.name, placed.certainty)
            found.append((order, _feature(variable, placed, network)))
    found.sort(key=lambda entry: entry[0])
    return NamedFeatures.of([feature for _, feature in found], others, network)


def names_of(variables: Sequence[Variable], node: Node, network: Network) -> set[str]:
    """The names by which variables mean a node."""
    known = _names(variables, network)
    return {
        variable.name
        for variable in variables
        if variable.name
        and (placed := known.place(variable.label or variable.name))
        and placed.node is node
    }


def _names(variables: Sequence[Variable], network: Network) -> Names:
    names = [variable.name or "" for variable in variables]
    return Names(network, common_prefix(names), count_results(names))


def _may_be(variable: Variable, node: Node, network: Network) -> bool:
    """Whether an array has as many values as the feature of one or more images."""
    return math.prod(variable.shape) % math.prod(network.shapes[node.name]) == 0


def _feature(variable: Variable, placed: Placed, network: Network) -> NamedFeature:
    """The array as the feature of its node, or of the ReLU that changed it in place."""
    node, remark = placed.node, None
    after = changed_in_place(network, node) if placed.by_module else None
    if after is not None and _is_positive(variable.load()):
        node = after
        remark = (
            "no negative value, so compared after the ReLU, which overwrites what it reads if it "
            "works in place; copy the values in the hook (.clone()) to see them before it"
        )
    return NamedFeature(
        variable.name or "", node.name, variable.shape, variable.load, variable.matlab, remark
    )


def _is_positive(values: Array) -> bool:
    """Whether no value is negative and some are zero, as after a ReLU."""
    return bool((values >= 0).all()) and bool((values == 0).any())
