"""The machine's facts are the operating system's own."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

from netparity.timing import cpus_available, describe_machine


def test_processors_are_those_this_process_may_use() -> None:
    code = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))});"
        "from netparity.timing import cpus_available; print(cpus_available())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
    assert cpus_available() == len(os.sched_getaffinity(0))


def test_memory_is_that_of_proc_meminfo() -> None:
    with open("/proc/meminfo") as file:
        kilobytes = int(file.readline().split()[1])
    assert describe_machine().memory_bytes == kilobytes * 1024


def test_nothing_names_the_machine_or_its_user() -> None:
    text = describe_machine().model_dump_json()
    assert platform.node() not in text
    assert os.path.expanduser("~") not in text


def test_every_fact_is_there() -> None:
    machine = describe_machine()
    assert machine.cpu
    assert "Linux" in machine.system
    assert machine.python == platform.python_version()
