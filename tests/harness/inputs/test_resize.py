"""Every resize does what the tool of that name does."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL
import pytest
import scipy.io
import scipy.ndimage
from PIL import Image

from netparity.inputs import SAMPLE_IMAGE
from netparity.inputs.catalogue import RESIZES
from netparity.inputs.resize import Resize

MATLAB_SUPPORT = Path(__file__).parents[3] / "matlab" / "support"

PILLOW = {
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos3": Image.Resampling.LANCZOS,
}
PILLOW_ORDER = "pillow-13" if int(PIL.__version__.split(".")[0]) >= 13 else "columns"

# Heights and widths: shrinking, enlarging, one of each, odd, a single pixel, one axis unchanged.
SIZES = [
    ((96, 128), (24, 32)),
    ((97, 61), (31, 17)),
    ((200, 60), (33, 47)),
    ((300, 40), (20, 38)),
    ((60, 200), (47, 33)),
    ((13, 7), (41, 64)),
    ((1, 1), (5, 3)),
    ((40, 50), (1, 1)),
    ((1, 90), (7, 64)),
    ((30, 45), (30, 20)),
    ((30, 45), (12, 45)),
    ((30, 45), (30, 45)),
]
EACH_SIZE = pytest.mark.parametrize(("source", "target"), SIZES, ids=str)


def noise(source: tuple[int, int], seed: int = 0) -> np.ndarray:
    """Grey levels of all sorts on the left, black and white on the right to make it clip."""
    pixels = np.random.default_rng(seed).integers(0, 256, (*source, 3), dtype=np.uint8)
    half = source[1] // 2
    pixels[:, half:] = np.where(pixels[:, half:] > 127, 255, 0)
    return pixels


def by_pillow(pixels: np.ndarray, size: tuple[int, int], filter_: int) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).resize(size[::-1], filter_))


@EACH_SIZE
@pytest.mark.parametrize("kernel", PILLOW)
def test_fixed_point_is_pillow_bit_for_bit(kernel: str, source, target) -> None:
    resize = Resize(kernel, True, "renormalise", rounding="fixed-point", order=PILLOW_ORDER)
    pixels = noise(source)
    np.testing.assert_array_equal(resize(pixels, target), by_pillow(pixels, target, PILLOW[kernel]))


@EACH_SIZE
@pytest.mark.parametrize("kernel", PILLOW)
def test_columns_first_is_two_resizes_of_pillow(kernel: str, source, target) -> None:
    """One axis at a time leaves Pillow no choice of order, whatever its version."""
    resize = Resize(kernel, True, "renormalise", rounding="fixed-point")
    pixels = noise(source)
    narrow = by_pillow(pixels, (source[0], target[1]), PILLOW[kernel])
    np.testing.assert_array_equal(resize(pixels, target), by_pillow(narrow, target, PILLOW[kernel]))


@pytest.mark.parametrize("kernel", ["nearest", *PILLOW])
def test_a_part_of_an_image_is_pillows_box_bit_for_bit(kernel: str) -> None:
    pixels = noise((61, 80))
    resize, method = RESIZES[0], Image.Resampling.NEAREST
    if kernel != "nearest":
        resize = Resize(kernel, True, "renormalise", rounding="fixed-point", order=PILLOW_ORDER)
        method = PILLOW[kernel]
    for top, height, left, width in ((0, 61, 9.5, 61), (3, 20, 0, 50), (7.25, 30.5, 11, 66.5)):
        image = Image.fromarray(pixels)
        expected = image.resize((24, 32), method, (left, top, left + width, top + height))
        box = (top, height), (left, width)
        np.testing.assert_array_equal(resize(pixels, (32, 24), box), np.asarray(expected))


@EACH_SIZE
def test_nearest_is_pillow_bit_for_bit(source, target) -> None:
    pixels = noise(source)
    np.testing.assert_array_equal(
        RESIZES[0](pixels, target), by_pillow(pixels, target, Image.Resampling.NEAREST)
    )


def test_nearest_has_pillows_rounding_errors() -> None:
    """640 / 224 puts centres on the border of two pixels, where only the error decides."""
    pixels = noise((3, 640))
    size = (3, 224)
    np.testing.assert_array_equal(
        RESIZES[0](pixels, size), by_pillow(pixels, size, Image.Resampling.NEAREST)
    )
    assert (RESIZES[0](pixels, size) != Resize("nearest")(pixels, size)).any()


@EACH_SIZE
@pytest.mark.parametrize("kernel", PILLOW)
def test_unrounded_is_pillow_on_floating_point(kernel: str, source, target) -> None:
    pixels = noise(source)[..., :1].astype(np.float32) * 1.7 - 31
    resized = Resize(kernel, True, "renormalise")(pixels, target)[..., 0]
    np.testing.assert_allclose(
        resized, by_pillow(pixels[..., 0], target, PILLOW[kernel]), rtol=1e-4, atol=1e-3
    )


POSITIONS: dict[str, Callable[[int, int], np.ndarray]] = {
    "half-pixel": lambda n, m: (np.arange(m) + 0.5) * n / m - 0.5,
    "align-corners": lambda n, m: np.linspace(0, n - 1, m),
    "asymmetric": lambda n, m: np.arange(m) * n / m,
}


@EACH_SIZE
@pytest.mark.parametrize("coordinates", POSITIONS)
def test_bilinear_without_antialiasing_interpolates(coordinates: str, source, target) -> None:
    pixels = noise(source)
    position = POSITIONS[coordinates]
    points = np.meshgrid(
        *(position(n, m) for n, m in zip(source, target, strict=True)), indexing="ij"
    )
    expected = [
        scipy.ndimage.map_coordinates(channel.astype(float), points, order=1, mode="nearest")
        for channel in np.moveaxis(pixels, -1, 0)
    ]
    resized = Resize("bilinear", coordinates=coordinates)(pixels, target)
    np.testing.assert_allclose(resized, np.stack(expected, axis=-1), atol=1e-9)


def cubic_by_loop(line: np.ndarray, m: int, a: float, border: str, position) -> np.ndarray:
    """Keys's four taps, one output value after the other."""
    n, out = len(line), np.zeros(m)
    for i, u in enumerate(position(n, m)):
        total = 0.0
        for j in range(int(np.floor(u)) - 1, int(np.floor(u)) + 3):
            t = abs(u - j)
            if t <= 1:
                weight = (a + 2) * t**3 - (a + 3) * t**2 + 1
            else:
                weight = a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a
            at = j
            if border == "renormalise" and not 0 <= j < n:
                continue
            if border == "replicate":
                at = min(max(j, 0), n - 1)
            if border == "mirror":
                at = [*range(n), *reversed(range(n))][j % (2 * n)]
            out[i] += weight * line[at]
            total += weight
        out[i] /= total
    return out


