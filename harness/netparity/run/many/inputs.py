"""Which inputs a pass has, as the command line says it. Light to import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from netparity.protocol.base import InputKind

MOST_IMAGES_AT_ONCE = 4096


def parse_inputs(text: Literal["both", "shared", "native"]) -> Sequence[InputKind]:
    """Read what `--input` was given."""
    return ("shared", "native") if text == "both" else (text,)
