"""JPEG files as TensorFlow decodes them; damaged and unusual ones are refused."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netparity.inputs.jpeg import decoded_fast, decoded_plain
from netparity.inputs.jpeg.segments import ZIGZAG
from netparity.inputs.jpeg.transform import fast
from tests.harness.inputs.test_recipes import picture
from tests.support.image_tools import decoded


def jpeg(image: Image.Image, **options: object) -> bytes:
    data = io.BytesIO()
    image.save(data, "JPEG", **options)
    return data.getvalue()


def with_texture(width: int, height: int) -> Image.Image:
    noise = np.random.default_rng(1).normal(0, 20, (height, width, 3))
    levels = np.asarray(picture(width, height), dtype=float) + noise
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


KINDS = {
    "420": {"quality": 75, "subsampling": 2},
    "422": {"quality": 90, "subsampling": 1},
    "444": {"quality": 95, "subsampling": 0},
    "restart": {"quality": 80, "subsampling": 2, "restart_marker_blocks": 3},
    "exact": {"quality": 100, "subsampling": 0, "optimize": True},
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_near_pillows_accurate_transform(kind: str) -> None:
    """libjpeg's documentation gives the fast transform an error of a few grey levels."""
    data = jpeg(with_texture(83, 62), **KINDS[kind])
    accurate = np.asarray(Image.open(io.BytesIO(data)), dtype=float)
    difference = decoded_fast(data) - accurate
    most = 6 if KINDS[kind]["quality"] > 90 else 2  # it is said to be poor at high qualities
    assert difference.std() < most and abs(difference.mean()) < 2


def test_grey_files_have_three_equal_channels() -> None:
    data = jpeg(with_texture(40, 33).convert("L"), quality=90)
    made = decoded_fast(data)
    assert made.shape == (33, 40, 3) and (made == made[..., :1]).all()
    accurate = np.asarray(Image.open(io.BytesIO(data)), dtype=float)
    assert np.abs(made[..., 0] - accurate).max() < 8


def test_the_transform_is_the_cosine_transform() -> None:
    """Of small coefficients with divisors of 16, up to the products that are cut off."""
    rng = np.random.default_rng(0)
    stored = rng.integers(-3, 4, (2, 3, 64))
    k, x = np.arange(8)[:, None], np.arange(8)[None]
    basis = np.cos((2 * x + 1) * k * np.pi / 16) * np.where(k == 0, np.sqrt(1 / 8), 0.5)
    blocks = (16 * stored).reshape(2, 3, 8, 8)
    exact = np.einsum("ijuv,ux,vy->ixjy", blocks, basis, basis).reshape(16, 24) + 128
    made = fast(stored, np.full(64, 16))
    assert np.abs(made - np.clip(exact, 0, 255)).max() < 6


def test_the_order_of_coefficients_goes_along_the_diagonals() -> None:
    """ITU-T T.81, figure A.6."""
    assert list(ZIGZAG[:12]) == [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25]
    assert ZIGZAG[-1] == 63 and sorted(ZIGZAG) == list(range(64))


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 90, "keep_rgb": True}])
def test_other_kinds_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"sequential|YCbCr|sampling"):
        decoded_fast(jpeg(with_texture(40, 30), **options))


def test_damaged_files_are_refused_or_decoded_but_never_crash() -> None:
    data = jpeg(with_texture(48, 40), quality=85)
    with pytest.raises(ValueError, match="end"):
        decoded_fast(data[: len(data) // 2])
    rng = np.random.default_rng(5)
    for _ in range(30):
        broken = bytearray(data)
        for place in rng.integers(2, len(data), 4):
            broken[place] = rng.integers(256)
        try:
            made = decoded_fast(bytes(broken))
        except ValueError:
            continue
        assert made.dtype == np.uint8


def test_colours_that_are_not_interpolated_are_equal_in_each_square() -> None:
    """Where brightness is constant, each four pixels have the same colour."""
    squares = np.kron(np.array([[[90, 120, 60], [150, 80, 90]]] * 2), np.ones((8, 8, 1)))
    data = jpeg(Image.fromarray(squares.astype(np.uint8)), quality=95, subsampling=2)
    _, blue, red = np.moveaxis(
        np.asarray(Image.fromarray(decoded_plain(data)).convert("YCbCr")), 2, 0
    )
    for plane in (blue, red):
        corners = plane[::2, ::2].astype(int)
        assert np.abs(plane[1::2, 1::2] - corners).max() <= 1  # from RGB and back
    with pytest.raises(ValueError, match="half"):
        decoded_plain(jpeg(with_texture(40, 30), subsampling=0))


@pytest.mark.slow
def test_it_is_tensorflows_bit_for_bit(keras3_python: str, tmp_path: Path) -> None:
    for kind, options in KINDS.items():
        file = tmp_path / f"{kind}.jpg"
        file.write_bytes(jpeg(with_texture(83, 62), **options))
        expected = decoded("tensorflow", keras3_python, file, tmp_path)
        np.testing.assert_array_equal(decoded_fast(file.read_bytes()), expected["decode_jpeg"])
        plain = decoded_fast(file.read_bytes(), fancy=False)
        name = "INTEGER_FAST, fancy_upscaling=False"
        np.testing.assert_array_equal(plain, expected[name], kind)
        if options["subsampling"] == 2:
            accurate = expected["INTEGER_ACCURATE, fancy_upscaling=False"]
            np.testing.assert_array_equal(decoded_plain(file.read_bytes()), accurate, kind)
