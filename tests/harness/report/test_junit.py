"""junit.xml is what Jenkins and Surefire know, and counts what the run says."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netparity.protocol import Run, RunnerRecord
from netparity.report import Choice, Document, junit
from tests.support.cases import make_run
from tests.support.odd_runs import odd_runs, whole_run, worded_run
from tests.support.stored_runs import entry, failed, mixed_run, ok, presentable_run

# Of junit-10.xsd of Jenkins' xUnit plugin, which Surefire's reports fit: for each element the
# attributes that it must and may have, and its children.
RULES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    **dict.fromkeys(("skipped", "error", "failure"), (set(), {"type", "message"}, set())),
    **dict.fromkeys(("system-out", "system-err"), (set(), set(), set())),
}
SUREFIRE_TIME = r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?"


def checked(document: Document) -> ElementTree.Element:
    """The root, once everything in it is as the rules and its own counts say."""
    text = junit.render(document)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    root = ElementTree.fromstring(text.encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        must, may, children = RULES[element.tag]
        assert must <= set(element.attrib) <= must | may, element.tag
        assert {child.tag for child in element} <= children, element.tag
        assert re.fullmatch(SUREFIRE_TIME, element.get("time", "0"))
        if element.tag in ("testsuites", "testsuite"):
            for key, path in COUNTED.items():
                assert element.get(key, str(len(element.findall(path)))) == str(
                    len(element.findall(path))
                ), key
    return root


COUNTED = {
    "tests": ".//testcase",
    "failures": ".//failure",
    "errors": ".//error",
    "skipped": ".//skipped",
}


def fates(run: Run, **choice) -> dict[tuple[str, str], str]:
    """What became of each case, by its runner and its name."""
    root = checked(Document((run,), choice=Choice(**choice)))
    return {
        (case.get("classname", "").removeprefix("vgg16-tiny."), case.get("name", "")): case[0].tag
        for case in root.iter("testcase")
    }


@pytest.mark.parametrize("name", odd_runs())
def test_every_run_fits_the_schema_and_its_counts(name: str) -> None:
    run = odd_runs()[name]
    assert len(checked(Document.of(run))) == len(run.runners)


@settings(max_examples=25, deadline=None)
@given(words=st.lists(st.text(max_size=40), min_size=2, max_size=3))
def test_any_words_fit_the_schema(words: list[str]) -> None:
    assert len(checked(Document.of(worded_run(words)))) == len(words) + 2


def test_what_each_fate_becomes() -> None:
    assert fates(mixed_run()) == {
        ("fast", "fc6, shared input"): "system-out",
        ("fast", "fc7, shared input"): "system-out",
        ("wrong", "fc6, shared input"): "system-out",
        ("wrong", "fc7, shared input"): "failure",
        ("nan", "fc6, shared input"): "failure",
        ("odd", "runs"): "skipped",
        ("crashed", "runs"): "error",
        ("absent", "runs"): "skipped",
        ("late", "runs"): "skipped",
    }


def test_the_counts_of_the_whole() -> None:
    root = checked(Document.of(mixed_run()))
    assert {key: root.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": "9",
        "failures": "2",
        "errors": "1",
    }


@pytest.mark.parametrize(
    ("verdict", "fate"),
    [
        ("identical", "system-out"),
        ("pass", "system-out"),
        ("inconclusive", "skipped"),
        ("reduced-precision", "failure"),
        ("divergent", "failure"),
        ("error", "failure"),
    ],
)
def test_what_each_verdict_becomes(verdict: str, fate: str) -> None:
    run = make_run([ok("a")], parity=[entry("a", "fc6", 1e-7, verdict)])
    assert fates(run) == {("a", "fc6, shared input"): fate}


def test_neither_the_native_input_nor_another_runner_is_a_case() -> None:
    parity = [
        entry("a", "fc6", 1e-7, "pass"),
        entry("a", "fc6", 0.5, "divergent", input="native"),
        entry("a", "fc6", 0.5, "divergent", against="b"),
    ]
    assert list(fates(make_run([ok("a")], parity=parity))) == [("a", "fc6, shared input")]


def test_one_feature_alone_can_be_asked_for() -> None:
    found = fates(presentable_run(), feature="fc7")
    assert found[("wrong", "fc7, shared input")] == "failure"
    assert found[("nan", "runs")] == "skipped", "it was not judged there"
    assert not [name for _, name in found if name.startswith("fc6")]


def test_a_failure_says_by_how_much_and_by_which_rule() -> None:
    run = make_run(
        [ok("a")],
        parity=[entry("a", "fc6", 0.5, "divergent", floor=1e-7, note="far off")],
    )
    [failure] = checked(Document.of(run)).iter("failure")
    assert failure.get("message") == "divergent: relative L2 5.000e-01, noise floor 1.000e-07"
    assert failure.text == "far off\nA feature passes with relative L2 of at most 1e-05."


def test_an_error_has_the_first_line_as_its_message_and_the_log_as_its_text() -> None:
    run = make_run([failed("a", "it crashed\nin many\nwords", ["Traceback", "  <boom>"])])
    [error] = checked(Document.of(run)).iter("error")
    assert (error.get("message"), error.text) == ("it crashed", "Traceback\n  <boom>")


def test_an_error_without_a_log_has_the_whole_reason_as_its_text() -> None:
    run = make_run([failed("a", "it crashed\nin many words", [])])
    [error] = checked(Document.of(run)).iter("error")
    assert error.text == "it crashed\nin many words"


def test_what_is_skipped_says_why_and_what_mends_it() -> None:
    run = make_run(
        [
            RunnerRecord(label="a", runner="x", status="unavailable", reason="no X", fix="get X"),
            RunnerRecord(label="b", runner="x", status="pending"),
            ok("c"),
        ]
    )
    said = [each.get("message") for each in checked(Document.of(run)).iter("skipped")]
    assert said == ["no X; fix: get X", "not run", "not judged"]


def test_the_seconds_of_a_suite_are_those_of_its_processes() -> None:
    root = checked(Document.of(whole_run(["a", "b"])))
    assert [suite.get("time") for suite in root] == ["4.000", "4.000"]  # two of 2 s each


def test_runs_side_by_side_have_no_case_in_common() -> None:
    runs = (presentable_run(), presentable_run().model_copy(update={"run_id": "another"}))
    root = checked(Document(runs))
    names = Counter((case.get("classname"), case.get("name")) for case in root.iter("testcase"))
    assert len(names) == 14 and set(names.values()) == {1}


def test_what_xml_cannot_hold_is_named() -> None:
    root = checked(Document.of(make_run([ok("a\x00\x1b\ufffeb")])))
    assert root[0].get("name") == r"vgg16-tiny.a\u0000\u001b\ufffeb"
