"""Reads an image file of any mode as RGB values of 0 to 255.

Grey images get three equal channels, palette colours are looked up, alpha is dropped and 16-bit
values are divided by 257. EXIF orientation is not applied, because neither Keras's `load_img`
nor MATLAB's `imread` applies it; a note says so. `docs/inputs.md` has the table.
"""

from __future__ import annotations

import hashlib
import io
import stat
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from netparity.errors import InputError
from netparity.files import strangers
from netparity.inputs import png
from netparity.system.paths import usable_path

MAX_PIXELS = 100_000_000
"""Larger images are refused before decoding: 100 megapixels are 300 MB as RGB."""

MAX_SIDE = 65_535
"""In pixels, as in JPEG: resizing an image of a single row takes the memory of many rows."""

MAX_FILE_BYTES = 512 * 2**20
MAX_IMAGES = 32

_BAND_PIXELS = 2**22

_ORIENTATION = 0x0112
_PORTABLE_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "PPM", "WEBP")
_PORTABLE_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")


@dataclass(frozen=True)
class DecodedImage:
    """A decoded image.

    Attributes:
        pixels: height x width x 3, uint8, RGB.
        mode: the file's mode as Pillow names it (`L`, `RGB`, `P`, `I;16`, ...).
        size: width and height in pixels, as stored in the file.
        sha256: of the file's bytes.
        notes: remarks on how the file was read.
        portable: whether every compared tool can read the file.
    """

    path: Path
    pixels: npt.NDArray[np.uint8]
    mode: str
    size: tuple[int, int]
    sha256: str
    notes: list[str] = field(default_factory=list)
    portable: bool = True

    def as_png(self) -> bytes:
        """The decoded pixels as a PNG file, for tools that cannot read the original."""
        data = io.BytesIO()
        Image.fromarray(self.pixels).save(data, "PNG")
        return data.getvalue()


def _formats() -> list[str]:
    """Every format that Pillow decodes itself; for EPS it would start Ghostscript."""
    Image.init()
    return [name for name in Image.ID if name != "EPS"]


def _read_bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        size = status.st_size
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"image {path} is a folder; expected an image file")
        if not stat.S_ISREG(status.st_mode):  # reading a named pipe would never end
            raise InputError(f"image {path} is not a regular file; give the path of one")
        if size == 0:
            raise InputError(f"image {path} is empty (0 bytes)")
        if size > MAX_FILE_BYTES:
            raise InputError(
                f"image {path} has {size:,} bytes; at most {MAX_FILE_BYTES:,} are accepted"
            )
        return path.read_bytes()
    except FileNotFoundError:
        hint = strangers.hint(path)
        help = f". {hint}" if hint else "; check the path"
        raise InputError(f"image {path} does not exist{help}") from None
    except OSError as error:
        raise InputError(f"image {path} cannot be read: {error.strerror}") from error


