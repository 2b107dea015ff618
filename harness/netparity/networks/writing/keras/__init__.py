"""Keras 3's `.keras`: an archive of a functional model's configuration and its weights.

It is written without Keras and loads in Keras 3 on any backend. A node is one layer of the same
name; what Keras has no layer for is composed of several, of which the last one has the node's name.
There are no Lambda layers.
"""

from __future__ import annotations

from netparity.networks.writing.base import Writer
from netparity.networks.writing.keras.archive import write
from netparity.networks.writing.keras.lacks import lacks
from netparity.networks.writing.keras.names import names

WRITER = Writer("keras", "Keras 3 .keras", ".keras", write, names, lacks)

__all__ = ["WRITER"]
