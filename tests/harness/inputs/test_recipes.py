"""The ways from a file to an input, compared with Pillow and with formulas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from netparity.inputs import Recipes, decode, prepare
from netparity.inputs.jpeg import decoded_fast
from netparity.inputs.recipes import Recipe
from netparity.networks import Preprocessing
from netparity.networks.catalogue.vgg import VGG16_TINY

SIZE = 64
MEAN = np.asarray(VGG16_TINY.mean_rgb, dtype=np.float32)


def picture(width: int = 120, height: int = 90, channels: int = 3) -> Image.Image:
    """Smooth and without any symmetry."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (9, 12, channels), dtype=np.uint8)
    modes = {3: "RGB", 4: "RGBA"}
    return Image.fromarray(small, modes[channels]).resize((width, height), Image.Resampling.BICUBIC)


def square(
    image: Image.Image, resample: Image.Resampling = Image.Resampling.BICUBIC
) -> Image.Image:
    return image.resize((SIZE, SIZE), resample)


def middle(image: Image.Image) -> Image.Image:
    left, top = round((image.width - SIZE) / 2), round((image.height - SIZE) / 2)
    return image.crop((left, top, left + SIZE, top + SIZE))


def letterboxed(image: Image.Image, colour: str) -> Image.Image:
    whole = image.resize((SIZE, round(SIZE * image.height / image.width)), Image.Resampling.BICUBIC)
    made = Image.new("RGB", (SIZE, SIZE), colour)
    made.paste(whole, (0, (SIZE - whole.height) // 2))
    return made


def shorter_side(image: Image.Image, side: int, resample: Image.Resampling) -> Image.Image:
    return image.resize((int(side * image.width / image.height), side), resample)


BILINEAR, BICUBIC = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC
EXPECTED = {
    "image is|mirrored (": lambda im: ImageOps.mirror(square(im)),
    "image is|upside down": lambda im: ImageOps.flip(square(im)),
    "image is|rotated by 90° counterclockwise": lambda im: square(im.rotate(90, expand=True)),
    "the shorter side to 73, then the middle 64 x 64 (bilinear": lambda im: middle(
        shorter_side(im, 73, BILINEAR)
    ),
    "the shorter side to 64, then the middle 64 x 64": lambda im: middle(
        shorter_side(im, 64, BICUBIC)
    ),
    "to 72 x 72, then the middle": lambda im: middle(im.resize((72, 72), BICUBIC)),
    "in the middle, the rest black": lambda im: letterboxed(im, "black"),
    "in the middle, the rest white": lambda im: letterboxed(im, "white"),
    "the largest centred square, resized": lambda im: square(im.crop((15, 0, 105, 90))),
    "as by `box` of Pillow": lambda im: im.resize((SIZE, SIZE), BICUBIC, (15, 0, 105, 90)),
    "in the middle, the rest grey 114": lambda im: ImageOps.pad(
        im, (SIZE, SIZE), BICUBIC, (114, 114, 114)
    ),
    "saved again as JPEG of quality 75": None,
    "converted to grey by luma, rounded": lambda im: square(im.convert("L").convert("RGB")),
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("images") / "picture.png"
    picture().save(path)
    return path


@pytest.mark.parametrize("words", EXPECTED)
def test_a_recipe_gives_what_pillow_gives(words: str, file: Path, tmp_path: Path) -> None:
    make = EXPECTED[words]
    if make is None:
        picture().save(tmp_path / "again.jpg", quality=75)
        made = square(Image.open(tmp_path / "again.jpg"))
    else:
        made = make(picture())
    wanted = np.asarray(made, dtype=np.float32) - MEAN
    recipes = Recipes([decode(file)], VGG16_TINY)
    exact = [
        recipe.mistakes
        for recipe in recipes.alone()
        if recipe.views == 1
        and (tensor := recipes.tensor(recipe)) is not None
        and np.array_equal(tensor[0], wanted)
    ]
    assert any(words.rpartition("|")[2] in detail for [(_, detail), *_] in exact), exact


def test_without_a_mistake_it_is_the_shared_input(file: Path) -> None:
    image = decode(file)
    tensor = Recipes([image], VGG16_TINY).tensor(Recipe())
    np.testing.assert_array_equal(tensor, prepare([image], VGG16_TINY))


def test_exif_orientation_and_transparency(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture().save(tmp_path / "turned.jpg", exif=exif, quality=95)
    turned = ImageOps.exif_transpose(Image.open(tmp_path / "turned.jpg")).convert("RGB")
    assert_made(tmp_path / "turned.jpg", "EXIF", square(turned))
    clear = picture(channels=4)
    clear.save(tmp_path / "clear.png")
    white = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    assert_made(tmp_path / "clear.png", "on white", square(white))


def assert_made(path: Path, words: str, wanted: Image.Image) -> None:
    recipes = Recipes([decode(path)], VGG16_TINY)
    [recipe] = [
        each
        for each in recipes.alone()
        if each.source is not None and words in each.source.words and each.resize is None
    ]
    tensor = recipes.tensor(recipe)
    assert tensor is not None
    np.testing.assert_array_equal(tensor[0], np.asarray(wanted, dtype=np.float32) - MEAN)


def test_sixteen_bits(tmp_path: Path) -> None:
    values = np.linspace(0, 65535, SIZE * SIZE).reshape(SIZE, SIZE).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "deep.png")
    recipes = Recipes([decode(tmp_path / "deep.png")], VGG16_TINY)
    made = {
        each.source.words: recipes.tensor(each)
        for each in recipes.alone()
        if each.source is not None and "16-bit" in each.source.words and each.resize is None
    }
    for words, expected in {
        "only the high byte of 16-bit values is used": values // 256,
        "only the low byte of 16-bit values is used": values % 256,
        "16-bit values are clipped at 255": np.minimum(values, 255),
    }.items():
        np.testing.assert_array_equal(made[words][0, ..., 0], np.float32(expected) - MEAN[0])


def test_arithmetic_of_eight_bits(file: Path) -> None:
    recipes = Recipes([decode(file)], VGG16_TINY)
    grey = np.asarray(square(picture()))
    whole = np.array([124, 117, 104])
    made = [recipes.tensor(each)[0] for each in recipes.alone() if each.arithmetic is not None]
    saturated = np.clip(grey.astype(int) - whole, 0, 255)
    wrapped = grey - np.floor(MEAN).astype(np.uint8)  # NumPy's own uint8
    for expected in (saturated, wrapped):
        assert any(np.array_equal(tensor, expected.astype(np.float32)) for tensor in made)


def test_other_uses_of_a_mean_image(file: Path) -> None:
    rng = np.random.default_rng(4)
    image = rng.uniform(80, 140, (SIZE, SIZE, 3)).astype(np.float32)
    stated = Preprocessing("BGR", (1.0, 2.0, 3.0), mean_image="mean")
    network = replace(VGG16_TINY, inputs=(replace(VGG16_TINY.image, preprocessing=stated),))
    recipes = Recipes([decode(file)], network, {"mean": image})
    levels = np.asarray(square(picture()), dtype=np.float32)[..., ::-1]
    np.testing.assert_array_equal(recipes.tensor(Recipe())[0], levels - image)
    made = {each.mistakes: recipes.tensor(each)[0] for each in recipes.alone() if each.arithmetic}
    for words, expected in {
        "the mean colour was subtracted in place of the mean image": levels - image.mean((0, 1)),
        "the mean image was not subtracted": levels,
        "the channels of the mean image are swapped": levels - image[..., ::-1],
        "rows and columns of the mean image are swapped": levels - image.swapaxes(0, 1),
        "the mean image is upside down": levels - image[::-1],
    }.items():
        np.testing.assert_allclose(made[("mean-image", words),], expected, atol=1e-4)


def test_the_fast_transform_of_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    picture().save(path, quality=75)
    recipes = Recipes([decode(path)], VGG16_TINY)
    recipe = next(each for each in recipes.alone() if "fast" in str(each.mistakes))
    expected = square(Image.fromarray(decoded_fast(path.read_bytes())))
    np.testing.assert_array_equal(
        recipes.tensor(recipe)[0], np.asarray(expected, dtype=np.float32) - MEAN
    )
    beside = [
        each.resize.tools
        for each in recipes.alone()
        if each.source == recipe.source and each.resize
    ]
    assert any("tensorflow" in tools for tools in beside)


def test_ten_views_are_the_corners_the_middle_and_their_mirror_images(file: Path) -> None:
    recipes = Recipes([decode(file)], VGG16_TINY)
    recipe = next(
        each
        for each in recipes.alone()
        if each.geometry is not None and "ten crops of the image whose" in each.geometry.words
    )
    tensor = recipes.tensor(recipe)
    large = np.asarray(shorter_side(picture(), 73, BICUBIC), dtype=np.float32) - MEAN
    assert tensor is not None and tensor.shape == (10, SIZE, SIZE, 3)
    np.testing.assert_array_equal(tensor[3], large[-SIZE:, -SIZE:])
    np.testing.assert_array_equal(tensor[5], large[:SIZE, :SIZE][:, ::-1])


def test_beside_a_crop_every_filter_is_tried(file: Path) -> None:
    recipes = Recipes([decode(file)], VGG16_TINY)
    cropped = next(each for each in recipes.alone() if each.geometry is not None)
    kernels = {each.resize.kernel for each in recipes.beside(cropped) if each.resize is not None}
    assert {"nearest", "bilinear", "bicubic", "area", "lanczos3"} <= kernels
