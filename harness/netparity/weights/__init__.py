"""Weights: one canonical store, and one file per format that tools load.

`layout` describes how a file stores kernels; `formats` recognises, reads and writes each format (a
new one is one file and one line in `FORMATS`; `netparity.files` reads the containers); `opened` is
a file whose model is known; `sources` leads from the user's `--weights` to a file for each tool.
"""

from netparity.weights.formats import FORMATS
from netparity.weights.opened import WeightFile, open_weights
from netparity.weights.sources import WeightSet, other_weight_sets, recall, resolve

__all__ = [
    "FORMATS",
    "WeightFile",
    "WeightSet",
    "open_weights",
    "other_weight_sets",
    "recall",
    "resolve",
]
