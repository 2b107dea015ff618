"""A comparison from its beginning to its stored end, and what Ctrl-C leaves of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.protocol import Run
from netparity.results.folder import RunFolder
from netparity.run.compare import compare
from netparity.run.process import Turn
from netparity.run.request import Request
from netparity.runners import Runner
from tests.support.scripted_processes import Script, interrupt_at, script_preparation
from tests.support.watches import Messages


def request_for(tmp_path: Path) -> Request:
    runners = [f"matconvnet-octave[label={name}]" for name in ("a", "b")]
    return Request(
        model="vgg16-tiny", runners=runners, results=tmp_path / "results", rounds=4, threads=1
    )


def stored_run(tmp_path: Path) -> Run:
    (folder,) = (tmp_path / "results").iterdir()
    return RunFolder.open(folder).read_run()


def test_a_whole_comparison_is_stored_as_finished(tmp_path, monkeypatch):
    script_preparation(monkeypatch)
    script = Script(lambda runner, turn, threads: 0.1, monkeypatch)
    run, store = compare(request_for(tmp_path))
    assert len(script.turns) == 8
    assert run == store.read_run()
    assert run.finished is not None and not run.interrupted
    assert run.reference_features.keys() == set(run.settings.layers)
    assert run.wall is not None and run.wall.extractor_seconds == 80.0


def test_ctrl_c_between_processes_keeps_those_before_it(tmp_path, monkeypatch):
    script_preparation(monkeypatch)
    Script(interrupt_at(2, 0.1), monkeypatch)
    messages = Messages()
    with pytest.raises(KeyboardInterrupt):
        compare(request_for(tmp_path), messages)
    run = stored_run(tmp_path)
    assert run.interrupted and run.finished is None and run.wall is None
    assert [len(record.rounds) for record in run.runners] == [1, 1]
    assert {entry.label for entry in run.timing} == {"a", "b"}  # what there is has been judged
    (folder,) = (tmp_path / "results").iterdir()
    assert f"netparity report {folder}" in messages.text


def test_ctrl_c_before_the_first_process_leaves_an_interrupted_run(tmp_path, monkeypatch):
    script_preparation(monkeypatch)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("netparity.run.points.ReferencePass", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compare(request_for(tmp_path))
    run = stored_run(tmp_path)
    assert run.interrupted and run.finished is None
    reasons = {record.reason for record in run.runners}
    assert reasons == {"the run ended before this runner's turn"}


def test_ctrl_c_before_there_is_a_run_leaves_nothing(tmp_path, monkeypatch):
    script_preparation(monkeypatch)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("netparity.run.points.make_assignment", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compare(request_for(tmp_path))
    assert not list((tmp_path / "results").iterdir())


def test_an_error_leaves_the_run_as_it_is(tmp_path, monkeypatch):
    """A full disk, say: the run stays as its last process left it, neither finished nor judged."""
    script_preparation(monkeypatch)

    def seconds(runner: Runner, turn: Turn, threads: int) -> float:
        if turn.round == 2:
            raise OSError("disk full")
        return 0.1

    Script(seconds, monkeypatch)
    with pytest.raises(OSError, match="disk full"):
        compare(request_for(tmp_path))
    run = stored_run(tmp_path)
    assert run.finished is None and not run.interrupted
    assert [len(record.rounds) for record in run.runners] == [1, 1]
    assert not run.timing
