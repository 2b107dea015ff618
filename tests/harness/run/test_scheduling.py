"""Whether the processes of a round take turns, and what the run says of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from netparity.errors import UsageError
from netparity.networks import NETWORKS
from netparity.protocol import Round
from netparity.results.folder import RunFolder
from netparity.run import rounds, scheduling
from netparity.run.planning import make_plan
from netparity.run.request import Request
from netparity.run.rounds import with_schedule
from netparity.run.scheduling import Cell, likely_peak, why_sequential
from tests.support.scripted_processes import scripted_point

GIB = 2**30


def cells(tmp_path: Path, *runners: str, **changes) -> list[Cell]:
    wanted = runners or ("matconvnet-octave[label=a]", "matconvnet-octave[label=b]")
    settings = {"model": "vgg16-tiny", "results": tmp_path, "runners": list(wanted)} | changes
    point = scripted_point(make_plan(Request(**settings)), RunFolder.create(tmp_path))
    return [(point, runner) for runner in point.runners]


def with_peaks(cells_: list[Cell], *peaks: int) -> list[Cell]:
    """The same after a round in which the processes needed so much memory."""
    point = cells_[0][0]
    for (_, runner), peak in zip(cells_, peaks, strict=True):
        past = Round(round=1, order=1, status="ok", wall_seconds=1, log="l", peak_rss_bytes=peak)
        point.run = point.run.with_runner(runner.label, {"rounds": [past]})
    return cells_


@pytest.fixture(autouse=True)
def free(monkeypatch: pytest.MonkeyPatch):
    """free(count): so much memory is free; at first, plenty."""

    def set_free(count: int | None) -> None:
        monkeypatch.setattr(scheduling, "free_bytes", lambda: count)

    set_free(1000 * GIB)
    return set_free


def test_processes_take_turns_unless_something_is_against_it(tmp_path: Path, free) -> None:
    assert why_sequential(cells(tmp_path)) is None
    free(None)
    assert why_sequential(cells(tmp_path)) is None


def test_the_user_may_want_them_one_after_the_other(tmp_path: Path) -> None:
    assert why_sequential(cells(tmp_path, schedule="sequential")) == "--schedule sequential"
    with pytest.raises(UsageError, match="--schedule 'both': expected interleaved or sequential"):
        make_plan(Request(model="vgg16-tiny", schedule="both"))


def test_a_process_has_nobody_to_take_turns_with(tmp_path: Path) -> None:
    reason = why_sequential(cells(tmp_path, "matconvnet-octave"))
    assert reason == "there is only one process in a round"


def test_a_gpu_is_used_by_one_process_at_a_time(tmp_path: Path) -> None:
    runners = ["pytorch", "pytorch[device=cuda]"]
    reason = why_sequential(cells(tmp_path, *runners))
    assert reason is not None and "GPU" in reason and "pytorch[device=cuda]" in reason


def test_a_matlab_session_serves_one_at_a_time(tmp_path: Path) -> None:
    runners = ["matconvnet-matlab[session=s]", "matconvnet-matlab[session=s,matconvnet=compat]"]
    reason = why_sequential(cells(tmp_path, *runners))
    assert reason == "the MATLAB session s serves one program at a time"
    others = ["matconvnet-matlab[session=s]", "matconvnet-matlab[session=t]"]
    assert why_sequential(cells(tmp_path, *others)) is None


def test_the_memory_of_all_of_them_must_be_free(tmp_path: Path, free) -> None:
    known = with_peaks(cells(tmp_path), 3 * GIB, 2 * GIB)
    free(6 * GIB)
    assert why_sequential(known) is None
    free(5 * GIB)
    words = "they need 5.0 GiB at once (the sum of their peaks), and 5.0 GiB are free"
    assert why_sequential(known) == words


def test_a_memory_limit_is_one_for_all_of_them(tmp_path: Path) -> None:
    limited = with_peaks(cells(tmp_path, memory_limit="4G"), 3 * GIB, 2 * GIB)
    words = "they need 5.0 GiB at once (the sum of their peaks), more than --memory-limit allows"
    assert why_sequential(limited) == words
    assert why_sequential(with_peaks(cells(tmp_path, memory_limit="5G"), GIB, GIB)) is None


def test_before_the_first_round_there_is_an_estimate(tmp_path: Path, free) -> None:
    free(GIB)
    reason = why_sequential(cells(tmp_path))
    assert reason is not None and "(an estimate)" in reason


def test_the_estimate_is_more_than_any_tool_has_needed_for_vgg16() -> None:
    # 2805 MiB for tf-keras, in results/reference/all.
    plan = SimpleNamespace(model=NETWORKS["vgg16"], tensor=np.zeros((1, 224, 224, 3)))
    point = SimpleNamespace(plan=plan)
    assert 2805 * 2**20 < likely_peak(point) < 4 * GIB  # type: ignore[arg-type]


def test_the_run_says_how_it_was_run_and_why(tmp_path: Path) -> None:
    run = cells(tmp_path)[0][0].run
    sequential = with_schedule(run, 1, "little memory")
    assert said(sequential) == ("sequential", "little memory")
    assert said(with_schedule(sequential, 2, "less memory")) == ("sequential", "less memory")
    interleaved = with_schedule(sequential, 2, None)
    assert said(interleaved) == ("interleaved", "the rounds before 2: little memory")
    assert said(with_schedule(run, 1, None)) == ("interleaved", None)
    later = with_schedule(with_schedule(run, 1, None), 4, "little memory")
    assert said(later) == ("interleaved", "round 4: little memory")
    assert said(with_schedule(later, 5, None)) == said(later)


def said(run) -> tuple[str, str | None]:
    return run.settings.schedule, run.settings.schedule_reason


def test_without_a_number_of_predictions_a_process_alone_gets_it_from_the_last(
    tmp_path: Path,
) -> None:
    [(point, runner), _] = cells(tmp_path)
    assert rounds.chosen_repeats(point, runner) is None
    past = Round(
        round=1,
        order=1,
        status="ok",
        wall_seconds=12.0,
        log="l",
        phases={"predict_first": [0.2], "predict": [0.2] * 5},
    )
    point.run = point.run.with_runner(runner.label, {"rounds": [past]})
    chosen = rounds.chosen_repeats(point, runner)
    assert chosen is not None and chosen > 5
    [(fixed, runner), _] = cells(tmp_path, repeats=3)
    fixed.run = fixed.run.with_runner(runner.label, {"rounds": [past]})
    assert rounds.chosen_repeats(fixed, runner) is None
