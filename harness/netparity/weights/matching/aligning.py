"""Which layer of a file fills which slot of a network: both are in order, so they are aligned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from netparity.files.stored import Stored
from netparity.weights.matching.kernels import Axes, order_in_file
from netparity.weights.matching.modules import Module
from netparity.weights.matching.slots import Slot

_MOST_CELLS = 250_000


@dataclass(frozen=True)
class Alignment:
    """Slots with the modules that fill them, in the order of axes `axes`."""

    axes: Axes
    pairs: tuple[tuple[Slot, Module], ...]
    free_slots: tuple[Slot, ...] = field(default=())
    free_modules: tuple[Module, ...] = field(default=())


def fits(slot: Slot, module: Module, axes: Axes, units: bool = True) -> bool:
    """Whether a module has what a slot needs.

    Args:
        units: whether the number of outputs has to be that of the slot.
    """
    if {_ROLES.get(role, role) for role in slot.shapes} != set(module.tensors):
        return False
    for role, shape in slot.shapes.items():
        stored = tensor_for(role, module)
        if role == "kernel" and slot.kernel is not None:
            if order_in_file(stored, slot if units else _resized(slot, module), axes) is None:
                return False
        elif units and stored.shape != shape and not _vector(stored.shape, shape):
            return False
    return True


_ROLES = {"slope": "scale"}


def tensor_for(role: str, module: Module) -> Stored:
    """What a module has for a role of a slot that it fits."""
    return module.tensors[_ROLES.get(role, role)]


def _vector(found: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    """Whether one is the other as a row or a column."""
    return [size for size in found if size != 1] == [size for size in expected if size != 1]


def units_of(slot: Slot, module: Module) -> int | None:
    """The outputs of a dense module that could stand in the slot but for their number."""
    bias = module.tensors.get("bias")
    return None if bias is None or len(bias.shape) != 1 or slot.kernel is None else bias.size


def _resized(slot: Slot, module: Module) -> Slot:
    units = units_of(slot, module)
    assert slot.kernel is not None
    return slot if units is None else replace(slot, kernel=(*slot.kernel[:3], units))


def align(slots: Sequence[Slot], modules: Sequence[Module], axes: Axes, hints: bool) -> Alignment:
    """The longest alignment.

    Layers with kernels and others are aligned separately, and so are shortcuts if names tell them.
    """
    pairs: list[tuple[Slot, Module]] = []
    for kernels in (True, False):
        own = [slot for slot in slots if (slot.kernel is not None) == kernels]
        given = [module for module in modules if (module.kernel is not None) == kernels]
        for branch in (False, True) if hints else (None,):
            pairs += _longest(
                [slot for slot in own if branch in (None, slot.branch)],
                [module for module in given if branch in (None, module.branch)],
                axes,
            )
    filled = {slot.node.name for slot, _ in pairs}
    used = {id(module) for _, module in pairs}
    return Alignment(
        axes,
        tuple(pairs),
        tuple(slot for slot in slots if slot.node.name not in filled),
        tuple(module for module in modules if id(module) not in used),
    )


def _longest(
    slots: Sequence[Slot], modules: Sequence[Module], axes: Axes
) -> list[tuple[Slot, Module]]:
    """The longest common subsequence (Wagner and Fischer, 1974), in which equal means that it fits.

    What both begin with is taken as it is.
    """
    begin = 0
    for slot, module in zip(slots, modules, strict=False):
        if not fits(slot, module, axes):
            break
        begin += 1
    pairs = list(zip(slots[:begin], modules[:begin], strict=True))
    slots, modules = slots[begin:], modules[begin:]
    if not slots or not modules or len(slots) * len(modules) > _MOST_CELLS:
        return pairs
    lengths = [[0] * (len(modules) + 1) for _ in range(len(slots) + 1)]
    fit = [[fits(slot, module, axes) for module in modules] for slot in slots]
    for i in range(len(slots) - 1, -1, -1):
        for j in range(len(modules) - 1, -1, -1):
            best = max(lengths[i + 1][j], lengths[i][j + 1])
            lengths[i][j] = max(best, 1 + lengths[i + 1][j + 1]) if fit[i][j] else best
    i = j = 0
    while i < len(slots) and j < len(modules):
        if fit[i][j] and lengths[i][j] == 1 + lengths[i + 1][j + 1]:
            pairs.append((slots[i], modules[j]))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
