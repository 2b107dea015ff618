"""The size of a network's input: given by the user, and a network at another size."""

from __future__ import annotations

import re
from dataclasses import replace

from netparity.errors import UsageError
from netparity.networks.checking import checked
from netparity.networks.graph import Network, Shape

InputSize = tuple[int, int]
"""Height and width."""

_MOST = 16_384


def parse_input_size(text: str | None) -> InputSize | None:
    """Read what `--input-size` was given: `H,W`, or one number for both.

    Raises:
        UsageError: if it is not that.
    """
    if text is None:
        return None
    numbers = re.split(r"\s*[,x]\s*", text.strip())
    if not 1 <= len(numbers) <= 2 or not all(re.fullmatch(r"[0-9]{1,5}", n) for n in numbers):
        raise UsageError(
            f"--input-size {text[:40]!r}: expected height and width, such as 224,224, or one "
            "number for both"
        )
    height, width = (int(number) for number in (numbers * 2)[:2])
    if not (1 <= height <= _MOST and 1 <= width <= _MOST):
        raise UsageError(f"--input-size {text[:40]!r}: expected sizes from 1 to {_MOST:,}")
    return height, width


def resized(network: Network, shape: Shape) -> Network:
    """A network with an input of another shape.

    Raises:
        GraphError: if its layers do not fit that shape; the message names the first one.
    """
    first, *others = network.inputs
    if first.shape == shape:
        return network
    return checked(replace(network, inputs=(replace(first, shape=shape), *others)))
