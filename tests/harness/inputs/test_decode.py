"""Every kind of image file becomes RGB, or one sentence that names the file."""

from __future__ import annotations

import hashlib
import io
import resource
import struct
import time
import zlib
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netparity.errors import InputError
from netparity.inputs import SAMPLE_IMAGE, decode
from netparity.inputs.draw_sample import draw
from tests.support.cases import write_png
from tests.support.hostile_images import chunk

RNG = np.random.default_rng(1)
COLOURS = RNG.integers(0, 256, (6, 5, 3), dtype=np.uint8)
GREY = COLOURS[:, :, 0]


def saved(path: Path, image: Image.Image, **settings) -> Path:
    image.save(path, **settings)
    return path


def test_rgb_is_read_as_it_is(tmp_path: Path) -> None:
    path = saved(tmp_path / "rgb.png", Image.fromarray(COLOURS))
    image = decode(path)
    np.testing.assert_array_equal(image.pixels, COLOURS)
    assert (image.mode, image.size, image.notes) == ("RGB", (5, 6), [])
    assert image.pixels.dtype == np.uint8
    assert image.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_grey_becomes_three_equal_channels(tmp_path: Path) -> None:
    image = decode(saved(tmp_path / "grey.png", Image.fromarray(GREY)))
    np.testing.assert_array_equal(image.pixels, np.stack([GREY] * 3, axis=-1))
    assert image.mode == "L"


def test_one_bit_becomes_0_and_255(tmp_path: Path) -> None:
    bits = GREY > 127
    image = decode(saved(tmp_path / "bits.png", Image.fromarray(bits)))
    np.testing.assert_array_equal(image.pixels[:, :, 1], np.where(bits, 255, 0))


def test_alpha_is_dropped_and_the_colour_beneath_it_kept(tmp_path: Path) -> None:
    alpha = np.dstack([COLOURS, np.arange(30, dtype=np.uint8).reshape(6, 5)])
    image = decode(saved(tmp_path / "rgba.png", Image.fromarray(alpha)))
    np.testing.assert_array_equal(image.pixels, COLOURS)
    assert any("transparency is dropped" in note for note in image.notes)


def test_grey_with_alpha(tmp_path: Path) -> None:
    both = Image.merge("LA", (Image.fromarray(GREY), Image.new("L", (5, 6), 0)))
    image = decode(saved(tmp_path / "la.png", both))
    np.testing.assert_array_equal(image.pixels, np.stack([GREY] * 3, axis=-1))
    assert any("transparency" in note for note in image.notes)


@pytest.mark.parametrize("transparency", [None, 1, bytes([0, 128, 255])])
def test_a_palette_is_looked_up(tmp_path: Path, transparency: int | bytes | None) -> None:
    indices = (GREY % 3).astype(np.uint8)
    palette = [(10, 20, 30), (200, 100, 0), (7, 8, 9)]
    image = Image.frombytes("P", (5, 6), indices.tobytes())
    image.putpalette([value for colour in palette for value in colour])
    settings = {} if transparency is None else {"transparency": transparency}
    found = decode(saved(tmp_path / "p.png", image, **settings))
    np.testing.assert_array_equal(found.pixels, np.array(palette, dtype=np.uint8)[indices])
    assert found.mode == "P"
    assert bool(found.notes) == (transparency is not None)


def test_sixteen_bit_grey_is_divided_by_257(tmp_path: Path) -> None:
    values = np.array([[0, 128, 129], [257, 33023, 65535]], dtype=np.uint16)
    image = decode(saved(tmp_path / "grey16.png", Image.fromarray(values)))
    # 128/257 and 33023/257 = 128.49 round down, 129/257 rounds up.
    np.testing.assert_array_equal(image.pixels[:, :, 2], [[0, 0, 1], [1, 128, 255]])
    assert "16-bit values are divided by 257" in image.notes


def test_sixteen_bit_rgb_is_divided_by_257_or_a_note_says_what_was_done(tmp_path: Path) -> None:
    row = np.array([255, 511, 33023], dtype=">u2")
    path = write_png(tmp_path / "rgb16.png", (1, 1), b"\0" + row.tobytes(), depth=16)
    image = decode(path)
    assert image.notes or image.pixels.ravel().tolist() == [1, 2, 128]


def test_cmyk_is_what_pillow_makes_of_it(tmp_path: Path) -> None:
    path = saved(tmp_path / "cmyk.jpg", Image.fromarray(COLOURS).convert("CMYK"))
    image = decode(path)
    with Image.open(path) as expected:
        np.testing.assert_array_equal(image.pixels, np.asarray(expected.convert("RGB")))
    assert image.mode == "CMYK"


def test_exif_rotation_is_not_applied_and_a_note_says_so(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path / "turned.jpg", Image.fromarray(COLOURS), exif=exif)
    image = decode(path)
    assert image.pixels.shape == (6, 5, 3)
    assert any("EXIF orientation 6 is not applied" in note for note in image.notes)


