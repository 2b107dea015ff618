"""engine_host.py runs a job in MATLAB; Octave stands in for it, behind the engine's interface."""

from __future__ import annotations

import ast
import os
import platform
import shutil
import signal
from collections.abc import Callable

import pytest

from tests.support.engine_scene import SECONDS, Scene
from tests.support.octave_process import MATLAB
from tests.support.processes import wait_for
from tests.support.simplenn_reference import TinyVgg
from tests.support.tiny_job import RESULT_KEYS, assert_features_are_right

START = "start -nodisplay -nojvm"


@pytest.mark.parametrize("threads", [1, 2])
def test_a_job_runs_and_its_features_equal_the_float64_pass(
    octave: Callable, scene: Scene, net: TinyVgg, threads: int
) -> None:
    scene.job["threads"] = threads
    assert scene.run() == 0, scene.errors.read_text()
    assert scene.errors.read_text() == ""
    result = scene.result()
    assert list(result) == RESULT_KEYS
    assert (result["status"], result["error"]) == ("ok", None)
    assert_features_are_right(scene.job, result, net)
    assert "on GNU Octave" in result["code"]  # nothing was played, and no MATLAB claimed

    flags = result["flags"]
    assert flags["matlab_session"] == "started for this process"
    assert flags["engine_python"] == platform.python_version()
    assert 0 < float(flags["engine_start_seconds"]) < SECONDS
    assert 2**24 < int(flags["matlab_peak_rss_bytes"]) < 2**34
    # One thread is only to be had at MATLAB's start.
    assert scene.noted() == [
        START + " -singleCompThread" * (threads == 1),
        "feval feature getpid",
        f"feval addpath {MATLAB}",
        f"feval extract_features {scene.job_file}",
        "quit",
    ]
    scene.assert_nothing_is_left()


def test_the_log_is_passed_on_while_it_grows(octave: Callable, scene: Scene) -> None:
    go_on = scene.folder / "go on"
    scene.scripts = scene.folder / "scripts"
    shutil.copytree(MATLAB, scene.scripts)
    (scene.scripts / "extract_features.m").write_text(
        "function extract_features(file)\n"
        "printf('begun\\n'); fflush(stdout);\n"
        f"while ~exist('{go_on}', 'file')\n  pause(0.05);\nend\n"
        "fprintf(stderr, 'warned\\n'); disp('done');\nend\n"
    )
    host = scene.start()
    wait_for(lambda: scene.log.read_text() == "begun\n", SECONDS)
    assert host.poll() is None
    go_on.touch()
    assert host.wait(SECONDS) == 0
    assert sorted(scene.log.read_text().splitlines()) == ["begun", "done", "warned"]


# --- no MATLAB, no engine -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("play", "kind", "words"),
    [
        ("moved", "EngineOfAnotherRelease", ["R2099b", "netparity doctor"]),
        ("corrupted", "EngineOfAnotherRelease", ["corrupted", "install"]),
        ("another release", "EngineOfAnotherRelease", ["matlabengineforpython_abi3"]),
        ("unsupported Python", "PythonNotSupported", ["3.9, 3.10, 3.11, and 3.12", "3_99"]),
        ("unsupported Python, older engine", "PythonNotSupported", ["Python 3_99", "setup"]),
        ("no licence", "LicenceRefused", ["License Manager Error -1", "MLM_LICENSE_FILE"]),
        ("start fails", "StartFailed", ["Unable to launch", "MATLAB_ROOT"]),
    ],
)
def test_a_matlab_that_cannot_be_had(scene: Scene, play: str, kind: str, words: list[str]) -> None:
    assert scene.run(play) == 1
    scene.assert_failed(kind, words)
    assert scene.octaves() == []


@pytest.mark.parametrize("path", ["", str(MATLAB.parent)], ids=["nothing", "a folder matlab/"])
def test_an_engine_that_is_not_installed(scene: Scene, path: str) -> None:
    assert scene.run(PYTHONPATH=path) == 1
    words = ["pip install matlabengine", "netparity setup", platform.python_version()]
    scene.assert_failed("EngineNotInstalled", words)


def test_a_matlab_root_without_matlab(scene: Scene) -> None:
    assert scene.run(MATLAB_ROOT=str(scene.folder)) == 1
    scene.assert_failed("MatlabNotFound", [f"MATLAB_ROOT={scene.folder}", "matlabroot"])
    assert scene.noted() == []


