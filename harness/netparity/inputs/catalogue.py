"""The known resize methods, each with the tools' calls for it.

Sources: Pillow's page on `Image.resize`, its Resample.c and Geometry.c; MathWorks' page on
`imresize`; OpenCV's page on `cv::resize`; scikit-image's on `skimage.transform.resize`;
TensorFlow's page on `tf.image.resize`; PyTorch's page on `torch.nn.functional.interpolate`; ONNX's
page on `Resize`. The tests compare those of Pillow, OpenCV, scikit-image, TensorFlow and PyTorch
with the tools themselves.
"""

from __future__ import annotations

from dataclasses import replace

import PIL

from netparity.inputs.resize import Order, Resize
from netparity.inputs.tool_resizes import (
    floating,
    matlab,
    opencv,
    opencv_uint8,
    pillow,
    pytorch,
    rare_tensorflow,
    single,
    skimage,
    tensorflow,
    tensorflow_antialiased,
    torch_whole,
)

_ALIGNED = ", align_corners=True"
_SMOOTH = ", antialias=True"

_SHARP = "255 * skimage.transform.resize(x, size, anti_aliasing=False)"

RESIZES: tuple[Resize, ...] = (
    Resize(
        "nearest",
        pick="running-sum",
        tools={
            "keras": "load_img()",
            "pillow": "Image.resize(resample=Image.Resampling.NEAREST)",
        },
    ),
    pillow("bicubic", "BICUBIC"),
    pillow("bilinear", "BILINEAR"),
    *matlab("bicubic", "bicubic"),
    pillow("lanczos3", "LANCZOS"),
    pillow("box", "BOX"),
    pillow("hamming", "HAMMING"),
    *opencv("bilinear", "INTER_LINEAR", whole="2048ths", skimage=_SHARP),
    single("bilinear", tensorflow=tensorflow("bilinear"), pytorch=pytorch("bilinear")),
    torch_whole("bilinear", 0.0, antialias=True),
    *opencv("bicubic", "INTER_CUBIC", -0.75, whole="single", pytorch=pytorch("bicubic")),
    *opencv("area", "INTER_AREA", whole="single", tensorflow=tensorflow("area")),
    *skimage("smoothed", ""),
    *matlab("bicubic", "bicubic", "replicate"),
    *matlab("bilinear", "bilinear"),
    *matlab("bilinear", "bilinear", "replicate"),
    *matlab("lanczos3", "lanczos3"),
    *matlab("lanczos2", "lanczos2"),
    *matlab("bicubic", "bicubic", antialias=False),
    floating(
        "bilinear",
        "BILINEAR",
        tensorflow=tensorflow_antialiased("bilinear"),
        pytorch=pytorch("bilinear", _SMOOTH),
    ),
    floating(
        "bicubic",
        "BICUBIC",
        tensorflow=tensorflow_antialiased("bicubic"),
        pytorch=pytorch("bicubic", _SMOOTH),
    ),
    floating("lanczos3", "LANCZOS", tensorflow=tensorflow_antialiased("lanczos3")),
    floating("box", "BOX", matlab="imresize(single(x), size, 'box')"),
    floating("hamming", "HAMMING"),
    Resize(
        "nearest",
        tools={
            "matlab": "imresize(x, size, 'nearest')",
            "tensorflow": tensorflow("nearest"),
            "pytorch": pytorch("nearest-exact"),
            "opencv": "resize(x, interpolation=INTER_NEAREST_EXACT)",
        },
    ),
    Resize(
        "nearest",
        coordinates="asymmetric",
        pick="floor",
        tools={
            "opencv": "resize(x, interpolation=INTER_NEAREST)",
        },
    ),
    Resize(
        "nearest",
        coordinates="asymmetric",
        pick="floor",
        positions="single",
        tools={
            "pytorch": pytorch("nearest"),
            "tensorflow": "tf.compat.v1.image.resize_nearest_neighbor(x, size)",
        },
    ),
    Resize("nearest", pick="nearest-low", tools={"onnx": "Resize(mode='nearest')"}),
    Resize(
        "nearest",
        coordinates="align-corners",
        tools={"tensorflow": "tf.compat.v1.image.resize_nearest_neighbor(align_corners=True)"},
    ),
    single(
        "bilinear",
        coordinates="asymmetric",
        tensorflow="tf.compat.v1.image.resize_bilinear(x, size)",
    ),
    Resize(
        "bilinear",
        coordinates="align-corners",
        tools={
            "pytorch": pytorch("bilinear", _ALIGNED),
            "scipy": "ndimage.zoom(x, zoom, order=1)",
        },
    ),
    Resize(
        "bicubic",
        border="renormalise",
        positions="tabulated",
        tools={"tensorflow": tensorflow("bicubic")},
    ),
    Resize(
        "bicubic",
        coordinates="asymmetric",
        a=-0.75,
        positions="tabulated",
        tools={"tensorflow": "tf.compat.v1.image.resize_bicubic(x, size)"},
    ),
    Resize(
        "bicubic",
        coordinates="align-corners",
        a=-0.75,
        positions="tabulated",
        tools={"tensorflow": "tf.compat.v1.image.resize_bicubic(align_corners=True)"},
    ),
    Resize(
        "bicubic",
        coordinates="align-corners",
        a=-0.75,
        positions="single",
        tools={"pytorch": pytorch("bicubic", _ALIGNED)},
    ),
    Resize(
        "lanczos3",
        border="renormalise",
        tools={"tensorflow": tensorflow("lanczos3")},
    ),
    Resize(
        "bilinear",
        rounding="256ths",
        tools={"opencv": opencv_uint8("INTER_LINEAR_EXACT")},
    ),
    *opencv("lanczos4", "INTER_LANCZOS4", whole="2048ths"),
    torch_whole("bicubic", -0.5, antialias=True),
    torch_whole("bilinear", 0.0, antialias=False),
    torch_whole("bicubic", -0.75, antialias=False),
    single("bicubic", a=-0.75, pytorch=pytorch("bicubic")),
    Resize("windows", tools={"pytorch": pytorch("area")}),
    Resize(
        "bilinear",
        rounding="down",
        positions="single",
        tools={"tensorflow": f"cast({tensorflow('bilinear')}, tf.uint8)"},
    ),
    Resize(
        "bilinear",
        rounding="single",
        positions="single",
        tools={"pytorch": f"{pytorch('bilinear')}.round()"},
    ),
    Resize(
        "bicubic",
        a=-0.75,
        rounding="2048ths",
        positions="rounded",
        tools={"opencv": f"{opencv_uint8('INTER_CUBIC')} without Intel's IPP"},
    ),
    *skimage("smoothed-spline", ", order=3"),
    Resize(
        "spline",
        tools={"skimage": "255 * skimage.transform.resize(x, size, order=3, anti_aliasing=False)"},
    ),
    *rare_tensorflow("mitchell", "mitchellcubic"),
    *rare_tensorflow("gaussian", "gaussian"),
    *rare_tensorflow("lanczos5", "lanczos5"),
    pillow("bicubic", "BICUBIC", "pillow-13"),
    pillow("bilinear", "BILINEAR", "pillow-13"),
    pillow("lanczos3", "LANCZOS", "pillow-13"),
    pillow("box", "BOX", "pillow-13"),
    pillow("hamming", "HAMMING", "pillow-13"),
)
"""The most common method first; no two methods always give the same result."""


