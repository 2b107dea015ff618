"""The tensors of a listing, gathered into the layers that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from netparity.files.stored import Stored
from netparity.weights import tensor_names
from netparity.weights.matching import naming

_NORMALISATION = ("scale", "bias", "mean", "variance")
"""The order in which Keras numbers them."""
_NOT_WEIGHTS = "tensors that are not weights"


@dataclass(frozen=True, eq=False)
class Module:
    """One layer of the file.

    Attributes:
        name: its name in the file; empty if the file has none.
        tensors: by role: `kernel`, `bias`, `scale`, `mean`, `variance`.
    """

    name: str
    tensors: Mapping[str, Stored] = field(repr=False)

    @property
    def kernel(self) -> Stored | None:
        """Its kernel, if it is a layer that has one."""
        return self.tensors.get("kernel")

    @cached_property
    def shown(self) -> str:
        """Its name, or that of its first tensor."""
        return self.name or next(iter(self.tensors.values())).name

    @property
    def branch(self) -> bool:
        """Whether its name says that it is the shortcut around others."""
        return naming.is_branch(self.name)


def gather(listed: Mapping[str, Stored]) -> tuple[tuple[Module, ...], tuple[str, ...]]:
    """The layers, in the order of their first tensors, and what belongs to none.

    Returns:
        The second are sentences such as `13 counters (num_batches_tracked, ...)`.
    """
    others: dict[str, list[str]] = {}
    kept: dict[str, Stored] = {}
    for name, stored in listed.items():
        kind = naming.no_weights(name)
        if not kind and (stored.dtype.kind not in "f" or not stored.size or not stored.shape):
            kind = _NOT_WEIGHTS
        if kind:
            others.setdefault(kind, []).append(name)
        else:
            kept[name] = stored
    left_out = tuple(_counted(kind, names) for kind, names in others.items())
    return tuple(_modules(kept)), left_out


def with_zero_biases(modules: Sequence[Module]) -> tuple[Module, ...]:
    """The layers with a bias of zeros where a normalisation follows a kernel without one.

    Such convolutions have none (`bias=False`), since the normalisation would subtract it again.
    """
    found = []
    for module, after in zip_longest(modules, modules[1:]):
        mean = None if after is None else after.tensors.get("mean")
        if module.kernel is not None and "bias" not in module.tensors and mean is not None:
            zeros = Stored("no bias", mean.shape, np.dtype(np.float32), _zeros)
            found.append(Module(module.name, {**module.tensors, "bias": zeros}))
        else:
            found.append(module)
    return tuple(found)


def _zeros(start: int, stop: int) -> npt.NDArray[np.generic]:
    return np.zeros(stop - start, dtype=np.float32)


def _counted(kind: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        kind = {"counters": "counter", _NOT_WEIGHTS: "tensor that is not a weight"}.get(kind, kind)
    return f"{len(names)} {kind} ({_some(names)})"


def _some(names: Sequence[str]) -> str:
    return names[0][:80] + (", ..." if len(names) > 1 else "")


def _modules(kept: Mapping[str, Stored]) -> Iterator[Module]:
    parsed = {name: naming.parse(name) for name in kept}
    if all(not name.layer for name in parsed.values()):
        ordered = sorted(kept, key=tensor_names.natural)
        yield from _in_sequence("", [kept[name] for name in ordered])
        return
    layers: dict[str, list[str]] = {}
    for name in kept:
        layers.setdefault(parsed[name].layer, []).append(name)
    for layer, names in layers.items():
        if any(parsed[name].role for name in names):
            yield from _by_role(layer, [(parsed[name].role, kept[name]) for name in names])
        else:
            names.sort(key=lambda name: (parsed[name].number or 0, tensor_names.natural(name)))
            yield from _in_sequence(layer, [kept[name] for name in names])


def _by_role(layer: str, tensors: Iterable[tuple[str, Stored]]) -> Iterator[Module]:
    """Layers of one name; a role that comes again begins another one."""
    found: dict[str, Stored] = {}
    for stated, stored in tensors:
        # PyTorch calls the scale of a normalisation its weight.
        role = "scale" if stated == "kernel" and len(stored.shape) < 2 else stated
        if role in found:
            yield Module(layer, found)
            found = {}
        found[role or stored.name] = stored
    yield Module(layer, found)


def _in_sequence(layer: str, tensors: Sequence[Stored]) -> Iterator[Module]:
    """Layers from tensors without roles: a kernel, its bias, then any normalisation."""
    rows: list[Stored] = []
    kernel: Stored | None = None
    for stored in (*tensors, None):
        if stored is not None and len(stored.shape) < 2:
            rows.append(stored)
            continue
        yield from _one_kernel(layer, kernel, rows)
        kernel, rows = stored, []


def _one_kernel(layer: str, kernel: Stored | None, rows: list[Stored]) -> Iterator[Module]:
    if kernel is not None:
        tensors = {"kernel": kernel}
        biased = len(rows) % 4 in (1, 2) or (len(rows) > 1 and rows[0].size != rows[1].size)
        if rows and biased:
            tensors["bias"], rows = rows[0], rows[1:]
        yield Module(layer, tensors)
    while rows:
        count = 4 if len(rows) >= 4 else len(rows)
        roles = _NORMALISATION if count == 4 else _NORMALISATION[-count:] if count > 2 else ()
        if not roles:
            roles = ("scale", "bias")[:count]
        yield Module(layer, dict(zip(roles, rows[:count], strict=True)))
        rows = rows[count:]


__all__ = ["Module", "gather"]
