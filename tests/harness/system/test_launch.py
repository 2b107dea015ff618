"""A process is started, watched, ended together with its children, and measured alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from netparity.system import watcher
from netparity.system.launch import Command, Exit, LaunchError, Limits, capture, launch
from tests.support.processes import is_gone, wait_for

PYTHON = (sys.executable, "-I", "-S", "-c")


def run(tmp_path: Path, *arguments: str, timeout: float = 20.0, **environment) -> Exit:
    return launch(Command(arguments, environment), tmp_path, tmp_path / "log.txt", timeout)


def script(tmp_path: Path, code: str, timeout: float = 20.0, **environment) -> Exit:
    return run(tmp_path, *PYTHON, textwrap.dedent(code), timeout=timeout, **environment)


def pids_in(path: Path) -> list[int]:
    wait_for(lambda: path.exists() and path.read_text().endswith("\n"))
    return [int(pid) for pid in path.read_text().split()]


def pid_in(path: Path) -> int:
    [pid] = pids_in(path)
    return pid


# --- how it ended ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 1, 3, 255])
def test_the_exit_status_is_reported(tmp_path: Path, status: int) -> None:
    ended = run(tmp_path, "/bin/sh", "-c", f"exit {status}")
    assert (ended.exit_status, ended.signal_name, ended.timed_out) == (status, None, False)
    assert ended.words == f"ended with exit status {status}"


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGTERM", "SIGINT"])
def test_the_signal_that_ended_it_is_reported(tmp_path: Path, name: str) -> None:
    ended = run(tmp_path, "/bin/sh", "-c", f"kill -{name[3:]} $$")
    assert (ended.exit_status, ended.signal_name, ended.timed_out) == (None, name, False)
    assert ended.words == f"was ended by {name}"


def test_wall_time_and_the_moment_of_the_start(tmp_path: Path) -> None:
    before, begun = time.time(), time.monotonic()
    ended = run(tmp_path, "/bin/sleep", "0.3")
    assert 0.3 <= ended.wall_seconds <= time.monotonic() - begun
    assert before <= ended.launched_unix_seconds <= time.time() - ended.wall_seconds


def test_output_and_errors_go_to_the_log(tmp_path: Path, capfd) -> None:
    run(tmp_path, "/bin/sh", "-c", "echo out; echo err >&2")
    assert (tmp_path / "log.txt").read_text() == "out\nerr\n"
    assert capfd.readouterr() == ("", "")


def test_a_second_process_adds_to_the_log(tmp_path: Path) -> None:
    run(tmp_path, "/bin/echo", "one")
    run(tmp_path, "/bin/echo", "two")
    assert (tmp_path / "log.txt").read_text() == "one\ntwo\n"


def test_it_runs_in_the_folder_given_with_nothing_on_standard_input(tmp_path: Path) -> None:
    run(tmp_path, "/bin/sh", "-c", "pwd; cat; echo end")
    assert (tmp_path / "log.txt").read_text() == f"{tmp_path.resolve()}\nend\n"


def test_arguments_are_never_read_by_a_shell(tmp_path: Path) -> None:
    hostile = ["$(touch pwned)", "; touch pwned", "a b", "*", "", "é\n\"'", "\udcff"]
    code = "import os, sys; print(os.fsencode('|'.join(sys.argv[1:])))"
    run(tmp_path, *PYTHON, code, *hostile)
    expected = os.fsencode("|".join(hostile))
    assert (tmp_path / "log.txt").read_text().strip() == repr(expected)
    assert not (tmp_path / "pwned").exists()


def test_variables_are_added_replaced_and_removed(tmp_path: Path, monkeypatch) -> None:
    for name in ("NP_KEPT", "NP_REPLACED", "NP_REMOVED"):
        monkeypatch.setenv(name, "ours")
    code = "env | grep ^NP_ | sort"
    environment = {"NP_REPLACED": "new", "NP_REMOVED": None, "NP_ADDED": "a=b é", "NP_EMPTY": ""}
    run(tmp_path, "/bin/sh", "-c", code, **environment)
    assert (tmp_path / "log.txt").read_text().splitlines() == [
        "NP_ADDED=a=b é",
        "NP_EMPTY=",
        "NP_KEPT=ours",
        "NP_REPLACED=new",
    ]


def test_the_child_can_be_interrupted_as_usual(tmp_path: Path) -> None:
    script(
        tmp_path,
        "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, []))",
    )
    assert (tmp_path / "log.txt").read_text() == "set()\n"


@pytest.mark.parametrize(
    "program", ["/no/such/program", "no-such-program-on-the-path", "/etc/passwd", "/"]
)
def test_a_program_that_cannot_be_started(tmp_path: Path, program: str) -> None:
    with pytest.raises(LaunchError, match="cannot be started") as caught:
        run(tmp_path, program)
    assert program in str(caught.value)


def test_a_folder_or_log_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="No such file"):
        launch(Command(["/bin/true"]), tmp_path / "none", tmp_path / "log", 5)
    with pytest.raises(LaunchError, match="No such file"):
        launch(Command(["/bin/true"]), tmp_path, tmp_path / "none" / "log", 5)


# --- how long it may take -------------------------------------------------------------------


def test_at_its_timeout_it_is_ended(tmp_path: Path) -> None:
    ended = run(tmp_path, "/bin/sleep", "60", timeout=0.3)
    assert ended.timed_out
    assert ended.signal_name == "SIGTERM"  # it did not sleep to its end
    assert ended.wall_seconds >= 0.3
    assert ended.words == f"was stopped at its timeout, after {ended.wall_seconds:.0f} s"


IGNORES_SIGTERM = (
    "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print(os.getpid(), file=open('pid', 'w')); time.sleep(60)"
)


def starts_a_stubborn_grandchild(then: str) -> str:
    return f"""
        import os, subprocess, sys, time
        subprocess.Popen([sys.executable, "-I", "-S", "-c", {IGNORES_SIGTERM!r}])
        while not os.path.exists("pid") or not open("pid").read().endswith("\\n"):
            time.sleep(0.01)
        {then}
    """


def test_the_timeout_ends_a_grandchild_that_ignores_sigterm(tmp_path: Path) -> None:
    ended = script(tmp_path, starts_a_stubborn_grandchild("time.sleep(60)"), timeout=1.0)
    assert ended.timed_out
    pid = pid_in(tmp_path / "pid")
    wait_for(lambda: is_gone(pid))


def test_a_grandchild_left_behind_is_ended(tmp_path: Path) -> None:
    ended = script(tmp_path, starts_a_stubborn_grandchild("pass"))
    assert ended.exit_status == 0
    pid = pid_in(tmp_path / "pid")
    wait_for(lambda: is_gone(pid))


ESCAPES = {
    "setsid": "os.setsid()",
    "a double fork and setsid": "os.fork() and os._exit(0); os.setsid(); os.fork() and os._exit(0)",
    "a name with a parenthesis": "os.setsid(); open('/proc/self/comm', 'w').write(') R 1 (')",
}


def escapes(how: str, then: str) -> str:
    """A command with a descendant that leaves its group, is deaf to signals, and starts another."""
    return f"""
        import os, signal, time
        if os.fork() == 0:
            {ESCAPES[how]}
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            child = os.fork()
            if child:
                with open("pid", "w") as file:
                    print(os.getpid(), child, file=file)
            time.sleep(60)
            os._exit(0)
        while not os.path.exists("pid") or not open("pid").read().endswith("\\n"):
            time.sleep(0.01)
        {then}
    """


@pytest.mark.parametrize("how", ESCAPES)
@pytest.mark.parametrize("then", ["pass", "time.sleep(60)"])
def test_what_has_left_its_group_is_ended(tmp_path: Path, how: str, then: str) -> None:
    ended = script(tmp_path, escapes(how, then), timeout=1.0)
    assert ended.timed_out is (then != "pass")
    assert all(is_gone(int(pid)) for pid in (tmp_path / "pid").read_text().split())


@pytest.mark.slow  # the three seconds of grace
def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    # A shell is deaf to the signal long before the timeout, even on a busy machine.
    ended = run(tmp_path, "/bin/sh", "-c", "trap '' TERM; exec sleep 60", timeout=0.5)
    assert ended.timed_out
    assert ended.signal_name == "SIGKILL"
    assert ended.wall_seconds >= 0.5 + watcher._GRACE_SECONDS


def test_it_is_kept_to_its_processors_and_so_is_what_it_starts(tmp_path: Path) -> None:
    cpu = min(os.sched_getaffinity(0))
    code = "grep Cpus_allowed_list /proc/self/status"
    log = tmp_path / "log.txt"
    launch(Command(["/bin/sh", "-c", code]), tmp_path, log, 20.0, Limits(cpus=[cpu]))
    assert log.read_text().split() == ["Cpus_allowed_list:", str(cpu)]


def test_it_gets_no_more_memory_than_it_may_have(tmp_path: Path) -> None:
    limits = Limits(memory_bytes=100 * 2**20)
    for mebibytes, works in ((50, True), (200, False)):
        log = tmp_path / f"{mebibytes}.txt"
        command = Command([*PYTHON, f"len(bytearray({mebibytes} * 2**20))"])
        ended = launch(command, tmp_path, log, 20.0, limits)
        assert (ended.exit_status == 0) is works
        assert ("MemoryError" in log.read_text()) is not works
    ended = launch(command, tmp_path, log, 20.0)
    assert ended.exit_status == 0, "the harness itself is not limited"


def test_no_timeout_at_all(tmp_path: Path) -> None:
    assert run(tmp_path, "/bin/sleep", "0.1", timeout=float("inf")).exit_status == 0


def test_a_watcher_that_is_killed_is_a_launch_error(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="its watcher was killed"):
        script(tmp_path, "import os, signal; os.kill(os.getppid(), signal.SIGKILL)")


# --- what it costs --------------------------------------------------------------------------


def test_peak_memory_is_the_childs_own_and_not_the_harnesss(tmp_path: Path) -> None:
    held = bytearray(300 * 2**20)
    held[::4096] = b"x" * len(held[::4096])
    small = run(tmp_path, "/bin/true")
    assert small.peak_rss_bytes < 50 * 2**20
    large = script(tmp_path, "x = bytearray(200 * 2**20); x[::4096] = b'x' * len(x[::4096])")
    assert 200 * 2**20 <= large.peak_rss_bytes < 260 * 2**20
    assert held


def test_peak_memory_counts_a_grandchild_that_was_waited_for(tmp_path: Path) -> None:
    inner = "x = bytearray(100 * 2**20); x[::4096] = b'x' * len(x[::4096])"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {inner!r}])"
    assert script(tmp_path, code).peak_rss_bytes >= 100 * 2**20


# --- when the harness ends first ------------------------------------------------------------


STARTED = {
    "a grandchild": starts_a_stubborn_grandchild("time.sleep(60)"),
    **{how: escapes(how, "time.sleep(60)") for how in ESCAPES},
}


@pytest.mark.parametrize("started", STARTED)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_when_the_harness_is_ended_so_is_everything_it_started(
    tmp_path: Path, number: signal.Signals, started: str
) -> None:
    code = textwrap.dedent(STARTED[started])
    harness = f"""
        from pathlib import Path
        from netparity.system.launch import Command, launch
        folder = Path({str(tmp_path)!r})
        launch(Command({[*PYTHON, code]!r}), folder, folder / "log.txt", 60)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(harness)], stderr=subprocess.DEVNULL
    )
    try:
        pids = pids_in(tmp_path / "pid")
        assert not any(map(is_gone, pids))
    finally:
        process.send_signal(number)
        process.wait()
    wait_for(lambda: all(map(is_gone, pids)))


