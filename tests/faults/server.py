"""Runs the command line many times, each in a process of its own, without the imports of each.

    python server.py < ORDERS

One process imports netparity and then, for every order (a line of JSON), forks a child that runs
the command. It answers with two lines: the child's process id, then how the child ended.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from typing import Any


def main() -> None:
    from netparity.commands import main as command_line
    from netparity.commands import start
    from netparity.judge import check, documents
    from netparity.networks import opening
    from netparity.run import compare
    from netparity.weights import converting, inspection

    assert all((command_line, check, documents, opening, compare, converting, inspection))
    orders, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in orders:
        order = json.loads(line)
        begun = time.monotonic()
        pid = os.fork()
        if pid == 0:
            _become(order)
            _run(start.main, order["arguments"])
        print(json.dumps({"pid": pid}), file=answers, flush=True)
        _, status, usage = os.wait4(pid, 0)
        ended = {
            "exit_code": os.waitstatus_to_exitcode(status),
            "wall_seconds": time.monotonic() - begun,
            "processor_seconds": usage.ru_utime + usage.ru_stime,
            "peak_bytes": usage.ru_maxrss * 1024,
        }
        print(json.dumps(ended), file=answers, flush=True)


def _become(order: dict[str, Any]) -> None:
    """Take the order's folder, environment, limits and streams."""
    os.setsid()
    for number, name in ((0, os.devnull), (1, order["stdout"]), (2, order["stderr"])):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        file = os.open(name, flags, 0o644)
        os.dup2(file, number)
        os.close(file)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    if order["largest_file_bytes"] is not None:
        # Without SIGXFSZ, which Python ignores, writing further fails with EFBIG.
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file_bytes"], hard))
    # In case the command hangs: SIGALRM ends it, and the test sees by which signal it ended.
    signal.alarm(order["most_seconds"])


def _run(command: Any, arguments: list[str]) -> None:
    """Run the command line as a program of its own would, and end the process."""
    sys.argv = ["netparity", *arguments]
    code: Any = 70
    try:
        command()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
