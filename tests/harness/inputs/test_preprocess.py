"""The shared input is Pillow's bicubic resize minus the mean, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks import NETWORKS

VGG16, TINY = NETWORKS["vgg16"], NETWORKS["vgg16-tiny"]
MEAN = np.array([123.68, 116.779, 103.939], dtype=np.float32)


def write(path: Path, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels).save(path)
    return path


@pytest.mark.parametrize("model", [VGG16, TINY], ids=["vgg16", "tiny"])
def test_shape_type_and_order(model) -> None:
    tensor = prepare([decode(SAMPLE_IMAGE)] * 2, model)
    assert tensor.shape == (2, *model.input_size, 3)
    assert tensor.dtype == np.float32
    assert tensor.flags.c_contiguous


def test_values_are_those_of_pillow_minus_the_mean(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (90, 130, 3), dtype=np.uint8)
    path = write(tmp_path / "noise.png", pixels)
    with Image.open(path) as image:
        resized = image.resize((64, 64), Image.Resampling.BICUBIC)
    expected = np.asarray(resized, dtype=np.float32) - MEAN
    np.testing.assert_array_equal(prepare([decode(path)], TINY)[0], expected)


def test_an_image_of_the_right_size_is_only_shifted(tmp_path: Path) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    tensor = prepare([decode(write(tmp_path / "same.png", pixels))], TINY)
    np.testing.assert_array_equal(tensor[0], pixels.astype(np.float32) - MEAN)


def test_channels_are_red_green_blue(tmp_path: Path) -> None:
    red = np.zeros((70, 90, 3), dtype=np.uint8)
    red[:, :, 0] = 255
    tensor = prepare([decode(write(tmp_path / "red.png", red))], TINY)
    np.testing.assert_array_equal(tensor[0, 0, 0], np.array([255, 0, 0], dtype=np.float32) - MEAN)


@pytest.mark.parametrize("value", [0, 77, 255])
def test_a_constant_image_stays_constant(tmp_path: Path, value: int) -> None:
    pixels = np.full((33, 210, 3), value, dtype=np.uint8)
    tensor = prepare([decode(write(tmp_path / "flat.png", pixels))], TINY)
    np.testing.assert_array_equal(tensor, np.broadcast_to(np.float32(value) - MEAN, tensor.shape))


def test_a_single_pixel_is_an_image(tmp_path: Path) -> None:
    path = write(tmp_path / "dot.png", np.full((1, 1, 3), 9, dtype=np.uint8))
    assert prepare([decode(path)], TINY).shape == (1, 64, 64, 3)


def test_images_are_stacked_in_their_order(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / f"{value}.png", np.full((9, 9, 3), value, dtype=np.uint8))
        for value in (5, 200)
    ]
    batch = prepare([decode(path) for path in paths], TINY)
    for index, path in enumerate(paths):
        np.testing.assert_array_equal(batch[index], prepare([decode(path)], TINY)[0])
