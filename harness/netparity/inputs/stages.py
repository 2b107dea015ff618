"""How a tool made its native input, found by reproducing it.

A file becomes an input tensor in stages: decoding, possibly conversion to grey, resizing and
normalisation (channel order, mean, scale). `find_resize` tries every known resize on the pixels
that netparity decoded and ranks them by the remaining difference; `split` then attributes the
difference between the tool's tensor and the shared one to the stages. All tensors are
N x H x W x 3 in RGB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from netparity.inputs.catalogue import RESIZES, WHOLE_RESIZES
from netparity.inputs.filters import Pixels
from netparity.inputs.resize import Resize
from netparity.inputs.story import EXACT, MOST, InputStory, Tally, Tensor
from netparity.networks import Network

Normalise = Callable[[Tensor], Tensor]
"""Turns H x W x 3 grey levels of 0 to 255 into a network's input."""

_LUMA = np.array([0.299, 0.587, 0.114])
"""ITU-R BT.601."""

_MATLAB_LUMA = np.linalg.inv([[1, 0.956, 0.621], [1, -0.272, -0.647], [1, -1.106, 1.703]])[0]
"""First row of the inverse of the matrix that MathWorks documents for `ntsc2rgb`."""


def _luma_rounded(pixels: Pixels) -> Pixels:
    """Like Pillow's conversion to mode L: weights in 65536ths, halves rounded up."""
    weights = np.rint(_LUMA * 65536).astype(np.int32)
    return np.asarray((pixels @ weights + 32768) >> 16, dtype=np.uint8)[..., None]


def _rgb2gray(pixels: Pixels) -> Pixels:
    return np.asarray(np.floor(pixels @ _MATLAB_LUMA + 0.5), dtype=np.uint8)[..., None]


AS_IT_IS = "as it is"

GREYS: Mapping[str, Callable[[Pixels], Pixels]] = {
    "grey by luma, rounded": _luma_rounded,
    "grey by luma, not rounded": lambda pixels: (pixels @ _LUMA)[..., None],
    "grey by MATLAB's rgb2gray": _rgb2gray,
    "grey by the mean of the channels": lambda pixels: pixels.mean(axis=2, keepdims=True),
    AS_IT_IS: lambda pixels: pixels,
}
"""Treatments of a colour image before resizing: H x W x 3 to H x W x 3 or H x W x 1."""


def _minus_mean(model: Network) -> Normalise:
    """Subtracts the mean in single precision, as for the shared input."""
    mean = np.asarray(model.mean_rgb, dtype=np.float32)
    return lambda raw: raw.astype(np.float32) - mean


def _constant_offset(rest: Tensor) -> Tensor:
    """The constant that a tool adds to each channel, if it is the whole difference of most values.

    Another decoder may differ by a grey level in many values, which is not a constant.
    """
    middle = np.median(rest, axis=(0, 1))
    constant = (np.abs(rest - middle) <= EXACT).mean() > 0.8
    return middle if constant and np.abs(middle).max() > EXACT else np.zeros(3)


def _single_channel_if_equal(pixels: Pixels) -> Pixels:
    """One channel if all are equal, since they stay equal when resized."""
    return pixels[..., :1] if (pixels == pixels[..., :1]).all() else pixels


def _apply(resize: Resize | None, pixels: Pixels, size: tuple[int, int]) -> Tensor:
    """Resize H x W x 1 or 3 to height x width x 3 grey levels."""
    resized = pixels.astype(np.float64) if resize is None else resize(pixels, size)
    return np.broadcast_to(resized, (*size, 3))


def distinct(
    resizes: Sequence[Resize], shapes: Sequence[tuple[int, ...]], size: tuple[int, int]
) -> list[Resize]:
    """Leave out methods that differ only in an order of passes that is the same for these images.

    Args:
        shapes: shapes of the images, height and width first.
        size: target height and width.
    """
    firsts: dict[object, Resize] = {}
    for resize in resizes:
        passes = tuple(resize.passes((shape[0], shape[1]), size) for shape in shapes)
        firsts.setdefault((replace(resize, order="columns"), passes), resize)
    return list(firsts.values())


def candidates(
    pixels: Pixels,
    model: Network,
    *,
    normalise: Normalise | None = None,
    among: Sequence[Resize | None] = RESIZES,
) -> Iterator[tuple[Resize | None, Tensor]]:
    """Resize one image with every method.

    Args:
        pixels: H x W x 3 as decoded, or H x W x 1 grey, values of 0 to 255.
        normalise: by default, subtracts the model's mean.
        among: the methods to try; None means no resize.

    Yields:
        Each method with its height x width x 3 tensor, in the order of `among`.
    """
    normalise = normalise or _minus_mean(model)
    for resize in among:
        yield resize, normalise(_apply(resize, pixels, model.input_size))


def find_resize(
    native: Tensor,
    images: Sequence[Pixels],
    model: Network,
    *,
    normalise: Normalise | None = None,
) -> list[InputStory]:
    """Find out how a tool resized, from its tensor.

    A method that is much worse than the others on one image is not tried on the next.

    Args:
        native: N x H x W x 3, the tool's own input tensor in RGB, normalised.
        images: N images as decoded, each H x W x 3 uint8 in RGB.
        normalise: what the tool does after resizing, a scale and an offset for each value; by
            default, subtracts the model's mean.

    Returns:
        The methods that were tried on every image, the best first; never empty. Equally good
        methods stay in the order of `RESIZES`. Conversions to grey are tried until one is exact,
        and only if the images have colour and the tensor has none.

    Raises:
        ValueError: if the tensor is not finite or has another shape.
    """
    if native.shape != (len(images), *model.input_size, 3) or not np.isfinite(native).all():
        raise ValueError(
            f"expected a finite tensor of {len(images)} images for {model.name}, not one of shape "
            f"{native.shape}"
        )
    normalise = normalise or _minus_mean(model)
    unit = _levels_per_unit(normalise, native.shape[1:])
    levels = (native - normalise(np.zeros(native.shape[1:]))) * unit
    levels = levels - levels[:, :1, :1]  # up to a constant, as the tool's mean may differ
    stories: list[InputStory] = []
    for grey in _possible_greys(levels, images):
        sources = [_single_channel_if_equal(GREYS[grey](pixels)) for pixels in images]
        ways = _possible_ways(levels, sources, model)
        tallies = _try_all(native, sources, model, ways, normalise=normalise, unit=unit)
        stories += [tally.story(resize, grey) for resize, tally in tallies.items()]
        if any(story.exact for story in stories):
            break
    return sorted(stories, key=_rank)


