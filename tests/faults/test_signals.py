"""Ctrl-C, SIGTERM and SIGHUP end every command in the same way, whenever they come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.table import drafts

LOST = """
import os, signal, sys, time
from netparity.commands import main, start

class Removed:
    def __del__(self):
        os.kill(os.getpid(), {number})
        time.sleep(0.01)  # here Python can only ignore the interrupt

def command():
    Removed()
    time.sleep(20)
    print("it went on")

main.main = command
start.main()
"""
WORDS = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "ended by SIGTERM",
    signal.SIGHUP: "ended by SIGHUP",
}
MOMENTS = (0.0, 0.03, 0.06, 0.1, 0.15)
COMMANDS = (
    "weights convert synthetic:0 out.keras --model vgg16-tiny",
    "weights verify synthetic:0 synthetic:1 --model vgg16-tiny",
    "network show vgg16-tiny",
    "--help",
)


@pytest.mark.parametrize("number", WORDS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_signal_ends_a_command_without_a_traceback(
    command_line, tmp_path: Path, command: str, number: signal.Signals
):
    for place, moment in enumerate(MOMENTS):

        def strike(pid: int, moment: float = moment) -> None:
            time.sleep(moment)
            with suppress(ProcessLookupError):
                os.kill(pid, number)

        folder = tmp_path / str(place)
        folder.mkdir()
        environment = {"NETPARITY_CACHE": str(folder / "cache")}
        ended = command_line.run(command.split(), folder, environment, meanwhile=strike)
        assert "Traceback" not in ended.printed
        # By the signal itself before there is anything to keep; or it came too late.
        assert ended.exit_code in (128 + number, -number, 0, 1), ended.printed
        if "netparity:" in ended.stderr:
            assert WORDS[number] in ended.stderr
        assert drafts(folder) == []
        assert ended.exit_code == 0 or not (folder / "out.keras").exists()


@pytest.mark.parametrize("number", WORDS)
def test_a_signal_that_comes_while_an_object_is_removed_is_not_lost(number: signal.Signals):
    code = LOST.format(number=int(number))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 128 + number
    assert (done.stdout, done.stderr) == ("", "stopping; press Ctrl-C again to quit at once\n")
