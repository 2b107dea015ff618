"""What to change about a cause, in the words of the tool that made the mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Template

from netparity.diagnosis.advice import ADVICE, OF_TOOLS
from netparity.diagnosis.findings import Cause
from netparity.networks import Layer, Network, Tool, UnknownNodeError


@dataclass(frozen=True)
class Voice:
    """The tool for which advice is worded; a runner declares it (`runners.base.Runner`).

    Attributes:
        tool: whose layer names to use; None for netparity's own.
        advice_for: keras2, keras3, matconvnet or a key of `OF_TOOLS`; anything else for general
            advice.
        advice: a runner's own by mistake, used before any other.
    """

    tool: Tool | None = None
    advice_for: str = ""
    advice: Mapping[str, str] = field(default_factory=dict)


def advice(cause: Cause, voice: Voice, model: Network) -> str:
    """What to change, in a tool's own words and with its layer names.

    Args:
        cause: as found, or as `merge` put several together.

    Raises:
        KeyError: if there is no such mistake.
    """
    key, rest = _look_up(cause.mistake)
    words = ADVICE[key]
    text = {
        "keras3": words.keras3,
        "keras2": words.keras2 or words.keras3,
        "matconvnet": words.matconvnet,
        **{name: own[key] for name, own in OF_TOOLS.items() if key in own},
    }.get(voice.advice_for, words.plain)
    text = voice.advice.get(cause.mistake, text)
    return Template(text).substitute(_filled(cause, voice.tool, model), rest=rest)


def _look_up(mistake: str) -> tuple[str, str]:
    """The key of a mistake or of its family, and the part of it after the family's name."""
    if mistake in ADVICE:
        return mistake, ""
    parts = mistake.split("-")
    for count in range(len(parts) - 1, 0, -1):
        family = "-".join([*parts[:count], "*"])
        if family in ADVICE:
            return family, "-".join(parts[count:])
    raise KeyError(mistake)


def _filled(cause: Cause, tool: Tool | None, model: Network) -> dict[str, str]:
    """Values for the placeholders; a place that is not a layer is used as it is."""
    values = {
        "layer": cause.place,
        "linear": cause.place,
        "name": "…",
        "detail": cause.detail,
        "rgb": _triple(model.mean_rgb),
        "bgr": _triple(model.mean_rgb[::-1]),
    }
    layer = _layer(model, cause.place)
    attributes = layer.node.attributes if layer is not None else {}
    for name in ("epsilon", "slope", "rate"):
        values[name] = f"{attributes[name]:g}" if name in attributes else "the network's own value"
    if layer is not None:
        values["name"] = _name(layer, tool)
        values["layer"] = f"`{_name(layer, tool)}`"
        linear = layer.parameters if tool == "matconvnet" else None
        values["linear"] = f"`{linear or _name(layer, tool)}`"
        sizes = layer.kernel_shape or ()
        values |= zip(("height", "width", "channels", "units"), map(str, sizes), strict=False)
    if cause.mistake == "off-by-one" and (read := _layer(model, cause.detail)) is not None:
        values["detail"] = f"`{_name(read, tool)}`"
    return values


def _layer(model: Network, name: str) -> Layer | None:
    try:
        return model.layer(name)
    except UnknownNodeError:
        return None


def _name(layer: Layer, tool: Tool | None) -> str:
    return layer.names.get(tool, layer.name) if tool else layer.name


def _triple(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)