def test_a_matlab_that_takes_too_long_to_start(octave: Callable, scene: Scene):
    scene.job["options"] = {"startup_timeout": "0.5"}
    assert scene.run("never starts") == 1
    words = ["not started within 0.5 s", "startup_timeout=SECONDS", "--timeout"]
    scene.assert_failed("StartTimeout", words)
    assert scene.noted() == [START, "cancel"]
    scene.assert_nothing_is_left()


@pytest.mark.parametrize("text", ["soon", "0", "-1", "inf", "nan"])
def test_a_start_timeout_that_is_no_number_of_seconds(scene: Scene, text: str):
    scene.job["options"] = {"startup_timeout": text}
    assert scene.run() == 1
    scene.assert_failed("UsageError", [f"startup_timeout={text}", "600"])
    assert scene.noted() == []


@pytest.mark.parametrize("text", ["{", None], ids=["no JSON", "no file"])
def test_a_job_file_that_cannot_be_read(scene: Scene, text: str | None) -> None:
    if text is None:
        scene.job_file = scene.job_file.with_name("none.json")
        scene.job_file.symlink_to("nowhere")
        scene.job_file.with_name("nowhere").mkdir()
    else:
        scene.job_file.write_text(text)
    assert scene.run() == 1
    assert str(scene.job_file.resolve()) in scene.errors.read_text()
    assert scene.noted() == [] and not scene.has_result()


# --- MATLAB fails ---------------------------------------------------------------------------


def test_an_error_before_the_script_can_record_it(octave: Callable, scene: Scene) -> None:
    scene.job["schema_version"] = 2
    assert scene.run() == 1
    words = ["schema_version 2", "To reproduce it"]
    error = scene.assert_failed("netparity:job", words)
    assert "File" not in error["message"]
    assert "np_read_job, line " in error["where"] and "np_read_job.m" in error["where"]
    assert scene.noted()[-2:] == ["feval lasterr", "quit"]
    scene.assert_nothing_is_left()


def test_a_script_that_matlab_cannot_parse(octave: Callable, scene: Scene) -> None:
    scene.scripts = scene.folder / "scripts"
    shutil.copytree(MATLAB, scene.scripts)
    (scene.scripts / "support" / "np_read_job.m").write_text("function job = np_read_job(file\n")
    assert scene.run() == 1
    scene.assert_failed("SyntaxError", ["parse error", "R2018b"])
    scene.assert_nothing_is_left()


def test_what_matlab_recorded_is_left_alone(octave: Callable, scene: Scene) -> None:
    scene.job["features"][0]["layer"] = "relu9"
    assert scene.run() == 1
    error = scene.result()["error"]
    assert error["kind"].startswith("netparity:") and "extract_features failed" not in str(error)
    assert "relu9" in error["message"] and "np_run_job" in error["where"]
    assert "relu9" in scene.errors.read_text()
    assert "matlab_session" not in scene.result()["flags"]
    scene.assert_nothing_is_left()


def test_a_matlab_that_dies_during_the_job(octave: Callable, scene: Scene) -> None:
    host = scene.start_long_job()
    (pid,) = scene.octaves()
    os.kill(pid, signal.SIGKILL)
    assert host.wait(SECONDS) == 1
    scene.assert_failed("SessionLost", ["out of memory", "matlab_crash_dump"])
    scene.assert_nothing_is_left()


def test_what_no_one_has_foreseen_is_recorded_too(octave: Callable, scene: Scene) -> None:
    assert scene.run("unforeseen") == 1
    error = scene.assert_failed("ValueError", ["nothing that the host knows of"])
    assert "Traceback" in error["where"]
    scene.assert_nothing_is_left()


def test_an_interrupt_that_comes_from_elsewhere(octave: Callable, scene: Scene) -> None:
    host = scene.start_long_job()
    (pid,) = scene.octaves()
    os.kill(pid, signal.SIGINT)
    assert host.wait(SECONDS) == 1
    scene.assert_failed("InterruptedError", ["interrupted in MATLAB"])
    scene.assert_nothing_is_left()


# --- what it is written in ------------------------------------------------------------------


def test_the_host_is_written_for_the_pythons_of_old_releases() -> None:
    files = sorted(MATLAB.glob("engine_*.py"))
    assert len(files) >= 3
    for file in files:
        ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 6))
