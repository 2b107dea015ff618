"""Zeros around an image that are a layer of their own in some tools."""

from __future__ import annotations

from netparity.networks.graph import Shape
from netparity.networks.matching.building import Builder

_NO_PADS = (0, 0, 0, 0)


def unpadded(builder: Builder, name: str) -> tuple[int, Shape, tuple[int, ...]]:
    """What a node with windows reads, its shape, and the zeros that a node before puts around."""
    place, shape = builder.plain(name), builder.shape(name)
    piece = builder.pieces[place]
    if piece.op != "pad" or len(shape) != 3 or len(piece.shape) != 3:
        return place, shape, _NO_PADS
    pads, attributes = piece.attributes["pads"], piece.attributes
    zeros = attributes["mode"] == "constant" and attributes["value"] == 0
    if not zeros or any(pads[2]) or min(*pads[0], *pads[1]) < 0:
        return place, shape, _NO_PADS
    inner = (shape[0] - sum(pads[0]), shape[1] - sum(pads[1]), shape[2])
    return piece.inputs[0], inner, (*pads[0], *pads[1])
