"""NumPy's .npz, as several tools and scripts write it.

netparity writes the canonical layout.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from netparity.files import npy, zip_file
from netparity.files.limits import reading
from netparity.files.source import Source
from netparity.networks import Network
from netparity.weights.contents import Format, Tensors
from netparity.weights.formats.npz_listing import listing_of
from netparity.weights.layout import values_in_pieces
from netparity.weights.listing import Listing


def recognise(source: Source) -> bool:
    """Whether it is a zip archive of .npy files alone."""
    if not zip_file.looks_like(source.head):
        return False
    return all(name.endswith(npy.SUFFIX) for name in source.members)


def listing(source: Source) -> Listing:
    """List the arrays, whatever their names and network.

    Raises:
        InputError: if it is damaged or holds objects.
    """
    with reading(source.path, "NumPy .npz"):
        return listing_of(source.arrays())


def write(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the canonical tensors; `numpy.load` reads them."""
    with zip_file.writing(path) as archive:
        for name, shape in model.tensors.items():
            values = values_in_pieces(tensors, name)
            zip_file.add(archive, name + npy.SUFFIX, chain([npy.header_of(tuple(shape))], values))


FORMATS = (
    Format(
        "npz",
        "NumPy .npz",
        (".npz",),
        recognise,
        listing,
        write,
        any_network=True,
        tool="NumPy",
        brought="arrays named by Keras, TF-slim, PyTorch or Caffe, or `get_weights()` in order",
    ),
)
