"""Images are read as whole numbers from 0 to 255 and resized as MATLAB's imresize does."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from octave_process import OctaveError

Call = Callable[[list[tuple]], list]


def grey_to_rgb(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[..., None], 3, axis=2)


def rgb16_png(values: np.ndarray) -> bytes:
    """A 16-bit RGB PNG, which Pillow cannot write (PNG specification, 5.3 and 11.2)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    height, width, _ = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def image_files(folder: Path) -> dict[Path, np.ndarray]:
    """One file of each kind, with the pixels it should be read as."""
    random = np.random.default_rng(7)
    rgb = random.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    grey = random.integers(0, 256, (5, 7), dtype=np.uint8)
    deep = random.integers(0, 65536, (5, 7)).astype(np.uint16)
    deep_rgb = random.integers(0, 65536, (5, 7, 3))
    palette = Image.fromarray(rgb).quantize(16)
    smooth = Image.fromarray(rgb).resize((64, 48))
    turned = Image.Exif()
    turned[0x0112] = 6  # orientation: to be shown turned by a quarter
    files: dict[Path, np.ndarray] = {}

    def save(name: str, image: Image.Image, pixels: np.ndarray, **options: object) -> None:
        image.save(folder / name, **options)
        files[folder / name] = pixels

    save("rgb.png", Image.fromarray(rgb), rgb)
    save("a 'quoted' $(name).png", Image.fromarray(rgb), rgb)
    save("grey.png", Image.fromarray(grey), grey_to_rgb(grey))
    save("rgb_alpha.png", Image.fromarray(np.dstack([rgb, grey])), rgb)
    save("grey_alpha.png", Image.fromarray(np.dstack([grey, grey[::-1]])), grey_to_rgb(grey))
    save("palette.png", palette, np.array(palette.convert("RGB")))
    save("palette_alpha.png", palette, np.array(palette.convert("RGB")), transparency=3)
    save("bits.png", Image.fromarray(grey > 99), grey_to_rgb((grey > 99) * 255))
    save(
        "black_white.png",
        Image.fromarray(np.uint8(grey > 99) * 255),
        grey_to_rgb((grey > 99) * 255),
    )
    save("black.png", Image.fromarray(grey * 0), grey_to_rgb(grey * 0))
    save("few_levels.png", Image.fromarray(grey // 85 * 85), grey_to_rgb(grey // 85 * 85))
    save("deep.png", Image.fromarray(deep), grey_to_rgb(np.round(deep / 257)))
    save("grey.jpg", smooth.convert("L"), np.array(0))
    save("turned.jpg", smooth, np.array(0), exif=turned)
    for name in ("grey.jpg", "turned.jpg"):
        with Image.open(folder / name) as image:  # Pillow does not turn it either
            files[folder / name] = np.array(image.convert("RGB"))
    (folder / "deep_rgb.png").write_bytes(rgb16_png(deep_rgb))
    files[folder / "deep_rgb.png"] = np.round(deep_rgb / 257)
    return files


def test_every_kind_of_image_is_read(call: Call, tmp_path: Path) -> None:
    files = image_files(tmp_path)
    for (file, expected), im in zip(
        files.items(), call([("np_read_image", str(file)) for file in files]), strict=True
    ):
        assert not isinstance(im, OctaveError), (file.name, im)
        assert im.dtype == np.float32, file.name
        assert np.array_equal(im, expected), file.name


def test_images_of_other_kinds_are_refused(call: Call, tmp_path: Path) -> None:
    Image.new("CMYK", (8, 8)).save(tmp_path / "print.jpg")
    (tmp_path / "text.png").write_text("no image")
    four, text = call([("np_read_image", str(tmp_path / n)) for n in ("print.jpg", "text.png")])
    assert isinstance(four, OctaveError) and "print.jpg" in four and "8  8  4" in four
    assert isinstance(text, OctaveError)


def pillow_resize(im: np.ndarray, target: tuple[int, int], method: Image.Resampling) -> np.ndarray:
    size = (target[1], target[0])
    channels = [
        np.array(Image.fromarray(im[..., c]).resize(size, method)) for c in range(im.shape[2])
    ]
    return np.stack(channels, axis=2)


def interior(values: np.ndarray, source: tuple[int, ...]) -> np.ndarray:
    """Where no pixel from beyond the border takes part: a cubic reaches two (stretched) pixels."""
    ratios = np.array(values.shape[:2]) / source[:2]
    rows, columns = (int(np.ceil(2 * max(1, ratio))) + 1 for ratio in ratios)
    return values[rows:-rows, columns:-columns]


def test_resizing_agrees_with_pillow_inside(call: Call) -> None:
    random = np.random.default_rng(8)
    sizes = [((60, 90), (23, 31)), ((37, 41), (80, 64)), ((64, 48), (64, 20)), ((50, 50), (24, 90))]
    ims = [(random.random((*source, 3)) * 255).astype(np.float32) for source, _ in sizes]
    methods = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}
    for method, resampling in methods.items():
        got = call(
            [
                ("np_imresize", im, target, method)
                for im, (_, target) in zip(ims, sizes, strict=True)
            ]
        )
        for im, (source, target), y in zip(ims, sizes, got, strict=True):
            assert y.dtype == np.float32 and y.shape == (*target, 3)
            expected = pillow_resize(im, target, resampling)
            assert interior(expected, source).size > 0
            assert abs(interior(y - expected, source)).max() < 2e-4


def test_resizing_worked_by_hand(call: Call) -> None:
    cubic, linear, nearest, shrunk, constant, same = call(
        [
            ("np_imresize", np.array([[1.0, 0, 0, 0]]), [1, 8]),
            ("np_imresize", np.array([[0.0, 4]]), [1, 4], "bilinear"),
            ("np_imresize", np.array([[1.0, 2, 3, 4]]), [1, 2], "nearest"),
            ("np_imresize", np.array([[0.0], [8], [8], [8]]), [2, 1], "bilinear"),
            ("np_imresize", np.full((9, 7, 3), 5.0), [4, 11]),
            ("np_imresize", np.arange(12.0).reshape(3, 4), [3, 4]),
        ]
    )
    # k(1/4) = 111/128, k(3/4) = 29/128, k(5/4) = -9/128, k(7/4) = -3/128 for a = -1/2; output
    # pixels 1 to 4 lie at 3/4, 5/4, 7/4 and 9/4, and pixel 0 mirrors pixel 1.
    assert np.allclose(cubic[0, :4] * 128, [111 + 29, 111 - 9, 29 - 3, -9], atol=1e-12)
    assert np.allclose(linear, [[0, 1, 3, 4]])
    assert np.array_equal(nearest, [[2, 4]])
    # Triangle of half width 2 at 1.5: weights 1, 3, 3, 1 on pixels 0 to 3, and pixel 0 mirrors 1.
    assert np.allclose(shrunk, [[8 * 4 / 8], [8]])
    assert np.allclose(constant, 5)
    assert np.array_equal(same, np.arange(12.0).reshape(3, 4))


def test_resizing_refuses_whole_numbers_and_unknown_methods(call: Call) -> None:
    bytes_, method = call(
        [
            ("np_imresize", np.zeros((4, 4), np.uint8), [2, 2]),
            ("np_imresize", np.zeros((4, 4)), [2, 2], "lanczos3"),
        ]
    )
    assert isinstance(bytes_, OctaveError) and "uint8" in bytes_
    assert isinstance(method, OctaveError) and "lanczos3" in method