@pytest.mark.parametrize("border", ["renormalise", "replicate", "mirror"])
@pytest.mark.parametrize("coordinates", POSITIONS)
@pytest.mark.parametrize("a", [-0.5, -0.75])
@pytest.mark.parametrize(("n", "m"), [(31, 12), (7, 40), (2, 9), (1, 3), (5, 1)])
def test_bicubic_without_antialiasing_has_four_taps(a, coordinates, border, n, m) -> None:
    line = np.random.default_rng(n).integers(0, 256, n)
    resize = Resize("bicubic", border=border, coordinates=coordinates, a=a)
    resized = resize(line[:, None, None], (m, 1))[:, 0, 0]
    expected = cubic_by_loop(line, m, a, border, POSITIONS[coordinates])
    np.testing.assert_allclose(resized, expected, atol=1e-9)


@EACH_SIZE
def test_area_weighs_by_overlap(source, target) -> None:
    """The integral of the pixels up to each border of an output pixel, and its differences."""

    def average(x: np.ndarray, m: int) -> np.ndarray:
        integral = np.vstack([np.zeros((1, x.shape[1])), np.cumsum(x, axis=0)])
        edges = np.linspace(0, len(x), m + 1)
        at = [np.interp(edges, np.arange(len(x) + 1), column) for column in integral.T]
        return np.diff(np.stack(at, axis=1), axis=0) * m / len(x)

    pixels = noise(source)[..., :1]
    expected = average(average(pixels[..., 0], target[0]).T, target[1]).T
    np.testing.assert_allclose(Resize("area")(pixels, target)[..., 0], expected, atol=1e-9)


@pytest.mark.parametrize(
    ("source", "first"), [((80, 40), 0), ((40, 80), 1), ((60, 60), 0)], ids=["tall", "wide", "even"]
)
def test_each_pass_rounds_and_takes_the_axis_that_shrinks_most_first(source, first) -> None:
    target = (20, 20)
    pixels = noise(source)
    plain = Resize("bicubic", True, "mirror")
    half = list(source)
    half[first] = target[first]
    expected = pixels.astype(float)
    for size in (tuple(half), target):
        expected = np.clip(np.floor(plain(expected, size) + 0.5), 0, 255)
    rounded = replace(plain, rounding="each-pass", order="most-shrunk")
    np.testing.assert_array_equal(rounded(pixels, target), expected)


def test_rounding_at_the_end_is_rounding_of_the_unrounded() -> None:
    pixels, target = noise((50, 70)), (21, 33)
    plain = Resize("bicubic", a=-0.75)
    expected = np.clip(np.floor(plain(pixels, target) + 0.5), 0, 255)
    np.testing.assert_array_equal(replace(plain, rounding="end")(pixels, target), expected)


