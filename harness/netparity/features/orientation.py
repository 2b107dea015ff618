"""In which order of axes does an array hold a layer's feature?

Every usual order is tried; none of them moves a value, so all that fit are views of one array.
Dimensions of 1 may be missing or added anywhere: 4096, 1 x 4096 and 1 x 1 x 4096 are one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netparity.features.variable import Floats, shape_text
from netparity.networks import Layer


@dataclass(frozen=True)
class Found:
    """An array of a file, read as a layer's feature.

    Attributes:
        values: N x H x W x C for maps, N x K for dense layers, in the file's own float type
            (integers as float64); read-only. As found in the file if it does not fit.
        variable: its name inside the file; None where the format has none.
        orientation: how the file's axes were read, in words.
        fits: whether the shape is the layer's.
        axes: the file's axes as letters, the slowest first, such as NCHW; empty if it does not fit.
    """

    values: Floats
    variable: str | None
    orientation: str
    fits: bool
    axes: str = ""


@dataclass(frozen=True)
class _Layout:
    """The axes of a file: each is one of N, H, W, C and K, or several merged, slowest first."""

    axes: tuple[str, ...]
    note: str = ""
    merged: str = ""

    @property
    def for_one_image(self) -> bool:
        return not any("N" in axis for axis in self.axes)

    @property
    def letters(self) -> str:
        """Every axis for itself, the slowest first."""
        return "N" * self.for_one_image + "".join(self.axes)


def _layout(axes: str, note: str = "") -> _Layout:
    return _Layout(tuple(axes), note)


def _flat(order: str, taken_as: str) -> tuple[_Layout, ...]:
    """Maps as vectors: one, one a row, one a column, or all in one vector."""
    return (
        _Layout(("N", order), merged=f"each row a flat vector taken as {taken_as}"),
        _Layout((order, "N"), merged=f"each column a flat vector taken as {taken_as}"),
        _Layout(("N" + order,), merged=f"one flat vector of all images, each taken as {taken_as}"),
    )


_REVERSED = (
    # What MATLAB wrote, read raw from HDF5; and what Python wrote, read by MATLAB.
    _layout("NCWH", "axes reversed"),
    _layout("CWHN", "axes reversed"),
)
_NHWC, _NCHW = _layout("NHWC"), _layout("NCHW", "channels first")
_HWCN = _layout("HWCN", "MATLAB")
_FLAT_HWC = _flat("HWC", "H x W x C")
_FLAT_CHW = _flat("CHW", "C x H x W (channels first)")
_FLAT_CWH = _flat("CWH", "H x W x C, column by column as in MATLAB")
_ROWS = _Layout(("H", "WC"), merged="H rows, each taken as W x C")
_ROWS_MATLAB = _Layout(("H", "CW"), merged="H rows, each taken as C times W (MATLAB's x(:,:))")
_PIXELS = _Layout(("HW", "C"), merged="a row per pixel, row by row, and a column per channel")
# The same but for rows and columns exchanged, so that each format has the one natural to it.
_PIXELS_MATLAB = _Layout(
    ("WH", "C"), merged="a row per pixel, column by column as in MATLAB, and a column per channel"
)
_CHANNELS = _Layout(("C", "HW"), merged="a row per channel, each taken as H x W")

_MAPS: tuple[_Layout, ...] = (
    *(_NHWC, _NCHW, _HWCN, *_REVERSED),
    *(*_FLAT_HWC, *_FLAT_CHW, *_FLAT_CWH),
    *(_ROWS, _ROWS_MATLAB, _PIXELS, _CHANNELS),
)
_MAPS_MATLAB: tuple[_Layout, ...] = (
    *(_HWCN, _NHWC, _NCHW, _REVERSED[1]),
    *(*_FLAT_CWH, *_FLAT_HWC, *_FLAT_CHW),
    *(_ROWS_MATLAB, _ROWS, _PIXELS_MATLAB),
)
_NK, _KN = _layout("NK"), _layout("KN", "an image per column")
_IN_A_ROW = (
    _Layout(("NK",), merged="one flat vector, image after image"),
    _Layout(("KN",), merged="one flat vector, unit after unit"),
)
_DENSE: tuple[_Layout, ...] = (_NK, _KN, *_IN_A_ROW)
_DENSE_MATLAB: tuple[_Layout, ...] = (_KN, _NK, *_IN_A_ROW)


def orientations(
    values: Floats,
    variable: str | None,
    layer: Layer,
    count: int | None,
    matlab: bool,
    preferred: str = "",
) -> list[Found]:
    """Every reading of an array as the layer's feature, the most natural one first.

    Args:
        values: as found in the file, contiguous.
        count: images that it must hold; None for as many as it does.
        matlab: whether it comes from MATLAB, where H x W x C x N is natural.
        preferred: axes to put first if they fit, such as NCHW.

    Returns:
        One that does not fit if none does.
    """
    values = values.view()
    values.flags.writeable = False  # all readings share it; the caller's own stays as it is
    shape = values.shape
    sizes = _sizes(shape, layer, count)
    if sizes is None:
        return [Found(values, variable, _misfit(shape, layer, count), fits=False)]
    canonical = "NHWC" if "H" in sizes else "NK"
    found: dict[tuple[int, ...], Found] = {}
    for layout in _fitting(shape, sizes, matlab):
        apart = values.reshape([sizes[letter] for letter in layout.letters])
        view = apart.transpose([layout.letters.index(letter) for letter in canonical])
        # Views of one array are equal when they step through it in the same way.
        steps = tuple(step for step, size in zip(view.strides, view.shape, strict=True) if size > 1)
        words = _words(layout, shape, sizes)
        found.setdefault(steps, Found(view, variable, words, True, "".join(layout.axes)))
    if not found:
        return [Found(values, variable, _misfit(shape, layer, count), fits=False)]
    return sorted(found.values(), key=lambda reading: reading.axes != preferred)


def fits(shape: tuple[int, ...], layer: Layer, count: int | None, matlab: bool) -> bool:
    """Whether an array of this shape can be read as the layer's feature."""
    sizes = _sizes(shape, layer, count)
    return sizes is not None and any(True for _ in _fitting(shape, sizes, matlab))


