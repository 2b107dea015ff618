"""A test that is not marked slow and starts a real tool fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from netparity.runners import RUNNERS, Keras3Tensorflow
from netparity.runners.environments import Environments
from netparity.system.launch import Command, capture, launch
from tests.support.real_tools import Guard, RealToolError


def test_octave_is_not_started() -> None:
    with pytest.raises(RealToolError, match="octave-cli"):
        subprocess.run(["octave-cli", "--version"])
    with pytest.raises(RealToolError, match="octave-cli"):
        subprocess.run("/usr/bin/octave-cli")


def test_it_is_not_started_through_the_harness(tmp_path: Path) -> None:
    command = Command(["matlab", "-batch", "exit"])
    with pytest.raises(RealToolError, match="matlab"):
        launch(command, tmp_path, tmp_path / "log.txt", 10)
    with pytest.raises(RealToolError, match="matlab"):
        capture(command, tmp_path)


def test_an_environment_of_the_users_cache_is_not_started(
    guard: Guard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(guard, "_environments", tmp_path)
    with pytest.raises(RealToolError, match="keras2-theano-0"):
        subprocess.run([tmp_path / "keras2-theano-0" / "bin" / "python", "-V"])


def test_an_environment_is_not_made(guard: Guard) -> None:
    with pytest.raises(RealToolError, match="makes an environment"):
        Environments().ensure(Keras3Tensorflow.stack)
    with pytest.raises(RealToolError, match="the environment keras3-tensorflow-"):
        guard.check()


def test_a_child_that_starts_octave_is_noticed(guard: Guard) -> None:
    program = guard.stand_in("octave-cli")
    existed = program.exists()
    done = subprocess.run(["sh", "-c", "octave-cli --version"])
    assert existed and done.returncode == 97
    with pytest.raises(RealToolError, match="octave-cli --version"):
        guard.check()
    guard.check()


def test_a_child_that_begins_an_environment_is_noticed(guard: Guard) -> None:
    code = (
        "from netparity.runners import Keras3Tensorflow; "
        "from netparity.runners.environments import Environments; "
        "Environments().ensure(Keras3Tensorflow.stack)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode != 0
    with pytest.raises(RealToolError, match="the environment keras3-tensorflow-"):
        guard.check()


def test_a_stand_in_of_the_tests_own_may_be_started(tmp_path: Path) -> None:
    program = tmp_path / "octave-cli"
    program.write_text("#!/bin/sh\necho fine\n")
    program.chmod(0o755)
    assert capture(Command([str(program)]), tmp_path) == "fine\n"


def test_every_runner_starts_what_is_guarded() -> None:
    assert {kind.name for kind in RUNNERS} == {
        # each in an environment of its own
        *("keras3-tensorflow", "keras3-jax", "keras3-torch", "tf-keras"),
        *("keras2-theano", "pytorch"),
        *("matconvnet-octave", "matconvnet-matlab"),
        *("onnxruntime", "openvino", "opencv-dnn"),
    }
