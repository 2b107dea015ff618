"""The known resize methods, each with the tools' calls for it.

Sources: Pillow's page on `Image.resize`, its Resample.c and Geometry.c; MathWorks' page on
`imresize`; OpenCV's page on `cv::resize`; TensorFlow's page on `tf.image.resize`; PyTorch's page
on `torch.nn.functional.interpolate`; ONNX's page on `Resize`. The tests compare those of Pillow
and TensorFlow with the tools themselves.
"""

from __future__ import annotations

from dataclasses import replace

import PIL

from netparity.inputs.filters import Border, Kernel
from netparity.inputs.resize import Order, Resize


def _pillow(kernel: Kernel, name: str, order: Order = "columns") -> Resize:
    keras = f"load_img(interpolation='{name.lower()}')"
    tools = {"pillow": f"Image.resize(resample=Image.Resampling.{name})", "keras": keras}
    if order == "pillow-13":
        tools = {tool: f"{call} with Pillow 13" for tool, call in tools.items()}
    return Resize(kernel, True, "renormalise", rounding="fixed-point", order=order, tools=tools)


def _float(kernel: Kernel, name: str, **tools: str) -> Resize:
    tools = {"pillow": f"mode F, Image.Resampling.{name}", **tools}
    return Resize(kernel, True, "renormalise", tools=tools)


def _matlab(
    kernel: Kernel, method: str, border: Border = "mirror", antialias: bool = True
) -> tuple[Resize, Resize]:
    """For single or double, and for uint8; releases differ in the border."""
    option = "" if antialias else ", 'Antialiasing', false"
    tools = {"matlab": f"imresize(single(x), size, '{method}'{option})"}
    whole = {"matlab": f"imresize(uint8(x), size, '{method}'{option})"}
    return (
        Resize(kernel, antialias, border, tools=tools),
        Resize(kernel, antialias, border, rounding="each-pass", order="most-shrunk", tools=whole),
    )


def _opencv(kernel: Kernel, flag: str, *, a: float = -0.5, **others: str) -> tuple[Resize, Resize]:
    """For float32, and for uint8, where OpenCV's fixed point may differ by a grey level."""
    tools = {"opencv": f"resize(float32, interpolation={flag})", **others}
    whole = {"opencv": f"resize(uint8, interpolation={flag})"}
    return (
        Resize(kernel, a=a, tools=tools),
        Resize(kernel, a=a, rounding="end", tools=whole),
    )


def _tensorflow(method: str) -> str:
    return f"tf.image.resize(method='{method}')"


def _tensorflow_antialiased(method: str) -> str:
    return f"tf.image.resize(method='{method}', antialias=True)"


def _pytorch(mode: str, option: str = "") -> str:
    return f"interpolate(mode='{mode}'{option})"


_ALIGNED = ", align_corners=True"
_SMOOTH = ", antialias=True"

RESIZES: tuple[Resize, ...] = (
    Resize(
        "nearest",
        pick="running-sum",
        tools={
            "keras": "load_img()",
            "pillow": "Image.resize(resample=Image.Resampling.NEAREST)",
        },
    ),
    _pillow("bicubic", "BICUBIC"),
    _pillow("bilinear", "BILINEAR"),
    *_matlab("bicubic", "bicubic"),
    _pillow("lanczos3", "LANCZOS"),
    _pillow("box", "BOX"),
    _pillow("hamming", "HAMMING"),
    *_opencv(
        "bilinear",
        "INTER_LINEAR",
        tensorflow=_tensorflow("bilinear"),
        pytorch=_pytorch("bilinear"),
    ),
    *_opencv("bicubic", "INTER_CUBIC", a=-0.75, pytorch=_pytorch("bicubic")),
    *_opencv("area", "INTER_AREA", tensorflow=_tensorflow("area")),
    *_matlab("bicubic", "bicubic", "replicate"),
    *_matlab("bilinear", "bilinear"),
    *_matlab("bilinear", "bilinear", "replicate"),
    *_matlab("lanczos3", "lanczos3"),
    *_matlab("lanczos2", "lanczos2"),
    *_matlab("bicubic", "bicubic", antialias=False),
    _float(
        "bilinear",
        "BILINEAR",
        tensorflow=_tensorflow_antialiased("bilinear"),
        pytorch=_pytorch("bilinear", _SMOOTH),
    ),
    _float(
        "bicubic",
        "BICUBIC",
        tensorflow=_tensorflow_antialiased("bicubic"),
        pytorch=_pytorch("bicubic", _SMOOTH),
    ),
    _float("lanczos3", "LANCZOS", tensorflow=_tensorflow_antialiased("lanczos3")),
    _float("box", "BOX", matlab="imresize(single(x), size, 'box')"),
    _float("hamming", "HAMMING"),
    Resize(
        "nearest",
        tools={
            "matlab": "imresize(x, size, 'nearest')",
            "tensorflow": _tensorflow("nearest"),
            "pytorch": _pytorch("nearest-exact"),
            "opencv": "resize(x, interpolation=INTER_NEAREST_EXACT)",
        },
    ),
    Resize(
        "nearest",
        coordinates="asymmetric",
        pick="floor",
        tools={
            "opencv": "resize(x, interpolation=INTER_NEAREST)",
            "pytorch": _pytorch("nearest"),
            "tensorflow": "tf.compat.v1.image.resize_nearest_neighbor(x, size)",
        },
    ),
    Resize("nearest", pick="nearest-low", tools={"onnx": "Resize(mode='nearest')"}),
    Resize(
        "nearest",
        coordinates="align-corners",
        tools={"tensorflow": "tf.compat.v1.image.resize_nearest_neighbor(align_corners=True)"},
    ),
    Resize(
        "bilinear",
        coordinates="asymmetric",
        tools={"tensorflow": "tf.compat.v1.image.resize_bilinear(x, size)"},
    ),
    Resize(
        "bilinear",
        coordinates="align-corners",
        tools={
            "pytorch": _pytorch("bilinear", _ALIGNED),
            "scipy": "ndimage.zoom(x, zoom, order=1)",
        },
    ),
    Resize(
        "bicubic",
        border="renormalise",
        tools={"tensorflow": _tensorflow("bicubic")},
    ),
    Resize(
        "bicubic",
        coordinates="asymmetric",
        a=-0.75,
        tools={"tensorflow": "tf.compat.v1.image.resize_bicubic(x, size)"},
    ),
    Resize(
        "bicubic",
        coordinates="align-corners",
        a=-0.75,
        tools={"pytorch": _pytorch("bicubic", _ALIGNED)},
    ),
    Resize(
        "lanczos3",
        border="renormalise",
        tools={"tensorflow": _tensorflow("lanczos3")},
    ),
    *_opencv("lanczos4", "INTER_LANCZOS4"),
    _pillow("bicubic", "BICUBIC", "pillow-13"),
    _pillow("bilinear", "BILINEAR", "pillow-13"),
    _pillow("lanczos3", "LANCZOS", "pillow-13"),
    _pillow("box", "BOX", "pillow-13"),
    _pillow("hamming", "HAMMING", "pillow-13"),
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
