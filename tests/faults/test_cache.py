"""A cache whose files rot, are left half-written or cannot be written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.table import drafts

CONVERT = "network convert vgg16-tiny {} --weights synthetic:0"


@pytest.fixture
def cache(command_line, tmp_path: Path) -> Path:
    """A cache that holds what CONVERT needs."""
    folder = tmp_path / "cache"
    folder.mkdir()
    convert(command_line, tmp_path, "first.onnx")
    return folder


def convert(command_line, tmp_path: Path, name: str):
    words = CONVERT.format(name).split()
    return command_line.run(words, tmp_path, {"NETPARITY_CACHE": str(tmp_path / "cache")})


def killed_writer(folder: Path) -> Path:
    """What a process leaves that is killed while it writes `big.safetensors`."""
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from netparity.system.cache import replacing;"
        "stack = replacing(Path(sys.argv[1]) / 'big.safetensors'); draft = stack.__enter__();"
        "draft.write_bytes(bytes(1000)); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, folder])
    assert done.returncode == -9
    [draft] = drafts(folder)
    return Path(draft)


def test_the_draft_of_a_killed_writer_is_removed_by_the_next_writer(
    command_line, cache: Path, tmp_path: Path
):
    draft = killed_writer(cache / "weights")
    for stored in cache.glob("weights/*/canonical.safetensors"):
        stored.write_bytes(stored.read_bytes()[:-4])
    assert convert(command_line, tmp_path, "second.onnx").exit_code == 0
    assert not draft.exists()


def test_the_draft_of_a_living_writer_stays(command_line, cache: Path, tmp_path: Path):
    draft = killed_writer(cache / "weights")
    alive = draft.with_name(draft.name.rpartition("-")[0] + f"-{os.getppid()}.safetensors")
    other_machine = draft.with_name(".big.000000-1.safetensors")
    draft.rename(alive)
    other_machine.write_bytes(bytes(10))
    for stored in cache.glob("weights/*/canonical.safetensors"):
        stored.unlink()
    assert convert(command_line, tmp_path, "second.onnx").exit_code == 0
    assert alive.exists() and other_machine.exists()
    two_days_ago = time.time() - 2 * 86400
    os.utime(other_machine, (two_days_ago, two_days_ago))
    for stored in cache.glob("weights/*/canonical.safetensors"):
        stored.unlink()
    assert convert(command_line, tmp_path, "third.onnx").exit_code == 0
    assert alive.exists() and not other_machine.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="a read-only mount needs root")
def test_a_complete_cache_that_is_read_only_can_be_used(command_line, cache: Path, tmp_path: Path):
    mounted = ["mount", "--bind", cache, cache], ["mount", "-o", "remount,bind,ro", cache]
    if any(subprocess.run(command).returncode for command in mounted):
        subprocess.run(["umount", cache])
        pytest.skip("mounting is not allowed here")
    try:
        assert convert(command_line, tmp_path, "second.onnx").exit_code == 0
        words = CONVERT.replace(":0", ":1").format("third.onnx").split()
        incomplete = command_line.run(words, tmp_path, {"NETPARITY_CACHE": str(cache)})
        assert incomplete.exit_code == 2
        assert "Read-only file system" in incomplete.printed
        assert "Traceback" not in incomplete.printed
    finally:
        subprocess.run(["umount", cache], check=True)
    assert (tmp_path / "second.onnx").read_bytes() == (tmp_path / "first.onnx").read_bytes()


def test_the_command_shows_and_removes_drafts(command_line, cache: Path, tmp_path: Path):
    draft = killed_writer(cache / "weights")
    alive = draft.with_name(draft.name.rpartition("-")[0] + f"-{os.getppid()}.safetensors")
    alive.write_bytes(bytes(10))

    def run(*options: str) -> str:
        ended = command_line.run(["cache", *options], tmp_path, {"NETPARITY_CACHE": str(cache)})
        assert ended.exit_code == 0, ended.printed
        return ended.stdout

    shown = run()
    assert shown.startswith(f"{cache}\n") and "weights" in shown
    assert f"draft, left by a killed writer: {draft} (1.0 kB)" in shown
    assert f"draft, being written: {alive} (10 bytes)" in shown
    assert "cache --clean" in shown.partition("fix: ")[2]
    assert "removed drafts of 1.0 kB" in run("--clean")
    assert not draft.exists() and alive.exists()
    found = json.loads(run("--json"))
    assert found["folder"] == str(cache)
    assert [each["path"] for each in found["drafts"]] == [str(alive)]
    sizes = {part["name"]: part["size_bytes"] for part in found["parts"]}
    files = [path for path in (cache / "weights").rglob("*") if path.is_file()]
    assert sizes["weights"] == sum(path.stat().st_size for path in files)
