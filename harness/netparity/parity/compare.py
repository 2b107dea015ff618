"""Every comparison of a run: each runner against the reference and against each other runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from netparity.networks import Node
from netparity.networks.ops.base import Array
from netparity.parity.local import LocalJudge
from netparity.parity.metrics import Measured, measure
from netparity.parity.truth import Truth, in_order
from netparity.parity.verdict import Rule, degeneracy, judge
from netparity.protocol import Arithmetic, InputKind, LocalError, ParityEntry, Verdict

Features = Mapping[str, Array]
REFERENCE = "reference"


@dataclass
class _Subject:
    """One runner's features on one input, and what is known of them so far.

    `twins` are the runners whose features have had the same bits at every layer so far.
    """

    label: str
    features: Features
    truth: Truth
    local: LocalJudge | None
    names: frozenset[str] = frozenset()
    verdicts: list[LocalError] = field(default_factory=list)
    twins: set[str] | None = None


def compare_features(
    kind: InputKind,
    runners: Mapping[str, Features],
    truths: Mapping[str, Truth],
    rule: Rule,
    *,
    local: bool = True,
    done: Callable[[], None] = lambda: None,
) -> Iterator[ParityEntry]:
    """Judge what every runner computed from one kind of input, node by node.

    Each feature is looked up once, one layer at a time, so features can be read from disk when
    they are needed.

    Args:
        runners: label to feature name to values.
        truths: label to what its features are judged against.
        local: whether to judge every layer on its own too.
        done: called after each layer.
    """
    if not runners:
        return
    subjects = [
        _Subject(
            label,
            features,
            truths[label],
            LocalJudge(truths[label], rule) if local else None,
            frozenset(features),
        )
        for label, features in runners.items()
    ]
    network = subjects[0].truth.network
    names = {name for subject in subjects for name in subject.names}
    for node in in_order(network, names):
        yield from _compare_node(kind, node, subjects, rule)
        done()


def _compare_node(
    kind: InputKind, node: Node, subjects: list[_Subject], rule: Rule
) -> Iterator[ParityEntry]:
    present = [subject for subject in subjects if node.name in subject.names]
    values = {subject.label: subject.features[node.name] for subject in present}
    references: dict[int, Array] = {}
    for truth in (subject.truth for subject in present):
        # Read once; a reference that is computed while it is read has its floor only afterwards.
        if id(truth) not in references and node.name in truth.reference:
            references[id(truth)] = truth.reference[node.name]
    pairs = {
        (first.label, second.label): _pair(kind, node, first, second, values, rule)
        for first, second in combinations(present, 2)
    }
    judged: dict[str, tuple[_Subject, LocalError | None]] = {}
    for subject in present:
        twins = [
            (second if first == subject.label else first)
            for (first, second), entry in pairs.items()
            if subject.label in (first, second) and entry.verdict == "identical"
        ]
        subject.twins = set(twins) if subject.twins is None else subject.twins & set(twins)
        if id(subject.truth) not in references:
            continue
        x, r = values[subject.label], references[id(subject.truth)]
        earlier = next((judged[label] for label in subject.twins if label in judged), None)
        if subject.local is None or x.shape != r.shape:
            local = None
        elif earlier is not None and earlier[0].truth is subject.truth and earlier[0].local:
            subject.local.follow(earlier[0].local)
            local = earlier[1]
        else:
            local = subject.local.judge(node, x, r)
        judged[subject.label] = (subject, local)
        yield _against_reference(kind, node, subject, x, r, local, twins, rule)
    yield from pairs.values()


def _against_reference(
    kind: InputKind,
    node: Node,
    subject: _Subject,
    x: Array,
    r: Array,
    local: LocalError | None,
    twins: list[str],
    rule: Rule,
) -> ParityEntry:
    truth = subject.truth
    floor = truth.floors.get(node.name)
    if x.shape != r.shape:
        return _misshapen(kind, node, subject.label, REFERENCE, x, r)
    metrics = measure(x, r, output=node in truth.network.outputs)
    verdict, note = judge(metrics, x, r, floor, rule, degeneracy(r))
    kinds: list[Arithmetic] = []
    if local is not None:
        subject.verdicts.append(local)
    if verdict == "pass" and twins:
        verdict, note = "identical", f"bit-identical to {', '.join(twins)}"
    elif verdict == "divergent":
        faults = [known for known in subject.verdicts if known.verdict != "pass"]
        kinds = _common_kinds(faults)
        if kinds:
            verdict = "reduced-precision"
        elif subject.local is not None and not faults:
            note = "no layer is faulty on its own: the error grows from layer to layer"
    return _entry(
        kind,
        node,
        subject.label,
        REFERENCE,
        metrics,
        verdict=verdict,
        note=note,
        floor=floor,
        identical_to=twins,
        kinds=kinds,
        local=local,
    )


def _common_kinds(faults: Sequence[LocalError]) -> list[Arithmetic]:
    """The kinds of reduced precision that explain the errors of all layers, the best first."""
    lists = [
        [fault.arithmetic, *fault.or_arithmetic] if fault.arithmetic is not None else []
        for fault in faults
    ]
    if not lists:
        return []
    if common := _in_all(lists):
        return common
    # In mixed precision, a tool may hand out some results before it stores them.
    return _in_all(
        [[*kinds, *(_MIXED[kind] for kind in kinds if kind in _MIXED)] for kinds in lists]
    )


_MIXED: Mapping[Arithmetic, Arithmetic] = {
    "bfloat16-products": "mixed-bfloat16",
    "tf32": "mixed-float16",
}
"""The kinds of one result that was not stored, and what the whole network may be computed in."""


def _in_all(lists: Sequence[Sequence[Arithmetic]]) -> list[Arithmetic]:
    # The layers that leave the fewest kinds know best which one it is.
    return [kind for kind in min(lists, key=len) if all(kind in kinds for kinds in lists)]


def _pair(
    kind: InputKind,
    node: Node,
    first: _Subject,
    second: _Subject,
    values: Mapping[str, Array],
    rule: Rule,
) -> ParityEntry:
    """Two runners: each may be off by the tolerance, so they may differ by twice as much."""
    x, r = values[first.label], values[second.label]
    if x.shape != r.shape:
        return _misshapen(kind, node, first.label, second.label, x, r)
    metrics = measure(x, r, output=node in first.truth.network.outputs)
    floor = first.truth.floors.get(node.name)
    verdict, note = judge(metrics, x, r, floor, rule.doubled(), None)
    if metrics.equal and verdict != "error":
        verdict = "identical"
    return _entry(
        kind, node, first.label, second.label, metrics, verdict=verdict, note=note, floor=floor
    )


def _misshapen(
    kind: InputKind, node: Node, label: str, against: str, x: Array, r: Array
) -> ParityEntry:
    return ParityEntry(
        label=label,
        against=against,
        input=kind,
        feature=node.name,
        verdict="error",
        note=f"shape {list(x.shape)}, expected {list(r.shape)}",
        count=x.size,
        relative_l2=None,
        max_abs=None,
        cosine_distance=None,
    )


def _entry(
    kind: InputKind,
    node: Node,
    label: str,
    against: str,
    metrics: Measured,
    *,
    verdict: Verdict,
    note: str | None,
    floor: float | None,
    identical_to: list[str] | None = None,
    kinds: Sequence[Arithmetic] = (),
    local: LocalError | None = None,
) -> ParityEntry:
    return ParityEntry(
        label=label,
        against=against,
        input=kind,
        feature=node.name,
        verdict=verdict,
        note=note,
        identical_to=identical_to or [],
        arithmetic=kinds[0] if kinds else None,
        or_arithmetic=list(kinds[1:]),
        floor=floor,
        local=local,
        **metrics.stored(),
    )
