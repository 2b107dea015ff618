"""A closer look at single images: every layer on its own, and the cause of what fails.

The worst images of each runner are computed once more, with every layer as a feature, and judged
and diagnosed as `netparity compare --layers all` and `netparity diagnose` would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from netparity.dataset.tally import PASSING
from netparity.diagnosis import Search
from netparity.diagnosis.telling import tell
from netparity.diagnosis.words import Voice
from netparity.inputs import decode
from netparity.judge.other_inputs import other_inputs
from netparity.judge.time_limit import BUDGET_SECONDS, time_limit
from netparity.networks import Network
from netparity.parity import ReferencePass, Rule, compare_features
from netparity.parity.passes import Weights
from netparity.protocol import InputKind
from netparity.run.many.chunks import Prepared
from netparity.run.many.extraction import Extracted
from netparity.runners import Runner
from netparity.watch import Watch


@dataclass(frozen=True)
class LayerError:
    """One layer of one image: its error from the input on, and its own.

    Attributes:
        over_floor: relative L2 to the reference over the noise floor; None where it has none.
        local: the error that the layer itself makes of what it was given, over its own floor.
    """

    layer: str
    verdict: str
    over_floor: float | None
    local_verdict: str | None
    local: float | None


@dataclass(frozen=True)
class Closer:
    """One image as one runner computed it from one input.

    Attributes:
        row: the image's number.
        layers: in the network's order.
        cause: the diagnosis in sentences; empty for an image that passes.
    """

    runner: str
    input: str
    row: int
    image: str
    layers: Sequence[LayerError]
    cause: Sequence[str]


def look_closer(
    network: Network,
    weights: Weights,
    prepared: Prepared,
    runner: Runner,
    extracted: Extracted,
    chosen: Mapping[InputKind, Sequence[int]],
    rule: Rule,
    watch: Watch,
) -> Iterator[Closer]:
    """Judge every layer of some images of one runner, and diagnose those that fail.

    Args:
        prepared: the images.
        extracted: the runner's features of them, of every layer.
        chosen: input to the rows that are looked at.
    """
    for kind, rows in chosen.items():
        features = extracted.arrays(kind)
        tensor = prepared.tensor if kind == "shared" else extracted.native_input
        if not features or tensor is None:
            continue
        for at, row in enumerate(prepared.rows):
            if row not in rows:
                continue
            one = {name: values[at : at + 1] for name, values in features.items()}
            x = tensor[at : at + 1]
            if not np.isfinite(x).all():
                continue
            layers = list(_profile(network, weights, x, kind, runner.label, one, rule))
            cause: list[str] = []
            if any(layer.verdict not in PASSING for layer in layers):
                cause = _cause(network, weights, x, prepared, at, runner, one, rule, watch)
            yield Closer(runner.label, kind, row, prepared.names[at], layers, cause)


def _profile(
    network: Network,
    weights: Weights,
    x: np.ndarray,
    kind: InputKind,
    label: str,
    features: Mapping[str, np.ndarray],
    rule: Rule,
) -> Iterator[LayerError]:
    truth = ReferencePass.truth(network, weights, x)
    for entry in compare_features(kind, {label: features}, {label: truth}, rule):
        own = entry.local
        yield LayerError(
            layer=entry.feature,
            verdict="pass" if entry.verdict == "identical" else entry.verdict,
            over_floor=_over(entry.relative_l2, entry.floor),
            local_verdict=None if own is None else own.verdict,
            local=None if own is None else _over(own.relative_l2, own.floor),
        )


def _cause(
    network: Network,
    weights: Weights,
    x: np.ndarray,
    prepared: Prepared,
    at: int,
    runner: Runner,
    features: Mapping[str, np.ndarray],
    rule: Rule,
    watch: Watch,
) -> list[str]:
    others = other_inputs([decode(prepared.paths[at])], network, x, weights)
    truth = ReferencePass.truth(network, weights, x)
    with watch.task(f"diagnosing {runner.label} on {prepared.names[at]}") as task:
        search = Search(
            truth,
            rule,
            inputs=others,
            done=task.advance,
            over=time_limit(BUDGET_SECONDS),
        )
        found = search.diagnose(runner.label, features, task.note)
    voice = Voice(runner.tool, runner.advice_for, runner.advice)
    return tell(found, network, voice)


def _over(error: float | None, floor: float | None) -> float | None:
    return error / floor if error is not None and floor else None
