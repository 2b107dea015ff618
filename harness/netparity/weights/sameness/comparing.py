"""Two sets of weights tensor by tensor, whatever their networks call and how they order them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from netparity.networks import Network, Node
from netparity.networks.matching import TensorMatch
from netparity.networks.matching.compare import image_order
from netparity.networks.relating import Difference, Found, Permutation, kernel_of, relations
from netparity.networks.relating.first_layer import shift_between, shift_words
from netparity.networks.relating.permuted import Order
from netparity.watch import SILENT, Watch
from netparity.weights.contents import Tensors
from netparity.weights.sameness.result import Sameness
from netparity.weights.sameness.sides import (
    Side,
    heads_of,
    last_layer,
    matching_of,
    merged,
    unmatched,
)


def compare(
    first: Tensors,
    second: Tensors,
    first_model: Network,
    second_model: Network,
    watch: Watch = SILENT,
) -> Sameness:
    """Compare tensor by tensor what belongs together in two networks.

    If one of the networks has more batch normalisations than the other, they are merged into the
    layers before them first.

    Args:
        first: the canonical tensors of `first_model`.
        second: the canonical tensors of `second_model`.
    """
    a, b = merged(Side(first_model, first), Side(second_model, second))
    matching = matching_of(a, b)
    matches = {match.first: match for match in matching.tensors}
    nodes = {name: node for node in a.network.nodes for name in node.tensors.values()}
    found: dict[str, list[Found]] = {}
    different: dict[str, Difference] = {}
    with watch.task("comparing weights", len(matches)) as task:
        for name, match in matches.items():
            computed = name in a.made or match.second in b.made
            x, y = np.asarray(a.tensors[name]), np.asarray(b.tensors[match.second])
            kernel = kernel_of(match, a.network, nodes[name])
            result = relations(match, x, y, kernel, computed)
            if isinstance(result, Difference):
                different[name] = result
            else:
                found[name] = result
            del x, y
            task.advance()
    chosen, order = _with_order(_likeliest(found), a, b)
    _shifted(a, b, matches, nodes, chosen, different)
    chosen = {name: _of_merging(name, entry, a, b, matches) for name, entry in chosen.items()}
    layers = {name: _layer(name, match, nodes[name]) for name, match in matches.items()}
    chosen = _classes_and_units(chosen, a.network, nodes)
    changed = {name: entry for name, entry in chosen.items() if entry.names}
    only_first, only_second = unmatched(a, b, matching)
    return Sameness(
        model=first_model,
        equal=tuple(name for name in matches if name in chosen and name not in changed),
        changed={name: entry.names for name, entry in changed.items()},
        different=different,
        only_first=only_first,
        only_second=only_second,
        layers=layers,
        seconds={name: match.second for name, match in matches.items()},
        details=_details(changed, layers, nodes),
        rounded=sum(not entry.names and not entry.exact for entry in chosen.values()),
        convertible=all(_is_convertible(first_model, matches[name], layers) for name in changed),
        heads=heads_of(a, b, only_first, only_second),
        harmless=_is_harmless(a.network, chosen, nodes),
        structure=matching.differences,
        order=order,
    )


def _layer(name: str, match: TensorMatch, node: Node) -> str:
    """The name under which a tensor's layer is known to `--apply`, or that of its node."""
    stem, dot, role = name.rpartition(".")
    return stem if dot and role == match.role else match.node


def _likeliest(possible: Mapping[str, list[Found]]) -> dict[str, Found]:
    """For each tensor the explanation that explains the most other tensors too."""
    counts = Counter(
        name for entries in possible.values() for entry in entries for name in entry.names
    )
    return {
        tensor: max(entries, key=lambda entry: sum(counts[name] for name in entry.names))
        for tensor, entries in possible.items()
    }


def _with_order(chosen: dict[str, Found], a: Side, b: Side) -> tuple[dict[str, Found], str | None]:
    """If one network does not state the order of the image's channels, it is as the values say.

    Returns:
        The explanations without a reversal of the channels, and the order that was not stated.
    """
    orders = [image_order(side.network) for side in (a, b)]
    reverses = [name for name, entry in chosen.items() if "reverse-channels" in entry.names]
    if not reverses or sorted(order in ("RGB", "BGR") for order in orders) != [False, True]:
        return chosen, None
    if orders[0] not in (None, "RGB", "BGR") or orders[1] not in (None, "RGB", "BGR"):
        return chosen, None
    stated = orders[0] or orders[1]
    other = "RGB" if stated == "BGR" else "BGR"
    left = {
        name: replace(entry, names=tuple(n for n in entry.names if n != "reverse-channels"))
        for name, entry in chosen.items()
    }
    return left, f"{'A' if orders[0] is None else 'B'} {other}"


