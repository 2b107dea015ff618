"""Are two sets of weights the same? If not, which change makes them the same?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from netparity.networks import Layer, Network
from netparity.watch import SILENT, Watch
from netparity.weights.changes import (
    LOSSY,
    WORDS,
    Change,
    bias_changes,
    kernel_changes,
    usual_layers,
)
from netparity.weights.contents import Tensors
from netparity.weights.layout import Tensor

_CHUNK_VALUES = 2**22


@dataclass(frozen=True)
class Difference:
    """How far apart two tensors are that no known change relates.

    Attributes:
        largest: max |a - b|.
        relative: ||a - b|| / ||b||, both in float64; infinite if b is zero.
        count: number of values that differ.
    """

    largest: float
    relative: float
    count: int
    size: int


@dataclass(frozen=True)
class Sameness:
    """The result of comparing two sets of weights.

    Attributes:
        equal: tensors that are equal.
        changed: tensors that are equal under a change, with its parts (`changes.WORDS`).
        different: tensors that no known change relates.
        only_first: tensors that the second set lacks.
        only_second: tensors that the first set lacks.
    """

    model: Network
    equal: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    different: Mapping[str, Difference]
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether all tensors are equal."""
        return not (self.changed or self.different or self.only_first or self.only_second)

    @property
    def explained(self) -> bool:
        """Whether all tensors are equal or equal under a change."""
        return not (self.different or self.only_first or self.only_second)


def compare(
    first: Tensors,
    second: Tensors,
    first_model: Network,
    second_model: Network,
    watch: Watch = SILENT,
) -> Sameness:
    """Compare tensor by tensor.

    Args:
        first: the canonical tensors of `first_model`.
        second: the canonical tensors of `second_model`.
    """
    equal: list[str] = []
    possible: dict[str, list[Change]] = {}
    different: dict[str, Difference] = {}
    shapes, others = first_model.parameter_shapes, second_model.parameter_shapes
    shared = [name for name in shapes if others.get(name) == shapes[name]]
    with watch.task("comparing weights", len(shared)) as task:
        for name, layer, is_kernel in _tensors(first_model):
            if name not in shared:
                continue
            a, b = first[name], second[name]
            found = _explanations(a, b, layer, is_kernel)
            if not found:
                different[name] = _difference(a, b)
            elif found[0].names:
                possible[name] = found
            else:
                equal.append(name)
            del a, b
            task.advance()
    return Sameness(
        model=first_model,
        equal=tuple(equal),
        changed=_likeliest(possible),
        different=different,
        only_first=tuple(name for name in shapes if name not in shared),
        only_second=tuple(name for name in others if name not in shared),
    )


def sentence(found: Sameness, first: str, second: str) -> str:
    """The result in one sentence.

    Args:
        first: the name of the first file.
        second: the name of the second file.
    """
    total = len(found.equal) + len(found.changed) + len(found.different)
    if found.only_first or found.only_second:
        missing = found.only_first or found.only_second
        lacking = second if found.only_first else first
        rest = f"all {total} that both have are equal"
        if found.changed or found.different:
            rest = f"of the {total} that both have, {len(found.equal)} are equal"
        elif not total:
            rest = "they have none in common"
        return (
            f"{lacking} lacks tensors or has them in another shape ({', '.join(missing[:4])}"
            f"{', ...' if len(missing) > 4 else ''}); {rest}."
        )
    if found.different:
        worst = max(found.different, key=lambda name: found.different[name].relative)
        explained = len(found.equal) + len(found.changed)
        return (
            f"{first} and {second} are different weights: {len(found.different)} of {total} "
            f"tensors differ by no known change, most of all {worst} (relative L2 "
            f"{found.different[worst].relative:.3g}); {explained} agree."
        )
    if not found.changed:
        return f"{first} and {second} are the same weights."
    parts = "; ".join(_part(name, found) for name in _names(found))
    return f"{first} is {second} with {parts}."


def fix(found: Sameness, first: str, second: str) -> str | None:
    """The command that removes the difference; None if there is none or nothing explains it."""
    if not found.changed or not found.explained:
        return None
    names = _names(found)
    if LOSSY & set(names):
        rest = [name for name in names if name not in LOSSY]
        if not rest:
            return f"use {second}: the precision that {first} lost by rounding cannot be restored"
        return (
            f"use {second}: the precision that {first} lost by rounding cannot be restored (for "
            f"the rest: {_options(found, rest)})"
        )
    return f"netparity weights convert {first} OUT {_options(found, names)}"


