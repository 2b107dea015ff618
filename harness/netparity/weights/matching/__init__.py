"""Which tensor of a file is which of a network: by order, shape and structure, not by name."""

from netparity.weights.matching.arithmetic import other_arithmetic
from netparity.weights.matching.found import Match, without_dead_layers
from netparity.weights.matching.matching import Modules, identify, match
from netparity.weights.matching.stating import stated

__all__ = [
    "Match",
    "Modules",
    "identify",
    "match",
    "other_arithmetic",
    "stated",
    "without_dead_layers",
]
