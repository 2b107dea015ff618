"""The verdict on one feature, in the order of axes in which it agrees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netparity.features import Found
from netparity.networks import Node
from netparity.parity import Rule, Truth, compare_features
from netparity.protocol import ParityEntry
from netparity.results.outcomes import PASSING

LABEL = "features"


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
