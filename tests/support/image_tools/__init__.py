"""What image tools make of an image with their own functions, each in its own interpreter."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

RUN = Path(__file__).parent / "run.py"


def resized(
    tool: str, python: str, pixels: npt.NDArray[np.uint8], size: tuple[int, int], folder: Path
) -> Mapping[str, npt.NDArray[np.generic]]:
    """What each of a tool's functions makes of an image, by a description of the call.

    Args:
        tool: the name of a file in this folder.
        python: an interpreter that has it.
        pixels: height x width x 3 in RGB.
        size: height and width to resize to.
        folder: for the files; what it holds already is not made again.
    """
    digest = hashlib.sha256(pixels.tobytes() + repr(size).encode()).hexdigest()[:16]
    np.save(folder / f"{digest}.npy", pixels)
    return _results(python, [tool, folder / f"{digest}.npy", *map(str, size)], folder)


def decoded(
    tool: str, python: str, file: Path, folder: Path
) -> Mapping[str, npt.NDArray[np.generic]]:
    """The pixels of a file as each of a tool's decoders reads it; arguments as in `resized`."""
    return _results(python, [tool, file], folder)


def _results(
    python: str, arguments: list[str | Path], folder: Path
) -> Mapping[str, npt.NDArray[np.generic]]:
    out = folder / f"{arguments[0]}-{Path(arguments[1]).stem}.npz"
    if not out.exists():
        command = [python, RUN, arguments[0], out, *arguments[1:]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
    with np.load(out) as arrays:
        return dict(arrays)
