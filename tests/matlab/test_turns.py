"""The script waits at named pipes for its turns, in Octave and through the engine's host."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.engine_scene import Scene
from tests.support.octave_process import MATLAB, OctaveError
from tests.support.pipe_harness import PipeHarness
from tests.support.simplenn_reference import TinyVgg
from tests.support.tiny_job import assert_features_are_right

FIELDS = {
    *("user_seconds", "system_seconds", "minor_faults", "major_faults"),
    *("voluntary_switches", "involuntary_switches", "stolen_seconds"),
}


@pytest.fixture
def pipes(tmp_path: Path, job: dict[str, Any]) -> PipeHarness:
    """A turn of two values after one that does not count, one of three, and no more."""
    folder = tmp_path / "it's turns $(touch harm)"
    folder.mkdir()
    job["turns"] = {"folder": str(folder)}
    return PipeHarness(folder, ["2 1\n", "3 0\n", "0 0\n"])


def assert_turns_were_taken(result: dict[str, Any], pipes: PipeHarness) -> None:
    assert len(result["phases"]["predict"]) == 5
    assert len(pipes.lines) == 3 and len(set(pipes.lines)) == 1
    assert 0 < float(pipes.lines[0]) <= result["phases"]["predict_first"][0] * 1.001
    for phase, values in result["phases"].items():
        assert len(result["usage"][phase]) == len(values)
    for entries in result["usage"].values():
        assert all(set(entry) == FIELDS for entry in entries)
        assert all(entry["user_seconds"] >= 0 for entry in entries)
    assert result["usage"]["startup"][0]["user_seconds"] > 0


def test_as_many_values_are_measured_as_each_turn_asks_for(
    octave: Callable, job: dict[str, Any], net: TinyVgg, pipes: PipeHarness
) -> None:
    job_file = Path(job["output_dir"]).parent / "job.json"
    job_file.write_text(json.dumps(job), encoding="utf-8")
    done = octave(MATLAB / "octave_main.m", job_file)
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads((Path(job["output_dir"]) / "result.json").read_text(encoding="utf-8"))
    assert_turns_were_taken(result, pipes)
    assert_features_are_right(job, result, net)


def test_turns_are_taken_through_the_engine_too(
    octave: Callable, scene: Scene, net: TinyVgg, pipes: PipeHarness
) -> None:
    assert scene.run() == 0, scene.errors.read_text()
    assert_turns_were_taken(scene.result(), pipes)
    assert_features_are_right(scene.job, scene.result(), net)
    scene.assert_nothing_is_left()


def test_a_job_whose_run_is_over_has_no_turns(
    octave: Callable, job: dict[str, Any], tmp_path: Path
) -> None:
    job["turns"] = {"folder": str(tmp_path / "gone")}
    job_file = Path(job["output_dir"]).parent / "job.json"
    job_file.write_text(json.dumps(job), encoding="utf-8")
    assert octave(MATLAB / "octave_main.m", job_file).returncode == 0
    result = json.loads((Path(job["output_dir"]) / "result.json").read_text(encoding="utf-8"))
    assert len(result["phases"]["predict"]) == job["repeats"]


def test_a_line_that_is_not_understood_is_an_error(call: Callable, tmp_path: Path) -> None:
    PipeHarness(tmp_path, ["many\n"])
    (error,) = call([("np_wait_turn", str(tmp_path), 0.5)])
    assert isinstance(error, OctaveError) and "'many', expected two whole numbers" in str(error)


def test_processor_seconds_where_there_is_only_proc(call: Callable, tmp_path: Path) -> None:
    """As in MATLAB: fields 10, 12, 14 and 15 of proc(5), the name may hold anything."""
    stat = tmp_path / "stat"
    numbers = " ".join(str(number) for number in range(4, 53))
    stat.write_text(f"4711 (a ) R 1 (b) S {numbers}\n")
    (found, none, stolen, unknown) = call(
        [
            ("np_process_counters", str(stat)),
            ("np_process_counters", str(tmp_path / "none")),
            ("np_stolen_seconds", str(_proc_stat(tmp_path))),
            ("np_stolen_seconds", str(stat)),
        ]
    )
    fields = found[0, 0]
    values = {name: fields[name].ravel().tolist() for name in fields.dtype.names}
    assert values == {
        "user_seconds": [0.14],
        "system_seconds": [0.15],
        "minor_faults": [10],
        "major_faults": [12],
        "voluntary_switches": [],
        "involuntary_switches": [],
    }
    assert all(np.size(none[0, 0][name]) == 0 for name in fields.dtype.names)
    assert stolen.item() == 2.5
    assert np.size(unknown) == 0


def _proc_stat(folder: Path) -> Path:
    """Its eighth number is the stolen time, in hundredths of a second."""
    file = folder / "proc-stat"
    file.write_text("cpu  10 20 30 40 50 60 70 250 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n")
    return file
