"""Known mistakes in networks with branches are named at their node, and once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pytest

from netparity.diagnosis import Cause, Diagnosis
from netparity.diagnosis.telling import tell
from netparity.networks import NETWORKS, Network, Preprocessing
from netparity.networks.catalogue.build import Builder
from tests.support.cases import mistakes_in
from tests.support.graph_subject import GraphSubject
from tests.support.graphs import inception, residual

RESIDUAL, INCEPTION = GraphSubject(residual()), GraphSubject(inception())
SUBJECTS = {subject.network.name: subject for subject in (RESIDUAL, INCEPTION)}
TINY = ("alexnet-tiny", "resnet-tiny", "googlenet-tiny", "mobilenet-tiny")


def run(subject: GraphSubject, **mistakes: Sequence[str]):
    return subject.run(mistakes_in(subject.network, mistakes))


def only(features: Mapping[str, np.ndarray], names: Collection[str]):
    return {name: features[name] for name in features if name in names}


def found(diagnosis: Diagnosis) -> list[tuple[str, set[tuple[str, str]]]]:
    """Each faulty node with its confirmed causes."""
    return [
        (
            finding.place,
            {(cause.mistake, cause.place) for cause in finding.explanation.causes}
            if finding.explanation is not None and finding.confirmed
            else set(),
        )
        for finding in diagnosis.findings
    ]


# --- every mistake, where every feature is exported -----------------------------------------


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_clean_network_has_no_findings(name: str) -> None:
    subject = SUBJECTS[name]
    assert subject.diagnose(subject.clean).findings == []


@pytest.mark.parametrize("name", SUBJECTS)
def test_each_mistake_of_each_node_is_confirmed_there_alone(name: str) -> None:
    subject = SUBJECTS[name]
    planted = list(subject.every_mistake())
    assert len(planted) > 40
    assert [problem for each in planted if (problem := subject.problem(each))] == []


@pytest.mark.parametrize("name", TINY)
def test_a_sample_of_the_mistakes_in_the_tiny_networks(name: str) -> None:
    """A few of them; all of one network are planted in a slow test, and all by the benchmarks."""
    subject = GraphSubject(NETWORKS[name], images=1)
    planted = list(subject.every_mistake())
    sample = [planted[at] for at in np.random.default_rng(0).choice(len(planted), 5, False)]
    assert [problem for each in sample if (problem := subject.problem(each))] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["googlenet-tiny"])
def test_each_mistake_of_each_node_of_the_tiny_networks(name: str) -> None:
    subject = GraphSubject(NETWORKS[name], images=1)
    planted = list(subject.every_mistake())
    assert len(planted) > 100
    assert [problem for each in planted if (problem := subject.problem(each))] == []


# --- several mistakes -----------------------------------------------------------------------


def test_mistakes_in_two_branches_are_two_findings() -> None:
    features = run(INCEPTION, three2=("kernels-rotated",), after=("bias-missing",))
    assert found(INCEPTION.diagnose(features)) == [
        ("three2", {("kernels-rotated", "three2")}),
        ("after", {("bias-missing", "after")}),
    ]


def test_two_mistakes_in_branches_that_were_not_exported_are_found_where_they_meet() -> None:
    features = run(INCEPTION, three2=("kernels-rotated",), after=("bias-missing",))
    diagnosis = INCEPTION.diagnose(only(features, ["relu0", "one", "joined", "pool"]))
    assert found(diagnosis) == [
        ("joined", {("kernels-rotated", "three2"), ("bias-missing", "after")})
    ]


def test_a_mistake_at_a_node_that_was_not_exported_is_named_once() -> None:
    """Both what follows in the branch and the sum start behind it."""
    features = run(RESIDUAL, stem=("kernels-rotated",))
    kept = ["relu1", "a2", "relu2", "sum2", "prob"]
    diagnosis = RESIDUAL.diagnose(only(features, kept))
    assert found(diagnosis) == [("relu1", {("kernels-rotated", "stem")})]
    [finding] = diagnosis.findings
    assert finding.since == "input"


def test_a_mistake_of_the_input_is_named_once_though_the_input_feeds_two_branches() -> None:
    swapped = np.ascontiguousarray(RESIDUAL.x[..., ::-1])
    features = RESIDUAL.run(x=swapped)
    diagnosis = RESIDUAL.diagnose(only(features, ["relu1", "a2", "relu2", "sum2", "prob"]))
    assert found(diagnosis) == [("relu1", {("channels-swapped", "input")})]


def test_a_second_mistake_behind_one_that_was_not_exported() -> None:
    features = run(RESIDUAL, stem=("kernels-rotated",), sum1=("sum-without-second",))
    diagnosis = RESIDUAL.diagnose(only(features, ["relu1", "a2", "relu2", "sum2", "prob"]))
    assert found(diagnosis)[0] == ("relu1", {("kernels-rotated", "stem")})
    # a2 is all that is left of the sum: which mistake the other term has does not show.
    assert found(diagnosis)[1:] == [("relu2", {("sum-without-second", "sum1")})]


# --- mistakes of reading --------------------------------------------------------------------


def test_a_feature_taken_before_its_activation_is_told_from_a_missing_one() -> None:
    """The network goes on rightly, in both branches."""
    features = INCEPTION.run(read={"relu0": "stem"})
    assert found(INCEPTION.diagnose(features)) == [("relu0", {("before-relu", "relu0")})]
    features = run(INCEPTION, relu0=("relu-missing",))
    diagnosis = INCEPTION.diagnose(features)
    assert found(diagnosis) == [("relu0", {("relu-missing", "relu0")})]
    assert diagnosis.findings[0].alternatives == []


def test_a_feature_taken_before_its_normalisation() -> None:
    diagnosis = RESIDUAL.diagnose(RESIDUAL.run(read={"bn1": "a1"}))
    assert diagnosis.causes == [Cause("before-activation", "bn1", "batch normalisation")]
    assert "bn1: the feature was taken before the batch normalisation" in "\n".join(
        tell(diagnosis, RESIDUAL.network)
    )


def test_two_features_read_wrongly_before_one_sum() -> None:
    """The sum was computed from what neither of its features shows."""
    features = RESIDUAL.run(read={"relu0": "stem", "a2": "relu1"})
    assert found(RESIDUAL.diagnose(features)) == [
        ("relu0", {("before-relu", "relu0")}),
        ("a2", {("off-by-one", "a2")}),
    ]


def test_one_feature_read_wrongly_and_one_computed_wrongly_before_one_sum() -> None:
    features = RESIDUAL.run(
        mistakes_in(RESIDUAL.network, {"a2": ("bias-missing",)}), read={"relu0": "stem"}
    )
    assert found(RESIDUAL.diagnose(features)) == [
        ("relu0", {("before-relu", "relu0")}),
        ("a2", {("bias-missing", "a2")}),
    ]


def test_the_feature_of_a_neighbouring_branch() -> None:
    """`one` and `three2` have one shape, and lie side by side."""
    diagnosis = INCEPTION.diagnose(INCEPTION.run(read={"three2": "one"}))
    assert diagnosis.causes == [Cause("off-by-one", "three2", "one")]


def test_the_feature_of_an_addition_s_input_is_told_from_an_addition_without_the_other() -> None:
    diagnosis = RESIDUAL.diagnose(RESIDUAL.run(read={"sum1": "relu0"}))
    assert diagnosis.causes == [Cause("off-by-one", "sum1", "relu0")]
    diagnosis = RESIDUAL.diagnose(run(RESIDUAL, sum1=("sum-without-first",)))
    assert diagnosis.causes == [Cause("sum-without-first", "sum1")]


# --- what is not known ----------------------------------------------------------------------


def test_an_unknown_fault_in_a_branch_is_located_and_not_explained() -> None:
    rng = np.random.default_rng(3)
    kernel = RESIDUAL.weights["a2.kernel"]
    weights = {
        **RESIDUAL.weights,
        "a2.kernel": (kernel + rng.normal(0, kernel.std(), kernel.shape)).astype(np.float32),
    }
    diagnosis = RESIDUAL.diagnose(RESIDUAL.run(weights=weights))
    assert diagnosis.causes == []
    assert [finding.place for finding in diagnosis.findings] == ["a2"]


# --- features of another shape --------------------------------------------------------------


def windows(pads: int = 0, ceil: bool = False) -> Network:
    """A strided convolution, normalised and activated by nodes of their own, and a pool."""
    build = Builder((13, 13, 3))
    build.conv("conv", 4, 3, stride=2, pads=pads)
    build.batch_norm("norm", 1e-5)
    build.add("relu", "relu")
    build.pool("pool", 2, 2, ceil=ceil)
    return build.network("windows", Preprocessing(mean=(0.0,)), ("pool",))


def test_a_strided_convolution_without_padding_is_known_by_its_shape() -> None:
    right, valid = GraphSubject(windows(pads=1)), GraphSubject(windows())
    features = valid.run(x=right.x, weights=right.weights)
    for name in ("conv", "norm", "relu"):
        diagnosis = right.diagnose({name: features[name]})
        assert found(diagnosis) == [(name, {("padding-valid", "conv")})]


def test_a_pool_that_is_rounded_down_is_known_by_its_shape() -> None:
    right, floor = GraphSubject(windows(pads=1, ceil=True)), GraphSubject(windows(pads=1))
    features = floor.run(x=right.x, weights=right.weights)
    assert features["pool"].shape[1:] == (3, 3, 4) and right.clean["pool"].shape[1:] == (4, 4, 4)
    diagnosis = right.diagnose(features)
    assert found(diagnosis) == [("pool", {("pool-floor", "pool")})]


def test_another_shape_that_no_mistake_explains() -> None:
    right = GraphSubject(windows(pads=1, ceil=True))
    diagnosis = right.diagnose({"pool": right.clean["pool"][:, :-1]})
    assert found(diagnosis) == [("pool", set())]
