"""The verdict on one feature, in the order of axes in which it agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from netparity.errors import UsageError
from netparity.features import Found
from netparity.networks import Network, Node
from netparity.networks.ops.base import Array
from netparity.networks.rounding import stored_as
from netparity.parity import Rule, Truth, compare_features
from netparity.parity.passes import segment_before
from netparity.protocol import ParityEntry
from netparity.results.outcomes import PASSING

LABEL = "features"


def one_of_many(found: Sequence[Found], number: int) -> list[Found]:
    """The feature of one image of a file that holds many.

    Args:
        found: the readings of the whole file.
        number: which of them, counted from 1.

    Raises:
        UsageError: if the file has no such image, or cannot be read as features of many.
    """
    if not found[0].fits:
        raise UsageError(f"--column {number}: {found[0].orientation}")
    count = len(found[0].values)
    if not 1 <= number <= count:
        raise UsageError(f"--column {number}: expected a number of 1 to {count}, as many images")
    chosen = slice(number - 1, number)
    words = f"number {number} of {count} images, "
    return [
        replace(each, values=each.values[chosen], orientation=words + each.orientation)
        for each in found
    ]


def judge_readings(
    found: Sequence[Found], node: Node, truth: Truth, rule: Rule, *, local: bool = True
) -> tuple[Found, ParityEntry, str | None]:
    """The verdict on the first order of axes, or on the first that agrees, with a remark.

    Args:
        found: the readings of one feature, the most usual first.
        local: whether to judge the layer on its own too.
    """
    entries = []
    for layout in found:
        values = {LABEL: {node.name: np.asarray(layout.values)}}
        [entry] = compare_features("shared", values, {LABEL: truth}, rule, local=local)
        entries.append(entry)
        if entry.verdict in PASSING:
            break
    first, last = entries[0], entries[-1]
    if first is last or last.verdict not in PASSING:
        return found[0], first, None
    agreeing = found[len(entries) - 1]
    remark = (
        f"read as {found[0].orientation} they would diverge (relative L2 {first.relative_l2:.2g})"
        if first.relative_l2 is not None
        else None
    )
    return agreeing, last, remark


def is_arithmetic_alone(entry: ParityEntry, node: Node, network: Network, values: Array) -> bool:
    """Whether the verdict has found all that can be: arithmetic in a narrow format.

    Behind several layers no computation reproduces the values. Values that were computed in
    float32 and stored in a narrow format are left to the search, which confirms that.
    """
    deep = sum(bool(each.tensors) for each in segment_before(network, (), node).nodes) > 1
    stored = str(entry.arithmetic).endswith("-stored") and stored_as(values) is not None
    return entry.verdict == "reduced-precision" and deep and not stored
