"""Images with the statistics of photographs, from a seed: for tests and for measuring rates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_SHAPES = 6
_TEXTURE = 0.45
"""Share of the noise in the contrast; the shapes make up the rest."""


def natural_image(height: int, width: int, seed: int, number: int) -> npt.NDArray[np.uint8]:
    """Noise whose amplitude falls with the frequency, under opaque discs of random shades.

    The amplitude spectrum of natural images falls like 1/f (D. Field, Journal of the Optical
    Society of America A 4, 1987); occlusion gives their edges (the dead leaves model: A. Lee, D.
    Mumford, J. Huang, International Journal of Computer Vision 41, 2001). Exposure and contrast
    differ from image to image.

    Returns:
        height x width x 3, RGB, the same for equal arguments.
    """
    random = np.random.default_rng((seed, number))
    brightness = random.uniform(70, 180)
    contrast = random.uniform(25, 70)
    colours = random.normal(0, 1, (_SHAPES, 3)) * (0.35, 0.3, 0.35) + random.normal(
        0, 1, (_SHAPES, 1)
    )
    image = np.repeat(_pink(height, width, random)[..., None], 3, axis=2) * _TEXTURE
    y, x = np.mgrid[0:height, 0:width]
    for colour in colours:
        radius = min(height, width) * random.uniform(0.08, 0.4)
        centre = random.uniform(0, height), random.uniform(0, width)
        inside = (y - centre[0]) ** 2 + (x - centre[1]) ** 2 < radius**2
        image[inside] = colour + image[inside] * 0.5
    return np.clip(np.rint(brightness + contrast * image), 0, 255).astype(np.uint8)


def _pink(height: int, width: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Noise with an amplitude of 1/f, mean 0 and deviation 1."""
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    frequency[0, 0] = np.inf
    white = np.fft.rfft2(random.standard_normal((height, width)))
    noise = np.fft.irfft2(white / frequency, s=(height, width))
    return np.asarray((noise - noise.mean()) / noise.std())
