"""The three questions of a comparison and their answers."""

from __future__ import annotations

import pytest

from netparity.protocol import Preprocessing, PreprocessingFeature, Run, TimingEntry
from netparity.report.answers import QUESTIONS, Answers, answers
from tests.support.cases import make_run
from tests.support.odd_runs import odd_runs
from tests.support.stored_runs import GIB, entry, failed, mixed_run, ok, timing

NEAREST = "nearest neighbour, the pixel under the centre, steps added up"
BICUBIC = "bicubic (a = -0.5), antialiased, borders mirrored, not rounded"
BY_FLOOR = {"max_relative_l2": None, "floor_factor": 8.0, "layers": ["fc6"]}


def moved(
    label: str, distance: float | None, resize: str = NEAREST, **changes: object
) -> Preprocessing:
    """A runner whose own input moves fc6 by `distance`, all of it because of the resize."""
    share = changes.pop("share", 1.0)
    feature = PreprocessingFeature(feature="fc6", relative_l2=distance, explained_by_resize=share)
    given = {"exact": True, "rms": 11.0, "resize": resize, "features": [feature], **changes}
    return Preprocessing(label=label, **given)


def run_with(*own: Preprocessing, **changes: object) -> Run:
    labels = [each.label for each in own]
    return make_run(
        [ok(label) for label in labels],
        parity=[entry(label, "fc6", 2.5e-7, "pass") for label in labels],
        settings={**BY_FLOOR, "max_relative_l2": 1e-5},
        preprocessing=list(own),
        **changes,
    )


def images(*own: Preprocessing) -> str:
    return answers(run_with(*own)).images


# --- given the same tensor ------------------------------------------------------------------


def test_agreement_names_what_failed_but_not_what_is_merely_unavailable() -> None:
    network = answers(mixed_run()).network
    assert network.startswith("Of three runners only fast agrees with the float64 reference")
    assert network.endswith("Not compared: crashed failed; late was not run; odd was not judged.")
    assert "absent" not in network


def test_reduced_precision_is_named() -> None:
    wrong = entry("a", "fc6", 6.4e-3, "reduced-precision", arithmetic="bfloat16")
    run = make_run([ok("a")], parity=[wrong], settings=BY_FLOOR)
    assert answers(run).network == (
        "a does not agree: 6.4e-03 at fc6, the pattern of bfloat16 operands and results."
    )


# --- given the same file --------------------------------------------------------------------


def test_a_resize_of_its_own_is_a_disagreement_with_its_size_and_cause() -> None:
    assert images(moved("a", 0.28), moved("b", 0.0052, BICUBIC), moved("c", 2e-6, rms=0.0)) == (
        "The runners do not agree: their own decoding and resizing moves fc6 by 28 % in a (nearest "
        "neighbour), by 0.52 % in b (bicubic, antialiased). c makes the same input as the shared "
        "one."
    )


def test_runners_with_the_same_input_are_named_together_and_the_farthest_come_first() -> None:
    said = images(moved("a", 0.0052, BICUBIC), moved("b", 0.2801), moved("c", 0.2799))
    assert "by 28 % in b and c (nearest neighbour), by 0.52 % in a" in said


def test_all_the_same_input_is_agreement() -> None:
    same = [moved(label, 1e-7, rms=0.0) for label in "abc"]
    assert images(*same) == (
        "All three runners make the same input of the file, so their features agree as well."
    )


def test_the_same_other_input_is_agreement_with_each_other_alone() -> None:
    assert images(moved("a", 0.28), moved("b", 0.28)) == (
        "Both runners make the same input of the file; it moves fc6 by 28 % (nearest neighbour) "
        "against the shared input."
    )


def test_inputs_that_were_not_reproduced_are_not_said_to_be_the_same() -> None:
    said = images(moved("a", 0.28, exact=False), moved("b", 0.28, exact=False))
    assert said.startswith("The runners do not agree") and "close to nearest neighbour" in said


