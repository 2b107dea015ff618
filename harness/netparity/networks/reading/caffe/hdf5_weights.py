"""The weights of a Caffe network in HDF5, `.caffemodel.h5`: `data/LAYER/0`, `data/LAYER/1` ..."""

from __future__ import annotations

from collections.abc import Iterator

from netparity.files import hdf5
from netparity.files.hdf5_tree import Array, Group
from netparity.files.limits import DamagedError
from netparity.files.source import Source
from netparity.networks.reading.caffe.blobs import Blob

_NAMED = ".caffemodel"
_ROOT = "data"
_BESIDE = {_ROOT, "diff"}


def hdf5_blobs(source: Source) -> dict[str, tuple[Blob, ...]] | None:
    """Every layer's blobs by the layer's name; None if the file is not of this kind.

    Raises:
        DamagedError: if a file that is named as such is damaged.
    """
    if not hdf5.looks_like(source.head):
        return None
    try:
        root = source.hdf5
    except DamagedError:
        if _NAMED in source.path.name.lower():
            raise
        return None  # another reader says what is wrong with it
    data = root.members.get(_ROOT)
    if not isinstance(data, Group) or not root.members.keys() <= _BESIDE:
        return None
    return dict(_layers(data, ""))


def _layers(group: Group, name: str) -> Iterator[tuple[str, tuple[Blob, ...]]]:
    """Names with a slash are groups in groups."""
    blobs = []
    for key, item in group.members.items():
        if isinstance(item, Group):
            yield from _layers(item, f"{name}/{key}" if name else key)
    for place in range(len(group.members)):
        array = group.members.get(str(place))
        if isinstance(array, Array):
            stored = hdf5.floats(array, f"{name}/{place}")
            blobs.append(Blob(stored.shape, stored.load))
    if blobs:
        yield name, tuple(blobs)