def _options(found: Sameness, names: list[str]) -> str:
    parts = []
    for name in names:
        layers = _layers(name, found)
        usual = layers == usual_layers(name, found.model)
        parts.append(f"--apply {name}{'' if usual else '=' + ','.join(layers)}")
    return " ".join(parts)


def _names(found: Sameness) -> list[str]:
    used = {name for names in found.changed.values() for name in names}
    return [name for name in WORDS if name in used]


def _layers(name: str, found: Sameness) -> list[str]:
    """The layers with a tensor that a change explains, in the network's order."""
    return list(
        dict.fromkeys(
            tensor.rpartition(".")[0] for tensor, names in found.changed.items() if name in names
        )
    )


def _part(name: str, found: Sameness) -> str:
    layers = _layers(name, found)
    convolutions = [str(layer.parameters) for layer in found.model.parametric_layers]
    convolutions = [layer for layer in convolutions if layer.startswith("conv")]
    if layers == convolutions and len(layers) > 1:
        which = f"all {len(layers)} convolutions"
    elif len(layers) == len(found.model.parametric_layers):
        which = "every layer"
    elif len(layers) > 4:
        which = f"{len(layers)} layers ({', '.join(layers[:3])}, ...)"
    else:
        which = " and ".join(filter(None, [", ".join(layers[:-1]), layers[-1]]))
    return f"{which} {WORDS[name]}"


def _tensors(model: Network) -> Iterator[tuple[str, Layer, bool]]:
    for layer in model.parametric_layers:
        yield layer.kernel, layer, True
        yield layer.bias, layer, False


def _explanations(a: Tensor, b: Tensor, layer: Layer, is_kernel: bool) -> list[Change]:
    """The simplest changes that explain the difference; several if shapes are symmetric."""
    if is_kernel:
        changes = kernel_changes(layer)
    else:
        a, b = a.reshape(1, 1, 1, -1), b.reshape(1, 1, 1, -1)
        changes = bias_changes()
    found: list[Change] = []
    for change in changes:
        if found and len(change.names) > len(found[0].names):
            break
        if change.explains(a, b):
            found.append(change)
            if not change.names:
                break
    return found


def _likeliest(possible: Mapping[str, list[Change]]) -> dict[str, tuple[str, ...]]:
    """For each tensor the explanation that explains the most other tensors too."""
    counts = Counter(
        name for changes in possible.values() for change in changes for name in change.names
    )
    return {
        tensor: max(changes, key=lambda change: sum(counts[name] for name in change.names)).names
        for tensor, changes in possible.items()
    }


def _difference(a: Tensor, b: Tensor) -> Difference:
    largest, squares, norm, count = 0.0, 0.0, 0.0, 0
    a, b = a.reshape(-1), b.reshape(-1)
    for start in range(0, a.size, _CHUNK_VALUES):
        x = a[start : start + _CHUNK_VALUES].astype(np.float64)
        y = b[start : start + _CHUNK_VALUES].astype(np.float64)
        apart = np.abs(x - y)
        largest = max(largest, float(apart.max()))
        squares += float(np.dot(apart, apart))
        norm += float(np.dot(y, y))
        count += int(np.count_nonzero(apart))
    relative = float(np.sqrt(squares / norm)) if norm else float("inf")
    return Difference(largest, relative, count, a.size)


def details(found: Sameness) -> list[str]:
    """A line for each tensor that no known change relates."""
    return [
        f"  {name}: {difference.count:,} of {difference.size:,} values differ, by at most "
        f"{difference.largest:.3g}, relative L2 {difference.relative:.3g}"
        for name, difference in found.different.items()
    ]


def about_dropout(
    first: str, first_lists: bool | None, second: str, second_lists: bool | None
) -> str | None:
    """A remark if only one of the files lists dropout layers; None otherwise.

    They hold no weights and do nothing outside training, so the weights are the same; but tools
    that load layers by position or number find them at different ones.
    """
    if first_lists is None or second_lists is None or first_lists == second_lists:
        return None
    listing, other = (first, second) if first_lists else (second, first)
    return f"{listing} lists dropout layers and {other} does not; this changes no value."


def as_dict(
    found: Sameness, summary: str, command: str | None, remark: str | None
) -> dict[str, object]:
    """The result and its sentences, for JSON."""
    return {
        "same": found.same,
        "explained": found.explained,
        "sentence": summary,
        "fix": command,
        "dropout": remark,
        "equal": list(found.equal),
        "changed": {name: list(names) for name, names in found.changed.items()},
        "different": {name: asdict(entry) for name, entry in found.different.items()},
        "only_first": list(found.only_first),
        "only_second": list(found.only_second),
    }
