"""Keras files that state a network: `.keras`, and `.h5` of Keras 1, 2 and 3 with a configuration.

The configuration is JSON and is only parsed: nothing is imported or run, and Lambda layers and
custom objects are refused by name. Each node has its layer's name. A layer with an activation of
its own is two nodes: `NAME_linear`, which is inner, and `NAME`. Layers of nested models keep their
own names where these are unique, and are `MODEL/NAME` otherwise; the nested model's name is an
alias of its output. Later calls of a shared layer are `NAME_2`, `NAME_3` and so on.
"""

from __future__ import annotations

from netparity.networks.reading.base import Reader
from netparity.networks.reading.keras.reading import read
from netparity.networks.reading.keras.saved import recognises

READER = Reader(
    "keras",
    "Keras .keras or .h5 with a configuration",
    (".keras", ".h5"),
    recognises,
    read,
    tool="Keras 1, 2 and 3, tf-keras",
    brought="a whole model (`model.save`), fine-tuned and nested ones too",
)

__all__ = ["READER", "read"]
