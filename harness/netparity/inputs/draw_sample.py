"""The sample image: a grey scene drawn by this script, so that no foreign licence applies.

    python -m netparity.inputs.draw_sample OUT.png

reproduces it bit for bit. It contains what a resize or a convolution can get wrong: smooth
shading, hard edges in every direction, fine texture near the sampling limit, and noise.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

_WIDTH, _HEIGHT, _HORIZON = 640, 480, 290
_Grey = npt.NDArray[np.float64]


def _noise(rng: np.random.Generator, cell: int) -> _Grey:
    """Smooth noise in 0 to 1 with features of about `cell` pixels (bilinear value noise)."""
    rows, columns = _HEIGHT // cell + 2, _WIDTH // cell + 2
    lattice = rng.random((rows, columns))
    y, x = np.mgrid[0:_HEIGHT, 0:_WIDTH] / cell
    row, column = y.astype(int), x.astype(int)
    dy, dx = y - row, x - column
    dy, dx = dy * dy * (3 - 2 * dy), dx * dx * (3 - 2 * dx)
    top = lattice[row, column] * (1 - dx) + lattice[row, column + 1] * dx
    bottom = lattice[row + 1, column] * (1 - dx) + lattice[row + 1, column + 1] * dx
    return np.asarray(top * (1 - dy) + bottom * dy)


def _sky_and_ground(rng: np.random.Generator, y: _Grey) -> _Grey:
    clouds = sum(_noise(rng, cell) * cell for cell in (160, 80, 40, 20)) / 300
    sky = 150 + 60 * (1 - y / _HORIZON) * 0.5 + 55 * (clouds - 0.5)
    grass = 70 + 50 * (y - _HORIZON) / (_HEIGHT - _HORIZON) + 45 * (_noise(rng, 3) - 0.5)
    return np.where(y < _HORIZON, sky, grass)


def _house(scene: _Grey, rng: np.random.Generator, y: _Grey, x: _Grey) -> None:
    """A brick wall with windows under a tiled gable: edges at 0, 90 and about 35 degrees."""
    wall = (x >= 90) & (x < 330) & (y >= 200) & (y < 380)
    course = (y - 200) // 9
    mortar = ((y - 200) % 9 < 1.5) | ((x - 90 + 11 * (course % 2)) % 22 < 1.5)
    bricks = 118 + 40 * (_noise(rng, 11) - 0.5)
    scene[wall] = np.where(mortar, 165, bricks)[wall]
    roof = (y < 200) & (y >= 110) & (np.abs(x - 210) < (y - 110) * 1.6)
    scene[roof] = (62 + 14 * np.sin(y * 2.1) * np.sign(np.sin(x * 0.7 + y * 0.35)))[roof]
    for left in (125, 245):
        pane = (x >= left) & (x < left + 50) & (y >= 245) & (y < 315)
        bars = (np.abs(x - left - 25) < 2) | (np.abs(y - 280) < 2)
        scene[pane] = np.where(bars, 225, 40 + (y - 245) * 0.6 + (x - left) * 0.4)[pane]


def _tree_and_ball(scene: _Grey, rng: np.random.Generator, y: _Grey, x: _Grey) -> None:
    """A crown of fine texture and a shaded sphere with its shadow."""
    trunk = (np.abs(x - 470 - 4 * np.sin(y / 25)) < 11) & (y > 230) & (y < 400)
    scene[trunk] = (60 + 25 * np.sin(x * 1.3) + 10 * (_noise(rng, 5) - 0.5))[trunk]
    ragged = 90 + 26 * (_noise(rng, 18) - 0.5)
    crown = np.hypot((x - 470) / 1.15, y - 165) < ragged
    scene[crown] = (75 + 110 * (_noise(rng, 2) - 0.5) * _noise(rng, 30) - 0.12 * (y - 165))[crown]
    shadow = np.hypot((x - 415) / 2.2, y - 440) < 24
    scene[shadow] *= 0.45
    dx, dy = (x - 380) / 45, (y - 405) / 45
    ball = dx**2 + dy**2 < 1
    depth = np.sqrt(np.clip(1 - dx**2 - dy**2, 0, None))
    light = np.clip(-0.5 * dx - 0.6 * dy + 0.62 * depth, 0, None)
    scene[ball] = (30 + 170 * light + 50 * light**24)[ball]


def _resolution_chart(scene: _Grey, y: _Grey, x: _Grey) -> None:
    """Rings of increasing frequency on a board, where aliasing shows first."""
    board = (x >= 540) & (x < 625) & (y >= 330) & (y < 415)
    radius2 = (x - 582.5) ** 2 + (y - 372.5) ** 2
    scene[board] = (128 + 110 * np.cos(radius2 * 0.024))[board]


def draw() -> npt.NDArray[np.uint8]:
    """The scene: 480 x 640 uint8."""
    rng = np.random.default_rng(2017)
    y, x = np.mgrid[0:_HEIGHT, 0:_WIDTH].astype(np.float64)
    scene = _sky_and_ground(rng, y)
    _house(scene, rng, y, x)
    _tree_and_ball(scene, rng, y, x)
    _resolution_chart(scene, y, x)
    scene += rng.normal(0, 2.0, scene.shape)
    return np.clip(np.rint(scene), 0, 255).astype(np.uint8)


def main() -> None:
    """Write the image to the path given as the only argument."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m netparity.inputs.draw_sample OUT.png")
    Image.fromarray(draw()).save(Path(sys.argv[1]), optimize=True)


if __name__ == "__main__":
    main()
