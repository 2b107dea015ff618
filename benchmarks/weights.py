"""How fast and with how much memory full VGG16 weights (553 MB) go from format to format.

Each conversion is a process of its own, from a warm page cache, beside a plain copy of the same
file: the ratio of the two is what holds on another machine. Usage:

    python -m benchmarks.weights [FOLDER]
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

# Source and target: each layout with each other, the same bytes, and archives.
PAIRS = [
    ("keras-h5", "canonical"),
    ("canonical", "keras-h5"),
    ("keras-h5", "matconvnet-simplenn"),
    ("matconvnet-simplenn", "keras-h5"),
    ("torchvision", "keras-h5"),
    ("keras-h5", "torchvision"),
    ("torchvision", "onnx"),
    ("onnx", "matconvnet-simplenn"),
    ("keras-h5", "npz"),
    ("keras-h5", "keras"),
    ("keras-h5-theano", "canonical"),
]
SUFFIXES = {"canonical": ".safetensors", "matconvnet-simplenn": ".mat", "torchvision": ".pth"}
SUFFIXES |= {"keras-h5": ".h5", "keras-h5-theano": ".h5", "onnx": ".onnx", "npz": ".npz"}
LARGEST_TENSOR = 7 * 7 * 512 * 4096 * 4
REPEATS = 3


def run(*arguments: str | Path) -> tuple[float, int]:
    """Seconds and peak memory, in bytes, of a command of netparity's."""
    command = [sys.executable, "-m", "netparity.commands", "weights", *map(str, arguments)]
    begun = time.perf_counter()
    process = os.posix_spawn(
        sys.executable,
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, to, os.devnull, os.O_WRONLY, 0) for to in (1, 2)],
    )
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begun, usage.ru_maxrss * 1024


def copy(source: Path, target: Path) -> float:
    """Seconds of a plain copy, flushed to the disk as a conversion is."""
    begun = time.perf_counter()
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    seconds = time.perf_counter() - begun
    target.unlink()
    return seconds


def main(folder: Path) -> None:
    """Print a table."""
    limit = 1.5 * LARGEST_TENSOR + 300e6
    made, peak = run("make", folder / "keras-h5.h5")
    print(f"made in {made:.2f} s, peak {peak / 1e6:.0f} MB (stated: {limit / 1e6:.0f} MB)")
    for name in {one for one, _ in PAIRS} - {"keras-h5"}:
        run("convert", folder / "keras-h5.h5", folder / f"{name}{SUFFIXES[name]}", "--to", name)
    print(f"{'conversion':42} {'s':>6} {'MB/s':>6} {'copy s':>7} {'ratio':>6} {'peak MB':>8}")
    for one, two in PAIRS:
        source = folder / f"{one}{SUFFIXES[one]}"
        target = folder / f"out{SUFFIXES.get(two, '.keras')}"
        times, copies, peaks = [], [], []
        for _ in range(REPEATS):
            copies.append(copy(source, folder / "copy"))
            seconds, peak = run("convert", source, target, "--to", two, "--force")
            times.append(seconds)
            peaks.append(peak)
            target.unlink()
        best, plain = min(times), min(copies)
        rate = source.stat().st_size / best / 1e6
        print(
            f"{one + ' to ' + two:42} {best:6.2f} {rate:6.0f} {plain:7.2f} {best / plain:6.2f} "
            f"{max(peaks) / 1e6:8.0f}",
            flush=True,
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
