"""How sure a finding is: what it leaves, what else explains as much, what was tried."""

from __future__ import annotations

import numpy as np

from netparity.diagnosis import Cause, Diagnosis, Search
from netparity.diagnosis.findings import Experiment, Explanation, Finding
from netparity.diagnosis.suspicion import KINDS
from netparity.diagnosis.telling import tell
from netparity.networks.catalogue.vgg import VGG16_TINY, vgg
from netparity.parity import Rule, Truth
from netparity.parity.truth import ReferencePass
from netparity.weights import synthetic
from tests.support.cases import numpy_runner

MODEL = vgg("small", ((4, 4), (6, 6)), (32, 32), 10, (12, 12))
WEIGHTS = synthetic.make(MODEL, 0)
X = np.random.default_rng(0).uniform(-120, 140, (1, 12, 12, 3)).astype(np.float32)


def told(*findings: Finding) -> str:
    return "\n".join(tell(Diagnosis("numpy", list(findings)), VGG16_TINY))


def explanation(mistake: str, place: str = "fc6", after: float = 2e-7) -> Explanation:
    return Explanation((Cause(mistake, place),), 0.5, after, 8e-7, 1e-7)


def diagnose(values: np.ndarray, layer: str, over=lambda: False) -> Diagnosis:
    reference = ReferencePass(MODEL, WEIGHTS, X, wanted=[layer])
    truth = Truth(MODEL, X, {layer: reference[layer]}, reference.floors, WEIGHTS)
    search = Search(truth, Rule(), over=over)
    return search.diagnose("numpy", {layer: values.astype(np.float32)}, lambda name: None)


def test_what_is_left_is_a_multiple_of_the_rounding_error() -> None:
    assert explanation("bias-missing").times_floor == 2.0
    assert Explanation((), 0.5, 0.1, 0.0).times_floor is None
    text = told(Finding("fc6", "input", 0.5, explanation("bias-missing"), tried=12))
    assert "with this mistake in the reference 2.0e-07, 2.0 times the error of rounding)" in text
    assert "none of 11 others that were tried explains it as well" in text


def test_a_real_explanation_leaves_about_as_much_as_rounding() -> None:
    made = numpy_runner(MODEL, WEIGHTS, X, mistakes={"conv1_2": ["kernels-rotated"]})
    diagnosis = diagnose(made["conv2_1"], "conv2_1")
    [finding] = diagnosis.findings
    assert finding.confirmed and finding.explanation is not None
    assert 0.05 < finding.explanation.times_floor < 8
    [entry] = diagnosis.document()["findings"]
    assert entry["explanation"]["times_floor"] == finding.explanation.times_floor
    assert entry["tried"] == finding.tried > 1


def test_three_equal_explanations_are_named_and_the_rest_counted() -> None:
    equal = [explanation("kernels-rotated", f"conv{block}_1") for block in (1, 2, 3, 4, 5)]
    experiment = Experiment("save-layer", "conv1_1", 5)
    finding = Finding("fc6", "input", 0.5, MISSING, equal, 40, experiments=(experiment,))
    lines = told(finding).splitlines()
    [line] = [line for line in lines if "explain it as well" in line]
    assert line.strip().startswith("5 others explain it as well: conv1_1: the kernels are rotated")
    assert line.count("rotated") == 3 and line.endswith("and 2 more")
    assert "  to tell them apart: save conv1_1 as well and check both" in lines


MISSING = explanation("bias-missing")


def test_a_finding_with_two_causes_says_how_sure_it_is_once() -> None:
    both = Explanation(
        (Cause("channels-swapped", "input"), Cause("bias-missing", "fc6")), 0.5, 2e-7, 8e-7, 1e-7
    )
    text = told(Finding("fc6", "input", 0.5, both, tried=12))
    assert text.count("confirmed:") == 2 and text.count("none of 11 others") == 1


def test_no_known_mistake_says_what_was_tried_and_the_nearest() -> None:
    right = numpy_runner(MODEL, WEIGHTS, X)["fc3"]
    noise = np.random.default_rng(1).standard_normal(right.shape)
    made = numpy_runner(MODEL, WEIGHTS, X, mistakes={"conv1_2": ["kernels-rotated"]})["fc3"]
    [finding] = diagnose(made + 0.5 * np.linalg.norm(made) / 5.6 * noise, "fc3").findings
    assert finding.explanation is None and not finding.cut_short and finding.untried == ()
    assert set(finding.kinds) <= set(KINDS)
    assert sum(finding.kinds.values()) == finding.tried
    assert finding.kinds["layers"] > 10 and finding.kinds["combinations"] > 10
    assert finding.nearest is not None
    # With a tenth it would be a suspicion.
    assert 0.1 * finding.nearest.before < finding.nearest.after < finding.nearest.before
    assert finding.nearest.before <= finding.before
    assert [each.kind for each in finding.experiments] == ["save-input", "save-layer"]
    text = "\n".join(tell(Diagnosis("numpy", [finding]), MODEL))
    assert f"tried: {finding.tried:,} mistakes and combinations" in text
    assert "of the error, too much for a suspicion: " in text
    assert "to narrow it down: save the tensor that the network is given" in text


def test_what_was_not_tried_when_the_time_was_up_is_named() -> None:
    right = numpy_runner(MODEL, WEIGHTS, X)["fc3"]
    noise = np.random.default_rng(1).standard_normal(right.shape) * np.abs(right).max()
    [finding] = diagnose(right + noise, "fc3", over=lambda: True).findings
    assert finding.cut_short and finding.tried == 0
    assert finding.untried == ("input", "layers", "combinations")
    text = "\n".join(tell(Diagnosis("numpy", [finding]), MODEL))
    assert "the time was up; not tried: mistakes in the mean, scale or order of the input" in text
    assert "combinations of several; --budget SECONDS allows more" in text


def test_sorted_values_that_nearly_agree_are_no_suspicion() -> None:
    rng = np.random.default_rng(0)
    right = numpy_runner(MODEL, WEIGHTS, X)["fc3"]
    scrambled = rng.permutation(right.reshape(-1)).reshape(right.shape)
    noisy = scrambled + 1e-3 * np.abs(right).max() * rng.standard_normal(right.shape)
    [finding] = diagnose(noisy, "fc3").findings
    assert finding.explanation is None


def test_an_error_that_vanishes_is_no_multiple_of_anything() -> None:
    text = told(Finding("fc6", "input", 0.5, explanation("bias-missing", after=0.0)))
    assert "(error 5.0e-01; with this mistake in the reference none)" in text


def test_a_permutation_is_no_other_explanation_of_a_reversal() -> None:
    values = numpy_runner(MODEL, WEIGHTS, X)["fc3"][:, ::-1]
    [finding] = diagnose(values, "fc3").findings
    assert [cause.mistake for cause in finding.explanation.causes] == ["treated-reversed"]
    assert finding.alternatives == []
