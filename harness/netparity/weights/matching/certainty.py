"""Whether it is certain which of two layers of one shape comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from netparity.weights import tensor_names
from netparity.weights.matching import naming
from netparity.weights.matching.aligning import Alignment
from netparity.weights.matching.modules import Module
from netparity.weights.matching.slots import Slot


def exchangeable(found: Alignment) -> tuple[str, str] | None:
    """Two layers of one shape whose names do not say which comes first."""
    alike: dict[tuple[object, ...], list[Module]] = {}
    for _, module in found.pairs:
        if module.kernel is not None:
            alike.setdefault((module.kernel.shape, module.branch), []).append(module)
    for modules in alike.values():
        for a, b in pairwise(modules):
            if naming.pattern(a.name) != naming.pattern(b.name):
                return a.shown, b.shown
    return None


def contradicted(found: Alignment) -> tuple[str, str] | None:
    """Two layers of one shape that are listed in another order than that of their numbers."""
    alike: dict[tuple[object, ...], list[Module]] = {}
    for _, module in found.pairs:
        if module.kernel is not None:
            key = (module.kernel.shape, naming.pattern(module.name))
            alike.setdefault(key, []).append(module)
    for modules in alike.values():
        for a, b in pairwise(modules):
            if tensor_names.natural(a.name) > tensor_names.natural(b.name):
                return a.shown, b.shown
    return None


def before_strays(modules: Sequence[Module], found: Alignment) -> Alignment:
    """What comes before the first normalisation that has no place among the network's layers.

    What comes after it computes something else than the network does.

    Args:
        modules: in the file's order.
    """
    places = {id(module): place for place, module in enumerate(modules)}
    last = max((places[id(module)] for _, module in found.pairs), default=-1)
    strays = [
        places[id(module)]
        for module in found.free_modules
        if "mean" in module.tensors and places[id(module)] < last
    ]
    if not strays:
        return found
    kept = tuple(pair for pair in found.pairs if places[id(pair[1])] < min(strays))
    others = [pair for pair in found.pairs if pair not in kept]
    return replace(
        found,
        pairs=kept,
        free_slots=(*(slot for slot, _ in others), *found.free_slots),
        free_modules=(*found.free_modules, *(module for _, module in others)),
    )


def disordered(
    modules: Sequence[Module], pairs: Sequence[tuple[Slot, Module]]
) -> tuple[str, str] | None:
    """Two layers of a chain that the file lists the other way round than their names say.

    Keras fills its layers in the file's order, so the names alone prove nothing.

    Args:
        modules: in the file's order.
        pairs: by their names, in the network's order.
    """
    kernels = [module for _, module in pairs if module.kernel is not None]
    places = [modules.index(module) for module in kernels]
    for (a, first), (b, second) in pairwise(zip(kernels, places, strict=True)):
        if first > second:
            return a.shown, b.shown
    return None
