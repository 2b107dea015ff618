"""Plots of a run: one file per kind. The page and `netparity plot` draw the same ones.

A kind is a module of this folder with `TITLE`, and `draw(scene)`, which returns a `Drawing` or
raises `NothingToDrawError`; `netparity.report.PLOTS` names them.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from netparity.report import PLOTS
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

KINDS: dict[str, ModuleType] = {name: import_module(f"{__name__}.{name}") for name in PLOTS}
