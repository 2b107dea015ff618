"""Ctrl-C is answered at once and ends a program within two seconds, whatever it is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netparity.commands import guard
from tests.support.processes import is_gone, wait_for

AT_ONCE = "stopping; press Ctrl-C again to quit at once"
# `working` begins when the program does; it may do as it likes with the interrupt.
PROGRAM = """
import os, signal, sys, tempfile, time
from contextlib import suppress
from pathlib import Path
from netparity.commands import guard, main, start
from netparity.system.kept import kept
from netparity.system.launch import Command, begin
from netparity.system.temporary import make_folder
from netparity.system.cache import replacing

here = Path.cwd()
tempfile.tempdir = str(here)
guard.SECONDS = {seconds}

def ready(*pids):
    (here / "draft").write_text(" ".join(map(str, pids)))
    (here / "draft").rename(here / "ready")

{working}

main.main = working
start.main()
"""
DEAF = """
def working():
    make_folder("turns")
    launched = begin(Command(["/bin/sh", "-c", "trap '' TERM INT; echo $$ > pid; sleep 60"]),
                     here, here / "log", 60)
    while not (here / "pid").exists() or not (here / "pid").read_text().strip():
        time.sleep(0.01)
    with kept(lambda: "what was done is kept"), replacing(here / "large.npy") as draft:
        draft.write_bytes(b"0")
        ready((here / "pid").read_text().strip())
        while True:
            with suppress(KeyboardInterrupt):
                time.sleep(60)
"""
IN_NUMPY = """
def working():
    import numpy as np
    a = np.ones((5000, 5000))
    ready()
    for _ in range(100):
        a = a @ a  # seconds, in which no handler of Python's can run
        a /= a.max()
"""
WILLING = """
def working():
    launched = begin(Command(["/bin/sleep", "60"]), here, here / "log", 60)
    ready()
    try:
        launched.wait()
    finally:
        launched.end()
"""


@pytest.fixture
def program(tmp_path: Path):
    """program(working): a program that has begun its work."""
    started = []

    def start(working: str, seconds: float = guard.SECONDS) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM.format(working=working, seconds=seconds)],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        wait_for((tmp_path / "ready").exists, seconds=60)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def ended(process: subprocess.Popen[str]) -> tuple[float, str]:
    """Seconds from now to its end, and what it printed."""
    begun = time.monotonic()
    process.wait(60)
    seconds = time.monotonic() - begun
    return seconds, process.stderr.read()


LONG = 600.0
"""Seconds that no test waits: only what happens before the deadline can end a program."""
BUSY = 20.0
"""Seconds for which a busy machine may delay what takes a moment."""
NUMBERS = {signal.SIGINT: "interrupted", signal.SIGTERM: "ended by SIGTERM"}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("working", [DEAF, IN_NUMPY], ids=["deaf", "in-numpy"])
def test_it_is_answered_at_once_and_ends_within_two_seconds(
    program, tmp_path: Path, working: str, number: signal.Signals
) -> None:
    process = program(working)
    time.sleep(0.2)
    begun = time.monotonic()
    os.kill(process.pid, number)
    assert process.stderr.readline() == f"{AT_ONCE}\n"
    assert time.monotonic() - begun < BUSY
    seconds, errors = ended(process)
    assert guard.SECONDS < 2.0 and seconds < BUSY  # left alone, it would go on for minutes
    assert process.returncode == 128 + number
    expected = ["what was done is kept"] if working == DEAF else []
    assert errors.splitlines() == [*expected, f"netparity: {NUMBERS[number]}"]
    left = {path.name for path in tmp_path.iterdir()} - {"ready", "pid", "log"}
    assert left == set()  # no draft, no temporary folder
    for pid in (tmp_path / "ready").read_text().split():
        wait_for(lambda pid=pid: is_gone(int(pid)), seconds=BUSY)


def test_pressed_again_it_quits_at_once(program, tmp_path: Path) -> None:
    process = program(DEAF, LONG)
    os.kill(process.pid, signal.SIGINT)
    assert process.stderr.readline() == f"{AT_ONCE}\n"
    assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    _, errors = ended(process)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "netparity: interrupted"
    wait_for(lambda: is_gone(int((tmp_path / "pid").read_text())), seconds=BUSY)


def test_what_ends_when_it_is_asked_is_not_hurried(program) -> None:
    process = program(WILLING, LONG)
    os.kill(process.pid, signal.SIGINT)
    _, errors = ended(process)
    assert process.returncode == 130
    assert errors.splitlines() == [AT_ONCE]
