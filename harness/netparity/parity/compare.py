"""Every comparison of a run: each runner against the reference and against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np
import numpy.typing as npt

from netparity.parity.metrics import measure
from netparity.parity.verdict import judge
from netparity.protocol import INPUTS, InputKind, ParityEntry

Features = Mapping[str, npt.NDArray[np.floating]]


def compare_features(
    runners: Mapping[str, Mapping[InputKind, Features]],
    reference: Features,
    max_relative_l2: float,
) -> Iterator[ParityEntry]:
    """Judge what every runner computed.

    Args:
        runners: label to input to feature name to values.
        reference: feature name to float64 values, computed from the shared input. The native
            features are held against it too: what they differ by beyond the shared ones is
            the preprocessing's.
    """
    for kind in INPUTS:
        for label, inputs in runners.items():
            for name, values in inputs.get(kind, {}).items():
                if name in reference:
                    yield _entry(
                        label, "reference", kind, name, values, reference[name], max_relative_l2
                    )
        for one, other in combinations(runners, 2):
            others = runners[other].get(kind, {})
            for name, values in runners[one].get(kind, {}).items():
                if name in others:
                    yield _entry(one, other, kind, name, values, others[name], max_relative_l2)


def _entry(
    label: str,
    against: str,
    kind: InputKind,
    name: str,
    values: npt.NDArray[np.floating],
    target: npt.NDArray[np.floating],
    max_relative_l2: float,
) -> ParityEntry:
    metrics = measure(values, target)
    verdict, note = judge(values, target, metrics, max_relative_l2)
    return ParityEntry(
        label=label,
        against=against,
        input=kind,
        feature=name,
        relative_l2=metrics.relative_l2,
        max_abs=metrics.max_abs,
        cosine_distance=metrics.cosine_distance,
        verdict=verdict,
        note=note,
    )
