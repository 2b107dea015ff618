"""The input's size and preprocessing as a file's `meta` states them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from netparity.errors import InputError
from netparity.files.limits import DamagedError
from netparity.files.matlab import Cell, Node, Struct, numbers
from netparity.files.stored import Stored
from netparity.networks.matconvnet.block import Tensor
from netparity.networks.matconvnet.file import struct_fields
from netparity.networks.matconvnet.meta import FILTERS
from netparity.networks.node import Input, Preprocessing, Shape

MEAN_IMAGE = "input.mean"
Size = tuple[int, ...]
_MOST_AVERAGED = 2**24
_WIDEST_BORDER = 4096

_FILTERS = {matlab: own for own, matlab in FILTERS.items()} | {
    "area": "area",
    "cubic": "bicubic",
    "triangle": "bilinear",
}


@dataclass
class Stated:
    """An input with its preprocessing, the mean image if there is one, and notes."""

    entry: Input
    tensors: dict[str, Tensor] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def input_of(
    name: str, meta: Mapping[str, Node], channels: int | None, given: Size | None
) -> Stated:
    """The input of a network.

    Args:
        channels: what its first layer takes, if that is known.
        given: height and width, perhaps with channels, in place of those in the file.

    Raises:
        InputError: if its size is stated nowhere.
    """
    normalization = struct_fields(meta.get("normalization"))
    size = given or next(iter(_sizes(name, meta, normalization)), None)
    if size is None or len(size) < 2:
        raise InputError(
            f"the network does not state the size of its input {name[:80]!r} "
            "(meta.normalization.imageSize); fix: --input-size H,W, or --model with a network "
            "of the catalogue that it is"
        )
    average = normalization.get("averageImage")
    if not isinstance(average, Stored) or average.size == 0:
        average = normalization.get("rgbMean", average)  # in networks of matconvnet-fcn
    if len(size) < 3:
        size = (*size, channels or _channels(average) or 3)
    stated = Stated(Input(name, tuple(size[:3])))
    if normalization and isinstance(average, Stored):
        _read(stated, normalization, average)
    else:
        stated.notes.append("it does not state the preprocessing of images")
    return stated


def _channels(average: Node | None) -> int | None:
    """The channels of an averageImage."""
    if isinstance(average, Stored) and len(average.shape) == 3 and average.size:
        return average.shape[0]
    return None


def _sizes(
    name: str, meta: Mapping[str, Node], normalization: Mapping[str, Node]
) -> Iterator[Size]:
    """Every size that is stated for an input, the surest first."""
    yield from _size(normalization.get("imageSize"))
    inputs = meta.get("inputs")
    if isinstance(inputs, Struct):
        members = inputs.members
        named = [member for member in members if member.get("name") == name] or list(members)
        for member in named[:1]:
            yield from _size(member.get("size"))
    for node in (inputs, meta.get("inputSize")):
        if isinstance(node, Cell):  # {'data', [224 224 3 10]}
            pairs = list(zip(node.members[::2], node.members[1::2], strict=False))
            for label, value in pairs:
                if label == name or len(pairs) == 1:
                    yield from _size(value)
        else:
            yield from _size(node)


def _size(node: Node | None) -> Iterator[Size]:
    found = numbers(node)[:3]
    if found.size >= 2 and (found == np.floor(found)).all() and found.min() >= 1:
        yield tuple(map(int, found))


def _read(stated: Stated, normalization: Mapping[str, Node], average: Stored) -> None:
    height, width, channels = stated.entry.shape
    order = normalization.get("channelOrder", "grey" if channels == 1 else "RGB")
    if channels not in (1, 3) or order not in ("RGB", "BGR", "grey"):
        stated.notes.append(f"the preprocessing of images with {channels} channels is not read")
        return
    interpolation = normalization.get("interpolation", "bicubic")
    chosen = _FILTERS.get(interpolation.lower()) if isinstance(interpolation, str) else None
    if chosen is None:
        stated.notes.append(f"its interpolation {str(interpolation)[:40]!r} is read as bicubic")
    mean, image = _average(stated, average)
    preprocessing = Preprocessing(
        order=order,  # type: ignore[arg-type]
        mean=mean,
        deviation=_deviation(normalization, channels),
        mean_image=image,
        resize=_resize(normalization, (height, width)),
        keep_aspect=bool(numbers(normalization.get("keepAspect")).any()),
        filter=chosen or "bicubic",  # type: ignore[arg-type]
    )
    stated.entry = Input(stated.entry.name, stated.entry.shape, preprocessing)


def _deviation(normalization: Mapping[str, Node], channels: int) -> tuple[float, ...]:
    found = normalization.get("imageStd")
    if isinstance(found, Stored) and found.size in (1, channels):
        deviation = _decimals(found)
        if not all(0 < value < math.inf for value in deviation):
            raise DamagedError(
                f"meta.normalization.imageStd is {list(deviation)}; expected positive numbers"
            )
        return deviation
    return (1.0,)


def _average(stated: Stated, average: Stored) -> tuple[tuple[float, ...], str | None]:
    """The mean of each channel, or the name of the mean image."""
    shape: Shape = stated.entry.shape
    channels = shape[2]
    if average.size == 0:
        return (0.0,), None
    if average.size <= _MOST_AVERAGED:
        _check_finite(average)
    if average.size in (1, channels):
        return _decimals(average), None
    size = average.shape[::-1] + (1,) * (3 - len(average.shape))
    if size == shape:
        image = Tensor(shape, lambda: np.asarray(average.load().T, np.float32).reshape(shape))
        stated.tensors[MEAN_IMAGE] = image
        return (0.0,), MEAN_IMAGE
    if len(size) == 3 and size[2] == channels and average.size <= _MOST_AVERAGED:
        stated.notes.append(
            f"averageImage is {size[0]} x {size[1]}, unlike the input; its mean over all pixels is "
            "taken"
        )
        values = np.asarray(average.load(), np.float64).reshape(channels, -1)
        return tuple(values.mean(axis=1).tolist()), None
    raise DamagedError(
        f"meta.normalization.averageImage has {average.size:,} values, which fit neither the "
        f"{channels} channels of the input nor an image"
    )


def _check_finite(average: Stored) -> None:
    if average.dtype.kind == "f" and not np.isfinite(average.load()).all():
        raise DamagedError(
            "meta.normalization.averageImage holds NaN or infinite values; fix: save the mean of "
            "the images that the network was trained with"
        )


def _decimals(stored: Stored) -> tuple[float, ...]:
    """Numbers as they were meant: 123.68, not the nearest float32 with all its digits."""
    values = stored.fetch(0, stored.size).reshape(-1)
    return tuple(float(str(value)) for value in values)


def _resize(normalization: Mapping[str, Node], size: tuple[int, int]) -> tuple[int, int] | None:
    """The size before the crop: larger by `border`, or by the share that `cropSize` keeps."""
    border = numbers(normalization.get("border"))
    crop = numbers(normalization.get("cropSize"))
    height, width = size
    if not ((border >= 0) & (border <= _WIDEST_BORDER) & (border == np.floor(border))).all():
        raise DamagedError(
            f"meta.normalization.border is {border[:4].tolist()}; expected whole numbers of "
            f"0 to {_WIDEST_BORDER:,}"
        )
    if border.size in (1, 2) and border.any():
        return height + int(border[0]), width + int(border[-1])
    if crop.size in (1, 2) and ((crop > 0) & (crop < 1)).all():
        return round(height / crop[0]), round(width / crop[-1])
    return None