# --- capture --------------------------------------------------------------------------------


def test_capture_returns_what_a_program_prints(tmp_path: Path) -> None:
    assert capture(Command(["/bin/echo", "a b"]), tmp_path) == "a b\n"


@pytest.mark.parametrize("arguments", [["/bin/false"], ["/no/such/program"], ["/bin/sleep", "20"]])
def test_capture_fails_in_one_way_only(tmp_path: Path, arguments: list[str]) -> None:
    with pytest.raises(LaunchError, match=arguments[0]):
        capture(Command(arguments), tmp_path, timeout_seconds=0.2)


@pytest.mark.parametrize("interrupted", [False, True])
def test_what_capture_has_started_is_ended_with_it(tmp_path: Path, interrupted: bool) -> None:
    command = Command(["/bin/sh", "-c", "sleep 60 & echo $! > pid; wait"])
    if interrupted:
        code = f"""
            from pathlib import Path
            from netparity.system.launch import Command, capture
            capture(Command({list(command.arguments)!r}), Path({str(tmp_path)!r}), 60)
        """
        harness = [sys.executable, "-c", textwrap.dedent(code)]
        process = subprocess.Popen(harness, stderr=subprocess.DEVNULL)
        pid = pid_in(tmp_path / "pid")
        process.send_signal(signal.SIGINT)
        process.wait()
    else:
        with pytest.raises(LaunchError, match="does not end within"):
            capture(command, tmp_path, timeout_seconds=1.0)
        pid = pid_in(tmp_path / "pid")
    wait_for(lambda: is_gone(pid))


def test_capture_of_what_is_not_utf_8(tmp_path: Path) -> None:
    assert capture(Command(["printf", r"1.0\377"]), tmp_path).startswith("1.0")
