"""How a tool made its native input, found by retelling it.

A file becomes an input tensor in stages: decoded, made grey or kept in colour, resized, normalised
(channel order, mean, scale). `find_resize` tries every known resize on the pixels that netparity
decoded and ranks them by what is left; `split` then says how much each stage contributes to the
difference between the tool's tensor and the shared one. All tensors are N x H x W x 3 in RGB.
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
from netparity.models import Model

Normalise = Callable[[Tensor], Tensor]
"""From H x W x 3 grey levels of 0 to 255 to a network's input."""

_LUMA = np.array([0.299, 0.587, 0.114])
"""ITU-R BT.601."""

_MATLAB_LUMA = np.linalg.inv([[1, 0.956, 0.621], [1, -0.272, -0.647], [1, -1.106, 1.703]])[0]
"""First row of the inverse of the matrix that MathWorks documents for `ntsc2rgb`."""


def _luma_rounded(pixels: Pixels) -> Pixels:
    """As Pillow's conversion to mode L: weights in 65536ths, halves up."""
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
"""What becomes of a colour image before it is resized: H x W x 3 to H x W x 3 or H x W x 1."""


def _minus_mean(model: Model) -> Normalise:
    """In single precision, as the shared input is made."""
    mean = np.asarray(model.mean_rgb, dtype=np.float32)
    return lambda raw: raw.astype(np.float32) - mean


def _other_mean(left: Tensor) -> Tensor:
    """What a tool adds to each channel, if that is the whole difference of nearly all values.

    Another decoder may leave a whole grey level in most of them, which is no other mean.
    """
    middle = np.median(left, axis=(0, 1))
    constant = (np.abs(left - middle) <= EXACT).mean() > 0.8
    return middle if constant and np.abs(middle).max() > EXACT else np.zeros(3)


def _one_channel_if_equal(pixels: Pixels) -> Pixels:
    """Equal channels stay equal, so that one is enough to resize."""
    return pixels[..., :1] if (pixels == pixels[..., :1]).all() else pixels


def _apply(resize: Resize | None, pixels: Pixels, size: tuple[int, int]) -> Tensor:
    """Resize H x W x 1 or 3 to height x width x 3 grey levels."""
    resized = pixels.astype(np.float64) if resize is None else resize(pixels, size)
    return np.broadcast_to(resized, (*size, 3))


def distinct(
    resizes: Sequence[Resize], shapes: Sequence[tuple[int, ...]], size: tuple[int, int]
) -> list[Resize]:
    """Leaves out those that only differ in an order of passes which makes none for these images.

    Args:
        shapes: of the images, height and width first.
        size: height and width to resize to.
    """
    firsts: dict[object, Resize] = {}
    for resize in resizes:
        passes = tuple(resize.passes((shape[0], shape[1]), size) for shape in shapes)
        firsts.setdefault((replace(resize, order="columns"), passes), resize)
    return list(firsts.values())


def candidates(
    pixels: Pixels,
    model: Model,
    *,
    normalise: Normalise | None = None,
    among: Sequence[Resize | None] = RESIZES,
) -> Iterator[tuple[Resize | None, Tensor]]:
    """Every way of resizing one image, with the tensor it gives.

    Args:
        pixels: H x W x 3 as decoded, or H x W x 1 grey, values of 0 to 255.
        normalise: by default, subtracts the model's mean.
        among: the ways to try; None stands for no resize.

    Yields:
        Each way with its height x width x 3 tensor, in the order of `among`.
    """
    normalise = normalise or _minus_mean(model)
    for resize in among:
        yield resize, normalise(_apply(resize, pixels, model.input_size))


def find_resize(
    native: Tensor,
    images: Sequence[Pixels],
    model: Model,
    *,
    normalise: Normalise | None = None,
) -> list[InputStory]:
    """Find out how a tool resized, from what it got.

    A way of resizing that falls far behind on one image is not tried on the next.

    Args:
        native: N x H x W x 3, the tool's own input tensor in RGB, normalised.
        images: N images as decoded, each H x W x 3 uint8 in RGB.
        normalise: what the tool does after resizing, a scale and an offset for each value; by
            default, subtracts the model's mean.

    Returns:
        The ways that were tried on every image, best first; never empty. Ways that are equally
        good stay in the order of `RESIZES`. Conversions to grey are tried until one leaves
        nothing, and only if the tensor has no colour where the images have.

    Raises:
        ValueError: if the tensor is not finite, or not of N images of the model's input size.
    """
    if native.shape != (len(images), *model.input_size, 3) or not np.isfinite(native).all():
        raise ValueError(
            f"a tensor of shape {native.shape} is no finite input of {len(images)} images for "
            f"{model.name}"
        )
    normalise = normalise or _minus_mean(model)
    unit = _levels_per_unit(normalise, native.shape[1:])
    levels = (native - normalise(np.zeros(native.shape[1:]))) * unit
    levels = levels - levels[:, :1, :1]  # but for a constant: the tool's mean may be another
    stories: list[InputStory] = []
    for grey in _possible_greys(levels, images):
        sources = [_one_channel_if_equal(GREYS[grey](pixels)) for pixels in images]
        ways = _possible_ways(levels, sources, model)
        tallies = _try_all(native, sources, model, ways, normalise=normalise, unit=unit)
        stories += [tally.story(resize, grey) for resize, tally in tallies.items()]
        if any(story.exact for story in stories):
            break
    return sorted(stories, key=_rank)


