"""The JSON of a report is strict JSON, with the run's own figures."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, NoReturn

import pytest

from netparity.report import Choice, Document, render
from netparity.report.answers import answers
from netparity.report.headline import headline
from netparity.report.notes import notes
from tests.support.odd_runs import odd_runs, whole_run
from tests.support.stored_runs import mixed_run, presentable_run


def no_constant(name: str) -> NoReturn:
    raise AssertionError(f"{name} is no JSON (RFC 8259)")


def parsed(*runs, **changes) -> dict[str, Any]:
    text = str(render(Document(runs, **changes), "json"))
    found = json.loads(text, parse_constant=no_constant)
    assert isinstance(found, dict)
    return found


def runners(document: dict[str, Any], position: int = 0) -> dict[str, dict[str, Any]]:
    return {each["label"]: each for each in document["runs"][position]["runners"]}


@pytest.mark.parametrize("name", odd_runs())
def test_every_run_is_strict_json(name: str) -> None:
    run = odd_runs()[name]
    found = parsed(run)
    assert [each["label"] for each in found["runs"][0]["runners"]] == [
        record.label for record in run.runners
    ]


def test_the_figures_are_those_of_the_run() -> None:
    run = presentable_run()
    fast = runners(parsed(run))["fast"]
    [timing] = [e for e in run.timing if (e.label, e.phase) == ("fast", "predict")]
    assert fast["seconds"] == timing.median_seconds
    assert tuple(fast["seconds_interval"]) == timing.interval_seconds
    assert (fast["ratio"], fast["ratio_interval"]) == (1.0, None)
    assert (fast["error"], fast["error_at"], fast["parity"]) == (3.5e-6, "fc7", "pass")
    assert fast["all"]["startup_median_seconds"] == 5.0
    assert fast["all"]["peak_rss_bytes"] == 2**30


def test_what_is_unknown_is_null_and_never_zero() -> None:
    for label in ("crashed", "absent", "late"):
        found = runners(parsed(mixed_run()))[label]
        named = {"label", "status", "outcome", "all"}
        assert {value for key, value in found.items() if key not in named} == {None}


def test_a_number_that_is_none_is_null() -> None:
    run = odd_runs()["NaN"]
    assert run.parity[0].relative_l2 != run.parity[0].relative_l2
    found = runners(parsed(run))
    assert (found["a"]["error"], found["a"]["parity"]) == (None, "error")
    assert (found["b"]["error"], found["b"]["parity"]) == (None, "divergent"), "it was infinite"


def test_a_phase_and_a_feature_change_what_is_said() -> None:
    found = parsed(presentable_run(), choice=Choice(phase="startup", feature="fc6"))
    wrong, fast = runners(found)["wrong"], runners(found)["fast"]
    assert (found["runs"][0]["phase"], found["runs"][0]["feature"]) == ("startup", "fc6")
    assert (wrong["error"], wrong["error_at"], fast["seconds"]) == (2e-6, "fc6", 5.0)
    assert wrong["parity"] == "divergent", "it is over all features"


def test_the_sentences_stand_beside_the_figures() -> None:
    run = presentable_run()
    [said] = parsed(run)["runs"]
    assert said["headline"] == headline(run)
    assert said["answers"] == asdict(answers(run))
    assert said["notes"] == notes(run)
    assert said["methods"].startswith("Features (fc6, fc7) of one image")


def test_runs_side_by_side_and_what_must_be_known_of_them() -> None:
    other = whole_run(["new"], run_id="another")
    found = parsed(presentable_run(), other, remarks=("The machines differ.",))
    assert [run["run_id"] for run in found["runs"]] == ["20260102T030405Z-abcdef", "another"]
    assert list(runners(found, 1)) == ["new"]
    assert found["remarks"] == ["The machines differ."]
    assert parsed(other)["remarks"] == []
