"""Plots of a run: one file per kind. The page and `netparity plot` draw the same ones.

A kind is a module with `TITLE`, and `draw(scene)`, which returns a `Drawing` or raises
`NothingToDrawError`.
"""

from __future__ import annotations

from types import ModuleType

from netparity.report.plots import features, inputs, layers, limit, phases, values
from netparity.report.plots.drawing import (
    COLUMN_MM,
    FORMATS,
    Drawing,
    NothingToDrawError,
    Scene,
    rendered,
    scene_for_file,
)
from netparity.report.plots.inline import inline_svg

__all__ = [
    "COLUMN_MM",
    "FORMATS",
    "KINDS",
    "Drawing",
    "NothingToDrawError",
    "Scene",
    "inline_svg",
    "rendered",
    "scene_for_file",
]

KINDS: dict[str, ModuleType] = {
    "phases": phases,
    "values": values,
    "layers": layers,
    "features": features,
    "inputs": inputs,
    "limit": limit,
}
