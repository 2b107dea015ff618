"""Are two sets of weights the same? If not, which change makes them the same?"""

from netparity.networks.relating import Difference
from netparity.weights.sameness.comparing import compare
from netparity.weights.sameness.result import Sameness
from netparity.weights.sameness.words import about_dropout, as_dict, details, fix, sentence

__all__ = [
    "Difference",
    "Sameness",
    "about_dropout",
    "as_dict",
    "compare",
    "details",
    "fix",
    "sentence",
]
