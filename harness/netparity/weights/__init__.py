"""Weights: one canonical store, and one file per format that tools load.

`layout` is how kernels lie in a file, `formats` what recognises, reads and writes each format
(adding one is one file and one line in `FORMATS`; the containers are read by `netparity.files`),
`opened` a file whose model is known, and `sources` the way from what the user names to files for
every tool.
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
