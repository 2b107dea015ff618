"""Files read in other ways: another JPEG decoder, transparency, orientation, 16 bits, profiles."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageCms, ImageOps

from netparity.inputs.decode import DecodedImage, reopened
from netparity.inputs.jpeg import decoded_fast, decoded_plain
from netparity.inputs.stages import AS_IT_IS, GREYS
from netparity.inputs.ways.base import Pixels, Source

_QUALITIES = (75, 95, 90, 85, 92, 80, 100, 70)
"""Of JPEG files: Pillow's and MATLAB's default, OpenCV's, ImageMagick's, and round numbers."""

_WORST_QUALITY = 30
_SAVED_AGAIN = "saved again as JPEG of quality"

_ORIENTATION = 0x0112
_JPEG = b"\xff\xd8"


def _oriented(decoded: DecodedImage) -> Pixels | None:
    image = reopened(decoded)
    if image.getexif().get(_ORIENTATION, 1) in (0, 1):
        return None
    return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def _over(colour: str) -> Callable[[DecodedImage], Pixels | None]:
    def read(decoded: DecodedImage) -> Pixels | None:
        image = reopened(decoded)
        if "A" not in image.mode and "transparency" not in image.info:
            return None
        below = Image.new("RGBA", image.size, colour)
        return np.asarray(Image.alpha_composite(below, image.convert("RGBA")).convert("RGB"))

    return read


def _sixteen_bits(change: Callable[[Pixels], Pixels]) -> Callable[[DecodedImage], Pixels | None]:
    def read(decoded: DecodedImage) -> Pixels | None:
        image = reopened(decoded)
        if not image.mode.startswith("I"):
            return None
        levels = change(np.asarray(image, dtype=np.float64))
        return np.repeat(levels[..., None], 3, axis=2)

    return read


def _profiled(decoded: DecodedImage) -> Pixels | None:
    image = reopened(decoded)
    profile = image.info.get("icc_profile")
    if not profile or image.mode != "RGB":
        return None
    own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    converted = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"))
    return None if converted is None else np.asarray(converted)


def _index(decoded: DecodedImage) -> Pixels | None:
    image = reopened(decoded)
    return np.repeat(np.asarray(image)[..., None], 3, axis=2) if image.mode == "P" else None


def _fast(*, fancy: bool) -> Callable[[DecodedImage], Pixels | None]:
    def read(decoded: DecodedImage) -> Pixels | None:
        data = decoded.path.read_bytes()
        return decoded_fast(data, fancy=fancy) if data.startswith(_JPEG) else None

    return read


def _plain(decoded: DecodedImage) -> Pixels | None:
    data = decoded.path.read_bytes()
    return decoded_plain(data) if data.startswith(_JPEG) else None


def _inverted(decoded: DecodedImage) -> Pixels | None:
    image = reopened(decoded)
    if image.mode != "CMYK":
        return None
    return np.asarray(Image.fromarray(255 - np.asarray(image), "CMYK").convert("RGB"))


def _saved_again(quality: int) -> Callable[[DecodedImage], Pixels | None]:
    def read(decoded: DecodedImage) -> Pixels | None:
        data = io.BytesIO()
        Image.fromarray(decoded.pixels).save(data, "JPEG", quality=quality)
        return np.asarray(Image.open(data, formats=["JPEG"]))

    return read


def _grey(name: str) -> Callable[[DecodedImage], Pixels | None]:
    def read(decoded: DecodedImage) -> Pixels | None:
        if (decoded.pixels == decoded.pixels[..., :1]).all():
            return None
        return np.repeat(GREYS[name](decoded.pixels), 3, axis=2)

    return read


def sources() -> Iterator[Source]:
    """Every way, the likeliest first."""
    yield Source("its EXIF orientation is applied", _oriented)
    fast = "decoded by libjpeg's fast transform, as tf.io.decode_jpeg does without "
    fast += "dct_method='INTEGER_ACCURATE'"
    yield Source(fast, _fast(fancy=True), tool="tensorflow")
    yield Source("transparent pixels are shown on black", _over("black"))
    yield Source("transparent pixels are shown on white", _over("white"))
    yield Source("16-bit values are clipped at 255", _sixteen_bits(lambda x: np.minimum(x, 255)))
    high = _sixteen_bits(lambda x: np.floor(x / 256))
    yield Source("only the high byte of 16-bit values is used", high)
    low = _sixteen_bits(lambda x: np.mod(x, 256))
    yield Source("only the low byte of 16-bit values is used", low)
    yield Source("16-bit values are divided by 257, not rounded", _sixteen_bits(lambda x: x / 257))
    yield Source("16-bit values are divided by 256, not rounded", _sixteen_bits(lambda x: x / 256))
    yield Source("its colour profile is applied", _profiled)
    yield Source(f"{fast}, and with fancy_upscaling=False", _fast(fancy=False), tool="tensorflow")
    yield Source("decoded without interpolating colours (fancy_upscaling=False)", _plain)
    yield Source("the numbers of a palette are taken as grey levels", _index)
    yield Source("CMYK values are inverted", _inverted)
    for name in GREYS:
        if name != AS_IT_IS:
            yield Source(f"converted to {name}", _grey(name), rare=False)
    for quality in _QUALITIES:
        yield Source(f"{_SAVED_AGAIN} {quality}", _saved_again(quality), rare=False)


def nearer(source: Source | None) -> Iterator[Source]:
    """All qualities of a file that was saved again; nothing beside other ways."""
    if source is not None and source.words.startswith(_SAVED_AGAIN):
        for quality in range(100, _WORST_QUALITY, -1):
            if quality not in _QUALITIES:
                yield Source(f"{_SAVED_AGAIN} {quality}", _saved_again(quality), rare=False)
