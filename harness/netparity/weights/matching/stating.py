"""The match that a user states with `--map`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from netparity.errors import InputError
from netparity.networks import Network
from netparity.weights.listing import Listing
from netparity.weights.matching.aligning import fits
from netparity.weights.matching.found import Match
from netparity.weights.matching.kernels import possible
from netparity.weights.matching.matching import Modules
from netparity.weights.matching.modules import Module
from netparity.weights.matching.slots import Slot, slots_of


def stated(listing: Listing, network: Network, names: Mapping[str, str], path: Path) -> Match:
    """The tensors in the places that the user says.

    Args:
        names: layer of the network to layer of the file; a tensor of a layer stands for it.
        path: of the map, for messages.

    Raises:
        InputError: if a name is unknown, or a layer does not fit or has none.
    """
    modules = Modules(listing)
    slots = slots_of(network)
    pairs = _pairs(modules, network, slots, names, path)
    unnamed = [slot for slot in slots if slot not in pairs]
    for axes in possible(listing.convention):
        if all(fits(slot, module, axes) for slot, module in pairs.items()) and not unnamed:
            return modules.placed(network, pairs, axes)
    if unnamed:
        raise InputError(f"--map {path}: it names nothing for {unnamed[0].name} of {network.name}")
    axes = possible(listing.convention)[0]
    slot, module = next(pair for pair in pairs.items() if not fits(*pair, axes))
    raise InputError(
        f"--map {path}: {module.shown[:80]!r} cannot be {slot.name} of {network.name}: "
        f"{_shapes(module)} in the file, {_needed(slot)} in the network (height x width x input x "
        "output)"
    )


def _pairs(
    modules: Modules,
    network: Network,
    slots: Sequence[Slot],
    names: Mapping[str, str],
    path: Path,
) -> dict[Slot, Module]:
    by_name: dict[str, Slot] = {}
    for slot in slots:
        parameters = {tensor.rpartition(".")[0] for tensor in slot.roles.values()}
        for name in (slot.name, slot.node.name, *parameters, *slot.roles.values()):
            by_name.setdefault(name, slot)
    given: dict[str, Module] = {}
    for module in modules.modules:
        for name in (module.name, *(stored.name for stored in module.tensors.values())):
            given.setdefault(name, module)
    pairs: dict[Slot, Module] = {}
    for name, other in names.items():
        if name not in by_name:
            raise InputError(
                f"--map {path}: {network.name} has no layer {name[:80]!r} with weights; it has "
                f"{_some(list(dict.fromkeys(slot.name for slot in slots)))}"
            )
        if other not in given:
            raise InputError(
                f"--map {path}: the file has no layer {other[:80]!r}; it has "
                f"{_some([module.shown for module in modules.modules])}"
            )
        if pairs.setdefault(by_name[name], given[other]) is not given[other]:
            raise InputError(f"--map {path}: {by_name[name].name} is given two layers of the file")
    return pairs


def _some(names: list[str]) -> str:
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _shapes(module: Module) -> str:
    return ", ".join(
        f"{role} {' x '.join(map(str, stored.shape))}" for role, stored in module.tensors.items()
    )


def _needed(slot: Slot) -> str:
    return ", ".join(f"{role} {' x '.join(map(str, shape))}" for role, shape in slot.shapes.items())
