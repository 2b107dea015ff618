"""netparity timing-check: what it measures with, what it keeps, and what later runs say of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError, UsageError
from netparity.protocol import Machine, TimingCheck
from netparity.report.notes import notes
from netparity.run import kept_check, timing_check
from netparity.run.request import Request, make_environments
from netparity.run.timing_check import CheckRequest, check_timing
from netparity.runners import Availability
from netparity.runners.base import Runner
from netparity.timing import describe_machine
from tests.support.cases import make_run
from tests.support.scripted_processes import Script
from tests.support.stored_runs import ok, timing
from tests.support.watches import Messages

MACHINE = Machine(
    cpu="A processor", cpus_available=2, memory_bytes=2**33, system="A system", python="3.11"
)
CHECK = TimingCheck(
    runner="pytorch",
    checked="2026-01-02T03:04:05Z",
    netparity_version="1.0",
    runs=12,
    rounds=5,
    called_different=1,
    delay=0.1,
    found=11,
    rows=6,
    least_difference=0.0421,
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """The requests that the check makes; nothing is judged or reported."""
    requests = []

    def compare(request, watch, temporary):
        assert temporary  # nobody is told where it lies
        requests.append(request)
        values = np.exp(np.random.default_rng(2).normal(0, 0.01, (2, 12)))
        runners = []
        for label, seconds in zip("ab", values, strict=True):
            [process] = ok(label).rounds
            rounds = [
                process.model_copy(update={"round": number, "phases": {"predict": [value]}})
                for number, value in enumerate(seconds, start=1)
            ]
            runners.append(ok(label).model_copy(update={"rounds": rounds}))
        return make_run(runners), None

    monkeypatch.setattr(timing_check, "compare", compare)
    return requests


def request(runner: str | None = "onnxruntime", **changes) -> CheckRequest:
    return CheckRequest(make_environments(), runner, **changes)


def test_a_runner_is_compared_with_itself_until_the_budget_is_spent(asked: list[Request]) -> None:
    found = check_timing(request("matconvnet-octave[matconvnet=compat]", budget_seconds=20.0))
    [made] = asked
    assert made.runners == [f"matconvnet-octave[matconvnet=compat,label={label}]" for label in "ab"]
    assert (made.model, made.budget_seconds) == ("vgg16-tiny", 20.0)
    assert (found.runs, found.rounds, found.called_different) == (2, 5, 0)
    assert found.found == 2
    assert 0 < found.least_difference < 0.1
    assert not made.results.exists(), "the run itself is not kept"


def test_the_result_is_kept_for_this_machine_and_quoted_by_later_runs(
    asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = check_timing(request())
    assert kept_check.recall(make_run([ok("a")]).machine) == found
    assert kept_check.recall(MACHINE.model_copy(update={"cpu": "Another"})) is None


def test_a_check_beside_another_comparison_is_not_kept(
    asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    compare, watch = timing_check.compare, Messages()
    beside = {"measured_beside": True}
    monkeypatch.setattr(
        timing_check, "compare", lambda *a, **b: (compare(*a, **b)[0].model_copy(update=beside), 0)
    )
    found = check_timing(request(no_wait=True), watch)
    [made] = asked
    assert made.no_wait
    assert not timing_check.is_kept(found)
    assert "this check is not kept" in watch.warnings[0]


def test_a_later_run_has_it_in_its_notes(tmp_path: Path, monkeypatch) -> None:
    kept_check.keep(CHECK, describe_machine())
    from tests.harness.run.test_rounds import plan_of, run_all

    Script(lambda runner, turn, threads: 0.1, monkeypatch)
    assert run_all(plan_of(tmp_path, rounds=1), tmp_path).timing_check == CHECK


def test_the_words() -> None:
    timed = [timing("a", "predict", [0.1, 0.2], 1.0)]
    run = make_run([ok("a")], timing=timed).model_copy(update={"timing_check": CHECK})
    [sentence] = [note for note in notes(run) if note.startswith("Timing check")]
    assert sentence == (
        "Timing check of this machine on 2026-01-02, pytorch against itself: called different in "
        "1 of 12 runs of 5 rounds. A planted delay of 10 % was found in 11 of 12. The smallest "
        "difference that 5 rounds can show here, in four of five cases and a table of 6 rows: "
        "4.3 %."
    )


@pytest.mark.parametrize("content", [b"", b"{", b'{"runs": 1}', b"\xff\x00"])
def test_a_kept_result_that_cannot_be_read_is_none(content: bytes) -> None:
    kept_check.keep(CHECK, MACHINE)
    assert kept_check.recall(MACHINE) == CHECK
    kept_check._file(MACHINE).write_bytes(content)
    assert kept_check.recall(MACHINE) is None


def test_too_few_rounds_and_a_runner_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ok("a").model_copy(update={"status": "failed", "reason": "it crashed"})
    monkeypatch.setattr(
        timing_check, "compare", lambda *_, **__: (make_run([broken, ok("b")]), None)
    )
    with pytest.raises(InputError, match="onnxruntime could not be timed: it crashed"):
        check_timing(request())
    monkeypatch.setattr(
        timing_check, "compare", lambda *_, **__: (make_run([ok("a"), ok("b")]), None)
    )
    with pytest.raises(InputError, match=r"allowed 0 rounds .* 5 are needed; fix: a longer --bud"):
        check_timing(request())


def test_the_first_that_is_ready_is_taken_quick_ones_first(
    asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = {"keras3-tensorflow", "pytorch", "matconvnet-octave"}

    def availability(runner: Runner, environments) -> Availability:
        found = runner.name in ready
        return Availability(found, reason="" if found else "missing", fix="none")

    monkeypatch.setattr("netparity.runners.ready.ask_availability", availability)
    for expected in ("matconvnet-octave", "pytorch", "keras3-tensorflow"):
        found = check_timing(request(None))
        assert found.runner.startswith(expected)
        ready.discard(expected)
    with pytest.raises(UsageError, match="no runner is ready"):
        check_timing(request(None))


def test_a_runner_that_does_not_exist(asked: list[Request]) -> None:
    with pytest.raises(UsageError, match="no-such"):
        check_timing(request("no-such"))