def _shifted(
    a: Side,
    b: Side,
    matches: Mapping[str, TensorMatch],
    nodes: Mapping[str, Node],
    chosen: dict[str, Found],
    different: dict[str, Difference],
) -> None:
    """Explain the bias of a first layer whose kernel is explained by another mean of the image."""
    for name in list(different):
        kernel = nodes[name].tensors.get("kernel", "")
        if matches[name].role != "bias" or kernel not in chosen:
            continue
        match = matches[kernel]
        form = match.second_form(np.asarray(b.tensors[match.second]))
        if match.a_form.image_axis is None or form.ndim != 4:
            continue
        x, y = np.asarray(a.tensors[name]), np.asarray(b.tensors[matches[name].second])
        shift = shift_between(x.reshape(-1), y.reshape(-1), form)
        if shift is not None:
            del different[name]
            chosen[name] = Found(("shifted-mean",), shift_words(shift))


def _of_merging(
    name: str, entry: Found, a: Side, b: Side, matches: Mapping[str, TensorMatch]
) -> Found:
    """What a tensor is to the other because one of them was merged with a normalisation."""
    first, second = name in a.made, matches[name].second in b.made
    if first and not second:
        return replace(entry, names=("not-merged", *entry.names))
    if second and not first:
        return replace(entry, names=("merged", *entry.names))
    return entry


def _classes_and_units(
    chosen: dict[str, Found], network: Network, nodes: Mapping[str, Node]
) -> dict[str, Found]:
    """The units of the last layer are classes."""
    last = last_layer(network)
    shapes = {network.shapes[node.name][-1:] for node in network.outputs}
    if last is None or network.shapes[last.name][-1:] not in shapes:
        return chosen
    own = set(last.tensors.values())
    return {
        name: replace(
            entry,
            names=tuple(
                "permuted-classes" if part == "permuted-units" else part for part in entry.names
            ),
        )
        if name in own
        else entry
        for name, entry in chosen.items()
    }


def _details(
    changed: Mapping[str, Found], layers: Mapping[str, str], nodes: Mapping[str, Node]
) -> dict[str, str]:
    """Words of the changes that have any, and how orders of units go together."""
    found = {name: entry.detail for name, entry in changed.items() if entry.detail is not None}
    for name, entry in changed.items():
        if "permuted-classes" in entry.names and entry.order is not None:
            found[name] = _moved(entry.order)
    return found


def _moved(order: Permutation) -> str:
    assert order.units is not None
    places = [place for place, at in enumerate(order.units) if place != at]
    shown = ", ".join(f"{place} of B is {order.units[place]} of A" for place in places[:3])
    more = ", ..." if len(places) > len(places[:3]) else ""
    return f"{len(places)} of {order.units.size} have another place (class {shown}{more})"


def _is_convertible(model: Network, match: TensorMatch, layers: Mapping[str, str]) -> bool:
    """Whether the change of the compared form is also that of the stored tensor."""
    own = {str(layer.parameters): layer for layer in model.parametric_layers}
    layer = own.get(layers[match.first])
    four = layer is not None and layer.kernel_shape is not None and len(layer.kernel_shape) == 4
    return four and not match.a_form.into.moves


def _is_harmless(network: Network, chosen: Mapping[str, Found], nodes: Mapping[str, Node]) -> bool:
    """Whether all changes leave the function as it is: merging, and orders that go together."""
    permuted = {name for name, entry in chosen.items() if entry.order is not None}
    for name, entry in chosen.items():
        parts = set(entry.names) - {"merged", "not-merged"}
        if parts and name not in permuted:
            return False
    return not permuted or _orders_go_together(network, chosen, nodes)


def _orders_go_together(
    network: Network, chosen: Mapping[str, Found], nodes: Mapping[str, Node]
) -> bool:
    """Whether each layer reads its inputs in the order in which the layer before has its units.

    It is only looked for in a chain of layers.
    """
    if any(len(node.inputs) > 1 or len(network.readers[node.name]) > 1 for node in network.nodes):
        return False
    units: list[int] | None = None
    for node in network.nodes:
        for role, name in sorted(node.tensors.items(), key=lambda pair: pair[0] != "kernel"):
            order = chosen[name].order if name in chosen else None
            own = [None if each is None else each.tolist() for each in _of(order)]
            if role == "kernel":
                if own[1] != units:
                    return False
                units = own[0]
            elif own[0] != units and nodes[name].op != "prelu":
                return False
    return units is None


def _of(order: Permutation | None) -> tuple[Order | None, Order | None]:
    return (None, None) if order is None else (order.units, order.inputs)
