"""Any network's input from images, as its preprocessing says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from netparity.errors import InputError, UsageError
from netparity.inputs import SAMPLE_IMAGE, decode
from netparity.inputs.preparing import prepare
from netparity.inputs.tensor import check_tensor
from netparity.networks import NETWORKS, Input, Network, Node, Preprocessing

RANDOM = np.random.default_rng(0)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """60 rows and 90 columns of noise."""
    path = tmp_path / "noise.png"
    pixels = np.random.default_rng(1).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def network(shape: tuple[int, ...], preprocessing: Preprocessing | None) -> Network:
    entry = Input("data", shape, preprocessing)
    return Network("mine", (entry,), (Node("out", "relu", ("data",)),))


def resized(photo: Path, height: int, width: int, filter_: Any = Image.Resampling.BICUBIC) -> Any:
    with Image.open(photo) as image:
        return np.asarray(image.resize((width, height), filter_), np.float32)


@pytest.mark.parametrize("name", ["vgg16", "vgg19-tiny"])
def test_vgg_has_the_same_bits_as_before(name: str, photo: Path) -> None:
    images = [decode(SAMPLE_IMAGE), decode(photo)]
    height, width, _ = NETWORKS[name].image.shape
    mean = np.array([123.68, 116.779, 103.939], dtype=np.float32)
    resized_images = [
        np.asarray(
            Image.fromarray(image.pixels).resize((width, height), Image.Resampling.BICUBIC),
            dtype=np.float32,
        )
        for image in images
    ]
    expected = np.stack(resized_images) - mean
    found = prepare(images, NETWORKS[name])
    assert found.dtype == np.float32 and found.flags.c_contiguous
    np.testing.assert_array_equal(found, expected)


def test_caffe_reverses_the_channels(photo: Path) -> None:
    mean = (103.939, 116.779, 123.68)
    found = prepare([decode(photo)], network((24, 32, 3), Preprocessing("BGR", mean)))
    expected = resized(photo, 24, 32)[..., ::-1] - np.float32(mean)
    np.testing.assert_array_equal(found[0], expected)


def test_scale_then_mean_then_deviation(photo: Path) -> None:
    mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    stated = Preprocessing("RGB", mean, deviation, 1 / 255)
    found = prepare([decode(photo)], network((24, 32, 3), stated))
    expected = (resized(photo, 24, 32).astype(np.float64) / 255 - mean) / deviation
    np.testing.assert_allclose(found[0], expected, rtol=2e-6, atol=2e-6)


def test_a_mean_image_is_subtracted_instead_of_the_mean(photo: Path) -> None:
    image = RANDOM.uniform(0, 255, (24, 32, 3)).astype(np.float32)
    stated = Preprocessing(mean=(1.0,), mean_image="input.mean")
    found = prepare([decode(photo)], network((24, 32, 3), stated), {"input.mean": image})
    np.testing.assert_array_equal(found[0], resized(photo, 24, 32) - image)


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        (None, "is missing"),
        ({"input.mean": np.zeros((9, 9, 3), np.float32)}, "9 x 9 x 3, expected .* 24 x 32 x 3"),
    ],
)
def test_a_mean_image_must_be_there_and_fit(photo: Path, tensors: Any, words: str) -> None:
    stated = Preprocessing(mean_image="input.mean")
    with pytest.raises(InputError, match=f"'input.mean'.*{words}"):
        prepare([decode(photo)], network((24, 32, 3), stated), tensors)


def test_grey_is_a_single_channel(photo: Path) -> None:
    found = prepare([decode(photo)], network((60, 90, 1), Preprocessing("grey", (3.0,))))
    with Image.open(photo) as image:
        rgb = np.asarray(image, np.float64)
    luma = rgb @ [0.299, 0.587, 0.114]  # ITU-R BT.601
    assert found.shape == (1, 60, 90, 1)
    assert np.abs(found[0, ..., 0] + 3 - luma).max() <= 0.51


@pytest.mark.parametrize(
    ("filter_", "pillow"),
    [
        ("nearest", Image.Resampling.NEAREST),
        ("bilinear", Image.Resampling.BILINEAR),
        ("bicubic", Image.Resampling.BICUBIC),
        ("area", Image.Resampling.BOX),
    ],
)
def test_filters(photo: Path, filter_: Any, pillow: Any) -> None:
    found = prepare([decode(photo)], network((24, 32, 3), Preprocessing(filter=filter_)))
    np.testing.assert_array_equal(found[0], resized(photo, 24, 32, pillow))


def test_area_is_the_mean_of_whole_blocks(photo: Path) -> None:
    found = prepare([decode(photo)], network((20, 30, 3), Preprocessing(filter="area")))
    with Image.open(photo) as image:
        blocks = np.asarray(image, np.float64).reshape(20, 3, 30, 3, 3).mean((1, 3))
    assert np.abs(found[0] - blocks).max() <= 1.0


def test_a_crop_is_taken_from_the_middle(photo: Path) -> None:
    stated = Preprocessing(resize=(41, 50))
    found = prepare([decode(photo)], network((24, 32, 3), stated))
    np.testing.assert_array_equal(found[0], resized(photo, 41, 50)[8:32, 9:41])


def test_proportions_are_kept_so_that_the_crop_is_covered(photo: Path) -> None:
    stated = Preprocessing(resize=(40, 40), keep_aspect=True)
    found = prepare([decode(photo)], network((32, 32, 3), stated))
    np.testing.assert_array_equal(found[0], resized(photo, 40, 60)[4:36, 14:46])


@pytest.mark.parametrize("size", [(1, 1), (1, 999), (7, 5), (333, 90)])
def test_every_shape_of_image_covers_the_input(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "flat.png"
    Image.fromarray(np.full((*size, 3), 77, np.uint8)).save(path)
    stated = Preprocessing(resize=(37, 37), keep_aspect=True)
    found = prepare([decode(path)], network((32, 33, 3), stated))
    np.testing.assert_array_equal(found, np.full((1, 32, 33, 3), 77, np.float32))


def test_a_crop_larger_than_the_image_is_refused(photo: Path) -> None:
    stated = Preprocessing(resize=(20, 50))
    with pytest.raises(InputError, match=r"noise.png is resized to 20 x 50.*24 x 32"):
        prepare([decode(photo)], network((24, 32, 3), stated))


def test_a_network_that_does_not_say_is_refused_with_the_fix(photo: Path) -> None:
    with pytest.raises(UsageError, match=r"mine does not say .* --preprocess"):
        prepare([decode(photo)], network((24, 32, 3), None))


@pytest.mark.parametrize("shape", [(24, 32, 4), (24, 32, 1), (24, 32), (7,)])
def test_an_input_that_is_no_image_is_refused(photo: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"'data' of mine has the shape .*--input"):
        prepare([decode(photo)], network(shape, Preprocessing()))


def test_images_keep_their_order(photo: Path) -> None:
    made = replace(network((24, 32, 3), Preprocessing("BGR")), name="two")
    both = prepare([decode(SAMPLE_IMAGE), decode(photo)], made)
    np.testing.assert_array_equal(both[1], prepare([decode(photo)], made)[0])


def test_a_tensor_with_the_channels_first_is_told_how_to_turn_it() -> None:
    tiny = NETWORKS["vgg16-tiny"]
    with pytest.raises(InputError, match=r"x\.transpose\(0, 2, 3, 1\)"):
        check_tensor(np.zeros((2, 3, 64, 64), np.float32), tiny)
    with pytest.raises(InputError, match="takes N x 64 x 64 x 3") as caught:
        check_tensor(np.zeros((2, 5, 5, 3), np.float32), tiny)
    assert "transpose" not in str(caught.value)
