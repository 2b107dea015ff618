"""Images are read as whole numbers from 0 to 255 and resized as MATLAB's imresize does."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netparity.errors import InputError
from netparity.inputs import decode
from tests.support.octave_process import OctaveError

Call = Callable[[list[tuple]], list]


def grey_to_rgb(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[..., None], 3, axis=2)


def png16(values: np.ndarray, colour: int) -> bytes:
    """A 16-bit PNG of a kind that Pillow cannot write (PNG specification, 5.3 and 11.2)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    height, width, _ = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
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
    (folder / "deep_rgb.png").write_bytes(png16(deep_rgb, colour=2))
    files[folder / "deep_rgb.png"] = deep_rgb // 256
    return files


def test_every_kind_of_image_is_read_as_python_reads_it(call: Call, tmp_path: Path) -> None:
    files = image_files(tmp_path)
    for (file, expected), im in zip(
        files.items(), call([("np_read_image", str(file)) for file in files]), strict=True
    ):
        assert not isinstance(im, OctaveError), (file.name, im)
        assert im.dtype == np.float32, file.name
        assert np.array_equal(im, expected), file.name
        decoded = decode(file)
        assert decoded.portable
        assert np.array_equal(im, decoded.pixels), file.name


def test_what_the_script_would_read_otherwise_is_handed_on_as_png(tmp_path: Path) -> None:
    """imread gives 16-bit grey without the alpha that makes Pillow read its high byte."""
    values = np.random.default_rng(7).integers(0, 65536, (5, 7, 2))
    (tmp_path / "deep_alpha.png").write_bytes(png16(values, colour=4))
    decoded = decode(tmp_path / "deep_alpha.png")
    assert np.array_equal(decoded.pixels[..., 0], values[..., 0] // 256)
    assert not decoded.portable


def test_images_are_refused_with_the_sentence_that_python_has(call: Call, tmp_path: Path) -> None:
    numbers = np.random.default_rng(7).random((4, 5))
    Image.fromarray(numbers.astype(np.float32)).save(tmp_path / "float.tif")
    Image.fromarray((numbers * 1e6).astype(np.int32)).save(tmp_path / "wide.tif")
    (tmp_path / "text.png").write_text("no image")
    files = [tmp_path / name for name in ("float.tif", "wide.tif", "text.png", "none.png")]
    for file, message in zip(files, call([("np_read_image", str(f)) for f in files]), strict=True):
        assert isinstance(message, OctaveError), file
        with pytest.raises(InputError) as caught:
            decode(file)
        assert str(message).startswith(str(caught.value)), (message, caught.value)


def test_a_damaged_tiff_is_refused(call: Call, tmp_path: Path) -> None:
    contents = {
        "text.tif": b"II*\0" + b"\xff" * 60,
        "short.tif": b"MM\0*",
        # One field of 2**32 - 1 values of 16 bits that lie behind the end.
        "values.tif": b"II*\0\x08\0\0\0\x01\0\x02\x01\x03\0" + b"\xff" * 8,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    for message in call([("np_read_image", str(tmp_path / name)) for name in contents]):
        assert isinstance(message, OctaveError)
        assert "cannot be decoded" in message


def test_what_only_python_reads_is_refused_by_the_script(call: Call, tmp_path: Path) -> None:
    Image.new("CMYK", (8, 8)).save(tmp_path / "print.jpg")
    [four] = call([("np_read_image", str(tmp_path / "print.jpg"))])
    assert isinstance(four, OctaveError) and "print.jpg" in four and "8  8  4" in four
    assert not decode(tmp_path / "print.jpg").portable


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


def extended(values: np.ndarray, by: int) -> np.ndarray:
    """A row whose ends mirror it, the end itself included, as often as is needed."""
    return np.pad(values, by, mode="symmetric")


def resized_row(values: np.ndarray, target: int, method: str) -> np.ndarray:
    """One row resized by the definition: every output pixel a weighted mean of the extended row."""
    scale = len(values) / target
    stretch = max(1.0, scale) if method != "nearest" else 1.0
    reach = int(np.ceil(2 * stretch)) + 2
    row = extended(values, reach)
    at = np.arange(-reach, len(values) + reach)
    result = np.empty(target)
    for i in range(target):
        t = ((i + 0.5) * scale - 0.5 - at) / stretch
        u = np.abs(t)
        if method == "bicubic":
            near = 1.5 * u**3 - 2.5 * u**2 + 1
            far = -0.5 * u**3 + 2.5 * u**2 - 4 * u + 2
            weight = np.where(u <= 1, near, np.where(u <= 2, far, 0))
        elif method == "bilinear":
            weight = np.clip(1 - u, 0, None)
        else:
            weight = ((t >= -0.5) & (t < 0.5)).astype(float)
        result[i] = (weight * row).sum() / weight.sum()
    return result


def test_borders_mirror_the_image_with_its_outermost_pixels(call: Call) -> None:
    """Also where the kernel is wider than the image, so that the mirror is mirrored."""
    random = np.random.default_rng(9)
    cases = [
        (random.normal(size=source), target, method)
        for source in (1, 2, 3, 5, 8, 31)
        for target in (1, 2, 3, 7, 20)
        for method in ("bicubic", "bilinear", "nearest")
    ]
    rows = call([("np_imresize", row[None], [1, to], method) for row, to, method in cases])
    columns = call([("np_imresize", row[:, None], [to, 1], method) for row, to, method in cases])
    for (row, to, method), across, down in zip(cases, rows, columns, strict=True):
        expected = resized_row(row, to, method)
        assert np.allclose(across[0], expected, atol=1e-12), (len(row), to, method)
        assert np.array_equal(across[0], down[:, 0])
