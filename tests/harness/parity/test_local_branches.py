"""A node is judged from the runner's own activations of whatever feeds it, through branches too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from netparity.networks import Network
from netparity.parity import Rule, compare_features
from netparity.parity.local import KnownValues, LocalJudge, is_faulty
from netparity.parity.passes import segment_before
from netparity.protocol import LocalError
from tests.support.cases import mistakes_in
from tests.support.graph_subject import GraphSubject
from tests.support.graphs import inception, residual

RESIDUAL, INCEPTION = GraphSubject(residual()), GraphSubject(inception())


def locals_of(subject: GraphSubject, features) -> dict[str, LocalError | None]:
    judge = LocalJudge(subject.truth, Rule())
    return {
        node.name: judge.judge(node, features[node.name], subject.truth.reference[node.name])
        for node in subject.network.features
        if node.name in features
    }


def faulty(errors) -> list[str]:
    return [name for name, local in errors.items() if is_faulty(local)]


def run(subject: GraphSubject, **mistakes: Sequence[str]):
    return subject.run(mistakes_in(subject.network, mistakes))


def segment(network: Network, known: set[str], name: str) -> tuple[tuple[str, ...], list[str]]:
    found = segment_before(network, known, network.node(name))
    return found.frontier, [node.name for node in found.nodes]


# --- what lies between known activations and a node -----------------------------------------


def test_a_segment_begins_at_the_nearest_known_ancestors() -> None:
    network = RESIDUAL.network
    assert segment(network, {"a2", "relu0"}, "sum1") == (("relu0", "a2"), ["sum1"])
    assert segment(network, {"relu0", "bn1"}, "sum1") == (
        ("relu0", "bn1"),
        ["relu1", "a2", "sum1"],
    )
    # Without relu0, the input feeds the shortcut, though a2 is known.
    assert segment(network, {"a2"}, "sum1") == (("input", "a2"), ["stem", "relu0", "sum1"])
    assert segment(network, set(), "relu1")[0] == ("input",)
    assert segment(network, {"relu2"}, "sum2") == (
        ("relu2",),
        ["b1", "relu3", "b2", "beside", "sum2"],
    )


def test_a_segment_says_where_it_begins() -> None:
    network = RESIDUAL.network

    def since(known: set[str], name: str) -> str:
        return segment_before(network, known, network.node(name)).since

    assert since({"a2", "relu0"}, "sum1") == "relu0 and a2"
    assert since({"a2"}, "sum1") == "input and a2"
    assert since(set(), "sum1") == "input"


@pytest.mark.parametrize("subject", [RESIDUAL, INCEPTION], ids=lambda each: each.network.name)
def test_known_values_are_kept_as_long_as_a_node_to_come_needs_them(subject) -> None:
    """None that a later node starts from is missing; those that nothing reads are gone."""
    network = subject.network
    names = [node.name for node in network.features]
    rng = np.random.default_rng(0)
    for _ in range(40):
        exported = [name for name in names if rng.random() < 0.6]
        known = KnownValues(network)
        for place, name in enumerate(exported):
            known.add(name, np.zeros(1))
            needed: set[str] = set()
            for later in exported[place + 1 :]:
                frontier, _ = segment(network, set(exported[: place + 1]), later)
                needed |= set(frontier)
            # A node after the last one may still be asked for.
            last = {each for each in exported[: place + 1] if feeds_later(network, each, exported)}
            assert needed - {"input"} <= set(known.values) <= needed | last


def feeds_later(network: Network, name: str, exported: Sequence[str]) -> bool:
    """Whether a node that is not exported reads it, directly or through others of the kind."""
    return any(
        reader.name not in exported or exported.index(reader.name) > exported.index(name)
        for reader in network.readers[name]
    )


# --- errors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", [RESIDUAL, INCEPTION], ids=lambda each: each.network.name)
def test_a_sound_runner_has_no_faulty_node(subject) -> None:
    errors = locals_of(subject, subject.clean)
    assert {local.verdict for local in errors.values()} == {"pass"}
    entries = list(compare_features("shared", {"a": subject.clean}, {"a": subject.truth}, Rule()))
    assert {entry.verdict for entry in entries} == {"pass"}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("stem", "kernels-rotated"),
        ("bn1", "batch-norm-twice"),
        ("a2", "bias-missing"),
        ("sum1", "sum-without-first"),
        ("sum1", "sum-without-second"),
        ("beside", "bias-missing"),
        ("b2", "kernels-transposed"),
        ("fc", "bias-missing"),
    ],
)
def test_a_fault_is_local_where_it_is_made_and_inherited_by_both_branches(name, key) -> None:
    features = run(RESIDUAL, **{name: (key,)})
    errors = locals_of(RESIDUAL, features)
    assert faulty(errors) == [name]
    entries = compare_features("shared", {"a": features}, {"a": RESIDUAL.truth}, Rule())
    verdicts = {entry.feature: entry.verdict for entry in entries}
    changed = [
        each for each in features if not np.array_equal(features[each], RESIDUAL.clean[each])
    ]
    assert [each for each, verdict in verdicts.items() if verdict == "divergent"] == changed


def test_branches_do_not_inherit_each_others_faults() -> None:
    features = run(INCEPTION, three1=("bias-missing",), after=("bias-missing",))
    assert faulty(locals_of(INCEPTION, features)) == ["three1", "after"]
    entries = compare_features("shared", {"a": features}, {"a": INCEPTION.truth}, Rule())
    passed = {entry.feature for entry in entries if entry.verdict == "pass"}
    assert passed == {"stem", "relu0", "one", "pooled"}


def test_a_concatenation_in_another_order_is_its_own_fault() -> None:
    features = run(INCEPTION, joined=("concat-first-two-swapped",))
    assert faulty(locals_of(INCEPTION, features)) == ["joined"]


def test_a_local_error_is_that_of_the_sum_of_the_runners_own_activations() -> None:
    features = run(RESIDUAL, stem=("kernels-rotated",), sum1=("sum-without-second",))
    error = locals_of(RESIDUAL, features)["sum1"]
    right = features["a2"].astype(np.float64) + features["relu0"]
    expected = np.linalg.norm(features["sum1"] - right) / np.linalg.norm(right)
    assert error.relative_l2 == pytest.approx(expected, rel=1e-12)
    assert error.since == "relu0 and a2"


def test_the_fault_of_a_branch_that_was_not_exported_shows_where_the_branches_meet() -> None:
    features = run(INCEPTION, three1=("bias-missing",))
    kept = {name: features[name] for name in ("relu0", "one", "after", "joined", "pool")}
    errors = locals_of(INCEPTION, kept)
    assert faulty(errors) == ["joined"]
    assert errors["joined"].since == "relu0 and one and after"


def test_a_feature_that_cannot_be_used_is_passed_over_in_its_branch_alone() -> None:
    features = dict(RESIDUAL.clean)
    features["b2"] = np.full_like(features["b2"], np.nan)
    errors = locals_of(RESIDUAL, features)
    assert errors["b2"].verdict == "error"
    assert errors["sum2"].since == "relu3 and beside"
    assert errors["sum2"].verdict == "pass"
    assert faulty(errors) == ["b2"]