def _sixteen_bit_to_rgb(image: Image.Image) -> Image.Image:
    """Scale 16-bit grey values; Pillow's own conversion would clip them at 255."""
    values = np.asarray(image)
    if image.mode == "F" or values.min() < 0 or values.max() > 65535:
        raise InputError(
            "only integers of 8 or 16 bits have a defined range; convert the image to 8 or 16 bits "
            "per channel"
        )
    # Division by 257, rounded; as 257 is odd, nothing lies halfway.
    return Image.fromarray(((values.astype(np.int32) + 128) // 257).astype(np.uint8)).convert("RGB")


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return _sixteen_bit_to_rgb(image)
    if image.mode == "P" or "A" in image.mode:
        # Via RGBA, so that transparency in a palette raises no warning. The colour of a
        # transparent pixel is kept, as the compared tools do.
        return image.convert("RGBA").convert("RGB")
    return image.convert("RGB")


def _pixels(image: Image.Image) -> npt.NDArray[np.uint8]:
    """The pixels as RGB, converted some rows at a time: a whole image takes several copies."""
    width, height = image.size
    pixels = np.empty((height, width, 3), np.uint8)
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        below = min(top + rows, height)
        pixels[top:below] = np.asarray(_to_rgb(image.crop((0, top, width, below))))
    return pixels


def _is_cut_to_high_byte(image: Image.Image) -> bool:
    """Whether a 16-bit file has an 8-bit mode in Pillow; only known before it is decoded."""
    return image.mode in ("RGB", "RGBA") and ";16" in str(getattr(image, "tile", ""))


def _notes(image: Image.Image) -> list[str]:
    notes = []
    # First, because reading EXIF makes Pillow decode a PNG and discard how it was stored.
    if _is_cut_to_high_byte(image):
        notes.append("only the high byte of 16-bit values is used, as in Pillow")
    orientation = image.getexif().get(_ORIENTATION, 1)
    if orientation not in (0, 1):
        notes.append(
            f"EXIF orientation {orientation} is not applied: neither Keras nor MATLAB applies it"
        )
    if "A" in image.mode or "transparency" in image.info:
        notes.append("transparency is dropped; the colour of transparent pixels is kept")
    if image.mode.startswith("I"):
        notes.append("16-bit values are divided by 257")
    if getattr(image, "n_frames", 1) > 1:
        notes.append("only the first frame is used")
    return notes


def _opened(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # `decode` checks the size, with a better message.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return Image.open(io.BytesIO(data), formats=_formats())


def reopened(decoded: DecodedImage) -> Image.Image:
    """The file of a decoded image as Pillow opens it, to be read in another way.

    Raises:
        OSError: if it is not there any more.
    """
    return _opened(decoded.path.read_bytes())


def decode(path: Path) -> DecodedImage:
    """Read one image file.

    Raises:
        InputError: if the file is missing, empty, not an image, truncated or too large.
    """
    path = usable_path(path, "image")
    data = _read_bytes(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow warns of is refused or does not matter
            return _decoded(path, data)
    except UnidentifiedImageError:
        stranger = strangers.recognise(path)
        if stranger is not None and stranger.sort != "text":
            raise InputError(strangers.sentence(path, "image", stranger)) from None
        raise InputError(
            f"image {path} cannot be decoded; expected PNG, JPEG, TIFF, BMP or similar"
        ) from None
    except Image.DecompressionBombError as error:
        raise InputError(
            f"image {path} is too large: {error}; at most {MAX_PIXELS:,} pixels are accepted"
        ) from None
    except InputError as error:
        raise error if str(path) in str(error) else InputError(f"image {path}: {error}") from None
    except Exception as error:  # Pillow's decoders raise many types on damaged files
        raise InputError(f"image {path} is damaged or truncated: {error}") from error


def _decoded(path: Path, data: bytes) -> DecodedImage:
    image = _opened(data)
    _check_size(path, *image.size)
    if image.format == "PNG":
        png.check(data)
    # imread returns 16-bit grey without the alpha channel, to be divided by 257.
    grey_cut = "LA;16" in str(getattr(image, "tile", ""))
    notes = _notes(image)
    portable = image.format in _PORTABLE_FORMATS and image.mode in _PORTABLE_MODES and not grey_cut
    if not portable:
        notes.append(
            f"{image.format} of mode {image.mode} is given to the tools as an RGB PNG, "
            "because not all of them can read it"
        )
    return DecodedImage(
        path=path,
        pixels=_pixels(image),
        mode=image.mode,
        size=image.size,
        sha256=hashlib.sha256(data).hexdigest(),
        notes=notes,
        portable=portable,
    )


def _check_size(path: Path, width: int, height: int) -> None:
    size = f"image {path} has {width:,} x {height:,} pixels"
    if width * height > MAX_PIXELS:
        raise InputError(f"{size}; at most {MAX_PIXELS:,} are accepted; make it smaller first")
    if max(width, height) > MAX_SIDE:
        raise InputError(
            f"{size}; at most {MAX_SIDE:,} in a row or column are accepted; make it smaller first"
        )
