"""Which mistakes explain a tool's own input, and which are not even tried."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netparity.inputs import DecodedImage, prepare
from netparity.judge import inputs
from netparity.networks.catalogue.vgg import VGG16_TINY

MEAN = np.array(VGG16_TINY.mean_rgb)
HEIGHT, WIDTH = VGG16_TINY.input_size
WAYS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], tuple[str, ...]]] = {
    "as it should be": (lambda raw: raw - MEAN, ()),
    "BGR": (lambda raw: (raw - MEAN)[..., ::-1], ("channels-swapped",)),
    "no mean": (lambda raw: raw, ("mean-missing",)),
    "BGR without a mean": (lambda raw: raw[..., ::-1], ("mean-missing", "channels-swapped")),
    "divided by 255": (lambda raw: raw / 255, ("scale-0-1",)),
}


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A smooth image of random colours, height x width x 3."""
    noise = np.random.default_rng(0).integers(0, 256, (40, 52, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(noise).resize((90, 70), Image.Resampling.BICUBIC))


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """Every tensor whose resize was looked for."""
    tensors, find = [], inputs.find_resize

    def watched(native, *rest):
        tensors.append(native)
        return find(native, *rest)

    monkeypatch.setattr(inputs, "find_resize", watched)
    return tensors


@pytest.mark.parametrize("way", WAYS)
def test_the_mistakes_are_named_and_none_that_explains_no_more(way, photo, tried):
    make, mistakes = WAYS[way]
    raw = Image.fromarray(photo).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)
    native = make(np.asarray(raw, np.float64)[None]).astype(np.float32)
    shared = prepare([DecodedImage(Path("photo"), photo, "RGB", (90, 70), "0")], VGG16_TINY)
    origin = inputs.find_origin(native, shared, [photo], VGG16_TINY)
    assert origin.changes.mistakes == mistakes
    assert origin.confirmed and not origin.alternatives
    if not mistakes:
        assert len(tried) == 1  # each of the mistakes would only make it worse
