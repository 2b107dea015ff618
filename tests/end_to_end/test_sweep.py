"""netparity sweep on a real tool."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
from pathlib import Path

from tests.support.command_line import COMMAND
from tests.support.processes import wait_for


def test_a_grid_is_run_in_turns_judged_and_tabled(octave: str, tmp_path: Path):
    grid = ["--batch", "1,3", "--threads", "1,2", "--data-format", "channels_last,channels_first"]
    runs = ["--model", "vgg16-tiny", "--runner", "matconvnet-octave", "--rounds", "2"]
    command = [*COMMAND, "sweep", *grid, *runs, "--repeats", "2", "--out", str(tmp_path)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (folder,) = tmp_path.iterdir()
    assert json.loads((folder / "sweep.json").read_text()) == found
    with (folder / "sweep.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    # Octave has one data format, so it stands once for each batch size and number of threads.
    assert [(row["batch"], row["threads"]) for row in rows] == [
        ("1", "1"), ("1", "2"), ("3", "1"), ("3", "2")
    ]  # fmt: skip
    assert {row["parity"] for row in rows} == {"pass"}
    assert all(float(row["images_per_second"]) > 0 for row in rows)
    places = set()
    for row in rows:
        run = json.loads((folder / row["run_id"] / "run.json").read_text())
        assert run["settings"]["threads"] == int(row["threads"])
        assert len(run["images"]) == int(row["batch"])
        (record,) = run["runners"]
        assert record["threads"]["requested"] == int(row["threads"])
        places |= {(each["round"], each["order"]) for each in record["rounds"]}
    # One schedule: no two processes had the same place.
    assert len(places) == 8
    history = [*COMMAND, "history", str(tmp_path)]
    shown = subprocess.run(history, capture_output=True, text=True, timeout=60)
    assert shown.stdout.count("matconvnet") == 4


def test_a_grid_that_cannot_be_run_starts_nothing(tmp_path: Path):
    for wrong in (["--batch", "0"], ["--threads", "two"], ["--data-format", "NCHW"]):
        command = [*COMMAND, "sweep", *wrong, "--out", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 2
        assert wrong[1] in done.stderr
    assert not list(tmp_path.iterdir())


def test_ctrl_c_stores_a_sweep_as_interrupted(octave: str, tmp_path: Path):
    grid = ["--batch", "1,2", "--model", "vgg16-tiny", "--runner", "matconvnet-octave"]
    command = [*COMMAND, "sweep", *grid, "--rounds", "100", "--repeats", "1"]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        # In the second round: each point has a whole process.
        wait_for(lambda: any(tmp_path.glob("*/*/runners/*/round-2/job.json")), seconds=120)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130, errors
    (folder,) = tmp_path.iterdir()
    runs = [json.loads(path.read_text()) for path in sorted(folder.glob("*/run.json"))]
    assert len(runs) == 2
    for run in runs:
        assert run["interrupted"] is True and run["finished"] is None
        (record,) = run["runners"]
        assert record["status"] == "ok" and 1 <= len(record["rounds"]) < 100
    # The messages say what was kept, and the commands in them work.
    message = errors.replace("\n", "")
    assert f" report {folder}" in message and "netparity: interrupted" in errors
    shown = folder / runs[0]["run_id"]
    assert f" report {shown}" in message
    for path in (shown, folder):
        report = [*COMMAND, "report", str(path)]
        assert subprocess.run(report, capture_output=True, timeout=120).returncode == 0
    for path in sorted(folder.glob("*/run.json")):
        timing = json.loads(path.read_text())["timing"]
        assert {entry["label"] for entry in timing} == {"matconvnet-octave"}
    found = json.loads((folder / "sweep.json").read_text())
    assert found["interrupted"] is True and len(found["rows"]) == 2
    assert "was interrupted" in (folder / "sweep.md").read_text()
