"""Parity image by image: every image has its own error, its own noise floor and its own verdict.

The rule is that of a whole comparison (`verdict.py`), applied to one image at a time. Errors of
other images in the same batch can neither hide an image's error nor be mistaken for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks import Network
from netparity.networks.ops.base import Array, How
from netparity.networks.rounding import UNIT_ROUNDOFF
from netparity.parity.floor import FEWER_ORDERS, side_by_side
from netparity.parity.metrics import top_k_agreement
from netparity.parity.passes import Weights
from netparity.parity.verdict import MOST_ALLOWED, Rule, degeneracy
from netparity.protocol import Verdict

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class EachImage:
    """One node of one runner; each attribute has one value for each of the N images.

    Attributes:
        error: relative L2 to the reference; infinite where a value is not finite, or where only the
            reference is zero.
        floor: the relative L2 error of float32 rounding alone.
        verdicts: of each image.
        top1: whether the largest class is the reference's; None if the node is not an output with
            more than one class.
        top5: the share of the five largest classes that are the reference's; None likewise.
    """

    feature: str
    error: npt.NDArray[np.float64]
    floor: npt.NDArray[np.float64]
    verdicts: Sequence[Verdict]
    top1: Sequence[bool] | None = None
    top5: Sequence[float] | None = None


def judge_each(
    network: Network,
    weights: Weights,
    images: Array,
    runners: Mapping[str, Mapping[str, Array]],
    rule: Rule,
    orders: Sequence[How] = FEWER_ORDERS,
) -> Iterator[tuple[str, EachImage]]:
    """Judge every runner's features of a few images against one reference.

    Args:
        images: what the runners were given, N x the input's shape.
        runners: label to node to values, N x the node's shape.

    Yields:
        Label and one node, in the network's order.
    """
    wanted = {name for features in runners.values() for name in features}
    for node, reference, results in side_by_side(network, weights, images, orders, wanted):
        if node.name not in wanted:
            del reference, results
            continue
        floor = _floors(results, reference)
        degenerate = [degeneracy(image) is not None for image in reference]
        for label, features in runners.items():
            if node.name in features:
                x = np.asarray(features[node.name])
                verdicts, error = _judged(x, reference, floor, degenerate, rule)
                tops = _tops(x, reference) if node in network.outputs else (None, None)
                yield label, EachImage(node.name, error, floor, verdicts, *tops)
        del reference, results


@np.errstate(all="ignore")
def relative_l2_each(x: Array, reference: Array) -> npt.NDArray[np.float64]:
    """||x - r|| / ||r|| of each image; 0 if both are zero, infinite if only r is, or x has NaN."""
    rows = np.asarray(reference, np.float64).reshape(len(reference), -1)
    distance = np.linalg.norm(np.asarray(x, np.float64).reshape(rows.shape) - rows, axis=1)
    norm = np.linalg.norm(rows, axis=1)
    error = np.where(norm > 0, distance / norm, np.where(distance == 0, 0.0, np.inf))
    return np.asarray(np.where(np.isfinite(error), error, np.inf), np.float64)


def _floors(results: Sequence[Array], reference: Array) -> npt.NDArray[np.float64]:
    """The largest error of the float32 passes for each image, at least u."""
    errors = np.stack([relative_l2_each(result, reference) for result in results])
    errors[~np.isfinite(errors)] = 0.0  # a pass that overflowed says nothing
    return np.asarray(np.maximum(UNIT_ROUNDOFF, errors.max(axis=0)), np.float64)


def _judged(
    x: Array, reference: Array, floor: Floats, degenerate: Sequence[bool], rule: Rule
) -> tuple[list[Verdict], npt.NDArray[np.float64]]:
    if x.shape != reference.shape:
        return ["error"] * len(reference), np.full(len(reference), np.inf)
    error = relative_l2_each(x, reference)
    finite = np.asarray(np.isfinite(x.reshape(len(x), -1)).all(axis=1))
    allowed = _allowed(x, reference, error, floor, rule)
    verdicts: list[Verdict] = []
    for number in range(len(x)):
        if not finite[number]:
            verdicts.append("error")
        elif not allowed[number]:
            verdicts.append("divergent")
        elif degenerate[number] or (rule.by_floor and rule.factor * floor[number] > MOST_ALLOWED):
            verdicts.append("inconclusive")
        else:
            verdicts.append("pass")
    return verdicts, error


def _allowed(
    x: Array, reference: Array, error: Floats, floor: Floats, rule: Rule
) -> npt.NDArray[np.bool_]:
    """Whether each image is close enough, as `Rule.allows` has it."""
    if rule.by_floor:
        return np.asarray(error <= rule.factor * floor, np.bool_)
    allowed = np.ones(len(x), dtype=bool)
    if rule.max_relative_l2 is not None:
        allowed &= error <= rule.max_relative_l2
    if rule.atol is not None or rule.rtol is not None:
        with np.errstate(invalid="ignore"):
            near = np.isclose(x, reference, rtol=rule.rtol or 0.0, atol=rule.atol or 0.0)
        allowed &= near.reshape(len(x), -1).all(axis=1)
    return allowed


def _tops(x: Array, reference: Array) -> tuple[list[bool] | None, list[float] | None]:
    """Whether the largest class agrees, and the share of the five largest that do."""
    if x.shape != reference.shape or x.ndim != 2 or x.shape[1] < 2:
        return None, None
    if not np.isfinite(x).all():
        x = np.where(np.isfinite(x), x, -np.inf)
    first = [top_k_agreement(a[None], b[None], 1) for a, b in zip(x, reference, strict=True)]
    five = [top_k_agreement(a[None], b[None], 5) for a, b in zip(x, reference, strict=True)]
    top1 = [each == 1.0 for each in first]
    return top1, [each for each in five if each is not None] if five[0] is not None else None