def _with_rounding(resizes: tuple[Resize, ...]) -> tuple[Resize, ...]:
    known = {resize: resize for resize in resizes}
    rounding = []
    for resize in resizes:
        if resize.rounding == "none" and resize.kernel != "nearest":
            tools = {tool: f"{call}, then rounded" for tool, call in resize.tools.items()}
            rounded = replace(resize, rounding="end", tools=tools)
            rounding.append(known.get(rounded, rounded))
        else:
            rounding.append(resize)
    return tuple(dict.fromkeys(rounding))


WHOLE_RESIZES: tuple[Resize, ...] = _with_rounding(RESIZES)
"""The same methods with results in whole grey levels, rounded at the end where they are not."""


def installed_first() -> list[Resize]:
    """`RESIZES` with those of the installed Pillow before those of other versions."""
    own: Order = "pillow-13" if int(PIL.__version__.partition(".")[0]) >= 13 else "columns"
    usual = {replace(resize, order="columns"): resize for resize in RESIZES if resize.order == own}
    return list(dict.fromkeys([usual.get(resize, resize) for resize in RESIZES] + [*RESIZES]))


def default_resize(name: str) -> Resize:
    """The method behind `Preprocessing.filter`, as the installed Pillow computes it for 8 bits.

    Args:
        name: `nearest`, `bilinear`, `bicubic` or `area`.
    """
    kernel = "box" if name == "area" else name
    return next(resize for resize in installed_first() if resize.kernel == kernel)
