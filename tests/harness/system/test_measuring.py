"""Two comparisons at once on one machine: the second waits, or both know of each other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netparity.system import shared_lock
from netparity.system.measuring import Holder, measuring
from netparity.system.shared_lock import FOLDER_VARIABLE, SharedLock, lock_folder, machine_id
from netparity.watch import SILENT
from tests.support.watches import Messages

# Another process that measures until its standard input is closed.
OTHER = """
import sys
from netparity.system.measuring import measuring
from tests.support.watches import Messages
watch = Messages()
with measuring(watch, wait={wait}) as turn:
    turn.expect(120)
    print("measuring", turn.beside, flush=True)
    sys.stdin.read()
    print(turn.beside, watch.text, watch.warnings, flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the locks lie."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def other(folder: Path):
    """other(wait): another process that measures, or waits to; `line` reads what it says next."""
    started = []

    def start(wait: bool = True) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = subprocess.Popen(
            [sys.executable, "-c", OTHER.format(wait=wait)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def line(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline().strip()


def let_end(process: subprocess.Popen[str]) -> str:
    process.stdin.close()
    said = line(process)
    process.wait(60)
    return said


def test_alone_there_is_nothing_to_wait_for(folder: Path) -> None:
    for _ in range(2):
        with measuring(watch := Messages()) as turn:
            assert turn.waited_seconds == 0.0 and not turn.beside
        assert (watch.text, watch.warnings) == ("", [])


def test_the_second_says_for_whom_it_waits_and_goes_on_when_that_one_has_ended(other) -> None:
    first = other()
    assert line(first) == "measuring False"
    said = Messages()

    class Ends(Messages):
        def task(self, title, total=None):
            assert title == "waiting for the other comparison"
            first.stdin.close()
            return SILENT.task(title)

        def message(self, text):
            said.message(text)

    with measuring(Ends()) as turn:
        assert first.wait(60) == 0
        assert turn.waited_seconds > 0
        assert not turn.beside
    clock = time.strftime("%H:")
    assert said.text.startswith(
        f"another comparison is measuring on this machine (process {first.pid}, since {clock}"
    )
    assert said.text.endswith(
        "about 2 min left); waiting for it; --no-wait measures beside it and marks the timings of "
        "both\n"
    )


def test_two_processes_never_measure_at_the_same_time(other) -> None:
    first = other()
    assert line(first) == "measuring False"
    second = other()
    time.sleep(0.5)
    second.poll()
    assert second.returncode is None
    assert let_end(first) == "False  []"
    assert line(second) == "measuring False"
    assert let_end(second).startswith("False another comparison is measuring on this machine (")


def test_a_killed_holder_frees_the_lock(other) -> None:
    first = other()
    assert line(first) == "measuring False"
    first.kill()
    first.wait()
    with measuring(watch := Messages()) as turn:
        assert not turn.beside
    assert watch.text == ""


def test_without_waiting_both_know_that_they_were_not_alone(other) -> None:
    first = other()
    assert line(first) == "measuring False"
    with measuring(SILENT, wait=False) as turn:
        assert turn.beside
    # The other one finds out although this one has ended before it looks.
    assert let_end(first) == "True  []"
    with measuring(SILENT, wait=False) as turn:
        assert not turn.beside  # nobody else is there


def test_who_measures_beside_another_is_waited_for_too(other) -> None:
    first, second = other(), None
    assert line(first) == "measuring False"
    second = other(wait=False)
    assert line(second) == "measuring True"
    assert let_end(first) == "True  []"
    third = other()
    time.sleep(0.5)
    assert third.poll() is None
    assert let_end(second) == "True  []"
    assert line(third) == "measuring False"


# --- the files ------------------------------------------------------------------------------


def test_the_file_is_open_to_everybody_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0o077)
    try:
        with measuring(SILENT):
            files = list(folder.iterdir())
            assert len(files) == 2
            assert all(path.stat().st_mode & 0o777 == 0o666 for path in files)
            assert all(machine_id() in path.name for path in files)
    finally:
        os.umask(before)


def test_without_the_variable_all_users_of_the_machine_find_the_same_file(monkeypatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert str(lock_folder()) in ("/run/lock", "/tmp")
    monkeypatch.setattr(shared_lock, "_FOLDERS", ("/proc", "/none"))
    with pytest.raises(OSError, match="neither /proc nor /none is open to all users"):
        lock_folder()


def planted(path: Path, victim: Path, how: str) -> None:
    if how == "link":
        path.symlink_to(victim)
    elif how == "second name":
        path.hardlink_to(victim)
    elif how == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()


@pytest.mark.parametrize("how", ["link", "second name", "pipe", "folder"])
def test_what_somebody_has_planted_is_neither_followed_nor_written(
    folder: Path, tmp_path_factory, how: str
) -> None:
    victim = tmp_path_factory.mktemp("home") / "thesis"
    victim.write_text("mine")
    victim = victim.rename(folder / "thesis") if how == "second name" else victim
    planted(folder / f"netparity-measuring-{machine_id()}.lock", victim, how)
    with measuring(watch := Messages()) as turn:
        turn.expect(1.0)
        assert not turn.beside
    [warning] = watch.warnings
    assert "whether another comparison is measuring on this machine cannot be found out" in warning
    assert victim.read_text() == "mine"


def test_a_file_system_without_locks_is_said_and_no_error(folder: Path, monkeypatch) -> None:
    def refuse(*_) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(shared_lock.fcntl, "flock", refuse)
    with measuring(watch := Messages()) as turn:
        turn.expect(1.0)
        assert not turn.beside
    assert ["No locks available" in warning for warning in watch.warnings] == [True]


def test_a_folder_that_is_not_there(monkeypatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, "/no/such/folder")
    with measuring(watch := Messages()):
        pass
    assert len(watch.warnings) == 1


def test_another_users_file_that_cannot_be_written_still_locks(folder: Path, monkeypatch) -> None:
    path = folder / "lock"
    path.touch()
    real = os.open

    def read_only(name, flags, *rest):
        if flags & os.O_RDWR:
            raise PermissionError
        return real(name, flags, *rest)

    monkeypatch.setattr(shared_lock.os, "open", read_only)
    first, second = SharedLock(path), SharedLock(path)
    assert first.take() and not second.take()
    first.write(b"data")  # silently not
    assert first.read() == b""
    first.close()
    assert second.is_free()
    second.close()


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"{", b"[1]", b'["a", 1, 2]', b"[1, 1, 1]", b"[1, NaN, null]", b"\xff\x00"),
        *(b"[" * 1000, b"[1, 1e999, null]", b'[1, "x", null]', b'{"a": 1}'),
    ],
)
def test_what_makes_no_sense_names_nobody(data: bytes) -> None:
    assert Holder.read(data) is None


def test_the_words_for_a_holder(monkeypatch) -> None:
    since = time.time() - 60
    clock = time.strftime("%H:%M", time.localtime(since))
    for ends, words in ((None, ""), (300, ", about 5 min left"), (10, ", less than 1 min left")):
        until = None if ends is None else time.time() + ends
        holder = Holder.read(json.dumps([7, since, until]).encode())
        assert holder is not None
        assert holder.words == f"process 7, since {clock}{words}"
