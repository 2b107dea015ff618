"""Which layers are several arrays? Their names say so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy.typing as npt

from netparity.features.orientation import Found, orientations, usual_axes
from netparity.features.tensors import as_numpy
from netparity.features.variable import Array, Variable, as_floats, problem_of
from netparity.networks import Network, Node, UnknownNodeError


@dataclass(frozen=True)
class NamedFeature:
    """An array that is called like a layer.

    Attributes:
        name: as given.
        node: name of the network's node.
        shape: as given.
        load: returns the values.
        matlab: whether MATLAB's axes (H x W x C x N) are its natural ones.
    """

    name: str
    node: str
    shape: tuple[int, ...]
    load: Callable[[], Array]
    matlab: bool = False

    def readings(self, network: Network, count: int, preferred: str = "") -> list[Found]:
        """The values in every order of axes that the shape allows, as `orientations` returns them.

        Args:
            count: images that they must be of.
            preferred: axes to try first, such as NCHW.
        """
        layer, values = network.layer(self.node), as_floats(self.load())
        return orientations(values, self.name, layer, count, self.matlab, preferred)


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

    def usual_axes(self, network: Network, count: int) -> str:
        """The order of axes that most shapes settle: NHWC, NCHW or HWCN; empty if none does."""
        votes = Counter(
            usual_axes(feature.shape, network.layer(node), count, feature.matlab)
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
    """The variables that are called like layers, and the others.

    A name counts whole, without the groups or structs that all names are in, or after its last `/`.
    """
    names = [variable.name or "" for variable in variables]
    found: list[tuple[tuple[bool, int], NamedFeature]] = []
    others: dict[str, str] = {}
    prefix = _common_prefix(names)
    for name, variable in zip(names, variables, strict=True):
        shown = name or "an array without a name"
        if variable.problem is not None:
            others[shown] = f"it holds {variable.problem}"
            continue
        for certainty, wanted in enumerate(_spellings(name, prefix)):
            node = _node(network, wanted)
            if node is not None:
                feature = NamedFeature(
                    name, node.name, variable.shape, variable.load, variable.matlab
                )
                found.append(((wanted != node.name, certainty), feature))
                break
        else:
            others[shown] = f"{network.name} has no layer of that name"
    found.sort(key=lambda entry: entry[0])
    return NamedFeatures.of([feature for _, feature in found], others, network)


def _node(network: Network, name: str) -> Node | None:
    try:
        return network.node(name) if name else None
    except UnknownNodeError:
        return None


def _spellings(name: str, prefix: str) -> Iterator[str]:
    """What the layer may be called, the most certain first."""
    yield name
    yield name.strip("/").removeprefix(prefix)
    yield name.rpartition("/")[2]


def _common_prefix(names: Sequence[str]) -> str:
    """The groups or structs that all names are in: `features/` or `net.features.`."""
    parts = [re.findall(r"[^/.]*[/.]", name.strip("/")) for name in names]
    prefix = ""
    for group in zip(*parts, strict=False):
        if len(set(group)) > 1 or len(names) == 1:
            break
        prefix += group[0]
    return prefix
