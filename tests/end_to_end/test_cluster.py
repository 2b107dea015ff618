"""A data set on a real Dask scheduler with two workers, of which one is killed, and it itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.test_dataset import (
    MODEL,
    RIGHT,
    dataset,
    folder,
    program,
    quick,
    starts,
    wait_for,
)
from tests.support import slurm
from tests.support.command_line import COMMAND, here

__all__ = ["folder"]  # a fixture

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]
COMMON = ("--generated", "24", "--chunk", "3", "--worst", "0", "--input", "shared")


@contextmanager
def process(*arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield started
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


@contextmanager
def cluster(
    folder: Path,
) -> Iterator[tuple[str, subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]]:
    """Address, scheduler and two workers."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as stack:
        scheduler = stack.enter_context(
            process(
                *("scheduler", "--host", "127.0.0.1", "--port", str(port)),
                *("--no-dashboard", "--no-show"),
                log=folder / "scheduler.log",
            )
        )
        workers = [
            stack.enter_context(
                process(
                    *("worker", address, "--nthreads", "1", "--no-dashboard"),
                    *("--local-directory", str(folder), "--death-timeout", "60"),
                    log=folder / f"worker-{number}.log",
                )
            )
            for number in (1, 2)
        ]
        yield address, scheduler, workers


@pytest.fixture
def whole(folder: Path) -> bytes:
    """The rows of a run without a cluster."""
    done = dataset(folder, *COMMON, out="whole")
    assert done.exit_code == 0, done.stderr
    return (done.folder / "images.parquet").read_bytes()


def begun(folder: Path, address: str) -> subprocess.Popen[str]:
    arguments = ["dataset", "--model", MODEL, "--runner", RIGHT, "--out", str(folder / "results")]
    return subprocess.Popen(
        [*COMMAND, *arguments, *COMMON, "--cluster", address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def first_chunk(folder: Path) -> Path:
    return wait_for(lambda: list((folder / "results").glob("*/chunks/*.json")))[0]


def test_a_lost_worker_changes_nothing_and_a_lost_scheduler_can_be_resumed(
    folder: Path, whole: bytes
):
    with cluster(folder) as (address, _, workers):
        running = begun(folder, address)
        first_chunk(folder)
        os.killpg(workers[0].pid, signal.SIGKILL)
        said, complained = running.communicate(timeout=300)
        assert running.returncode == 0, complained
    [made] = (folder / "results").iterdir()
    assert (made / "images.parquet").read_bytes() == whole
    made.rename(folder / "first")

    with cluster(folder) as (address, scheduler, _):
        running = begun(folder, address)
        first_chunk(folder)
        os.killpg(scheduler.pid, signal.SIGKILL)
        said, complained = running.communicate(timeout=300)
        assert running.returncode == 3, complained
        assert "what was done is kept" in complained
        words = "could not be done: go on with python -m netparity.commands dataset --resume"
        assert words in " ".join(said.split())
    [made] = (folder / "results").iterdir()
    done = {path: path.stat().st_mtime_ns for path in made.glob("chunks/*.json")}
    assert 1 <= len(done) < 8
    assert dataset(folder, "--resume", made).exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert (made / "images.parquet").read_bytes() == whole


def test_workers_of_this_machine(folder: Path, whole: bytes):
    done = dataset(folder, *COMMON, "--cluster", "local:2")
    assert done.exit_code == 0, done.stderr
    assert (done.folder / "images.parquet").read_bytes() == whole


def test_tasks_of_several_chunks_change_no_bit(folder: Path, monkeypatch: pytest.MonkeyPatch):
    quick(folder / "right")
    common = ("--generated", "24", "--layers", "fc6", "--worst", "0")
    alone = dataset(folder, *common, "--chunk", "1", out="alone")
    assert len(starts(folder)) == 24
    monkeypatch.setattr("netparity.run.many.chunks.MOST_IMAGES", 1)
    monkeypatch.setattr("netparity.dataset.spreading.chunks_per_process", lambda *_: 9)
    done = dataset(folder, *common, "--cluster", "local:2")
    assert done.exit_code == 1, done.stderr  # numbers, not the features
    assert len(starts(folder)) == 13  # one or two singly, then two at a time
    rows, others = (each.folder / "images.parquet" for each in (alone, done))
    assert rows.read_bytes() == others.read_bytes()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("local:0", "expected 1 to 10000 workers"),
        ("somewhere", "expected local:N, tcp://HOST:PORT, or a file such as slurm.yaml"),
        ("absent.yaml", "absent.yaml cannot be read"),
        ("odd.yaml", "expected a key 'queue' with one of slurm, pbs"),
        ("many.yaml", "workers is 0, expected 1 to"),
    ],
)
def test_what_is_no_cluster_is_refused(folder: Path, spec: str, words: str):
    (folder / "odd.yaml").write_text("cores: 3\n")
    (folder / "many.yaml").write_text("queue: slurm\nworkers: 0\n")
    done = here(
        *("dataset", "--model", MODEL, "--runner", RIGHT, "--generated", "2"),
        *("--cluster", spec, "--out", folder / "results"),
    )
    assert done.exit_code == 2, done.stderr
    assert words in done.stderr


def test_without_dask_it_is_said_what_to_install(folder: Path, monkeypatch):
    monkeypatch.setattr("netparity.run.cluster.find_spec", lambda name: None)
    done = here(
        *("dataset", "--model", MODEL, "--runner", RIGHT, "--generated", "2"),
        *("--cluster", "local:2", "--out", folder / "results"),
    )
    assert "pip install 'netparity[cluster]'" in done.stderr


def test_rounds_of_a_comparison_are_done_by_workers(folder: Path):
    program(folder / "other", (folder / "right").read_text())
    given = ("--model", MODEL, "--runner", RIGHT, "--runner", "external[command=./other]")
    few = ("--rounds", "3", "--repeats", "2", "--cluster", "local:2")
    results = folder / "results"
    done = here("compare", *given, *few, "--out", results, results=results)
    assert done.exit_code == 0, done.stderr
    assert list(done.run["nodes"]) == ["node 1"]
    for record in done.run["runners"]:
        assert record["status"] == "ok" and record["repeatable"] is True
        assert [(each["round"], each["node"]) for each in record["rounds"]] == [
            *((1, "node 1"), (2, "node 1"), (3, "node 1"))
        ]
    assert {max(done.errors(label).values()) < 1e-5 for label in ("right", "other")} == {True}
    assert {each["verdict"] for each in done.run["parity"]} <= {"pass", "identical"}
    orders = [[each["order"] for each in record["rounds"]] for record in done.run["runners"]]
    assert all({a, b} == {1, 2} for a, b in zip(*orders, strict=True))


@pytest.mark.skipif(slurm.missing() is not None, reason=str(slurm.missing()))
def test_a_real_slurm(folder: Path, whole: bytes, tmp_path_factory, monkeypatch):
    (folder / "slurm.yaml").write_text(
        'queue: slurm\nworkers: 2\ncores: 1\nmemory: 1GB\nwalltime: "00:10:00"\n'
        f"local_directory: {folder}\nlog_directory: {folder}\n"
    )
    with slurm.slurm(tmp_path_factory.mktemp("slurm") / "here") as configuration:
        monkeypatch.setenv("SLURM_CONF", str(configuration))
        done = dataset(folder, *COMMON, "--cluster", "slurm.yaml")
    assert done.exit_code == 0, done.stderr
    assert (done.folder / "images.parquet").read_bytes() == whole
