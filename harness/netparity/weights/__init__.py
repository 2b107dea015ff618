"""Weights: one canonical store, and one file per format that tools load.

A format is a module with `NAME`, `SUFFIXES`, `read(path, model)` and `write(path, model,
tensors)`; adding one is one file and one entry in `FORMATS`.
"""

from netparity.weights.sources import FORMATS, WeightSet, known, recall, resolve

__all__ = ["FORMATS", "WeightSet", "known", "recall", "resolve"]