def test_a_known_mistake_goes_before_the_resize() -> None:
    assert "(a known mistake: bgr)" in images(moved("a", 0.9, mistakes=["bgr"]), moved("b", 0.1))


def test_a_distance_that_is_undefined_is_not_zero() -> None:
    assert "by an undefined distance in b" in images(moved("a", 0.28), moved("b", None))


def test_a_run_without_own_inputs_says_so() -> None:
    assert images() == "What the runners make of the file itself was not compared."


# --- what each costs ------------------------------------------------------------------------


def timed(label: str, seconds: dict[str, float], ratio: float | None = None) -> list[TimingEntry]:
    return [timing(label, phase, [value], ratio) for phase, value in seconds.items()]


PHASES = {"startup": 2.0, "load": 6.0, "predict_first": 1.0, "predict": 0.3}


def cost(*runners: tuple[str, dict[str, float], dict[str, object]], phase: str = "predict") -> str:
    records = [ok(label, **changes) for label, _, changes in runners]
    run = make_run(
        records,
        parity=[entry(record.label, "fc6", 2.5e-7, "pass") for record in records],
        timing=[each for label, seconds, _ in runners for each in timed(label, seconds)],
        settings=BY_FLOOR,
    )
    return answers(run, phase).cost


def test_the_ranges_name_their_ends_and_the_phase_that_explains_them() -> None:
    quick = {**PHASES, "load": 0.5, "startup": 0.25, "predict_first": 0.25, "predict": 0.4}
    assert cost(("slow", PHASES, {"peak": 2 * GIB}), ("quick", quick, {})) == (
        "A warm prediction takes 0.300 s (slow) to 0.400 s (quick); first use, with start-up and "
        "load, 1.00 s (quick) to 9.00 s (slow, load alone 6.00 s); peak memory "
        "1.00 GiB (quick) to 2.00 GiB (slow)."
    )


def test_another_way_of_being_called_is_told_where_it_was_measured() -> None:
    usual = ("keras", {"predict": 0.08}, {"flags": {"call": "predict"}})
    other = {"flags": {"call": "function"}, "options": {"call": "function"}}
    said = cost(usual, ("keras[call=function]", {"predict": 0.002}, other))
    assert said.endswith(
        "How it is called matters: keras3-tensorflow takes 0.0800 s through model.predict(x) and "
        "0.00200 s as one compiled function."
    )


@pytest.mark.parametrize(("seconds", "told"), [(0.08, True), (8.0, False)])
def test_where_it_was_not_measured_and_would_matter_the_option_is_named(
    seconds: float, told: bool
) -> None:
    said = cost(("keras", {"predict": seconds}, {"flags": {"call": "predict"}}))
    assert ("--runner 'keras3-tensorflow[call=function]'" in said) is told


def test_runners_that_do_not_agree_are_not_ranked() -> None:
    assert "nan" not in answers(mixed_run()).cost and "wrong" not in answers(mixed_run()).cost


def test_another_phase_is_named() -> None:
    assert cost(("a", PHASES, {}), phase="load").startswith("Load takes 6.00 s (a);")


def test_without_timings_nothing_is_claimed() -> None:
    run = make_run([failed("a", "it crashed", [])])
    assert answers(run).cost == "No timings of runners that agree were stored."


# --- any run --------------------------------------------------------------------------------


def test_every_answer_has_a_heading() -> None:
    found = Answers("a", "b", "c").with_headings()
    assert [text for _, text in found] == ["a", "b", "c"]
    assert [heading for heading, _ in found] == list(QUESTIONS.values())


@pytest.mark.parametrize("name", odd_runs())
def test_every_run_has_three_answers_on_a_line_each(name: str) -> None:
    for _, text in answers(odd_runs()[name]).with_headings():
        assert text.endswith(".") and "\n" not in text and text.isprintable()
