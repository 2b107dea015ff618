"""Which dictionary of a PyTorch checkpoint holds the network's tensors, found by its structure.

A checkpoint nests it under a key of the author's choice, among optimizers' states, numbers and
objects. It is the dictionary with the most kernels; the rest is left out and named.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from netparity.files.limits import NAME_SHOWN, WEIGHTS, DamagedError
from netparity.files.pickled_objects import OtherTensor, Placeholder, TensorRef
from netparity.weights.checkpoints import refusals
from netparity.weights.checkpoints.rest import (
    describe_rest,
    in_python,
    is_optimizer,
    tensors_in_words,
)

Keys = tuple[str | int, ...]

_DEEPEST = 8
_MOST_ROLES = 8
_USUAL = {"state_dict", "model_state_dict", "model", "net", "network", "params", "module"}
_AVERAGE = re.compile(
    r"(?<![a-z])(ema|swa|avg|average|shadow|teacher|momentum|target|old|prev|init|best)"
)
"""Words in the keys of copies that training keeps beside the network itself."""


@dataclass(frozen=True)
class Found:
    """The tensors of a checkpoint's network.

    Attributes:
        tensors: by their names, in the file's order.
        left_out: what else the checkpoint holds, in words.
        notes: which dictionary was chosen, where that was not obvious.
    """

    tensors: dict[str, TensorRef]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Candidate:
    keys: Keys
    tensors: dict[str, TensorRef | OtherTensor]

    @cached_property
    def kernels(self) -> list[tuple[int, ...]]:
        """The shapes of what has at least two axes, sorted."""
        tensors = (each for each in self.tensors.values() if isinstance(each, TensorRef))
        return sorted(each.shape for each in tensors if len(each.shape) > 1)

    @property
    def rank(self) -> tuple[int, int]:
        return len(self.kernels), len(self.tensors)

    @property
    def where(self) -> str:
        """How Python reaches it: `["state_dict"]`."""
        return in_python(self.keys)

    def describe(self) -> str:
        return f"{self.where or 'the top level'} ({tensors_in_words(len(self.tensors))})"


def find(value: Any, path: Path) -> Found:
    """The network's tensors in what `torch.save` was given.

    Raises:
        InputError: if there are none, or several networks.
        DamagedError: if a tensor is not of plain numbers.
    """
    candidates, modules = _walk(value)
    best = max(candidates, key=lambda candidate: candidate.rank, default=None)
    counted: set[int] = set()
    for keys, module in modules:
        if best is None or refusals.kernels_in(module, counted) > len(best.kernels):
            raise refusals.whole_model(path, keys, module)
    if best is None:
        raise refusals.nothing_found(path, value)
    chosen, notes = _choose(best, candidates, path)
    if len(chosen.tensors) > WEIGHTS.members:
        raise DamagedError(f"it lists {len(chosen.tensors):,} tensors")
    tensors = {}
    for name, tensor in chosen.tensors.items():
        if isinstance(tensor, TensorRef):
            tensors[name] = tensor
        elif not tensor.what.startswith("of type complex"):
            raise DamagedError(
                f"the tensor {name[:NAME_SHOWN]!r} is {tensor.what}; save it as float32"
            )
    return Found(tensors, describe_rest(value, chosen.keys, tensors), notes)


def _walk(value: Any) -> tuple[list[_Candidate], list[tuple[Keys, Placeholder]]]:
    """Every dictionary that holds tensors, and every whole model, each once."""
    candidates: list[_Candidate] = []
    modules: list[tuple[Keys, Placeholder]] = []
    waiting: deque[tuple[Keys, Any]] = deque([((), value)])
    seen = set()
    while waiting:
        keys, node = waiting.popleft()
        if id(node) in seen or len(keys) > _DEEPEST:
            continue
        seen.add(id(node))
        if isinstance(node, Placeholder) and node.is_module:
            modules.append((keys, node))
        layers: set[str] = set()
        if isinstance(node, dict) and not is_optimizer(node):
            layers = _layers(node)
            if tensors := dict(_tensors(node, layers)):
                candidates.append(_Candidate(keys, tensors))
        waiting.extend(((*keys, key), item) for key, item in _inner(node) if key not in layers)
    return candidates, modules


def _inner(node: Any) -> Iterator[tuple[str | int, Any]]:
    """What may hold tensors inside a dictionary or a list."""
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(node, dict) and not is_optimizer(node):
        items = node.items()
    elif isinstance(node, (list, tuple)):
        items = enumerate(node)
    for key, item in items:
        if isinstance(key, (str, int)) and isinstance(item, (dict, list, tuple, Placeholder)):
            yield key, item


def _layers(node: dict[Any, Any]) -> set[str]:
    """The keys of a dictionary of layers, each a dictionary of a few tensors."""
    found = {key for key, item in node.items() if isinstance(key, str) and _is_layer(item)}
    return found if len(found) > 1 else set()


def _is_layer(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and 0 < len(item) <= _MOST_ROLES
        and all(isinstance(key, str) and "." not in key for key in item)
        and all(isinstance(each, TensorRef) for each in item.values())
    )


def _tensors(
    node: dict[Any, Any], layers: set[str]
) -> Iterator[tuple[str, TensorRef | OtherTensor]]:
    for key, item in node.items():
        if not isinstance(key, str):
            continue
        if isinstance(item, (TensorRef, OtherTensor)):
            yield key, item
        elif key in layers:
            yield from ((f"{key}.{role}", tensor) for role, tensor in item.items())


def _choose(
    best: _Candidate, candidates: list[_Candidate], path: Path
) -> tuple[_Candidate, tuple[str, ...]]:
    """The network itself, if the others are its copies or far smaller."""
    least = max(1, len(best.kernels) / 4)
    rivals = [each for each in candidates if each is not best and len(each.kernels) >= least]
    if not rivals:
        usual = not best.keys or (len(best.keys) == 1 and best.keys[0] in _USUAL)
        return best, () if usual else (f"its tensors were read from {best.where}",)
    several = [best, *rivals]
    plain = [each for each in several if not _AVERAGE.search(each.where.lower())]
    copies = all(each.kernels == best.kernels for each in rivals)
    if not copies or len(plain) != 1:
        in_order = [each for each in candidates if each is best or len(each.kernels) >= least]
        raise refusals.several(path, [(each.where, each.describe()) for each in in_order])
    others = ", ".join(each.describe() for each in several if each is not plain[0])
    note = f"its tensors were read from {plain[0].where or 'the top level'}, not from {others}"
    return plain[0], (note,)
