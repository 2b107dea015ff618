"""Every way from the files to an input, for a diagnosis to try.

A recipe is one choice for each step: how the file is read, which part of it is resized to which
size, by which filter, and how the mean is subtracted. The right recipe is the network's own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from netparity.inputs.catalogue import default_resize, installed_first
from netparity.inputs.decode import DecodedImage
from netparity.inputs.preparing import Tensors, normalised, prepare, size_before_crop
from netparity.inputs.resize import Box, Resize
from netparity.inputs.stages import distinct
from netparity.inputs.ways import (
    ARITHMETIC,
    OF_MEAN_IMAGE,
    Arithmetic,
    Geometry,
    Source,
    geometries,
    nearer,
    sources,
)
from netparity.inputs.ways.base import Pixels, Scale, Size, cut, scaled
from netparity.networks import Network
from netparity.networks.plain_input import from_plain, in_order

_MOST_REMEMBERED = 64
_USUAL_RESIZES = 4
"""The first resizes of the catalogue are tried before any other geometry."""

_OWN_RESIZES = 2
"""How many of a tool's resizes are tried beside its way to read files."""

_LIKELY_OF_A_KIND = {"image-flipped": 10}
_LIKELY = 3
"""So many geometries of each kind are tried before the others. A turned image is a transposed and
mirrored one, so all turns come before pairs of these."""


@dataclass(frozen=True)
class Recipe:
    """One choice for each step; None where it is the network's own."""

    source: Source | None = None
    geometry: Geometry | None = None
    resize: Resize | None = None
    arithmetic: Arithmetic | None = None

    @property
    def views(self) -> int:
        """Inputs for each image."""
        return 1 if self.geometry is None else self.geometry.views

    @property
    def mistakes(self) -> tuple[tuple[str, str], ...]:
        """What was done, each as the key of a mistake and a detail in words."""
        found = []
        if self.source is not None:
            found.append(("image-source", self.source.words))
        if self.geometry is not None:
            filtered = f" ({_words(self.resize)})" if self.resize is not None else ""
            found.append((self.geometry.mistake, self.geometry.words + filtered))
        elif self.resize is not None:
            found.append(("resize", _words(self.resize)))
        if self.arithmetic is not None:
            found.append((self.arithmetic.mistake, self.arithmetic.words))
        return tuple(found)


