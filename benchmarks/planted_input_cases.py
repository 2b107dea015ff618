"""What people do to images and features, done with the tools' own functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from benchmarks.planted_pictures import (
    key_of,
    middle,
    picture,
    shorter_side,
    ten_crops,
)
from benchmarks.planted_readings import Array, Features, Planted, readings
from netparity.networks import Network
from netparity.networks.plain_input import from_plain, in_order
from tests.support.image_tools import decoded, resized

BICUBIC, BILINEAR, NEAREST = (
    Image.Resampling.BICUBIC,
    Image.Resampling.BILINEAR,
    Image.Resampling.NEAREST,
)


class Cases:
    """All cases of one network and one picture.

    Args:
        layer: the feature that is exported.
        pythons: interpreters of `opencv`, `scikit_image`, `tensorflow` and `pytorch`.
        folder: for the files.
    """

    def __init__(
        self, network: Network, layer: str, pythons: Mapping[str, str], folder: Path
    ) -> None:
        self.network, self.layer, self._pythons, self._folder = network, layer, pythons, folder
        self.size = network.input_size
        self.picture = picture(self.size)
        self.file = folder / "picture.png"
        self.picture.save(self.file)
        self.pixels = np.asarray(self.picture)

    def all(self) -> Iterator[Planted]:
        """Each alone, then pairs."""
        inputs = {case.name: case for case in self.inputs()}
        exported = {case.name: case for case in readings(self.right(), self.network, self.layer)}
        yield from inputs.values()
        yield from exported.values()
        for first in ("Pillow, nearest", "tensorflow, bilinear", "opencv, linear, uint8"):
            if first in inputs:
                for second in ("L2-normalised", "before the ReLU", "multiplied by 100", "float16"):
                    if second in exported:
                        yield inputs[first].beside(exported[second])
        yield from self.pairs(inputs)

    def inputs(self) -> Iterator[Planted]:
        """Other inputs of the right network."""
        yield from self.of_pillow()
        yield from self.of_tools()
        yield from self.of_files()
        yield from self.of_means()

    def of_pillow(self) -> Iterator[Planted]:
        """Resizes and geometries."""
        side = round(self.size[0] * 256 / 224)
        im, size = self.picture, self.size
        for name, method in (("nearest", NEAREST), ("bilinear", BILINEAR), ("box", Image.BOX)):
            yield self.case(f"Pillow, {name}", "resize", im.resize(size[::-1], method))
        lanczos = im.resize(size[::-1], Image.LANCZOS)
        yield self.case("Pillow, Lanczos", "resize", lanczos)
        for name, method in (("bilinear", BILINEAR), ("bicubic", BICUBIC), ("nearest", NEAREST)):
            cropped = middle(shorter_side(im, side, method), size)
            yield self.case(f"shorter side, crop, {name}", "image-cropped", cropped)
        direct = middle(shorter_side(im, size[0], BICUBIC), size)
        yield self.case("shorter side to the input's size, crop", "image-cropped", direct)
        squashed = middle(im.resize((side, side), BICUBIC), size)
        yield self.case("squashed, crop", "image-cropped", squashed)
        yield self.case("ImageOps.fit", "image-cropped", ImageOps.fit(im, size[::-1]))
        for name, colour in (("black", (0, 0, 0)), ("grey 114", (114,) * 3)):
            padded = ImageOps.pad(im, size[::-1], BICUBIC, color=colour)
            yield self.case(f"ImageOps.pad, {name}", "image-padded", padded)
        straight = im.resize(size[::-1], BICUBIC)
        yield self.case("mirrored", "image-flipped", ImageOps.mirror(straight))
        yield self.case("upside down", "image-flipped", ImageOps.flip(straight))
        views = [np.asarray(straight), np.asarray(ImageOps.mirror(straight))]
        yield self.case("mean with the mirror image", "image-views", *views)
        large = np.asarray(shorter_side(im, side, BILINEAR))
        yield self.case("ten crops, bilinear", "image-views", *ten_crops(large, size))
        large = np.asarray(shorter_side(im, side, BICUBIC))
        yield self.case("ten crops, bicubic", "image-views", *ten_crops(large, size))
        yield self.case("five crops, bicubic", "image-views", *ten_crops(large, size)[:5])

    def of_tools(self) -> Iterator[Planted]:
        """All that other tools make of the same pixels."""
        for tool, python in self._pythons.items():
            made = resized(tool, python, self.pixels, self.size, self._folder)
            for name, levels in made.items():
                yield self.case(f"{tool}, {name}", key_of(name), levels)

    def of_files(self) -> Iterator[Planted]:
        """Files that are read in another way."""
        exif = Image.Exif()
        exif[0x0112] = 6
        turned = self._folder / "turned.jpg"
        self.picture.save(turned, exif=exif, quality=92)
        upright = ImageOps.exif_transpose(Image.open(turned)).convert("RGB")
        yield self.of_file("EXIF orientation applied", turned, self.straight(upright))
        clear = self._folder / "clear.png"
        alpha = self.picture.copy()
        alpha.putalpha(self.picture.convert("L").point(lambda level: 255 - level // 2))
        alpha.save(clear)
        for colour in ("black", "white"):
            below = Image.new("RGBA", alpha.size, colour)
            flat = Image.alpha_composite(below, alpha).convert("RGB")
            yield self.of_file(f"transparency on {colour}", clear, self.straight(flat))
        again = self._folder / "again.jpg"
        self.picture.save(again, quality=85)
        yield self.of_file("saved again as JPEG", self.file, self.straight(Image.open(again)))
        grey = self.picture.convert("L").convert("RGB")
        yield self.of_file("converted to grey", self.file, self.straight(grey))
        for quality, sampling in ((92, 2), (75, 2), (95, 0)):
            photo = self._folder / f"photo-{quality}.jpg"
            self.picture.save(photo, quality=quality, subsampling=sampling)
            for tool, python in self._pythons.items():
                own = self.straight(Image.open(photo))
                for name, pixels in decoded(tool, python, photo, self._folder).items():
                    if not np.array_equal(pixels, np.asarray(Image.open(photo))):
                        made = self.straight(Image.fromarray(pixels))
                        label = f"{tool}, {name}, JPEG of quality {quality}"
                        if np.abs(made.astype(float) - own).max() > 0.5:
                            yield self.of_file(label, photo, made)

    def of_means(self) -> Iterator[Planted]:
        """Other means and scales of the right image."""
        levels = self.straight(self.picture).astype(np.float64)
        mean = np.asarray(self.network.mean_rgb)
        torch = (levels / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
        normalised = (levels - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
        for name, key, x in (
            ("mean missing", "mean-missing", levels),
            ("mean twice", "mean-twice", levels - 2 * mean),
            ("mean of 128", "input-affine", levels - 128),
            ("Fast R-CNN's mean", "input-affine", levels - [122.7717, 115.9465, 102.9801]),
            ("the image's own mean", "input-affine", levels - levels.mean(axis=(0, 1))),
            ("one mean", "input-affine", levels - levels.mean()),
            ("some mean", "input-affine", levels - [90, 131, 77]),
            ("some mean and scale", "input-affine", (levels - [90, 131, 77]) / [60, 50, 70]),
            ("0…1", "scale-0-1", levels / 255),
            ("-1…1", "scale-pm1", levels / 127.5 - 1),
            ("torchvision", "scale-torch", torch),
            ("torchvision's Normalize on 0…255", "input-affine", normalised),
            ("standardised", "input-affine", (levels - levels.mean()) / levels.std()),
        ):
            yield self.raw(name, key, x)
        right = from_plain(levels - mean, self.network)
        swapped = Planted(
            "channels swapped",
            frozenset({"channels-swapped"}),
            right[None, ..., ::-1],
            self.exported,
            self.file,
        )
        yield swapped
        yield replace(
            swapped,
            name="rows and columns swapped",
            mistakes=frozenset({"axes-swapped"}),
            x=right[None].swapaxes(1, 2),
        )
        whole = np.clip(levels - np.round(mean), 0, 255)
        yield replace(
            swapped,
            name="mean subtracted in uint8, saturating",
            mistakes=frozenset({"input-arithmetic"}),
            x=from_plain(whole, self.network)[None],
        )

    def pairs(self, inputs: Mapping[str, Planted]) -> Iterator[Planted]:
        """The commonest pairs of an image and its mean."""
        mean = np.asarray(self.network.mean_rgb)
        for name in (
            "Pillow, nearest",
            "shorter side, crop, bilinear",
            "tensorflow, bilinear",
            "opencv, linear, uint8",
            "scikit_image, order 1, anti_aliasing",
            "mirrored",
            "pytorch, Resize, CenterCrop of uint8",
        ):
            if name not in inputs:
                continue
            case = inputs[name]
            levels = self.levels_of[name]
            torch = (levels / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
            for second, key, x in (
                ("mean missing", "mean-missing", from_plain(levels, self.network)),
                ("0…1", "scale-0-1", in_order(levels / 255, self.network)),
                ("torchvision", "scale-torch", in_order(torch, self.network)),
                ("mean of 128", "input-affine", from_plain(levels - 128, self.network)),
                (
                    "channels swapped",
                    "channels-swapped",
                    from_plain(levels - mean, self.network)[..., ::-1],
                ),
            ):
                yield replace(case, name=f"{name} + {second}", x=x, mistakes=case.mistakes | {key})

    def right(self) -> Planted:
        """Without any mistake."""
        return replace(self.case("right", "", self.straight(self.picture)), mistakes=frozenset())

    def case(self, name: str, key: str, *views: Any) -> Planted:
        """With these grey levels, each height x width x 3, in place of the right ones."""
        return self.of_levels(name, key, self.file, [np.asarray(view) for view in views])

    def of_file(self, name: str, file: Path, levels: Array) -> Planted:
        """With a file read in another way."""
        return self.of_levels(name, "image-source", file, [levels])

    def of_levels(self, name: str, key: str, file: Path, views: list[Array]) -> Planted:
        """Grey levels, less the network's own mean."""
        levels = np.stack(views).astype(np.float64)
        self.levels_of = {**getattr(self, "levels_of", {}), name: levels}
        x = from_plain(levels - np.asarray(self.network.mean_rgb), self.network)
        return Planted(name, frozenset({key}), x, self.exported, file)

    def raw(self, name: str, key: str, x: Array) -> Planted:
        """With this input, height x width x 3 in RGB; the network's own scale for plain means."""
        scaled = in_order(x, self.network)
        if key in ("mean-missing", "mean-twice") or (key == "input-affine" and np.ptp(x) > 100):
            scaled = from_plain(x, self.network)
        return Planted(name, frozenset({key}), scaled[None], self.exported, self.file)

    def straight(self, image: Image.Image) -> Array:
        """As the network's own preprocessing."""
        return np.asarray(image.resize(self.size[::-1], BICUBIC))

    def exported(self, features: Features) -> Array:
        """The layer, averaged over the views."""
        return np.asarray(features[self.layer].mean(axis=0, keepdims=True))