def _rank(story: InputStory) -> tuple[bool, float]:
    """Lower is better. Thousandths of a grey level decide nothing: the commoner way stays first.

    Rounding once leaves less than rounding twice under noise of another decoder, even of a tool
    that rounds twice; so a rounding that no tool is known for must prove itself value by value.
    """
    unheard_of = story.resize is not None and story.resize not in RESIZES
    return unheard_of and story.agreeing < MOST, round(story.rms, 3)


def _levels_per_unit(normalise: Normalise, shape: tuple[int, ...]) -> Tensor:
    """Grey levels that one unit of the tensor stands for; 1 where only a mean is subtracted."""
    black, white = (normalise(np.full(shape, level)) for level in (0.0, 255.0))
    return np.asarray(255.0 / (white - black))


def _possible_greys(levels: Tensor, images: Sequence[Pixels]) -> Sequence[str]:
    """All of `GREYS` if colour images became a tensor without colour; else the identity.

    Args:
        levels: the tool's tensor in grey levels, but for a constant in each channel.
    """
    grey_levels = np.ptp(levels, axis=-1).max() <= EXACT
    colour_images = any((pixels != pixels[..., :1]).any() for pixels in images)
    return list(GREYS) if grey_levels and colour_images else [AS_IT_IS]


def _possible_ways(
    levels: Tensor, sources: Sequence[Pixels], model: Model
) -> Sequence[Resize | None]:
    """The ways that may give such a tensor, whatever the decoder.

    Whole grey levels come from a resize that rounds. Without this, noise of another decoder would
    make the same resize without rounding look better.
    """
    if all(pixels.shape[:2] == model.input_size for pixels in sources):
        return [None]
    whole = np.abs(levels - np.rint(levels)).max() <= EXACT
    ways = list(WHOLE_RESIZES if whole else RESIZES)
    if any(pixels.dtype != np.uint8 for pixels in sources):
        # Grey that is not rounded cannot go through arithmetic for whole grey levels.
        ways = [way for way in ways if way.rounding in ("none", "end")]
    return distinct(ways, [pixels.shape for pixels in sources], model.input_size)


def _try_all(
    native: Tensor,
    images: Sequence[Pixels],
    model: Model,
    ways: Sequence[Resize | None],
    *,
    normalise: Normalise,
    unit: Tensor,
) -> dict[Resize | None, Tally]:
    """What each way leaves, for those that keep up to the last image; in the order of `ways`."""
    tallies: dict[Resize | None, Tally] = {}
    for tensor, pixels in zip(native, images, strict=True):
        if tallies:
            best = min(tally.rms for tally in tallies.values())
            tallies = {way: t for way, t in tallies.items() if t.rms <= 3 * best + 0.1}
            ways = list(tallies)
        for way, retold in candidates(pixels, model, normalise=normalise, among=ways):
            left = (tensor - retold) * unit
            if way not in tallies:
                tallies[way] = Tally(_other_mean(left))
            tallies[way].add(left, retold)
    return tallies


def split(
    native: Tensor,
    shared: Tensor,
    images: Sequence[Pixels],
    model: Model,
    story: InputStory,
    *,
    normalise: Normalise | None = None,
) -> dict[str, npt.NDArray[np.float64]]:
    """How much each stage adds to the difference between a tool's input and the shared one.

    The stages of the shared input are exchanged for the tool's one by one: the resize, then what
    becomes of colours, then the normalisation; `decode` is what then remains, which is the
    decoder's part if the story explains the rest.

    Args:
        native: N x H x W x 3, the tool's own input tensor in RGB.
        shared: N x H x W x 3, the shared input (`preprocess.py`).
        images: N images as decoded, each H x W x 3 uint8 in RGB.
        normalise: as given to `find_resize`.

    Returns:
        N x H x W x 3 differences in the tensors' units under `resize`, `grey`, `mean` and
        `decode`, which add up to `native - shared` but for the rounding of float64.
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
