"""What a weight file lists, for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError
from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.weights.formats import keras3, keras_h5, npy_pickle, npz
from netparity.weights.listing import Listing
from tests.support.unexamined import unexamined

_READERS = (
    (keras_h5.recognise, keras_h5.listing),
    (keras3.recognise_h5, keras3.listing_of_h5),
    (keras3.recognise_archive, keras3.listing_of_archive),
    (npz.recognise, npz.listing),
    (npy_pickle.recognise, npy_pickle.listing),
)


def listed(path: Path) -> Listing:
    """The listing of a file of Keras or NumPy that a test has written, or that is committed."""
    with unexamined():
        source = Source(path, WEIGHTS)
        [listing] = [listing for recognise, listing in _READERS if _holds(recognise, source)]
        return listing(source)


def refused(path: Path) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(InputError) as caught:
        listed(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def values(listing: Listing) -> dict[str, np.ndarray]:
    """All arrays."""
    with unexamined():
        return {name: stored.load() for name, stored in listing.tensors.items()}


def _holds(recognise, source: Source) -> bool:
    try:
        return recognise(source)
    except Exception:  # as `opened` does
        return False
