"""From the features of a chunk to rows: every image of every runner, judged on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.dataset.records import Row
from netparity.networks import Network
from netparity.networks.rounding import UNIT_ROUNDOFF
from netparity.parity import Rule
from netparity.parity.each_image import EachImage, judge_each
from netparity.parity.passes import Weights
from netparity.protocol import InputKind
from netparity.results.rows import Rows
from netparity.run.many.chunks import Prepared
from netparity.run.many.extraction import Extracted

BLOCK = 8
"""Images whose reference is computed at once: more take memory and save little."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class _Differences:
    """Of a tool's own input to the shared one, in grey levels; a value per image."""

    mean_abs: npt.NDArray[np.float64]
    max_abs: npt.NDArray[np.float64]


def judge_chunk(
    network: Network,
    weights: Weights,
    prepared: Prepared,
    extracted: Mapping[str, Extracted],
    rule: Rule,
    advance: Callable[[int], None] = lambda images: None,
) -> Iterator[Row]:
    """Judge a chunk's features, a few images at a time.

    Runners whose own input is the same share one reference.

    Args:
        extracted: by label, what each runner left.
        advance: called with the number of images that were judged.

    Yields:
        A row for each image, runner, input and feature; see `records.COLUMNS`.
    """
    shared = {label: each.arrays("shared") for label, each in extracted.items()}
    native = {label: each.arrays("native") for label, each in extracted.items()}
    own = {
        label: tensor
        for label, each in extracted.items()
        if (tensor := each.native_input) is not None
    }
    for start in range(0, len(prepared.rows), BLOCK):
        block = slice(start, start + BLOCK)
        x = prepared.tensor[block]
        given: dict[bytes, Floats] = {x.tobytes(): x}
        groups: dict[bytes, dict[tuple[str, InputKind], Mapping[str, Floats]]] = {}
        for label, features in shared.items():
            if features:
                group = groups.setdefault(x.tobytes(), {})
                group[label, "shared"] = _block(features, block)
        differences: dict[str, _Differences] = {}
        for label, tensor in own.items():
            made = tensor[block]
            differences[label] = _differences(made, x, network)
            if not np.isfinite(made).all():  # no reference can be computed from it
                for name in native[label]:
                    yield from _rows(
                        label, "native", _unusable(name, len(made)), prepared, start, None
                    )
                continue
            key = made.tobytes()
            given.setdefault(key, made)
            groups.setdefault(key, {})[label, "native"] = _block(native[label], block)
        for key, group in groups.items():
            names = {f"{label}\0{kind}": (label, kind) for label, kind in group}
            runners = {name: group[pair] for name, pair in names.items()}
            for name, judged in judge_each(network, weights, given[key], runners, rule):
                label, kind = names[name]
                differing = differences[label] if kind == "native" else None
                yield from _rows(label, kind, judged, prepared, start, differing)
        advance(len(x))


def _unusable(name: str, count: int) -> EachImage:
    """The judgement where the tool's own input is not finite."""
    return EachImage(name, np.full(count, np.inf), np.full(count, UNIT_ROUNDOFF), ["error"] * count)


def _block(features: Mapping[str, Rows], block: slice) -> dict[str, Floats]:
    return {name: rows[block] for name, rows in features.items()}


def _differences(made: Floats, shared: Floats, network: Network) -> _Differences:
    """Of two inputs, with the normalisation undone."""
    expected = network.image.preprocessing
    distance = np.abs(made.astype(np.float64) - shared)
    if expected is not None:
        distance = distance * (np.asarray(expected.deviation) / expected.scale)
    rows = distance.reshape(len(distance), -1)
    return _Differences(rows.mean(axis=1), rows.max(axis=1))


def _rows(
    label: str,
    kind: InputKind,
    judged: EachImage,
    prepared: Prepared,
    start: int,
    differing: _Differences | None,
) -> Iterator[Row]:
    over = judged.error / judged.floor
    for number, verdict in enumerate(judged.verdicts):
        at = start + number
        yield {
            "row": prepared.rows[at],
            "image": prepared.names[at],
            "sha256": prepared.hashes[at],
            "runner": label,
            "input": kind,
            "feature": judged.feature,
            "verdict": verdict,
            "relative_l2": float(judged.error[number]),
            "floor": float(judged.floor[number]),
            "over_floor": float(over[number]),
            "top1": None if judged.top1 is None else judged.top1[number],
            "top5": None if judged.top5 is None else judged.top5[number],
            "input_mean_abs": None if differing is None else float(differing.mean_abs[number]),
            "input_max_abs": None if differing is None else float(differing.max_abs[number]),
        }
