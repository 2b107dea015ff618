"""What relates one tensor to the one in its place, if anything does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from netparity.networks.graph import Network
from netparity.networks.matching.tensors import TensorMatch
from netparity.networks.node import Node
from netparity.networks.relating.changes import Change, Tensor, bias_changes, kernel_changes
from netparity.networks.relating.difference import Difference, difference
from netparity.networks.relating.first_layer import factors_between, scale_words
from netparity.networks.relating.permuted import Permutation, order_of, permutation

_CHUNK_VALUES = 2**22
_FEW_UNITS = 4 * float(np.finfo(np.float32).eps)
_MERGED_RELATIVE, _MERGED_ABSOLUTE = 1e-5, 1e-6
_MOST_PERMUTED = 2**27
_SAMPLED = 2**17


@dataclass(frozen=True)
class Found:
    """One explanation of a difference.

    Attributes:
        names: its parts; none if there is no difference but rounding.
        detail: what it does, in words.
        order: of units and inputs, if that differs.
        exact: whether every bit is equal.
    """

    names: tuple[str, ...] = ()
    detail: str | None = None
    order: Permutation | None = None
    exact: bool = True


@dataclass(frozen=True)
class Kernel:
    """What the changes of a kernel depend on.

    Attributes:
        kernel_shape: height x width x input channels x units, in the form that is compared.
        kind: `conv` or `dense`.
        takes_image: whether the input channels are the image's.
    """

    kernel_shape: tuple[int, ...]
    kind: str
    takes_image: bool


def kernel_of(match: TensorMatch, network: Network, node: Node) -> Kernel | None:
    """How a kernel of the first network is compared; None if it is not that of a layer."""
    if match.role != "kernel" or node.op not in ("conv", "dense", "conv_transpose"):
        return None
    *places, inputs, units = match.a_form.shape
    if len(places) == 2:
        shape = (*places, inputs, units)
    else:
        shape = (1, 1, math.prod(places) * inputs, units)
    stored = network.tensors[match.first]
    covers = node.op == "conv" and tuple(network.shapes[node.inputs[0]][:2]) == stored[:2]
    kind = "dense" if node.op == "dense" or covers else "conv"
    return Kernel(shape, kind, match.a_form.image_axis is not None)


def relations(
    match: TensorMatch, first: Tensor, second: Tensor, kernel: Kernel | None, merged: bool
) -> list[Found] | Difference:
    """The simplest explanations of a difference; several if shapes are symmetric.

    Args:
        merged: whether one of the tensors was computed, so that it is equal only up to rounding.
    """
    a, b = match.first_form(first), match.second_form(second)
    if np.array_equal(a, b):
        return [Found()]
    if _nearly_equal(a, b, merged):
        return [Found(exact=bool(np.array_equal(a, b, equal_nan=True)))]
    shape = (1, 1, 1, -1) if kernel is None else kernel.kernel_shape
    a, b = (np.ascontiguousarray(x).reshape(shape) for x in (a, b))
    changes = bias_changes() if kernel is None else kernel_changes(kernel)
    found = [Found(change.names) for change in _explaining(changes, a, b)]
    if not found and kernel is not None and kernel.takes_image:
        found = list(_scaled(a, b, kernel))
    if not found and kernel is None and match.a_form.image_axis is not None:
        found = list(_reversed(match, first, second))
    if not found:
        found = list(_permuted(a, b, kernel))
    if not found and match.a_form.offset != match.b_form.offset:
        found = list(_other_epsilon(match, first, second))
    return found or _difference(a, b, [] if kernel is None else changes)


def _difference(a: Tensor, b: Tensor, changes: list[Change]) -> Difference:
    """How far apart they are: under a change if they are alike only then."""
    apart = difference(a, b)
    if apart.related:
        return apart
    units = np.s_[..., : max(1, _SAMPLED // max(1, math.prod(a.shape[:-1])))]
    for change in changes:
        is_view = change.to_order == "HWIO" or a.size <= _SAMPLED
        if not (change.names and is_view and change.rounding is None):
            continue
        if difference(change.apply(a)[units], b[units]).related:
            return replace(difference(change.apply(a), b), after=change.names)
    return apart


def _nearly_equal(a: Tensor, b: Tensor, merged: bool) -> bool:
    """Whether all values are equal but for the rounding of float32."""
    relative, absolute = _FEW_UNITS, 0.0
    if merged:
        relative = _MERGED_RELATIVE
        absolute = _MERGED_ABSOLUTE * float(np.abs(b).max(initial=0.0))
    rows = zip(a, b, strict=True) if a.size > _CHUNK_VALUES and a.ndim > 1 else [(a, b)]
    return all(np.allclose(x, y, relative, absolute, equal_nan=True) for x, y in rows)


def _explaining(changes: list[Change], a: Tensor, b: Tensor) -> Iterator[Change]:
    """The changes with the fewest parts that make the tensors equal."""
    parts = None
    for change in changes:
        if parts is not None and len(change.names) > parts:
            break
        if change.names and change.explains(a, b):
            parts = len(change.names)
            yield change


def _scaled(a: Tensor, b: Tensor, kernel: Kernel) -> Iterator[Found]:
    """A first kernel for an image of another scale, perhaps also turned or in another order."""
    turns = [
        change
        for change in kernel_changes(kernel)
        if set(change.names) <= {"reverse-channels", "rotate"}
    ]
    for change in turns:
        factors = factors_between(change.apply(a), b)
        if factors is not None:
            yield Found((*change.names, "scaled-input"), scale_words(factors))
            return


def _reversed(match: TensorMatch, first: Tensor, second: Tensor) -> Iterator[Found]:
    """A number for each channel of the image, such as the mean of a normalisation."""
    axis = match.a_form.image_axis
    assert axis is not None
    if np.array_equal(np.flip(match.first_form(first), axis), match.second_form(second)):
        yield Found(("reverse-channels",))


def _permuted(a: Tensor, b: Tensor, kernel: Kernel | None) -> Iterator[Found]:
    if kernel is None:
        order = order_of(a.reshape(-1), b.reshape(-1))
        if order is not None:
            yield Found(("permuted-units",), order=Permutation(order))
        return
    found = permutation(a, b) if a.size <= _MOST_PERMUTED else None
    if found is not None:
        names = ["permuted-units"] * (found.units is not None)
        names += ["permuted-inputs"] * (found.inputs is not None)
        yield Found(tuple(names), order=found)


def _other_epsilon(match: TensorMatch, first: Tensor, second: Tensor) -> Iterator[Found]:
    """The variances themselves, without what is added to them."""
    if np.allclose(first.reshape(-1), second.reshape(-1), _FEW_UNITS, 0.0):
        words = f"epsilon is {match.a_form.offset:g} in A, {match.b_form.offset:g} in B"
        yield Found(("other-epsilon",), words)
