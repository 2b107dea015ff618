"""Every function with which image tools resize is one of the known resizes.

The files in `tests/golden` are those of OpenCV 5.0.0 and scikit-image 0.26.0, made by
`benchmarks/golden_resizes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from netparity.inputs.catalogue import RESIZES
from tests.harness.inputs.test_resize import noise
from tests.support.image_tools import resized

GOLDEN = Path(__file__).parents[2] / "golden"
SIZE = (11, 15)
PIXELS = (noise((47, 38)) // 2 + noise((47, 38), seed=1) // 2).astype(np.uint8)

# By name of the call. Other geometries are the business of test_recipes.py.
NOT_KNOWN = {
    "opencv": set(),
    "scikit_image": set(),
    "tensorflow": {
        *("v1 area, align_corners", "resize_with_pad", "resize_with_crop_or_pad"),
        *("central_crop, bilinear", "smart_resize"),
        *("Resizing, crop_to_aspect_ratio", "Resizing, pad_to_aspect_ratio"),
    },
    "pytorch": {"Resize, CenterCrop of PIL", "Resize, CenterCrop of uint8"},
}
TOLERANCE = {"scikit_image": 1e-9, "opencv": 1e-2, "tensorflow": 2e-2, "pytorch": 2e-2}
"""For results in floating point: float32 sums, and weights of a few ten-thousandths."""


def assert_known(
    tool: str,
    made: Mapping[str, np.ndarray],
    pixels: np.ndarray,
    size: tuple[int, int],
    besides: frozenset[str] = frozenset(),
) -> None:
    """Each result is that of a known resize; whole grey levels to the last one."""
    known = {resize.words: resize(pixels, size) for resize in RESIZES}
    wrong = {}
    for name in made.keys() - NOT_KNOWN[tool] - besides:
        values = np.asarray(made[name], dtype=np.float64)
        errors = {words: float(np.abs(each - values).max()) for words, each in known.items()}
        best = min(errors, key=lambda words: errors[words])
        whole = (values == np.rint(values)).all()
        if errors[best] > (0 if whole else TOLERANCE[tool]):
            wrong[name] = (best, errors[best])
    assert not wrong


@pytest.mark.parametrize("tool", ["opencv", "scikit_image"])
def test_those_of_a_tool_that_was_asked_once(tool: str) -> None:
    with np.load(GOLDEN / f"resizes-{tool.replace('_', '-')}.npz") as made:
        assert_known(tool, dict(made), PIXELS, SIZE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "fixture"),
    [
        ("opencv", "opencv_python"),
        ("tensorflow", "keras3_python"),
        ("pytorch", "pytorch_python"),
    ],
)
def test_those_of_an_installed_tool(
    tool: str, fixture: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    python = request.getfixturevalue(fixture)
    # OpenCV's bicubic is Intel's where that is built in, and may then differ at single pixels.
    besides = frozenset({"cubic, uint8"})
    for source, size in (((97, 131), (64, 64)), ((480, 90), (224, 49))):
        pixels = (noise(source) // 2 + noise(source, seed=1) // 2).astype(np.uint8)
        assert_known(tool, resized(tool, python, pixels, size, tmp_path), pixels, size, besides)
