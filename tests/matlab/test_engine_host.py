"""engine_host.py starts, watches and ends MATLAB; a stand-in plays the engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

HOST = Path(__file__).resolve().parents[2] / "matlab" / "engine_host.py"

STAND_IN = """
import json, os, time
import builtins

class EngineError(Exception): pass
class MatlabExecutionError(Exception): pass
class RejectedExecutionError(Exception): pass
class CancelledError(Exception): pass
class InterruptedError(Exception): pass

PLAY = os.environ["PLAY"]
if PLAY == "broken":
    raise RuntimeError("release R2099z not found")

def note(*words):
    with open(os.environ["NOTES"], "a") as notes:
        print(*words, file=notes)

class Future:
    def __init__(self, job, stdout):
        self.job, self.stdout, self.polls, self.cancelled = job, stdout, 0, False
    def done(self):
        self.polls += 1
        self.stdout.write("line %d\\n" % self.polls)
        return PLAY != "hang" and self.polls >= 3
    def cancel(self):
        note("cancel")
    def result(self):
        if PLAY in ("fails", "records"):
            raise MatlabExecutionError("no layer relu9")
        if PLAY == "dies":
            raise EngineError("MATLAB has already terminated")

class Matlab:
    def addpath(self, folder, nargout):
        note("addpath", folder)
    def feval(self, name, job, nargout, stdout, stderr, background):
        note("feval", name, job, nargout, background)
        if PLAY == "records":
            folder = json.load(open(job))["output_dir"]
            with open(folder + "/result.json", "w") as result:
                json.dump({"status": "failed", "error": "by MATLAB"}, result)
        return Future(job, stdout)
    def quit(self):
        note("quit")

def start_matlab(options):
    note("start", options)
    if PLAY == "no licence":
        raise EngineError("License checkout failed")
    return Matlab()
"""


class Scene:
    """A job, a stand-in for matlab.engine, and the process under test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        package = folder / "packages" / "matlab" / "engine"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(STAND_IN)
        (folder / "out").mkdir()
        self.job = folder / "job.json"
        self.notes = folder / "notes"
        self.write_job(threads=2)

    def write_job(self, threads: int | None) -> None:
        self.job.write_text(
            json.dumps({"output_dir": str(self.folder / "out"), "threads": threads})
        )

    def start(self, play: str) -> subprocess.Popen[str]:
        environment = os.environ | {
            "PYTHONPATH": "" if play == "absent" else str(self.folder / "packages"),
            "PLAY": play,
            "NOTES": str(self.notes),
        }
        return subprocess.Popen(
            [sys.executable, str(HOST), str(self.job)],
            env=environment,
            cwd=HOST.parents[1],  # where a folder called matlab/ lies
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def noted(self) -> list[str]:
        return self.notes.read_text().splitlines() if self.notes.exists() else []

    def result(self) -> dict[str, Any]:
        return json.loads((self.folder / "out" / "result.json").read_text())


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_job_runs_and_its_log_is_passed_on(scene: Scene) -> None:
    process = scene.start("works")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert out == "line 1\nline 2\nline 3\n"
    assert scene.noted() == [
        "start -nodisplay -nojvm",
        f"addpath {HOST.parent}",
        f"feval extract_features {scene.job} 0 True",
        "quit",
    ]
    assert not (scene.folder / "out" / "result.json").exists()


def test_one_thread_is_asked_for_at_the_start(scene: Scene) -> None:
    scene.write_job(threads=1)
    process = scene.start("works")
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert scene.noted()[0] == "start -nodisplay -nojvm -singleCompThread"


@pytest.mark.parametrize(
    ("play", "kind", "words"),
    [
        ("absent", "ModuleNotFoundError", "pip install matlabengine"),
        ("broken", "RuntimeError", "R2099z"),
        ("no licence", "EngineError", "licence"),
        ("fails", "MatlabExecutionError", "no layer relu9"),
        ("dies", "EngineError", "Memory"),
    ],
)
def test_each_failure_has_its_own_message(
    scene: Scene, golden: Path, play: str, kind: str, words: str
) -> None:
    process = scene.start(play)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    result = scene.result()
    assert result.keys() == json.loads((golden / "result-failed.json").read_text()).keys()
    assert (result["schema_version"], result["status"]) == (1, "failed")
    assert result["error"]["kind"] == kind
    assert words in result["error"]["message"] and words in err
    assert "Traceback" in result["error"]["where"]
    assert result["threads"] == {"requested": 2, "found": None}
    assert ("quit" in scene.noted()) == (play in ("fails", "dies"))


def test_what_matlab_recorded_is_left_alone(scene: Scene) -> None:
    process = scene.start("records")
    process.communicate(timeout=30)
    assert process.returncode == 1
    assert scene.result() == {"status": "failed", "error": "by MATLAB"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_cancels_the_job_and_quits_matlab(scene: Scene, number: signal.Signals) -> None:
    process = scene.start("hang")
    deadline = time.monotonic() + 30
    while not any(line.startswith("feval") for line in scene.noted()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.2)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert scene.noted()[-2:] == ["cancel", "quit"]
    assert number.name in scene.result()["error"]["message"]


def test_a_job_file_that_cannot_be_read(scene: Scene) -> None:
    scene.job.write_text("{")
    process = scene.start("works")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert str(scene.job) in err and scene.noted() == []
