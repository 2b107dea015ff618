"""How each tool's resizes are described: the methods behind a call, by what they have in common."""

from __future__ import annotations

from netparity.inputs.filters import Border, Kernel
from netparity.inputs.positions import Coordinates
from netparity.inputs.resize import Order, Resize, Rounding

Pair = tuple[Resize, Resize]


def pillow(kernel: Kernel, name: str, order: Order = "columns") -> Resize:
    """For 8 bits."""
    keras = f"load_img(interpolation='{name.lower()}')"
    tools = {"pillow": f"Image.resize(resample=Image.Resampling.{name})", "keras": keras}
    if order == "pillow-13":
        tools = {tool: f"{call} with Pillow 13" for tool, call in tools.items()}
    return Resize(kernel, True, "renormalise", rounding="fixed-point", order=order, tools=tools)


def floating(kernel: Kernel, name: str, **tools: str) -> Resize:
    """For floating point, and the same of other tools."""
    tools = {"pillow": f"mode F, Image.Resampling.{name}", **tools}
    return Resize(kernel, True, "renormalise", tools=tools)


def matlab(
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


def opencv(kernel: Kernel, flag: str, a: float = -0.5, *, whole: Rounding, **others: str) -> Pair:
    """For float32, and for uint8."""
    tools = {"opencv": f"resize(float32, interpolation={flag})", **others}
    integer = {"opencv": opencv_uint8(flag)}
    return (
        Resize(kernel, a=a, tools=tools),
        Resize(kernel, a=a, rounding=whole, positions="rounded", tools=integer),
    )


def opencv_uint8(flag: str) -> str:
    """The call for uint8."""
    return f"resize(uint8, interpolation={flag})"


def skimage(kernel: Kernel, options: str) -> Pair:
    """As it is, and converted to 8 bits."""
    call = f"skimage.transform.resize(x, size{options})"
    return (
        Resize(kernel, True, tools={"skimage": f"255 * {call}"}),
        Resize(kernel, True, rounding="end", tools={"skimage": f"img_as_ubyte({call})"}),
    )


def torch_whole(kernel: Kernel, a: float, *, antialias: bool) -> Resize:
    """For uint8 tensors."""
    border: Border = "renormalise" if antialias else "replicate"
    call = f"Resize(size, {kernel.upper()}, antialias={antialias}) of a uint8 tensor"
    return Resize(kernel, antialias, border, rounding="int16", a=a, tools={"pytorch": call})


def tensorflow(method: str) -> str:
    """The call."""
    return f"tf.image.resize(method='{method}')"


def tensorflow_antialiased(method: str) -> str:
    """The call."""
    return f"tf.image.resize(method='{method}', antialias=True)"


def pytorch(mode: str, option: str = "") -> str:
    """The call."""
    return f"interpolate(mode='{mode}'{option})"


def single(
    kernel: Kernel, a: float = -0.5, coordinates: Coordinates = "half-pixel", **tools: str
) -> Resize:
    """Without antialiasing, positions in float32."""
    return Resize(kernel, coordinates=coordinates, a=a, positions="single", tools=tools)


def rare_tensorflow(kernel: Kernel, method: str) -> Pair:
    """Without antialiasing, and with it."""
    plain, smooth = tensorflow(method), tensorflow_antialiased(method)
    return (
        Resize(kernel, border="renormalise", tools={"tensorflow": plain}),
        Resize(kernel, True, "renormalise", tools={"tensorflow": smooth}),
    )