class Recipes:
    """All recipes for some images, the likeliest first.

    Args:
        images: as decoded.
        network: one that takes images of three channels.
        tensors: the network's, of which only a mean image is read.
    """

    def __init__(
        self, images: Sequence[DecodedImage], network: Network, tensors: Tensors | None = None
    ) -> None:
        self._images, self._network, self._tensors = images, network, tensors
        expected = network.image.preprocessing
        assert expected is not None
        self._expected = expected
        self._own = default_resize(expected.filter)
        self._pixels: dict[Source | None, list[Pixels] | None] = {None: [i.pixels for i in images]}
        self._scaled: dict[Hashable, tuple[Pixels, Pixels]] = {}
        self._sources = list(sources())
        self._mean: Pixels = np.asarray(network.mean_rgb)
        self._arithmetic: tuple[Arithmetic, ...] = ARITHMETIC
        if expected.mean_image is not None:
            self._arithmetic = OF_MEAN_IMAGE if tensors else ()
            if tensors:
                image = np.asarray(tensors[expected.mean_image], np.float64) / expected.scale
                self._mean = in_order(image, network)
        mean = tuple(network.mean_rgb)
        self._geometries, self._likely = _in_order(list(geometries(network.input_size, mean)))
        shapes = [image.pixels.shape for image in images]
        self._resizes = [
            each
            for each in distinct(installed_first(), shapes, network.input_size)
            if each != self._own
        ]

    def alone(self) -> Iterator[Recipe]:
        """Those with one step that is not the network's own."""
        usual = self._resizes[:_USUAL_RESIZES]
        yield from (Recipe(resize=resize) for resize in usual)
        for source in self._sources:
            if source.rare:
                beside = dict.fromkeys([None, *self._of_tool(source.tool), *usual[:2]])
                yield from (Recipe(source=source, resize=each) for each in beside)
        yield from self._made_by(self._geometries[: self._likely])
        yield from (Recipe(source=source) for source in self._sources if not source.rare)
        yield from (Recipe(arithmetic=each) for each in self._arithmetic)
        yield from (Recipe(resize=resize) for resize in self._resizes[_USUAL_RESIZES:])
        yield from self._made_by(self._geometries[self._likely :])
        for geometry in self._geometries:
            if geometry.views == 1:
                yield from (Recipe(geometry=geometry, resize=resize) for resize in usual[:2])

    def _made_by(self, among: Sequence[Geometry]) -> Iterator[Recipe]:
        """Each with the network's own filter, and with those of a tool that makes it."""
        for geometry in among:
            beside = dict.fromkeys([None, *self._of_tool(geometry.tool)])
            yield from (Recipe(geometry=geometry, resize=resize) for resize in beside)

    def _of_tool(self, tool: str) -> list[Resize]:
        """A tool's likeliest resizes."""
        return [each for each in self._resizes if tool in each.tools][:_OWN_RESIZES]

    def beside(self, recipe: Recipe) -> Iterator[Recipe]:
        """Those that take one more step in another way, or the same step more exactly."""
        yield from (replace(recipe, source=each) for each in nearer(recipe.source))
        yield from (replace(recipe, resize=resize) for resize in self._resizes)
        if recipe.geometry is None:
            yield from (replace(recipe, geometry=each) for each in self._geometries)
        if recipe.source is None:
            yield from (replace(recipe, source=each) for each in self._sources)
        if recipe.arithmetic is None:
            yield from (replace(recipe, arithmetic=each) for each in self._arithmetic)

    def right(self) -> npt.NDArray[np.float32]:
        """The input as it should be."""
        return prepare(self._images, self._network, self._tensors)

    @property
    def grey_level(self) -> npt.NDArray[np.float32]:
        """One grey level of the image in the input's units, for each channel."""
        return np.float32(self._expected.scale) / np.asarray(self._expected.deviation, np.float32)

    def tensor(self, recipe: Recipe) -> npt.NDArray[np.float32] | None:
        """The input of a recipe, (N * views) x its shape; None if the images do not allow it."""
        read = self._read(recipe.source)
        if read is None:
            return None
        resize, size = self._resized_once(recipe.resize or self._own), self._network.input_size
        views: list[Pixels] = []
        for pixels in read:
            if recipe.geometry is None:
                made = [self._as_expected(pixels, size, resize)]
            else:
                made = recipe.geometry.make(pixels, size, resize)
            if len(made) != recipe.views:
                return None
            views += made
        levels = np.stack([np.broadcast_to(view, (*size, 3)) for view in views])
        if recipe.arithmetic is not None:
            plain = recipe.arithmetic.make(levels.astype(np.float64), self._mean)
            return from_plain(plain.astype(np.float32), self._network).astype(np.float32)
        return normalised(levels.astype(np.float32), self._expected, self._tensors)

    def _as_expected(self, pixels: Pixels, size: Size, resize: Scale) -> Pixels:
        """Resized and cropped as the network's own preprocessing says."""
        shape = pixels.shape[0], pixels.shape[1]
        height, width = size_before_crop(shape, self._expected, size)
        large = scaled(pixels, height, width, resize)
        return cut(large, (height - size[0]) // 2, (width - size[1]) // 2, size)

    def _resized_once(self, resize: Resize) -> Scale:
        """A resize that remembers its last results: many geometries cut from the same ones."""

        def scale(pixels: Pixels, size: Size, box: Box | None = None) -> Pixels:
            start = pixels.__array_interface__["data"][0]
            key = (start, pixels.shape, pixels.strides, size, resize, box)
            if key not in self._scaled:
                if len(self._scaled) == _MOST_REMEMBERED:
                    del self._scaled[next(iter(self._scaled))]
                # With the pixels, so that nothing else can come to lie where they do.
                self._scaled[key] = pixels, resize(pixels, size, box)
            return self._scaled[key][1]

        return scale

    def _read(self, source: Source | None) -> list[Pixels] | None:
        """The pixels of every image; None if this way makes no sense for one of them."""
        if source not in self._pixels:
            assert source is not None
            try:
                read = [source.read(image) for image in self._images]
            except (OSError, ValueError, SyntaxError):  # what Pillow raises for damaged files
                read = [None]
            found = [pixels for pixels in read if pixels is not None]
            self._pixels[source] = found if len(found) == len(read) else None
        return self._pixels[source]


def _in_order(found: Sequence[Geometry]) -> tuple[list[Geometry], int]:
    """The first ones of each kind, then the others, and how many the first ones are.

    Within a kind the likeliest are listed first. Several views of an image are slow.
    """
    kinds = dict.fromkeys(each.mistake for each in found if each.views == 1)
    first = [
        geometry
        for kind in kinds
        for geometry in [each for each in found if each.mistake == kind][
            : _LIKELY_OF_A_KIND.get(kind, _LIKELY)
        ]
    ]
    return list(dict.fromkeys([*first, *found])), len(first)


def usable(images: Iterable[DecodedImage], network: Network) -> bool:
    """Whether there are images, and the network says what it makes of their colours."""
    entry = network.inputs[0]
    given = entry.preprocessing
    colour = len(entry.shape) == 3 and entry.shape[2] == 3
    return any(True for _ in images) and colour and given is not None and given.order != "grey"


def _words(resize: Resize) -> str:
    """A method in words, without the order of its axes, which is a matter of Pillow's version."""
    return replace(resize, order="columns").words
