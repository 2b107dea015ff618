"""Runs in a tool's interpreter, which has no tests.

python run.py TOOL OUT.npz PIXELS.npy HEIGHT WIDTH      what its functions make of an image
python run.py TOOL OUT.npz IMAGE                        what its decoders read
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np


def main(tool, out, image, *size):
    """Make them all."""
    path = Path(__file__).parent / f"{tool}.py"
    spec = importlib.util.spec_from_file_location(f"of_{tool}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    height_width = tuple(map(int, size))
    levels = module.made(np.load(image), height_width) if size else module.decoded(image)
    np.savez_compressed(out, **{name: np.asarray(value) for name, value in levels.items()})


if __name__ == "__main__":
    sys.path.pop(0)  # this folder, in which tensorflow.py lies
    main(*sys.argv[1:])
