"""What relates two tensors that belong together: which change makes one the other?

Pure arithmetic on arrays. `relations` tries everything, the simplest first; `changes` are other
orders of axes, turns and roundings, `first_layer` another scale or mean of the image, `permuted`
another order of units.
"""

from netparity.networks.relating.difference import Difference
from netparity.networks.relating.permuted import Permutation
from netparity.networks.relating.relations import Found, kernel_of, relations

__all__ = ["Difference", "Found", "Permutation", "kernel_of", "relations"]
