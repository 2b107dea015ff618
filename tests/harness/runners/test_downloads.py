"""Before anything is downloaded, its size is known and announced, here and in the bootstrap."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from netparity.runners import RUNNERS, create_runners
from netparity.runners.downloads import announce, in_words, to_make
from netparity.runners.environments import Environments
from netparity.runners.matconvnet_matlab import engine_stack
from netparity.runners.matlab_installation import Matlab
from netparity.runners.python_tool import PythonRunner
from tests.support.scripts import loaded
from tests.support.watches import Messages

ROOT = Path(__file__).parents[3]
ALL = [kind.name for kind in RUNNERS if not kind.required]
USUAL = [row for kind in RUNNERS for row in kind.default_rows]
PYTHON = [kind for kind in RUNNERS if issubclass(kind, PythonRunner) and not kind.required]


@pytest.mark.parametrize("kind", PYTHON, ids=lambda kind: kind.name)
def test_every_stack_states_its_sizes(kind) -> None:
    stack = kind(kind.name).stack
    assert stack.download_megabytes and stack.disk_megabytes
    # Wheels are compressed, and are stored unpacked with their bytecode.
    assert stack.download_megabytes < stack.disk_megabytes


def test_matlab_engine_states_its_sizes(tmp_path: Path) -> None:
    stack = engine_stack(Matlab(tmp_path, None))
    assert stack.download_megabytes and stack.disk_megabytes


def test_environments_are_announced_together_and_each_once(cache: Path) -> None:
    watch = Messages()
    announce(create_runners(USUAL, RUNNERS), Environments(), watch)
    assert watch.text == (
        "2 environments (keras3-tensorflow, keras2-theano): about 410 MB to download, "
        "1.8 GB on disk\n"
    )


def test_a_single_environment_is_left_to_its_own_line(cache: Path) -> None:
    watch = Messages()
    announce(create_runners(["keras2-theano", "matconvnet-octave"], RUNNERS), Environments(), watch)
    assert watch.text == ""


def test_interpreters_of_the_users_own_download_nothing(cache: Path, tmp_path: Path) -> None:
    own = Environments({"keras3-tensorflow": tmp_path, "keras2-theano": tmp_path})
    assert to_make(create_runners(USUAL, RUNNERS), own) == []


def test_sizes_that_are_not_known_are_no_zeros(cache: Path) -> None:
    [first, second] = to_make(create_runners(USUAL, RUNNERS), Environments())
    words = in_words([first, replace(second, download_megabytes=None, disk_megabytes=None)])
    assert "at least 340 MB to download" in words


def test_the_bootstrap_announces_the_sizes_of_the_usual_runners(cache: Path) -> None:
    bootstrap = loaded(ROOT / "harness" / "bootstrap.py")
    stacks = to_make(create_runners(USUAL, RUNNERS), Environments())
    assert (
        sum(stack.download_megabytes for stack in stacks),
        sum(stack.disk_megabytes for stack in stacks),
    ) == bootstrap.RUNNERS
