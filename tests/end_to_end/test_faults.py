"""A runner's failure is reported with its reason and never costs another runner's result."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from netparity.run import seat
from netparity.runners.debian import install_command
from netparity.system import launch as launch_module
from tests.support.command_line import COMMAND, TINY, Compare
from tests.support.processes import is_gone, processes_about, wait_for

PAIR = ["--runner", "keras3-tensorflow", "--runner", "matconvnet-octave"]


@pytest.fixture
def faulty_python(
    keras3_python: str,
    octave: str,
    tmp_path: Path,
    without_report: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], list[str]]:
    """Arguments that give Keras 3 its real interpreter, with a fault planted in it."""

    def plant(fault: str) -> list[str]:
        wrapper = tmp_path / "faulty-python"
        faults = Path(__file__).with_name("faults")
        wrapper.write_text(f'#!/bin/sh\nPYTHONPATH="{faults}" exec "{keras3_python}" "$@"\n')
        wrapper.chmod(0o755)
        monkeypatch.setenv("NETPARITY_TEST_FAULT", fault)
        monkeypatch.setenv("NETPARITY_TEST_PIDS", str(tmp_path / "pids"))
        return ["--python", f"keras3-tensorflow={wrapper}"]

    return plant


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("segfault", "SIGSEGV"),
        ("sigkill", "SIGKILL"),
        ("rubbish", "not what the protocol asks for"),
        ("no-result", "left no result.json"),
    ],
)
def test_a_faulty_runner_fails_alone(compare: Compare, faulty_python, fault: str, words: str):
    done = compare(*TINY, *PAIR, *faulty_python(fault))
    assert done.exit_code == 3
    failed, healthy = done.runner("keras3-tensorflow"), done.runner("matconvnet-octave")
    assert failed["status"] == "failed"
    assert words in failed["reason"]
    log = done.folder / failed["rounds"][0]["log"]
    assert log.exists()
    assert failed["rounds"][0]["log"] in done.stdout.replace("\n", "")
    assert healthy["status"] == "ok"
    assert done.errors("matconvnet-octave")["fc6"] < 1e-5
    assert done.errors("keras3-tensorflow") == {}


@pytest.mark.parametrize(
    ("fault", "words"),
    [("nan", "1 NaN of 256 values"), ("shape", "shape [1, 255], expected [1, 256]")],
)
def test_useless_features_fail_parity_and_nothing_else(compare, faulty_python, fault, words):
    done = compare(*TINY, *PAIR, *faulty_python(fault))
    assert done.exit_code == 1
    judged = {
        (entry["label"], entry["feature"]): entry
        for entry in done.run["parity"]
        if (entry["against"], entry["input"]) == ("reference", "shared")
    }
    wrong = judged["keras3-tensorflow", "fc6"]
    assert (wrong["verdict"], wrong["note"]) == ("error", words)
    assert words in done.stdout.replace("\n", " ")
    assert judged["keras3-tensorflow", "fc7"]["verdict"] == "pass"
    assert judged["matconvnet-octave", "fc6"]["verdict"] == "pass"


def test_a_hanging_runner_is_ended_with_its_children(compare, faulty_python, tmp_path, monkeypatch):
    def begin(command, folder, log, timeout_seconds, limits):
        """Octave may take longer, on a busy machine."""
        assert timeout_seconds == 4
        allowed = 4 if "keras3" in str(folder) else 300
        return launch_module.begin(command, folder, log, allowed, limits)

    monkeypatch.setattr(seat, "begin", begin)
    done = compare(*TINY, *PAIR, *faulty_python("hang"), "--timeout", "4")
    assert done.exit_code == 3
    assert "was stopped at its timeout" in done.runner("keras3-tensorflow")["reason"]
    assert done.runner("matconvnet-octave")["status"] == "ok"
    assert all(is_gone(int(pid)) for pid in (tmp_path / "pids").read_text().split())


@pytest.fixture(params=["interleaved", "sequential"])
def hanging_run(faulty_python, tmp_path, request):
    """A comparison that hangs in Keras, before or after Octave; yields it with its folder."""
    command = [*COMMAND, "compare", *TINY, "--rounds", "40", "--out", str(tmp_path / "results")]
    command += ["--schedule", request.param]
    process = subprocess.Popen(
        [*command, *PAIR, *faulty_python("hang")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for((tmp_path / "pids").exists, seconds=60)
        time.sleep(0.2)
        (folder,) = (tmp_path / "results").iterdir()
        yield process, folder
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_ending_the_harness_ends_its_children_and_keeps_what_was_done(
    hanging_run, report, tmp_path, number
):
    process, folder = hanging_run
    before = json.loads((folder / "run.json").read_text())
    os.kill(process.pid, number)
    _, errors = process.communicate(timeout=30)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    wait_for(lambda: all(map(is_gone, pids)), seconds=20)
    wait_for(lambda: not processes_about(folder), seconds=20)  # such as an Octave that was stopped
    if number == signal.SIGKILL:
        assert process.returncode == -number
    else:
        assert process.returncode == 128 + number
        assert {signal.SIGINT: "interrupted", signal.SIGTERM: "ended by SIGTERM"}[number] in errors
        assert json.loads((folder / "run.json").read_text())["interrupted"]
    assert report(folder).returncode == 0
    after = json.loads((folder / "run.json").read_text())
    done_before = [len(record["rounds"]) for record in before["runners"]]
    assert [len(record["rounds"]) for record in after["runners"]] == done_before
    assert "cut short" in (folder / "table.md").read_text()


def test_a_run_cut_short_between_two_runners_is_judged_by_report(compare, report, octave, tmp_path):
    """SIGKILL leaves run.json as it was after the last complete process; here that is repeated."""
    done = compare(*TINY, "--runner", "matconvnet-octave")
    expected = done.run["parity"]
    cut = {**done.run, "finished": None, "parity": [], "timing": [], "wall": None}
    (done.folder / "run.json").write_text(json.dumps(cut))
    (done.folder / "table.md").unlink()
    assert report(done.folder).returncode == 0
    assert done.run["parity"] == expected
    assert "matconvnet-octave" in (done.folder / "table.md").read_text()


def test_without_octave_the_comparison_goes_on(compare, keras3_python, tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "uname").symlink_to("/bin/uname")
    monkeypatch.setenv("PATH", str(programs))
    done = compare(*TINY, *PAIR)
    missing = done.runner("matconvnet-octave")
    assert missing["status"] == "unavailable"
    assert install_command(["octave", "libopenblas0-pthread"]) in missing["fix"]
    assert done.runner("keras3-tensorflow")["status"] == "ok"


def test_an_environment_that_cannot_be_made_is_unavailable(compare, octave, tmp_path, monkeypatch):
    monkeypatch.setenv("NETPARITY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    done = compare(*TINY, *PAIR)
    failed = done.runner("keras3-tensorflow")
    assert failed["status"] == "unavailable"
    assert "netparity setup keras3-tensorflow" in failed["fix"]
    assert "log: " in failed["reason"]
    assert done.runner("matconvnet-octave")["status"] == "ok"


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
@pytest.mark.parametrize("kilobytes", [260, 340, 420, 560])
def test_a_full_disk_is_told_and_keeps_earlier_results(compare, octave, tmp_path, kilobytes):
    """Wherever the disk becomes full, there is a clear error and no damaged run.json."""
    disk = tmp_path / "disk"
    disk.mkdir()
    size = f"size={kilobytes}k"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk]).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        results = disk / "results"
        done = compare(*TINY, "--runner", "matconvnet-octave", "--layers", "all", results=results)
        assert done.exit_code in (2, 3)
        output = done.stderr + done.stdout
        assert any(words in output for words in ("No space left", "cannot be written", "write"))
        assert "Traceback" not in done.stderr
        for file in results.glob("*/run.json"):
            json.loads(file.read_text())
    finally:
        subprocess.run(["umount", disk], check=True)
