"""A command that waits, stopped, while another one runs."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from netparity.system.launch import Command, Launched, LaunchError, begin
from tests.support.processes import is_gone, wait_for

PYTHON = (sys.executable, "-I", "-S", "-c")
SPINS = """
    import os, time
    if {leaves_its_group} and os.fork():
        time.sleep(60)
    if {leaves_its_group}:
        os.setsid()
    with open("pid.tmp", "w") as file:
        print(os.getpid(), file=file)
    os.rename("pid.tmp", "pid")
    while True:
        pass
"""
SPINNING = SPINS.format(leaves_its_group=False)


@contextmanager
def begun(folder: Path, code: str, timeout: float = 60.0) -> Iterator[Launched]:
    command = Command([*PYTHON, textwrap.dedent(code)])
    launched = begin(command, folder, folder / "log.txt", timeout)
    try:
        yield launched
    finally:
        launched.end()


def pid_in(folder: Path) -> int:
    wait_for((folder / "pid").exists)
    return int((folder / "pid").read_text())


def processor_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@pytest.mark.parametrize("leaves_its_group", [False, True])
def test_what_is_stopped_uses_no_processor_until_it_goes_on(
    tmp_path: Path, leaves_its_group: bool
) -> None:
    with begun(tmp_path, SPINS.format(leaves_its_group=leaves_its_group)) as launched:
        pid = pid_in(tmp_path)
        launched.stop()
        before = processor_ticks(pid)
        time.sleep(0.2)
        assert processor_ticks(pid) == before
        launched.resume()
        wait_for(lambda: processor_ticks(pid) > before)


def test_its_timeout_and_its_seconds_leave_out_the_time_for_which_it_was_stopped(
    tmp_path: Path,
) -> None:
    with begun(tmp_path, SPINNING, timeout=1.0) as launched:
        pid_in(tmp_path)
        for _ in range(2):
            launched.stop()
            time.sleep(0.7)
            launched.resume()
        ended = launched.wait()
    assert ended.timed_out
    assert 1.0 <= ended.wall_seconds < 1.0 + 1.4


def test_it_is_ended_while_it_is_stopped(tmp_path: Path) -> None:
    with begun(tmp_path, SPINNING) as launched:
        pid = pid_in(tmp_path)
        launched.stop()
        before = time.monotonic()
    assert is_gone(pid)
    assert time.monotonic() - before < 3.0  # by SIGTERM, without the three seconds of grace


def test_killed_while_it_is_stopped(tmp_path: Path) -> None:
    with begun(tmp_path, SPINNING) as launched:
        pid = pid_in(tmp_path)
        launched.stop()
        assert select.select([launched], [], [], 0)[0] == []
        os.kill(pid, signal.SIGKILL)
        assert select.select([launched], [], [], 60)[0] == [launched]
        assert launched.wait().signal_name == "SIGKILL"


def test_stopping_what_has_ended_does_nothing(tmp_path: Path) -> None:
    with begun(tmp_path, "pass") as launched:
        select.select([launched], [], [], 60)
        launched.stop()
        launched.resume()
        assert launched.wait().exit_status == 0


def test_what_cannot_be_started(tmp_path: Path) -> None:
    launched = begin(Command(["/no/such/program"]), tmp_path, tmp_path / "log.txt", 60)
    with pytest.raises(LaunchError, match="/no/such/program cannot be started: No such file"):
        launched.wait()
    launched.end()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_when_the_harness_is_ended_so_is_what_is_stopped(tmp_path: Path, number: int) -> None:
    harness = f"""
        import time
        from pathlib import Path
        from netparity.system.launch import Command, begin
        folder = Path({str(tmp_path)!r})
        command = Command({[*PYTHON, textwrap.dedent(SPINNING)]!r})
        launched = begin(command, folder, folder / "log", 60)
        while not (folder / "pid").exists():
            time.sleep(0.01)
        launched.stop()
        (folder / "stopped").touch()
        time.sleep(60)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(harness)])
    try:
        wait_for((tmp_path / "stopped").exists)
    finally:
        process.send_signal(number)
        process.wait()
    pid = pid_in(tmp_path)
    wait_for(lambda: is_gone(pid))