def test_an_upright_jpeg_has_no_note(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 1
    path = saved(tmp_path / "upright.jpg", Image.fromarray(COLOURS), exif=exif)
    assert decode(path).notes == []


def test_the_first_frame_of_an_animation_is_used(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (4, 3), colour) for colour in ("red", "blue")]
    path = saved(tmp_path / "two.gif", frames[0], save_all=True, append_images=frames[1:])
    image = decode(path)
    assert (image.pixels == [255, 0, 0]).all()
    assert "only the first frame is used" in image.notes


def test_a_name_with_odd_characters(tmp_path: Path) -> None:
    path = saved(tmp_path / "photo's $(x) é\n.png", Image.fromarray(COLOURS))
    np.testing.assert_array_equal(decode(path).pixels, COLOURS)


def test_the_sample_image_is_what_its_script_draws() -> None:
    image = decode(SAMPLE_IMAGE)
    assert (image.mode, image.size) == ("L", (640, 480))
    np.testing.assert_array_equal(image.pixels[:, :, 0], draw())


# --- what cannot be used --------------------------------------------------------------------


def refused(path: Path) -> str:
    """The message, which must be one sentence on one line and name the file."""
    with pytest.raises(InputError) as caught:
        decode(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_a_missing_file(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "none.png")


def test_a_file_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "cannot be read" in refused(tmp_path / "file" / "below.png")


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    assert "not a usable path" in refused(tmp_path / ("a" * 300))


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    assert "is empty" in refused(tmp_path / "empty.png")


@pytest.mark.parametrize("name", ["cut.png", "cut.jpg", "cut.bmp", "cut.tif"])
def test_a_truncated_file(tmp_path: Path, name: str) -> None:
    noise = RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = saved(tmp_path / name, Image.fromarray(noise))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    refused(path)


def test_a_text_file(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("This is no image.\n")
    assert "cannot be decoded" in refused(tmp_path / "text.png")


@pytest.mark.parametrize("size", [(100_000, 100_000), (12_000, 9_000)])
def test_a_png_that_declares_too_many_pixels(tmp_path: Path, size: tuple[int, int]) -> None:
    path = write_png(tmp_path / "bomb.png", size, b"\0" * 1000, depth=1, colour=0)
    assert path.stat().st_size < 1000
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    message = refused(path)
    assert "100,000,000" in message
    assert time.process_time() - begun < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


@pytest.mark.parametrize("values", [[[0.0, 1.0]], [[0.0, float("nan")]]])
def test_floating_point_has_no_agreed_range(tmp_path: Path, values: list[list[float]]) -> None:
    image = Image.fromarray(np.array(values, dtype=np.float32))
    message = refused(saved(tmp_path / "float.tif", image))
    assert "have a defined range" in message


def test_integers_beyond_sixteen_bits(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[0, 70000]], dtype=np.int32))
    assert "have a defined range" in refused(saved(tmp_path / "wide.tif", image))


def test_a_format_that_needs_another_program_is_not_an_image(tmp_path: Path) -> None:
    path = saved(tmp_path / "page.eps", Image.fromarray(COLOURS))
    assert "cannot be decoded" in refused(path)


def test_what_not_every_tool_reads_is_handed_on_as_png(tmp_path: Path) -> None:
    path = saved(tmp_path / "cmyk.jpg", Image.fromarray(COLOURS).convert("CMYK"))
    image = decode(path)
    assert not image.portable
    assert "given to the tools as an RGB PNG" in image.notes[0]
    with Image.open(io.BytesIO(image.as_png())) as png:
        np.testing.assert_array_equal(np.asarray(png), image.pixels)


def interlaced(pixels: np.ndarray) -> bytes:
    """A PNG in Adam7's seven passes, of which Pillow writes none."""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)]
    passes += [(0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b"".join(
        b"\0" + row.tobytes()
        for left, top, across, down in passes
        for row in pixels[top::down, left::across]
        if row.size
    )
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 1)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize("size", [(6, 5), (1, 1), (8, 8), (3, 17)])
def test_an_interlaced_png_is_complete(tmp_path: Path, size: tuple[int, int]) -> None:
    pixels = RNG.integers(0, 256, (*size, 3), dtype=np.uint8)
    (tmp_path / "i.png").write_bytes(interlaced(pixels))
    np.testing.assert_array_equal(decode(tmp_path / "i.png").pixels, pixels)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("size", [(7, 5), (1, 1), (16, 3)])
def test_a_whole_png_of_any_mode_is_complete(
    tmp_path: Path, mode: str, size: tuple[int, int]
) -> None:
    path = saved(tmp_path / "i.png", Image.new(mode, size))
    assert decode(path).size == size


def test_bands_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "i.png", Image.fromarray(COLOURS))
    module = import_module("netparity.inputs.decode")  # the name is the function's too
    monkeypatch.setattr(module, "_BAND_PIXELS", 12)
    np.testing.assert_array_equal(decode(path).pixels, COLOURS)
