"""A full disk ends every writer with a sentence, and leaves neither a draft nor half a file.

The disk is full for a process that may not write further than so many bytes into one file; the
sizes lie before the first number, among the numbers and in the last records of a file.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.table import Fault, Strike

WRITERS = {
    "weights.h5": "weights convert synthetic:0 out.h5 --model vgg16-tiny",
    "weights.weights.h5": "weights convert synthetic:0 out.weights.h5 --model vgg16-tiny",
    "weights.keras": "weights convert synthetic:0 out.keras --model vgg16-tiny",
    "weights.mat": "weights convert synthetic:0 out.mat --model vgg16-tiny",
    "weights.npz": "weights convert synthetic:0 out.npz --model vgg16-tiny",
    "weights.safetensors": "weights convert synthetic:0 out.safetensors --model vgg16-tiny",
    "weights.pth": "weights convert synthetic:0 out.pth --model vgg16-tiny",
    "network.keras": "network convert vgg16-tiny out.keras --weights synthetic:0",
    "network.onnx": "network convert vgg16-tiny out.onnx --weights synthetic:0",
    "network.mat": "network convert vgg16-tiny out.mat --weights synthetic:0",
}
PARTS = (0.01, 0.3, 0.7, 0.99)


FULL = "cannot be written( to the cache .*)?: File too large"


@pytest.fixture(scope="module")
def filled_cache(command_line, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the weights, so that only the user's file is written."""
    folder = tmp_path_factory.mktemp("filled")
    words = WRITERS["network.onnx"].split()
    ended = command_line.run(words, folder, {"NETPARITY_CACHE": str(folder / "cache")})
    assert ended.exit_code == 0, ended.printed
    return folder / "cache"


def size_of(command_line, words: str, folder: Path, cache: Path) -> int:
    """How large the file is that the command writes where there is room."""
    folder.mkdir()
    ended = command_line.run(words.split(), folder, {"NETPARITY_CACHE": str(cache)})
    assert ended.exit_code == 0, ended.printed
    (file,) = folder.iterdir()
    return file.stat().st_size


@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_says_that_the_disk_is_full(
    writer: str, command_line, strike: Strike, filled_cache: Path, tmp_path: Path
):
    def fill(folder: Path) -> None:
        shutil.copytree(filled_cache, folder.parent / "cache", dirs_exist_ok=True)

    words = WRITERS[writer]
    size = size_of(command_line, words, tmp_path / "with-room", filled_cache)
    for part in PARTS:
        most = max(4096, int(size * part))
        strike(
            Fault(
                f"{writer} at {most} of {size}",
                fill,
                words,
                says=[f"out.* {FULL}"],
                largest_file_bytes=most,
            )
        )


@pytest.mark.parametrize("most", [4096, 100_000, 600_000])
def test_a_full_cache_is_named(strike: Strike, most: int):
    words = WRITERS["network.onnx"]
    strike(
        Fault(
            "a full cache",
            lambda folder: None,
            words,
            says=[f"the weights synthetic:0 {FULL}"],
            largest_file_bytes=most,
        )
    )
