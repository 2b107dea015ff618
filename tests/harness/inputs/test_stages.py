"""A native input is explained from the decoded image, and its differences by stage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import PIL
import pytest
from PIL import Image

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.inputs.catalogue import RESIZES, WHOLE_RESIZES
from netparity.inputs.resize import Resize
from netparity.inputs.stages import AS_IT_IS, GREYS, candidates, distinct, find_resize, split
from netparity.networks import NETWORKS

TINY = NETWORKS["vgg16-tiny"]
SIZE = TINY.input_size
MEAN = np.array(TINY.mean_rgb, dtype=np.float32)


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    """A part of the sample, coloured: edges, texture and shading, different in every channel."""
    grey = np.asarray(Image.open(SAMPLE_IMAGE).resize((2 * width, 2 * height)), dtype=float)
    top, left = np.random.default_rng(seed).integers(0, (height, width))
    grey = grey[top : top + height, left : left + width]
    y, x = np.mgrid[0:height, 0:width]
    channels = [grey, 255 - 0.8 * grey + 20 * np.sin(x / 9), 0.6 * grey + 40 * np.cos(y / 5)]
    return np.clip(np.dstack(channels), 0, 255).astype(np.uint8)


def less_mean(*images: np.ndarray) -> np.ndarray:
    return np.stack([image.astype(np.float32) for image in images]) - MEAN


def by_pillow(pixels: np.ndarray, filter_=Image.Resampling.BICUBIC) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).resize(SIZE[::-1], filter_))


@pytest.mark.parametrize(
    ("shape", "step"),
    [
        pytest.param((150, 210), 5, id="wide"),
        pytest.param((300, 70), 5, id="tall"),
        pytest.param((40, 50), 1, id="small"),
    ],
)
def test_every_known_resize_is_found(shape: tuple[int, int], step: int) -> None:
    """All of a small image, and every fifth of larger ones, which take longer."""
    pixels = picture(*shape)
    for resize in distinct(RESIZES, [shape], SIZE)[::step]:
        best = find_resize(less_mean(resize(pixels, SIZE)), [pixels], TINY)[0]
        assert best.exact, resize.words
        assert best.resize is not None
        # Another name for the same result is as good.
        assert np.abs(best.resize(pixels, SIZE) - resize(pixels, SIZE)).max() < 0.02


@pytest.mark.parametrize(
    ("filter_", "words"),
    [
        (Image.Resampling.NEAREST, "nearest neighbour"),
        (Image.Resampling.BILINEAR, "bilinear, antialiased"),
        (Image.Resampling.LANCZOS, "Lanczos of 3 lobes, antialiased"),
    ],
)
def test_pillows_own_resize_is_found_bit_for_bit(filter_, words: str) -> None:
    pixels = picture(150, 210)
    best = find_resize(less_mean(by_pillow(pixels, filter_)), [pixels], TINY)[0]
    assert best.resize is not None
    assert best.resize.words.startswith(words)
    assert "pillow" in best.resize.tools
    assert (best.max_abs, best.rms, best.agreeing, best.remark) == (0, 0, 1, "")


@pytest.mark.skipif(PIL.__version__ < "13", reason="Pillow 13 has rows first")
def test_pillow_13_is_told_from_earlier_ones_by_a_tall_image() -> None:
    pixels = picture(400, 70)
    stories = find_resize(less_mean(by_pillow(pixels)), [pixels], TINY)
    assert stories[0].exact
    assert stories[0].resize is not None
    assert stories[0].resize.order == "pillow-13"
    assert not stories[1].exact


def test_an_order_of_passes_that_makes_no_difference_is_tried_once() -> None:
    wide, tall = (100, 200), (300, 70)
    assert not [way for way in distinct(RESIZES, [wide], SIZE) if way.order == "pillow-13"]
    assert set(distinct(RESIZES, [wide, tall], SIZE)) == set(RESIZES)


def test_several_images_are_one_tool() -> None:
    images = [picture(150, 210), picture(90, 100, seed=1), np.full((80, 70, 3), 99, np.uint8)]
    for order in (images, images[::-1]):
        stories = find_resize(less_mean(*map(by_pillow, order)), order, TINY)
        assert stories[0].resize is not None
        assert "pillow" in stories[0].resize.tools
        assert stories[0].resize.kernel == "bicubic"
        assert stories[0].exact
        assert len(stories) < len(RESIZES)


def test_ways_that_are_equally_good_come_commonest_first() -> None:
    flat = np.full((80, 100, 3), 99, np.uint8)
    stories = find_resize(less_mean(by_pillow(flat)), [flat], TINY)
    assert [story.resize for story in stories] == distinct(WHOLE_RESIZES, [(80, 100)], SIZE)
    assert all(story.exact for story in stories)


def test_an_image_of_the_right_size_needs_no_resize() -> None:
    pixels = picture(*SIZE)
    (story,) = find_resize(less_mean(pixels), [pixels], TINY)
    assert story.resize is None
    assert story.exact


@pytest.mark.parametrize("a", [-0.6, -0.9])
def test_an_unknown_resize_is_not_taken_for_noise(a: float) -> None:
    pixels = picture(150, 210)
    native = less_mean(Resize("bicubic", True, "mirror", a=a)(pixels, SIZE))
    best = find_resize(native, [pixels], TINY)[0]
    assert not best.exact
    assert not best.noise
    assert best.structure > 0.5
    assert "no known resize" in best.remark


@pytest.mark.parametrize("resize", [RESIZES[0], RESIZES[1], RESIZES[3]], ids=lambda r: r.words)
def test_another_decoder_is_told_as_noise(resize: Resize) -> None:
    pixels = picture(150, 210).clip(3, 252)
    wobble = np.random.default_rng(3).integers(-2, 3, pixels.shape)
    native = less_mean(resize((pixels + wobble).astype(np.uint8), SIZE))
    best = find_resize(native, [pixels], TINY)[0]
    assert best.resize == resize
    assert best.noise
    assert 0 < best.max_abs <= 4
    assert "decoder" in best.remark


def test_whole_grey_levels_come_from_a_resize_that_rounds() -> None:
    """Here one that resizes in floating point and then converts."""
    pixels = picture(150, 210)
    plain = Resize("hamming", True, "renormalise")
    native = np.floor(plain(pixels, SIZE) + 0.5)
    best = find_resize(less_mean(native), [pixels], TINY)[0]
    assert best.exact
    assert best.resize == replace(plain, rounding="end")
    assert best.resize.tools["pillow"].endswith("then rounded")
    roundings = {way.rounding for way in WHOLE_RESIZES if way.kernel != "nearest"}
    assert "none" not in roundings and {"fixed-point", "each-pass", "end"} <= roundings


def test_values_that_agree_are_counted() -> None:
    pixels = picture(150, 210)
    native = less_mean(by_pillow(pixels))
    native[0, :, 0] += 50
    best = find_resize(native, [pixels], TINY)[0]
    assert best.max_abs == pytest.approx(50)
    assert best.agreeing == pytest.approx(1 - 1 / SIZE[1])
    assert "98.4% of the values agree" in best.remark


@pytest.mark.parametrize("damage", ["shape", "count", "nan"])
def test_a_tensor_that_cannot_be_told_is_refused(damage: str) -> None:
    pixels = picture(150, 210)
    native = less_mean(by_pillow(pixels))
    if damage == "nan":
        native[0, 5, 5, 1] = np.nan
    elif damage == "shape":
        native = native.transpose(0, 3, 1, 2)
    images = [pixels, pixels] if damage == "count" else [pixels]
    with pytest.raises(ValueError, match="expected a finite tensor"):
        find_resize(native, images, TINY)


def test_another_mean_is_told() -> None:
    pixels = picture(150, 210)
    other = np.array([123, 117, 104], dtype=np.float32)
    best = find_resize(by_pillow(pixels)[None] - other, [pixels], TINY)[0]
    assert best.exact
    assert best.offset == pytest.approx(tuple(MEAN - other), abs=1e-4)


def test_a_tool_with_its_own_normalisation_is_compared_by_it() -> None:
    pixels = picture(150, 210)
    native = by_pillow(pixels)[None].astype(np.float32) / 127.5 - 1
    best, second, *_ = find_resize(native, [pixels], TINY, normalise=lambda raw: raw / 127.5 - 1)
    assert best.exact
    assert best.max_abs < 1e-4
    assert second.max_abs >= 1 - 1e-4  # grey levels, whatever the tensor's unit


@pytest.mark.parametrize("grey", [name for name in GREYS if name != AS_IT_IS])
def test_a_tool_that_loads_colours_as_grey_is_found(grey: str) -> None:
    pixels = picture(150, 210)
    way = Resize("bilinear", True, "mirror")
    resized = way(GREYS[grey](pixels), SIZE)
    best = find_resize(less_mean(np.broadcast_to(resized, (*SIZE, 3))), [pixels], TINY)[0]
    assert (best.exact, best.grey, best.resize) == (True, grey, way)


def test_luma_is_pillows() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(pixels).convert("L"))
    np.testing.assert_array_equal(GREYS["grey by luma, rounded"](pixels)[..., 0], expected)


@pytest.mark.parametrize("grey", GREYS)
def test_grey_stays_grey(grey: str) -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    made = np.broadcast_to(GREYS[grey](ramp), ramp.shape)
    np.testing.assert_allclose(made, ramp, atol=1e-9)


def test_a_grey_image_is_not_said_to_have_lost_its_colours() -> None:
    pixels = np.repeat(picture(150, 210)[..., :1], 3, axis=2)
    stories = find_resize(less_mean(by_pillow(pixels)), [pixels], TINY)
    assert {story.grey for story in stories} == {AS_IT_IS}
    assert stories[0].exact


def test_candidates_are_less_the_mean_and_in_order() -> None:
    pixels = picture(90, 70)
    made = list(candidates(pixels, TINY))
    assert [resize for resize, _ in made] == list(RESIZES)
    for resize, tensor in made:
        assert resize is not None
        np.testing.assert_allclose(tensor, resize(pixels, SIZE) - MEAN, atol=1e-4)


class TestSplit:
    @pytest.fixture
    def images(self, tmp_path):
        paths = []
        for seed in range(2):
            paths.append(tmp_path / f"{seed}.png")
            Image.fromarray(picture(150, 210, seed)).save(paths[-1])
        return [decode(path) for path in paths]

    def parts(self, native, images, **options):
        pixels = [image.pixels for image in images]
        shared = prepare(images, TINY)
        story = find_resize(native, pixels, TINY, **options)[0]
        parts = split(native, shared, pixels, TINY, story, **options)
        assert list(parts) == ["resize", "grey", "mean", "decode"]
        whole = np.asarray(native, np.float64) - shared
        np.testing.assert_allclose(sum(parts.values()), whole, atol=1e-12)
        return {name: float(np.abs(part).max()) for name, part in parts.items()}

    def test_the_shared_input_differs_in_nothing(self, images) -> None:
        parts = self.parts(prepare(images, TINY), images)
        assert set(parts.values()) == {0}

    def test_another_resize_is_all_there_is(self, images) -> None:
        native = less_mean(*(by_pillow(i.pixels, Image.Resampling.NEAREST) for i in images))
        parts = self.parts(native, images)
        assert parts.pop("resize") > 10
        assert set(parts.values()) == {0}

    def test_each_stage_gets_its_own(self, images) -> None:
        grey = [np.asarray(Image.fromarray(i.pixels).convert("L").convert("RGB")) for i in images]
        native = less_mean(*(by_pillow(g, Image.Resampling.BOX) for g in grey))
        native += np.float32([0.68, -0.221, -0.061])
        parts = self.parts(native, images)
        assert parts["resize"] > 10
        assert parts["grey"] > 10
        assert parts["mean"] == pytest.approx(0.68, abs=1e-4)
        assert parts["decode"] < 1e-4

    def test_a_normalisation_of_its_own_is_the_mean_stage(self, images) -> None:
        native = np.stack([by_pillow(i.pixels) for i in images]).astype(np.float32)
        parts = self.parts(native, images, normalise=lambda raw: raw)
        assert parts["mean"] == pytest.approx(MEAN.max())
        assert parts["resize"] == parts["decode"] == 0

    def test_what_the_decoder_did_remains(self, images) -> None:
        wobble = np.random.default_rng(1).integers(-1, 2, images[0].pixels.shape)
        other = [(i.pixels.clip(1, 254) + wobble).astype(np.uint8) for i in images]
        parts = self.parts(less_mean(*map(by_pillow, other)), images)
        assert parts["resize"] == parts["grey"] == parts["mean"] == 0
        assert 0 < parts["decode"] <= 3
