"""Arrays named after the layers of the VGG paper: `conv1_1.kernel`, `fc6_W`, `conv2_1.bias`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from netparity.files.limits import DamagedError
from netparity.files.stored import Stored
from netparity.networks import Network
from netparity.weights.contents import Pair

_NAME = re.compile(r"(conv|fc)(\d{1,3})(?:_(\d{1,3}))?(?:\.|_)(kernel|weights?|W|bias(?:es)?|b)")


def of(model: Network) -> list[str]:
    """The layers with weights, in order."""
    return [str(layer.parameters) for layer in model.parametric_layers]


def pairs(arrays: Mapping[str, Stored]) -> tuple[Pair, ...]:
    """Each layer's kernel and bias as a pair, in the order of the layers.

    Raises:
        DamagedError: if a name has another form, or a layer lacks its kernel or bias.
    """
    found: dict[tuple[bool, int, int], dict[str, Stored]] = {}
    for name, stored in arrays.items():
        match = _NAME.fullmatch(name)
        if match is None:
            raise DamagedError(
                f"{name[:80]!r} does not name a layer's array, as conv1_1.kernel or fc6.bias do"
            )
        both = found.setdefault((match[1] == "fc", int(match[2]), int(match[3] or 0)), {})
        part = "bias" if match[4].startswith("b") else "kernel"
        if part in both:
            raise DamagedError(f"{name!r} and {both[part].name!r} name the same array")
        both[part] = stored
    result = []
    for (dense, block, index), both in sorted(found.items()):
        name = f"fc{block}" if dense else f"conv{block}_{index}"
        if set(both) != {"kernel", "bias"}:
            raise DamagedError(
                f"layer {name!r} has only a {', '.join(both)}; expected kernel and bias"
            )
        result.append(Pair(name, both["kernel"], both["bias"]))
    return tuple(result)
