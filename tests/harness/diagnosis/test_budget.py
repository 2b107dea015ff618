"""A search ends in time, tries the likeliest first, and says what it found until then.

The clock runs with the work of the passes, so that the outcome depends on no machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from netparity.diagnosis import Diagnosis, Search
from netparity.diagnosis.other_input import KnownInputs
from netparity.diagnosis.pace import TimeLimit
from netparity.diagnosis.segment import Segment
from netparity.diagnosis.shared_passes import SharedPasses
from netparity.networks.catalogue.vgg import vgg
from netparity.parity import Rule, Truth
from netparity.parity.truth import ReferencePass
from netparity.weights import synthetic
from tests.support.cases import numpy_runner

Array = npt.NDArray[Any]
MODEL = vgg("small", ((8, 8), (12, 12)), (128, 128), 10, (32, 32))
WEIGHTS = synthetic.make(MODEL, 0)
RNG = np.random.default_rng(0)
MEAN = np.array(MODEL.mean_rgb)
RAW = RNG.uniform(0, 255, (1, 32, 32, 3))
X = (RAW - MEAN).astype(np.float32)
OTHERS = {f"resize {number}": X + RNG.normal(0, 9, X.shape) for number in range(40)}


class Work:
    """A clock that runs a second for each pass of the network's work."""

    def __init__(self) -> None:
        self.passes = 0.0

    def __call__(self) -> float:
        return self.passes


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    clock = Work()
    run, in_order = SharedPasses.run, Segment._in_order
    network = SharedPasses(MODEL, WEIGHTS)
    entry = MODEL.inputs[0].name
    whole = network.follow(MODEL.nodes, {entry: network.given(0, lambda: X, 1)}, {})
    one_pass = network.plan(whole["fc3"], set())

    def counted(self: SharedPasses, targets: Sequence[int]) -> list[Array]:
        planned: set[int] = set()
        clock.passes += sum(self.plan(target, planned) for target in targets) / one_pass
        return run(self, targets)

    def ordered(self: Segment, *arguments: Any) -> Array:
        clock.passes += 1
        return in_order(self, *arguments)

    monkeypatch.setattr(SharedPasses, "run", counted)
    monkeypatch.setattr(Segment, "_in_order", ordered)
    return clock


def diagnose(values: Array, seconds: float, clock: Work, **settings: Any) -> Diagnosis:
    reference = ReferencePass(MODEL, WEIGHTS, X, wanted=["fc3"])
    truth = Truth(MODEL, X, {"fc3": reference["fc3"]}, reference.floors, WEIGHTS)
    over, inputs = TimeLimit(seconds, clock), KnownInputs(OTHERS)
    search = Search(truth, Rule(), inputs=inputs, over=over, **settings)
    return search.diagnose("numpy", {"fc3": values.astype(np.float32)}, lambda name: None)


def feature(x: Array) -> Array:
    return numpy_runner(MODEL, WEIGHTS, x.astype(np.float32))["fc3"]


UNRELATED = np.abs(RNG.standard_normal((1, 128)))


@pytest.mark.parametrize("seconds", [8, 20, 60, 150])
def test_no_pass_is_begun_that_does_not_fit(seconds: int, work: Work) -> None:
    [finding] = diagnose(UNRELATED, seconds, work).findings
    assert finding.cut_short and finding.explanation is None and finding.tried > 0
    assert work.passes <= seconds + 2  # the size of the error in grey levels is measured at the end


def test_more_time_tries_more(work: Work) -> None:
    tried = [diagnose(UNRELATED, seconds, work).findings[0].tried for seconds in (8, 20, 60, 150)]
    assert tried == sorted(tried) and len(set(tried)) == 4


def test_what_was_done_to_the_feature_costs_a_few_passes(work: Work) -> None:
    right = feature(X)
    [cause] = diagnose(right / np.linalg.norm(right), 8, work).causes
    assert cause.mistake == "treated-l2" and work.passes < 8


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (X[..., ::-1], {"channels-swapped"}),
        (X + MEAN, {"mean-missing"}),
        ((X + MEAN) / 255, {"scale-0-1"}),
        (OTHERS["resize 0"], {"resize"}),
        (OTHERS["resize 0"] + MEAN, {"resize", "mean-missing"}),
        (OTHERS["resize 1"][..., ::-1], {"resize", "channels-swapped"}),
    ],
)
def test_common_mistakes_and_pairs_are_found_early(
    x: Array, expected: set[str], work: Work
) -> None:
    causes = diagnose(feature(x), 100, work).causes
    assert {cause.mistake for cause in causes} == expected


def test_a_mistake_at_the_end_beside_another_input_costs_nothing(work: Work) -> None:
    values = numpy_runner(MODEL, WEIGHTS, OTHERS["resize 2"].astype(np.float32))["fc4"]
    assert values.shape == (1, 128)
    causes = diagnose(values, 40, work).causes
    assert {cause.mistake for cause in causes} == {"resize", "off-by-one"}


def test_progress_says_what_is_tried_and_how_much_time_is_left(work: Work) -> None:
    lines: list[str] = []
    diagnose(UNRELATED, 20, work, trying=lines.append)
    assert any("channels are swapped" in line for line in lines)
    assert all("least error" in line and "s left" in line for line in lines)


def test_at_an_interrupt_the_best_so_far_is_known(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    search: list[Search] = []

    def interrupt(self: Search, *arguments: Any) -> None:
        search[:] = [self]
        if work.passes > 10:
            raise KeyboardInterrupt

    monkeypatch.setattr(Search, "_report", interrupt)
    with pytest.raises(KeyboardInterrupt):
        diagnose(UNRELATED, 100, work)
    [finding] = search[0].so_far("numpy").findings
    assert finding.place == "fc3" and finding.tried > 0


def test_an_interrupt_keeps_what_was_found_at_earlier_layers() -> None:
    wrong = numpy_runner(MODEL, WEIGHTS, X + np.float32(MEAN))
    features = {"conv1_1": wrong["conv1_1"], "fc3": UNRELATED.astype(np.float32)}
    truth = ReferencePass.truth(MODEL, WEIGHTS, X)
    search = Search(truth, Rule(), trying=lambda text: None)

    def interrupt(name: str) -> None:
        if name == "fc3":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search.diagnose("numpy", features, interrupt)
    [cause] = search.so_far("numpy").causes
    assert (cause.mistake, cause.place) == ("mean-missing", "input")