def _rank(story: InputStory) -> tuple[bool, float]:
    """Lower is better. Below a thousandth of a grey level there is a tie; the more common wins.

    Under the noise of another decoder, rounding once fits better than rounding twice, even if the
    tool rounds twice. A rounding that no known tool uses must therefore agree value by value.
    """
    unknown = story.resize is not None and story.resize not in RESIZES
    return unknown and story.agreeing < MOST, round(story.rms, 3)


def _levels_per_unit(normalise: Normalise, shape: tuple[int, ...]) -> Tensor:
    """Grey levels per unit of the tensor; 1 if only a mean is subtracted."""
    black, white = (normalise(np.full(shape, level)) for level in (0.0, 255.0))
    return np.asarray(255.0 / (white - black))


def _possible_greys(levels: Tensor, images: Sequence[Pixels]) -> Sequence[str]:
    """All of `GREYS` if colour images became a tensor without colour; otherwise the identity.

    Args:
        levels: the tool's tensor in grey levels, up to a constant in each channel.
    """
    grey_levels = np.ptp(levels, axis=-1).max() <= EXACT
    colour_images = any((pixels != pixels[..., :1]).any() for pixels in images)
    return list(GREYS) if grey_levels and colour_images else [AS_IT_IS]


def _possible_ways(
    levels: Tensor, sources: Sequence[Pixels], model: Network
) -> Sequence[Resize | None]:
    """The methods that can produce such a tensor, whatever the decoder.

    Whole grey levels come from a method that rounds. Without this restriction, the noise of another
    decoder would favour the same method without rounding.
    """
    if all(pixels.shape[:2] == model.input_size for pixels in sources):
        return [None]
    whole = np.abs(levels - np.rint(levels)).max() <= EXACT
    ways = list(WHOLE_RESIZES if whole else RESIZES)
    if any(pixels.dtype != np.uint8 for pixels in sources):
        # Unrounded grey values cannot be used with integer arithmetic.
        ways = [way for way in ways if way.rounding in ("none", "end")]
    return distinct(ways, [pixels.shape for pixels in sources], model.input_size)


def _try_all(
    native: Tensor,
    images: Sequence[Pixels],
    model: Network,
    ways: Sequence[Resize | None],
    *,
    normalise: Normalise,
    unit: Tensor,
) -> dict[Resize | None, Tally]:
    """The remaining difference of each method that is tried on all images, ordered as `ways`."""
    tallies: dict[Resize | None, Tally] = {}
    for tensor, pixels in zip(native, images, strict=True):
        if tallies:
            best = min(tally.rms for tally in tallies.values())
            tallies = {way: tally for way, tally in tallies.items() if tally.rms <= 3 * best + 0.1}
            ways = list(tallies)
        for way, reproduced in candidates(pixels, model, normalise=normalise, among=ways):
            rest = (tensor - reproduced) * unit
            if way not in tallies:
                tallies[way] = Tally(_constant_offset(rest))
            tallies[way].add(rest, reproduced)
    return tallies


def split(
    native: Tensor,
    shared: Tensor,
    images: Sequence[Pixels],
    model: Network,
    story: InputStory,
    *,
    normalise: Normalise | None = None,
) -> dict[str, npt.NDArray[np.float64]]:
    """Attribute the difference between a tool's input and the shared one to the stages.

    The stages of the shared input are replaced by the tool's one by one: the resize, then the
    conversion to grey, then the normalisation. `decode` is what remains, which is due to the
    decoder if the story explains the rest.

    Args:
        native: N x H x W x 3, the tool's own input tensor in RGB.
        shared: N x H x W x 3, the shared input (`preprocess.py`).
        images: N images as decoded, each H x W x 3 uint8 in RGB.
        normalise: as given to `find_resize`.

    Returns:
        N x H x W x 3 differences in the tensors' units under `resize`, `grey`, `mean` and
        `decode`, which add up to `native - shared` except for float64 rounding.
    """
    minus_mean, normalise = _minus_mean(model), normalise or _minus_mean(model)
    unit = _levels_per_unit(normalise, native.shape[1:])
    size = model.input_size
    colour = [_apply(story.resize, pixels, size) for pixels in images]
    grey = colour
    if story.grey != AS_IT_IS:
        grey = [_apply(story.resize, GREYS[story.grey](pixels), size) for pixels in images]
    steps = [
        shared,
        np.stack([minus_mean(raw) for raw in colour]),
        np.stack([minus_mean(raw) for raw in grey]),
        np.stack([normalise(raw) for raw in grey]) + np.asarray(story.offset) / unit,
        native,
    ]
    exact = [np.asarray(step, dtype=np.float64) for step in steps]
    names = ("resize", "grey", "mean", "decode")
    return {
        name: after - before for name, before, after in zip(names, exact, exact[1:], strict=False)
    }