def usual_axes(shape: tuple[int, ...], layer: Layer, count: int | None, matlab: bool) -> str:
    """The only one of NHWC, NCHW and HWCN in which a shape can be read; empty if not exactly one.

    Where the shapes of some layers leave a choice, those of others of the same tool may not.
    """
    sizes = _sizes(shape, layer, count)
    if sizes is None:
        return ""
    usual = [
        "".join(layout.axes)
        for layout in _fitting(shape, sizes, matlab)
        if layout in (_NHWC, _NCHW, _HWCN)
    ]
    return usual[0] if len(usual) == 1 else ""


def _sizes(shape: tuple[int, ...], layer: Layer, count: int | None) -> dict[str, int] | None:
    """The size of each axis, N from the number of values; None if that cannot be."""
    images, rest = divmod(math.prod(shape), math.prod(layer.output_shape))
    if rest or images < 1 or (count is not None and images != count):
        return None
    letters = "HWC" if len(layer.output_shape) == 3 else "K"
    return {"N": images, **dict(zip(letters, layer.output_shape, strict=True))}


def _fitting(shape: tuple[int, ...], sizes: Mapping[str, int], matlab: bool) -> Iterator[_Layout]:
    dense, maps = (_DENSE_MATLAB, _MAPS_MATLAB) if matlab else (_DENSE, _MAPS)
    wanted = [size for size in shape if size > 1]
    for layout in dense if "K" in sizes else maps:
        if layout in _REVERSED and sizes["C"] == 1:
            continue  # nothing but rows and columns exchanged
        if layout.for_one_image and sizes["N"] > 1:
            continue
        if [size for size in _axis_sizes(layout, sizes) if size > 1] == wanted:
            yield layout


def _axis_sizes(layout: _Layout, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(math.prod(sizes[letter] for letter in axis) for axis in layout.axes)


def _words(layout: _Layout, shape: tuple[int, ...], sizes: Mapping[str, int]) -> str:
    """`N x C x H x W (channels first)`, with a 1 for each dimension that the layout has not."""
    if layout.merged:
        one_vector = sizes["N"] == 1 and not layout.for_one_image
        return layout.merged[layout.merged.index("flat") :] if one_vector else layout.merged
    axes = list(layout.axes)
    if shape != _axis_sizes(layout, sizes):
        larger = iter([axis for axis in layout.axes if sizes[axis] > 1])
        axes = [next(larger) if size > 1 else "1" for size in shape] or ["1"]
    # What a note says of the place of N means nothing where there is one image.
    telling = layout.note and (sizes["N"] > 1 or layout not in (_HWCN, _KN))
    return " x ".join(axes) + (f" ({layout.note})" if telling else "")


def _misfit(shape: tuple[int, ...], layer: Layer, count: int | None) -> str:
    letters = "N x H x W x C" if len(layer.output_shape) == 3 else "N x K"
    images = "N" if count is None else str(count)
    return (
        f"found {shape_text(shape)}; expected {letters} = {images} x "
        f"{shape_text(layer.output_shape)} in any usual order"
    )
