"""engine_host.py in a session that someone shares, and how it ends at a signal."""

from __future__ import annotations

import shutil
import signal

import pytest

from tests.support.engine_scene import SECONDS, Scene
from tests.support.octave_process import MATLAB
from tests.support.processes import is_gone, wait_for
from tests.support.simplenn_reference import TinyVgg
from tests.support.tiny_job import assert_features_are_right

pytestmark = pytest.mark.usefixtures("octave")
SIGNALS = [signal.SIGTERM, signal.SIGINT]


# --- a shared session -----------------------------------------------------------------------


def test_a_shared_session_is_joined_never_quit_and_left_as_it_was(
    scene: Scene, net: TinyVgg
) -> None:
    pid = scene.share("mine")
    scene.ask("mine", "setenv", "MATCONVNET_ROOT", "/of/the/owner")
    before = scene.ask("mine", "path")
    scene.job["options"] = {"session": "mine", "matconvnet": "compat"}
    scene.job["threads"] = 1
    assert scene.run(MATCONVNET_ROOT="/of/this/run") == 0, scene.errors.read_text()
    result = scene.result()
    assert_features_are_right(scene.job, result, net)
    assert result["flags"]["matlab_session"] == "shared session mine"
    assert "matlab_peak_rss_bytes" not in result["flags"]  # it may be that of other work

    noted = scene.noted()
    assert noted[0] == "connect mine"
    assert "feval setenv MATCONVNET_ROOT /of/this/run" in noted  # its own is not seen there
    assert noted.index("feval maxNumCompThreads") < noted.index("feval maxNumCompThreads 8")
    # The engine's own exit handler parts from it; nothing else asks it to quit.
    assert noted.index("quit") == len(noted) - 1
    assert scene.octaves() == [] and not is_gone(pid)
    assert scene.ask("mine", "path") == before
    assert scene.ask("mine", "getenv", "MATCONVNET_ROOT") == "/of/the/owner"


def test_a_session_of_another_name(scene: Scene) -> None:
    scene.share("mine")
    scene.job["options"] = {"session": "yours"}
    assert scene.run() == 1
    words = ["'yours'", "shared sessions: mine", "matlab.engine.shareEngine('yours')"]
    scene.assert_failed("SessionNotFound", words)
    assert scene.noted() == []


def test_a_session_that_takes_no_other(scene: Scene) -> None:
    pid = scene.share("mine")
    scene.job["options"] = {"session": "mine"}
    assert scene.run("taken") == 1
    scene.assert_failed("SessionRefused", ["'mine'", "one at a time"])
    assert not is_gone(pid)


def test_a_session_whose_owner_is_at_work_is_not_disturbed(scene: Scene) -> None:
    scene.share("mine")
    answer = scene.send("mine", "pause", 10**6)
    wait_for(answer.with_name(answer.name + ".begun").exists, SECONDS)
    scene.job["options"] = {"session": "mine", "startup_timeout": "1"}
    assert scene.run() == 1
    words = ["'mine' is busy", "within 1 s", "startup_timeout"]
    scene.assert_failed("StartTimeout", words)
    assert scene.owned["mine"].poll() is None and not answer.exists()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_stops_the_job_in_a_shared_session_and_not_the_session(
    scene: Scene, number: signal.Signals
) -> None:
    pid = scene.share("mine")
    before = scene.ask("mine", "path")
    scene.job["options"] = {"session": "mine"}
    host = scene.start_long_job()
    host.send_signal(number)
    assert host.wait(SECONDS) == 128 + number
    assert number.name in scene.result()["error"]["message"]
    assert not is_gone(pid)
    assert scene.ask("mine", "path") == before  # it answers: the job is no longer at work there


# --- a signal -------------------------------------------------------------------------------


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_during_the_start(scene: Scene, number: signal.Signals) -> None:
    host = scene.start("never starts")
    wait_for(lambda: bool(scene.octaves()), SECONDS)
    host.send_signal(number)
    assert host.wait(SECONDS) == 128 + number
    scene.assert_failed("Stopped", [number.name, "--timeout"])
    assert scene.noted()[-1] == "cancel"
    scene.assert_nothing_is_left()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_during_the_job(scene: Scene, number: signal.Signals) -> None:
    host = scene.start_long_job()
    host.send_signal(number)
    assert host.wait(SECONDS) == 128 + number
    scene.assert_failed("Stopped", [number.name, "--timeout"])
    assert scene.noted()[-2:] == ["cancel", "quit"]
    scene.assert_nothing_is_left()


def test_a_signal_to_matlab_too_is_not_taken_for_its_loss(scene: Scene) -> None:
    """The harness signals the whole process group; here the loss is noticed first."""
    scene.scripts = scene.folder / "scripts"
    shutil.copytree(MATLAB, scene.scripts)
    session = scene.scripts / "engine_session.py"
    patched = session.read_text().replace(
        "    def lost(self) -> bool:\n",
        "    def lost(self) -> bool:\n"
        "        if 'feval extract_features' in open(os.environ['STANDIN_NOTES']).read():\n"
        "            os.kill(os.getpid(), signal.SIGTERM)\n"
        "            os.kill(self.pid, signal.SIGKILL)\n"
        "            return True\n",
    )
    assert patched != session.read_text()
    session.write_text(patched)
    assert scene.run() == 128 + signal.SIGTERM
    scene.assert_failed("Stopped", ["SIGTERM"])
    scene.assert_nothing_is_left()


def test_a_deaf_matlab_is_killed_and_a_second_signal_does_not_leave_it_behind(scene: Scene) -> None:
    host = scene.start_long_job("deaf")
    host.send_signal(signal.SIGTERM)
    wait_for(lambda: "cancel" in scene.noted(), SECONDS)
    host.send_signal(signal.SIGINT)
    host.send_signal(signal.SIGTERM)
    assert host.wait(SECONDS) == 128 + signal.SIGTERM
    scene.assert_failed("Stopped", ["SIGTERM"])
    scene.assert_nothing_is_left()


def test_a_matlab_that_does_not_quit_is_killed_and_its_result_stands(scene: Scene) -> None:
    scene.scripts = scene.folder / "scripts"
    shutil.copytree(MATLAB, scene.scripts)
    session = scene.scripts / "engine_session.py"
    patient = session.read_text().replace("QUIT_SECONDS = 20.0", "QUIT_SECONDS = 1e6")
    assert patient != session.read_text()
    session.write_text(patient)
    host = scene.start("deaf")
    wait_for(lambda: "quit" in scene.noted(), SECONDS)
    host.send_signal(signal.SIGTERM)  # then there is less time
    assert host.wait(SECONDS) == 0
    assert scene.result()["status"] == "ok"
    scene.assert_nothing_is_left()
