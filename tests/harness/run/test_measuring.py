"""A comparison from its beginning to its stored end, and what Ctrl-C leaves of it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from netparity.judge.evaluate import reopen
from netparity.protocol import Run
from netparity.results.folder import RunFolder
from netparity.run.compare import compare
from netparity.run.process import Turn
from netparity.run.request import Request
from netparity.runners import Runner
from netparity.system.measuring import measuring
from netparity.system.shared_lock import FOLDER_VARIABLE
from netparity.watch import SILENT
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
    assert not run.timing and not run.parity  # judging takes a while: the report does it
    (folder,) = (tmp_path / "results").iterdir()
    assert f"netparity report {folder}" in messages.text
    judged, _ = reopen(folder)
    assert {entry.label for entry in judged.timing} == {"a", "b"}
    assert judged.interrupted and judged.finished is None
    assert "cut short" in (folder / "table.md").read_text()


def test_ctrl_c_before_the_first_process_leaves_an_interrupted_run(tmp_path, monkeypatch):
    script_preparation(monkeypatch)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("netparity.run.points.ReferencePass", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compare(request_for(tmp_path))
    run = stored_run(tmp_path)
    assert run.interrupted and run.finished is None
    assert {record.status for record in run.runners} == {"pending"}
    (folder,) = (tmp_path / "results").iterdir()
    judged, _ = reopen(folder)
    reasons = {record.reason for record in judged.runners}
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


def test_beside_another_comparison_a_run_is_marked_and_says_so(tmp_path, monkeypatch):
    script_preparation(monkeypatch)
    Script(lambda runner, turn, threads: 0.1, monkeypatch)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    messages = Messages()
    with measuring(SILENT) as first:
        run, _ = compare(replace(request_for(tmp_path), no_wait=True), messages)
        assert first.beside
    assert run.measured_beside and run.finished is not None
    assert run.cautions[0].startswith("Another comparison was measuring on this machine at the")
    assert "the timings of both are marked" in messages.warnings[0]
    assert len(messages.warnings) == 1
    alone, _ = compare(request_for(tmp_path))
    assert not alone.measured_beside
    assert not any("Another comparison" in caution for caution in alone.cautions)


def test_the_seconds_of_waiting_are_not_the_harnesss(tmp_path, monkeypatch):
    script_preparation(monkeypatch)
    Script(lambda runner, turn, threads: 0.1, monkeypatch)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    with ExitStack() as other:
        other.enter_context(measuring(SILENT))

        class Ends(Messages):
            def message(self, text):
                super().message(text)
                other.close()

        messages = Ends()
        run, _ = compare(request_for(tmp_path), messages)
    assert "waiting for it" in messages.text
    assert not run.measured_beside
    assert run.wall is not None and run.wall.waiting_seconds > 0