@pytest.mark.parametrize("resize", RESIZES, ids=lambda resize: resize.words)
class TestEveryResize:
    def test_keeps_a_constant_image(self, resize: Resize) -> None:
        for source, target in SIZES:
            resized = resize(np.full((*source, 1), 201, np.uint8), target)
            np.testing.assert_allclose(resized, np.full((*target, 1), 201.0), atol=1e-9)

    def test_leaves_an_image_of_the_right_size_alone(self, resize: Resize) -> None:
        pixels = noise((19, 23))
        np.testing.assert_allclose(resize(pixels, (19, 23)), pixels, atol=1e-9)

    def test_treats_channels_alike(self, resize: Resize) -> None:
        pixels = noise((44, 31))
        resized = resize(pixels, (16, 40))
        assert resized.dtype == np.float64
        for channel in range(3):
            single = resize(pixels[..., channel : channel + 1], (16, 40))
            np.testing.assert_allclose(resized[..., channel : channel + 1], single, atol=1e-9)

    def test_says_who_does_it(self, resize: Resize) -> None:
        assert resize.tools
        assert [other.words for other in RESIZES].count(resize.words) == 1


def test_no_two_resizes_are_always_the_same() -> None:
    sizes = [
        *[((48, 640), (48, 224)), ((300, 40), (20, 38)), ((30, 45), (64, 20))],
        ((480, 3), (224, 3)),  # in float32, 15/7 is rounded down
    ]
    results = [[resize(noise(source), target) for source, target in sizes] for resize in RESIZES]
    for index, mine in enumerate(results):
        for other, theirs in zip(RESIZES, results[:index], strict=False):
            same = [np.allclose(x, y, atol=1e-6) for x, y in zip(mine, theirs, strict=True)]
            assert not all(same), (RESIZES[index].words, other.words)


@pytest.mark.parametrize("method", ["bicubic", "bilinear", "nearest"])
def test_matlabs_is_np_imresize(octave: str, tmp_path: Path, method: str) -> None:
    """The repository's own imresize, run in Octave on double."""
    pixels = np.asarray(Image.open(SAMPLE_IMAGE).convert("RGB"), dtype=float)
    pixels[..., 1] = pixels[::-1, :, 1]
    sizes = [(224, 224), (700, 900), (500, 99), (1, 1)]
    scipy.io.savemat(tmp_path / "in.mat", {"x": pixels, "sizes": np.array(sizes, float)})
    script = tmp_path / "resize.m"
    script.write_text(
        "arguments = argv(); addpath(arguments{1}); load(arguments{2}); out = cell(1, 4);\n"
        "for k = 1:4, out{k} = np_imresize(x, sizes(k, :), arguments{4}); end\n"
        "save('-v7', arguments{3}, 'out');\n"
    )
    arguments = [str(MATLAB_SUPPORT), str(tmp_path / "in.mat"), str(tmp_path / "out.mat"), method]
    command = [octave, "--norc", "--no-history", "--quiet", str(script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    resize = Resize(method, method != "nearest", "mirror")
    for size, out in zip(sizes, scipy.io.loadmat(tmp_path / "out.mat")["out"][0], strict=True):
        np.testing.assert_allclose(resize(pixels, size), out.reshape(*size, 3), atol=1e-9)


BY_TENSORFLOW = """
import sys
import numpy as np
import tensorflow as tf
x = np.load(sys.argv[1])
out = {}
for method in ("nearest", "bilinear", "bicubic", "lanczos3", "area"):
    for antialias in (False, True):
        for size in ((224, 224), (40, 300), (700, 650)):
            resized = tf.image.resize(x, size, method=method, antialias=antialias)
            out[f"{method} {antialias:d} {size[0]} {size[1]}"] = resized.numpy()
np.savez(sys.argv[2], **out)
"""


def test_tensorflows_are_tensorflows(keras3_python: str, tmp_path: Path) -> None:
    pixels = np.asarray(Image.open(SAMPLE_IMAGE).convert("RGB"), dtype=np.float32)
    np.save(tmp_path / "x.npy", pixels)
    command = [keras3_python, "-c", BY_TENSORFLOW, tmp_path / "x.npy", tmp_path / "out.npz"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "out.npz") as results:
        for name, expected in results.items():
            method, antialias, *size = name.split()
            smooth = antialias == "1" and method not in ("nearest", "area")
            border = "replicate" if method in ("nearest", "area") else "renormalise"
            resized = Resize(method, smooth, border)(pixels, (int(size[0]), int(size[1])))
            # TensorFlow computes coordinates in single precision, and without antialiasing looks
            # bicubic weights up in a table of 1024 positions.
            atol = 0.5 if method == "bicubic" and not smooth else 0.05
            np.testing.assert_allclose(resized, expected, atol=atol, err_msg=name)
