"""What a run comes to, in a sentence or two that say no more than the tables do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netparity.protocol import LocalError, Run, RunnerRecord, TimingEntry
from netparity.report.headline import headline
from tests.support.cases import make_run
from tests.support.stored_runs import HOSTILE, entry, failed, mixed_run, ok, timing

BY_FLOOR = {"max_relative_l2": None, "floor_factor": 8.0}


def run_of(verdicts: dict[str, str], **changes) -> Run:
    """A runner for each label; all are off by 2.5e-07 at fc6."""
    return make_run(
        changes.pop("runners", [ok(label) for label in verdicts]),
        parity=[entry(label, "fc6", 2.5e-7, verdict) for label, verdict in verdicts.items()],
        settings={**BY_FLOOR, "layers": ["fc6"], **changes.pop("settings", {})},
        **changes,
    )


def timed(label: str, ratio: float, verdict: str | None, **changes) -> TimingEntry:
    return timing(label, changes.pop("phase", "predict"), [1.0], ratio).model_copy(
        update={"verdict": verdict, **changes}
    )


def speed(*others: TimingEntry, phase: str = "predict") -> str:
    """What is said of others that agree, beside a base."""
    labels = ["base", *(each.label for each in others)]
    run = run_of(
        dict.fromkeys(labels, "pass"),
        timing=[timed("base", 1.0, None, phase=phase), *others],
    )
    first, _, rest = headline(run, phase).partition(" rounding. ")
    assert first.endswith("within float32")
    return rest


# --- agreement ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "who"),
    [("a", "a agrees"), ("ab", "Both runners agree"), ("abc", "All three runners agree")],
)
def test_all_agree(labels: str, who: str) -> None:
    expected = f"{who} with the float64 reference at fc6 to 2.5e-07 (relative L2), "
    assert headline(run_of(dict.fromkeys(labels, "pass"))) == f"{expected}within float32 rounding."


def test_some_agree_and_each_other_is_named() -> None:
    said = headline(run_of({"a": "pass", "b": "identical", "c": "divergent"}))
    assert said.startswith("Two of three runners agree with the float64 reference at fc6 to 2.5e")
    assert said.endswith(" rounding. c does not agree: 2.5e-07 at fc6.")


def test_one_of_several_agrees() -> None:
    assert headline(run_of({"a": "divergent", "b": "pass"})).startswith("Of two runners only b agr")


def test_none_agrees() -> None:
    said = headline(run_of({"a": "divergent", "b": "reduced-precision"}))
    expected = "a does not agree: 2.5e-07 at fc6. b does not agree: 2.5e-07 at fc6."
    assert said == expected


@pytest.mark.parametrize(
    ("failing", "last"),
    [
        (4, "r3 does not agree: 2.5e-07 at fc6."),
        (5, "One other does not agree either."),
        (9, "Five others do not agree either."),
    ],
)
def test_of_several_that_fail_the_first_are_named(failing: int, last: str) -> None:
    said = headline(run_of({f"r{number}": "divergent" for number in range(failing)}))
    assert said.endswith(last)
    assert said.count(" does not agree: ") == 4


def test_a_feature_without_an_error_is_called_unusable() -> None:
    run = make_run([ok("a")], parity=[entry("a", "fc7", None, "error")])
    assert headline(run) == "a returns no usable fc7."


def test_the_first_faulty_layer_is_named() -> None:
    local = LocalError(since="pool1", relative_l2=0.5, floor=1e-7, verdict="divergent")
    parity = [entry("a", "conv2_1", 0.5, "divergent", local=local), entry("a", "fc6", 0.7, "error")]
    assert headline(make_run([ok("a")], parity=parity)) == (
        "a does not agree: 7.0e-01 at fc6; its first faulty layer is conv2_1."
    )


def test_equal_bit_for_bit_is_exactly() -> None:
    run = make_run([ok("a")], parity=[entry("a", "fc6", 0.0, "identical")])
    assert headline(run) == "a agrees with the float64 reference at fc6 and fc7 exactly."


def test_where_no_relative_error_is_defined_none_is_claimed() -> None:
    run = make_run([ok("a")], parity=[entry("a", "fc6", None, "inconclusive")])
    assert headline(run) == (
        "a agrees with the float64 reference at fc6 and fc7. At fc6 this is "
        "inconclusive: the values are constant, zero or too few."
    )


@pytest.mark.parametrize("asked", ["max_relative_l2", "atol", "rtol"])
def test_a_tolerance_that_was_asked_for_is_not_called_rounding(asked: str) -> None:
    said = headline(run_of({"a": "pass"}, settings={asked: 0.1}))
    assert said.endswith("(relative L2), within the requested tolerance.")


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (["fc6"], "at fc6 to"),
        (["fc6", "fc7"], "at fc6 and fc7 to"),
        (["fc6", "fc7", "prob"], "at fc6, fc7 and prob to"),
        (["conv1_1", "pool1", "fc6", "prob"], "at 4 layers from conv1_1 to prob to"),
    ],
)
def test_the_features_are_named_or_counted(layers: list[str], words: str) -> None:
    assert words in headline(run_of({"a": "pass"}, settings={"layers": layers}))


def test_the_worst_error_of_those_that_agree_is_the_one_told() -> None:
    errors = {"a": 1e-8, "b": 3e-7, "c": 0.5}
    parity = [
        entry(each, "fc6", e, "pass" if e < 0.1 else "divergent") for each, e in errors.items()
    ]
    assert " to 3.0e-07 " in headline(make_run([ok(label) for label in errors], parity=parity))


def test_neither_the_native_input_nor_another_runner_counts() -> None:
    parity = [
        entry("a", "fc6", 1e-7, "pass"),
        entry("a", "fc6", 0.3, "divergent", input="native"),
        entry("a", "fc6", 0.4, "divergent", against="b"),
    ]
    said = headline(make_run([ok("a")], parity=parity))
    assert said.startswith("a agrees") and " to 1.0e-07 " in said and "e-01" not in said


# --- speed ----------------------------------------------------------------------------------


def test_slower_is_a_factor_above_1_with_its_interval() -> None:
    other = timed("b", 2.5, "slower", ratio_interval=(2.4, 2.7))
    assert speed(other) == "In predict, b is 2.50× (2.40–2.70) slower than base."


def test_faster_is_the_inverse_with_the_ends_exchanged() -> None:
    """1 / 0.4 = 2.5, and 1 / 0.5 = 2 is the lower end, 1 / 0.32 = 3.125 the upper one."""
    other = timed("b", 0.4, "faster", ratio_interval=(0.32, 0.5))
    assert speed(other) == "In predict, b is 2.5× (2.0–3.1) faster than base."


@given(ratio=st.floats(1e-3, 1e3), width=st.floats(1e-3, 0.5))
def test_a_factor_is_never_below_1_and_lies_in_its_interval(ratio: float, width: float) -> None:
    verdict = "slower" if ratio >= 1 else "faster"
    interval = (ratio / (1 + width), ratio * (1 + width))
    said = speed(timed("b", ratio, verdict, ratio_interval=interval))
    [(value, low, high)] = re.findall(r"b is (\S+)× \((\S+)–(\S+)\) ", said)
    factor = max(ratio, 1 / ratio)
    # Half of the last place is at most 0.5 / 3.55 of the uncertainty.
    assert float(value) == pytest.approx(factor, rel=0.142 * width + 1e-3)
    assert float(low) <= float(value) <= float(high)


@pytest.mark.parametrize("changes", [{"ratio_to_reference": 0.0}, {"ratio_interval": (0.0, 0.5)}])
def test_nothing_is_divided_by_zero(changes: dict) -> None:
    said = speed(timed("b", 0.4, "faster", **changes))
    assert re.fullmatch(r"In predict, b is (2\.50× )?faster than base\.", said)


def test_a_single_process_has_a_factor_without_an_interval() -> None:
    assert speed(timed("b", 2.5, "slower", ratio_interval=None)) == (
        "In predict, b is 2.50× slower than base."
    )


def test_where_test_and_interval_of_an_older_run_disagree_that_is_said() -> None:
    mixed = timed("b", 1.23, "inconclusive", ratio_interval=(0.93, 1.61), p_value=0.024)
    assert speed(mixed) == (
        "Whether b at 1.23× (0.93–1.61) differs from base in predict time is unclear: test and "
        "interval disagree."
    )


def test_what_is_the_same_is_said_with_its_bound() -> None:
    same = timed("b", 1.01, "same", largest_difference=0.0312)
    assert speed(same) == "In predict, b is the same as base within 3.2 %."
    slow = timed("c", 2.0, "slower", ratio_interval=None)
    assert speed(slow, same) == (
        "In predict, c is 2.00× slower than base. b is the same as base within 3.2 %."
    )
    several = [timed(label, 1.0, "same", largest_difference=0.02) for label in "bcdefg"]
    assert speed(*several).endswith("d is the same as base within 2.0 % and so are three more.")


def test_what_could_not_be_tested_is_not_said_to_be_alike() -> None:
    apart = timed("b", 0.023, "inconclusive", ratio_interval=None, p_value=None)
    assert speed(apart) == "Too few rounds were run to test b against base in predict time."


def test_no_difference_is_said_to_be_not_shown() -> None:
    one = speed(timed("b", 1.1, "no difference shown"))
    assert one == "No difference in predict time was shown between base and b."
    several = speed(*(timed(label, 1.1, "no difference shown") for label in "bcde"))
    assert several.endswith("between base and b, c or two others.")


def test_some_differ_and_others_do_not() -> None:
    said = speed(
        timed("b", 2.0, "slower", ratio_interval=None), timed("c", 1.0, "no difference shown")
    )
    assert said == (
        "In predict, b is 2.00× slower than base. No difference from base was shown for c."
    )


@pytest.mark.parametrize(
    ("count", "last"), [(4, " and one more differs."), (6, " and three more differ.")]
)
def test_of_many_that_differ_three_are_named(count: int, last: str) -> None:
    said = speed(*(timed(f"r{number}", 2.0, "slower") for number in range(count)))
    assert said.endswith(last)
    assert said.count("slower than") == 3


def test_another_phase_has_its_own_words() -> None:
    other = timed("b", 2.0, "slower", phase="startup", ratio_interval=None)
    assert speed(other, phase="startup") == "In start-up, b is 2.00× slower than base."
    same = timed("b", 1.0, "no difference shown", phase="predict_first")
    assert speed(same, phase="predict_first").startswith("No difference in first predict time")


def test_a_wrong_answer_has_no_speed() -> None:
    run = run_of(
        {"a": "pass", "b": "divergent"}, timing=[timed("a", 1.0, None), timed("b", 0.1, "faster")]
    )
    assert "faster" not in headline(run)


def test_without_timing_only_parity_is_told() -> None:
    assert headline(run_of({"a": "pass"})).count(".") == 2  # one of them in 2.5e-07


# --- who is missing -------------------------------------------------------------------------


def test_who_was_not_compared_and_why() -> None:
    assert headline(mixed_run()).endswith(
        "Not compared: crashed failed; absent unavailable; late was not run; odd was not judged."
    )


def test_several_that_are_missing() -> None:
    runners = [
        ok("a"),
        *(failed(label, "it crashed", []) for label in "bc"),
        *(RunnerRecord(label=label, runner="x", status="pending") for label in "def"),
        *(RunnerRecord(label=f"r{n}", runner="x", status="unavailable") for n in range(5)),
    ]
    assert headline(run_of({"a": "pass"}, runners=runners)).endswith(
        "Not compared: b and c failed; r0, r1 and three others unavailable; "
        "d, e and f were not run."
    )


def test_nobody_was_judged() -> None:
    assert headline(make_run([ok("a")])) == "No runner's features could be judged."
    assert headline(make_run([])) == "No runner's features could be judged."
    assert headline(make_run([failed("a", "it crashed", [])])) == (
        "No runner's features could be judged. Not compared: a failed."
    )


# --- room -----------------------------------------------------------------------------------


def forty(verdict: str, word: str) -> Run:
    labels = [
        f"keras2-theano[keras=2.0.{number},data_format=channels_first]" for number in range(40)
    ]
    late = [
        RunnerRecord(label=f"matconvnet-octave[label={number}]", runner="x", status="failed")
        for number in range(40)
    ]
    return run_of(
        {"base": "pass", **dict.fromkeys(labels, verdict)},
        runners=[ok("base"), *map(ok, labels), *late],
        timing=[timed("base", 1.0, None), *(timed(label, 2.0, word) for label in labels)],
    )


@pytest.mark.parametrize("verdict", ["pass", "divergent"])
@pytest.mark.parametrize("word", ["slower", "same", "no difference shown"])
def test_forty_runners_fit_in_a_paragraph(verdict: str, word: str) -> None:
    assert 100 < len(headline(forty(verdict, word))) < 600


@pytest.mark.parametrize("label", [*HOSTILE, "nul\x00 and \x1b[31m", "\u2066isolate", "x\r\ny"])
def test_a_hostile_label_stays_on_one_line_and_is_seen(label: str) -> None:
    runners = [ok(label), ok("b"), failed(f"{label} 2", "it crashed", [])]
    said = headline(
        run_of(
            {label: "divergent", "b": "pass"},
            runners=runners,
            settings={"layers": [label]},
            timing=[timed(label, 1.0, None), timed("b", 2.0, "slower")],
        )
    )
    assert said.isprintable(), "no control character, and no space but the usual one"
    assert said.splitlines() == [said]
    assert len(said) < 600


@given(label=st.text(min_size=1, max_size=400))
def test_no_label_breaks_a_headline(label: str) -> None:
    run = run_of({label: "pass", f"{label}2": "divergent"})
    said = headline(run)
    assert said.splitlines() == [said]
    assert said.endswith("2.5e-07 at fc6.")
