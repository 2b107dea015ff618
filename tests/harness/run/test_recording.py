"""A run grows by one process at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.protocol import Round, Run, RunnerRecord, RunResult, Threads
from netparity.results.features import ok_features
from netparity.results.folder import RunFolder
from netparity.results.seconds import ok_phases
from netparity.run.process import Outcome
from netparity.run.recording import add_outcome
from tests.support.cases import make_run

VALUES = np.arange(4, dtype=np.float32).reshape(1, 4)


@pytest.fixture
def store(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path)


@pytest.fixture
def run() -> Run:
    return make_run(
        [
            RunnerRecord(label=label, runner="keras3-tensorflow", status="pending")
            for label in ("a", "b")
        ]
    )


def outcome(store: RunFolder, number: int, values=VALUES, reason: str | None = None) -> Outcome:
    folder = store.process_folder(1, "a", number)
    paths = {}
    for kind in ("shared", "native"):
        paths[kind] = {"fc6": folder / f"{kind}-fc6.npy"}
        np.save(paths[kind]["fc6"], values)
    np.save(folder / "native-input.npy", VALUES)
    record = Round(
        round=number,
        order=1,
        status="failed" if reason else "ok",
        reason=reason,
        phases={} if reason else {"predict": [float(number)]},
        wall_seconds=1.0,
        log=store.relative(folder / "log.txt"),
    )
    if reason:
        return Outcome(record, folder)
    result = RunResult(
        schema_version=1, status="ok", threads=Threads(requested=2), code="its code", blas="a BLAS"
    )
    described = {
        kind: {name: store.describe_array(path, values) for name, path in names.items()}
        for kind, names in paths.items()
    }
    native = store.describe_array(folder / "native-input.npy", VALUES)
    return Outcome(record, folder, result, described, native)


def test_the_first_process_brings_facts_and_features(store: RunFolder, run: Run) -> None:
    grown = add_outcome(run, "a", outcome(store, 1), store)
    first, second = grown.runners
    assert (first.status, first.code, first.blas) == ("ok", "its code", "a BLAS")
    assert first.features["shared"]["fc6"].file == "runners/01-a/round-1/shared-fc6.npy"
    assert first.native_input.file == "runners/01-a/round-1/native-input.npy"
    assert first.repeatable is None
    assert second == run.runners[1]
    assert run.runners[0].status == "pending"


def test_a_second_process_that_agrees_bit_by_bit(store: RunFolder, run: Run) -> None:
    for number in (1, 2):
        run = add_outcome(run, "a", outcome(store, number), store)
    record = run.runners[0]
    assert record.repeatable is True
    assert [round_.round for round_ in record.rounds] == [1, 2]
    assert "round-1" in record.features["shared"]["fc6"].file


def test_features_of_later_processes_are_removed(store: RunFolder, run: Run) -> None:
    for number in (1, 2):
        run = add_outcome(run, "a", outcome(store, number), store)
    left = sorted(store.relative(path) for path in store.path.rglob("*.npy"))
    assert len(left) == 3
    assert all("round-1" in path for path in left)


def test_one_bit_of_difference_is_remembered(store: RunFolder, run: Run) -> None:
    other = VALUES.copy()
    other[0, 1] = np.nextafter(other[0, 1], np.float32(9))
    for number, values in enumerate([VALUES, other, VALUES], start=1):
        run = add_outcome(run, "a", outcome(store, number, values), store)
    assert run.runners[0].repeatable is False


def test_a_failure_in_a_later_round_fails_the_runner_and_keeps_its_rounds(
    store: RunFolder, run: Run
) -> None:
    run = add_outcome(run, "a", outcome(store, 1), store)
    run = add_outcome(run, "a", outcome(store, 2, reason="it crashed"), store)
    record = run.runners[0]
    assert (record.status, record.reason) == ("failed", "it crashed")
    assert [round_.status for round_ in record.rounds] == ["ok", "failed"]


def test_what_a_failed_process_said_is_kept_and_takes_nothing_away(store: RunFolder) -> None:
    known = RunnerRecord(
        label="a", runner="keras2-theano", status="pending", versions={"keras": "2.0.4"}
    )
    told = RunResult(
        schema_version=1,
        status="failed",
        threads=Threads(requested=2),
        flags={"kernel_shapes": "block1_conv1 3x64x3x3"},
    )
    failed = outcome(store, 1, reason="it crashed")
    ended = Outcome(failed.record, failed.folder, told)
    record = add_outcome(make_run([known]), "a", ended, store).runners[0]
    assert (record.status, record.reason) == ("failed", "it crashed")
    assert record.flags == told.flags
    assert record.versions == {"keras": "2.0.4"}


def test_only_runners_that_succeeded_are_judged_and_timed(store: RunFolder, run: Run) -> None:
    run = add_outcome(run, "a", outcome(store, 1), store)
    assert set(ok_features(run, store, "shared")) == {"a"}
    np.testing.assert_array_equal(ok_features(run, store, "native")["a"]["fc6"], VALUES)
    failed = add_outcome(run, "a", outcome(store, 2, reason="it crashed"), store)
    assert ok_features(failed, store, "shared") == {}
    assert ok_phases(failed) == {}


def test_seconds_of_all_rounds_are_together_in_their_order(store: RunFolder, run: Run) -> None:
    for number in (1, 2, 3):
        run = add_outcome(run, "a", outcome(store, number), store)
    assert ok_phases(run) == {"a": {"predict": {1: [1.0], 2: [2.0], 3: [3.0]}}}


def test_stored_features_are_read_only_when_they_are_asked_for(
    store: RunFolder, run: Run, monkeypatch
) -> None:
    run = add_outcome(run, "a", outcome(store, 1), store)
    read = []
    monkeypatch.setattr(RunFolder, "read_array", lambda self, file: read.append(file.file))
    features = ok_features(run, store, "shared")["a"]
    assert (list(features), len(features)) == (["fc6"], 1)
    assert "fc6" in features
    assert "fc7" not in features
    assert read == []
    features["fc6"]
    assert read == ["runners/01-a/round-1/shared-fc6.npy"]
