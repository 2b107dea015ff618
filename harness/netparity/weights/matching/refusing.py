"""Why a file's tensors do not fit a network, in a sentence that leads on."""

from __future__ import annotations

from netparity.networks import Network
from netparity.weights.listing import Convention, Listing
from netparity.weights.matching.found import Match
from netparity.weights.matching.matching import Modules
from netparity.weights.matching.modules import Module
from netparity.weights.matching.slots import Slot, slots_of

_MAP = "if the file is right, say which layer is which with --map FILE (docs/weights.md)"


def refusal(listing: Listing, network: Network, instead: Match | None) -> str:
    """Why the tensors are not the network's; it can follow the file's name.

    Args:
        instead: the network that they fit, if there is one.
    """
    modules = Modules(listing)
    if not modules.kernels:
        return (
            f"it lists {_count(len(listing.tensors), 'tensor')}, of which none is the kernel of a "
            "layer"
        )
    if instead is not None and instead.network is not network:
        name = instead.network.name
        return f"its layers are those of {name}, not of {network.name}; fix: --model {name}"
    slots = [slot for slot in slots_of(network) if slot.kernel is not None]
    found = _count(len(modules.kernels), "layer") + " with kernels"
    if len(modules.kernels) != len(slots):
        found += f", {network.name} has {len(slots)}"
    slot, module = modules.first_misfit(network)
    if slot is None and module is not None:
        return f"it has {found}: {module.shown[:80]!r} is one too many; {_MAP}"
    if slot is None:
        return f"its kernels are those of {network.name}, but not its other tensors; {_MAP}"
    needed = f"{slot.name} of {network.name} needs {_kernel_of(slot, listing.convention)}"
    if module is None:
        return f"it has {found}: {needed}, and no layer is left; {_MAP}"
    return f"it has {found}: {needed}, but {_stated(module)}; {_MAP}"


def uncertain(match: Match) -> str:
    """What to do if two layers might as well be exchanged."""
    assert match.uncertain is not None
    a, b = match.uncertain
    return (
        f"neither its order nor the names say for certain which of the layers {a[:80]!r} and "
        f"{b[:80]!r} comes first in {match.network.name}; say it with --map FILE, which has lines "
        f"such as {_example(match.network)} = {a[:80]}"
    )


def _example(network: Network) -> str:
    return next((slot.name for slot in slots_of(network) if slot.kernel is not None), "conv1")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _stated(module: Module) -> str:
    assert module.kernel is not None
    shape = " x ".join(map(str, module.kernel.shape))
    others = [role for role in module.tensors if role != "kernel"]
    rest = f" with {' and '.join(others)}" if others else " alone"
    return f"{module.shown[:80]!r} has a kernel of {shape}{rest}"


def _kernel_of(slot: Slot, convention: Convention) -> str:
    """The kernel that a slot needs, in the order of axes of the file's tool."""
    assert slot.kernel is not None
    sizes = dict(zip("HWIO", slot.kernel, strict=True))
    axes = convention.kernels[0]
    shape = " x ".join(str(sizes[axis]) for axis in axes)
    roles = [role for role in slot.roles if role != "kernel"]
    rest = f" with {' and '.join(roles)}" if roles else ""
    return f"a kernel of {shape} ({' x '.join(axes)}){rest}"
