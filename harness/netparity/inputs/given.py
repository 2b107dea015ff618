"""The preprocessing that a user states: `--preprocess`, `--mean`, `--std` and their like."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from netparity.errors import InputError, UsageError
from netparity.networks import Network, Preprocessing
from netparity.networks.input_size import parse_input_size, resized
from netparity.networks.reading.caffe.means import MEAN_SUFFIXES, mean_colour
from netparity.system.paths import usable_path

_COLOURS = 3
_Order = Literal["RGB", "BGR", "grey"]
_ORDERS: dict[str, _Order] = {"rgb": "RGB", "bgr": "BGR", "grey": "grey", "gray": "grey"}

NAMED: dict[str, Preprocessing] = {
    "caffe": Preprocessing("BGR", mean=(103.939, 116.779, 123.68)),
    "tf": Preprocessing("RGB", mean=(1.0,), scale=1 / 127.5),
    "torch": Preprocessing(
        "RGB", mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225), scale=1 / 255
    ),
    "none": Preprocessing("RGB"),
}
"""As Keras's `imagenet_utils.preprocess_input` calls its modes; `none` changes no value."""
_OF_CAFFE = Preprocessing("BGR", filter="bilinear")


@dataclass(frozen=True)
class Given:
    """What the user stated, as typed; None for what was not.

    Attributes:
        preprocess: a key of `NAMED`, which replaces what the file states.
        mean: one number, or three for red, green and blue, in the unit after scaling; or the path
            of Caffe's mean image in grey levels (.binaryproto, .npy), whose colour is taken.
        std: the divisor, in the same way.
        scale: a number, or a fraction such as 1/255.
        channel_order: RGB, BGR or grey.
        input_size: height and width.
    """

    preprocess: str | None = None
    mean: str | None = None
    std: str | None = None
    scale: str | None = None
    channel_order: str | None = None
    input_size: str | None = None

    @property
    def states_preprocessing(self) -> bool:
        """Whether some part of the preprocessing is stated by itself."""
        options = (self.mean, self.std, self.scale, self.channel_order)
        return any(option is not None for option in options)


def preprocessing_from(given: Given, stated: Preprocessing | None) -> Preprocessing | None:
    """The preprocessing that a file states, with all that the user states in its place.

    Args:
        stated: None if the file does not say.

    Returns:
        None if neither says anything.

    Raises:
        UsageError: naming the option and its value.
    """
    found = stated
    if given.preprocess is not None:
        if given.preprocess not in NAMED:
            raise _wrong("preprocess", given.preprocess, f"one of {', '.join(NAMED)}")
        found = NAMED[given.preprocess]
    if not given.states_preprocessing:
        return found
    is_image = given.mean is not None and given.mean.lower().endswith(MEAN_SUFFIXES)
    found = found or (_OF_CAFFE if is_image else NAMED["none"])
    if given.channel_order is not None:
        found = _in_order(found, given.channel_order)
    if given.scale is not None:
        found = replace(found, scale=_scale(given.scale))
    if given.mean is not None and is_image:
        mean = _colour(Path(given.mean), found)
        found = replace(found, mean=mean, mean_image=None)
    elif given.mean is not None:
        mean = _numbers("mean", given.mean, found.order, math.isfinite, "finite")
        found = replace(found, mean=mean, mean_image=None)
    if given.std is not None:
        deviation = _numbers("std", given.std, found.order, lambda x: 0 < x < math.inf, "positive")
        found = replace(found, deviation=deviation)
    return found


def _colour(path: Path, found: Preprocessing) -> tuple[float, ...]:
    """The mean of each channel of a mean image, in the order and the unit of the input."""
    colour = mean_colour(usable_path(path, "mean"))
    if len(colour) != (1 if found.order == "grey" else _COLOURS):
        raise InputError(
            f"mean {path} has {len(colour)} channels, which do not fit an input in {found.order}"
        )
    ordered = colour[::-1] if found.order == "RGB" else colour
    return tuple(value * found.scale for value in ordered)


def with_given(network: Network, given: Given) -> Network:
    """A network whose first input is as the user states it.

    Raises:
        UsageError: naming the option and its value.
        GraphError: if the network does not fit the input's size.
    """
    size = parse_input_size(given.input_size)
    if size is not None:
        network = resized(network, (*size, *network.inputs[0].shape[2:]))
    first, *others = network.inputs
    stated = first.preprocessing
    if stated is None and network.origin == "caffe" and given.states_preprocessing:
        stated = _OF_CAFFE  # its tools read images so, whatever else is done to them
    preprocessing = preprocessing_from(given, stated)
    if preprocessing == first.preprocessing:
        return network
    return replace(network, inputs=(replace(first, preprocessing=preprocessing), *others))


def _in_order(stated: Preprocessing, text: str) -> Preprocessing:
    """The same numbers for each colour, with the channels in another order."""
    order = _ORDERS.get(text.lower())
    if order is None:
        raise _wrong("channel-order", text, "RGB, BGR or grey")
    if order == stated.order:
        return stated
    if "grey" in (order, stated.order):
        for numbers in (stated.mean, stated.deviation):
            if len(set(numbers)) > 1:
                raise UsageError(
                    f"--channel-order {text}: the numbers of mean and deviation are those of "
                    "colours; give --mean and --std as one number each, and --preprocess none"
                )
        return replace(stated, order=order, mean=stated.mean[:1], deviation=stated.deviation[:1])
    return replace(stated, order=order, mean=stated.mean[::-1], deviation=stated.deviation[::-1])


def _numbers(
    option: str, text: str, order: str, fits: Callable[[float], bool], kind: str
) -> tuple[float, ...]:
    """One number, or one for each of red, green and blue, in the order of the channels."""
    expected = f"one {kind} number" + ("" if order == "grey" else ", or three as R,G,B")
    parts = text.split(",")
    if len(parts) not in ((1,) if order == "grey" else (1, _COLOURS)):
        raise _wrong(option, text, expected)
    numbers = tuple(_number(option, part, text, expected) for part in parts)
    if not all(fits(number) for number in numbers):
        raise _wrong(option, text, expected)
    return numbers[::-1] if order == "BGR" else numbers


def _number(option: str, part: str, text: str, expected: str) -> float:
    try:
        return float(part)
    except ValueError:
        raise UsageError(
            f"--{option} {text[:60]!r}: {part.strip()[:40]!r} is not a number; expected {expected}"
        ) from None


def _scale(text: str) -> float:
    expected = "a number other than 0, or a fraction such as 1/255"
    above, slash, below = text.partition("/")
    divisor = _number("scale", below, text, expected) if slash else 1.0
    number = _number("scale", above, text, expected)
    if divisor == 0 or not math.isfinite(number / divisor) or number == 0:
        raise _wrong("scale", text, expected)
    return number / divisor


def _wrong(option: str, text: str, expected: str) -> UsageError:
    return UsageError(f"--{option} {text[:60]!r}: expected {expected}")
