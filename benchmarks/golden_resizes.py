"""Makes the files that `tests/harness/inputs/test_tools_resizes.py` compares resizes with.

    .venv/bin/python -m benchmarks.golden_resizes opencv PYTHON
    .venv/bin/python -m benchmarks.golden_resizes scikit_image PYTHON

PYTHON is an interpreter with the tool installed: `pip install opencv-python-headless` or
`scikit-image` in a virtual environment.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.harness.inputs.test_tools_resizes import GOLDEN, PIXELS, SIZE
from tests.support.image_tools import RUN


def main(tool: str, python: str) -> None:
    """Run the tool on the test's image."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "image.npy"
        np.save(image, PIXELS)
        out = GOLDEN / f"resizes-{tool.replace('_', '-')}.npz"
        subprocess.run([python, RUN, tool, out, image, *map(str, SIZE)], check=True)
        print(f"{out}: {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
